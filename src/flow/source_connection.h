#pragma once
// Source connections: one table, path or resource behind a base connection. Follows: Flow Service contract, 8.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/connection.h"
#include "flow/document.h"
#include "flow/environment.h"
#include "flow/row_filter.h"
#include "flow/shelf.h"
#include "flow/specs.h"

namespace foz::flow {

inline constexpr Shelf kSourceShelf{.collection = "sourceConnections", .table = "source_connections"};

/// A source connection as runs need it.
struct SourceConnection {
  std::string id, name, state;
  ConnectionId base_connection;  ///< empty: the spec has no account
  std::string spec_id;
  std::string table = {};                     ///< as the user named it; empty: not a table
  std::vector<std::string> columns = {};      ///< read these, in this order; empty: all
  std::optional<RowFilter> filter = {};       ///< names as the user wrote them
  Json params;                                ///< as sent
};
/// Errors: those of the filter.
Result<SourceConnection> source_connection_of(const Json& stored);

/// The table of `params`: `tableName`, or `path`, which mean the same. Errors: CONNECTOR-1304 (neither), 1312 (they differ).
Result<std::string> table_in(const Json& params);

/// Source connections of all sandboxes. Thread-safe.
class SourceConnections {
 public:
  SourceConnections(const Environment& environment, const Specs& specs);

  /// Errors: CONNECTOR-1304, 1312, 1327, 1331, 1332, those of row filters; FLOW-1405, 1409 (draft base connection), 1411
  /// (no base connection), 1413 (spec). Warnings: connection-spec-mismatch, schema-unknown.
  Result<Written> create(const Scope& scope, const Json& body, Mode mode) const;
  /// The stored document. Errors: not_found.
  Result<Json> find(store::Reader& reader, std::string_view sandbox, std::string_view id) const;
  /// Errors: as create; FLOW-1403, 1404, 1434, 1455.
  Result<Written> patch(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match, const Json& body) const;
  /// Draft to enabled. Errors: FLOW-1409 (no draft, draft base connection); as create.
  Result<Written> publish(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const;
  /// Errors: FLOW-1447 (a flow uses it), 1404.
  Status remove(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const;

 private:
  Status complete(Candidate& candidate) const;
  Status complete_draft(Candidate& candidate) const;
  Status complete_base(Candidate& candidate) const;
  Status tell_of_schema(Candidate& candidate) const;

  const Environment& environment_;
  const Specs& specs_;
  const DocumentKind kind_;
};

}  // namespace foz::flow
