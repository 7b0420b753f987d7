#pragma once
// Target connections: one data set that rows land in. Follows: Flow Service contract, 9.

#include <optional>
#include <string>
#include <string_view>

#include "flow/connection.h"
#include "flow/document.h"
#include "flow/environment.h"
#include "flow/shelf.h"

namespace foz::flow {

inline constexpr Shelf kTargetShelf{.collection = "targetConnections", .table = "target_connections"};

/// A target connection as runs need it.
struct TargetConnection {
  std::string id, name, state;
  DatasetId dataset;
};
TargetConnection target_connection_of(const Json& stored);

/// A bare data set id: `@/dataSets/` or `@/datasets/` in front is taken off. Follows: 2.1.
std::string dataset_id_in(std::string_view reference);
/// The data set of `params`: `dataSetId`, also spelled `datasetId`; "" when there is none.
std::string dataset_of(const Json& document);

/// Target connections of all sandboxes. Thread-safe.
class TargetConnections {
 public:
  explicit TargetConnections(const Environment& environment);

  /// Errors: CONNECTOR-1304, 1312, 1325 (dataSetId); FLOW-1405, 1413 (data set), 1425 (another schema, strict mode only).
  /// Warnings: base-connection-unknown, schema-mismatch.
  Result<Written> create(const Scope& scope, const Json& body, Mode mode) const;
  /// The stored document. Errors: not_found.
  Result<Json> find(store::Reader& reader, std::string_view sandbox, std::string_view id) const;
  /// Errors: as create; FLOW-1403, 1404, 1434, 1455.
  Result<Written> patch(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match, const Json& body) const;
  /// Draft to enabled. Errors: FLOW-1409 (no draft); as create.
  Result<Written> publish(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const;
  /// Errors: FLOW-1447 (a flow uses it), 1404.
  Status remove(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const;

 private:
  Status complete(Candidate& candidate) const;
  Status check_dataset(Candidate& candidate) const;

  const Environment& environment_;
  const DocumentKind kind_;
};

}  // namespace foz::flow
