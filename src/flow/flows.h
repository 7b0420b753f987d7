#pragma once
// Flows as resources: made, changed, published, switched and removed, with every check against source and data set.
// Follows: Flow Service contract, 10, 13.2 (positions) and 13.8.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/connection.h"
#include "flow/document.h"
#include "flow/environment.h"
#include "flow/flow_checks.h"
#include "flow/shelf.h"
#include "flow/specs.h"

namespace foz::flow {

inline constexpr Shelf kFlowShelf{.collection = "flows", .table = "flows"};

/// Flows of all sandboxes. Listeners hear of every change once it is stored. Thread-safe.
class Flows {
 public:
  Flows(const Environment& environment, const Specs& specs, const Connections& connections, const Listeners& listeners);

  /// Errors: CONNECTOR-1304, 1312, 1321 (ids), 1370 (no mapping), those of schedule, options and transformations; FLOW-1405,
  /// 1409 (a connection is a draft), 1410 (state), 1411 (no such connection), 1412, 1413 (flow spec, data set), 1419, 1425;
  /// those of check_flow. Warnings: flow-spec-source-mismatch, schema-mismatch.
  Result<Written> create(const Scope& scope, const Json& body, Mode mode) const;
  /// The stored document. Errors: not_found.
  Result<Json> find(store::Reader& reader, std::string_view sandbox, std::string_view id) const;
  /// Errors: as create; FLOW-1403, 1404, 1422 (state of a draft), 1434, 1455, 1456 (state); CONNECTOR-1366, 1403, 1404.
  Result<Written> patch(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match, const Json& body) const;
  /// Draft to enabled, after the checks of create. Errors: FLOW-1409 (no draft, a connection is one); as create.
  Result<Written> publish(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const;
  /// Nothing changes when it is in that state already. Errors: FLOW-1404, 1422 (a draft).
  Result<Written> enable(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const;
  Result<Written> disable(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const;
  /// Unfinished runs are cancelled; runs and rows stay. Errors: not_found, FLOW-1404.
  Status remove(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const;

 private:
  struct Parts;
  Status complete(Candidate& candidate) const;
  Status complete_draft(Candidate& candidate) const;
  Status check_flow_spec(const Json& document) const;
  Result<Parts> parts_of(const Candidate& candidate) const;
  Status complete_flow_spec(Candidate& candidate, const Parts& parts) const;
  Status read_values(Candidate& candidate, Parts& parts) const;
  Status check_mapping(Candidate& candidate, Parts& parts) const;
  Status check_schema(Candidate& candidate, const Parts& parts) const;
  Status keep_position(store::Transaction& transaction, Json& document, const Json* before) const;
  Result<Written> set_state(const Scope& scope, const Addressed& addressed, std::string_view operation, std::string_view state) const;

  const Environment& environment_;
  const Specs& specs_;
  const Connections& connections_;
  const Listeners& listeners_;
  const DocumentKind kind_;
};

/// Enters where a flow gets its rows from and puts them: `inheritedAttributes`. A part that is not known keeps what
/// `document` says of it already; clients index into them (10.3).
void inherit(Json& document, const Json* source_connection, const Json* target_connection);

/// After a source connection moved to another base connection: its flows show that. Their etags stay.
Status inherit_anew(store::Transaction& transaction, std::string_view sandbox, const Json& source_connection);

/// The name of an enabled flow that uses a mapping set; nothing when there is none.
Result<std::optional<std::string>> enabled_flow_over_mapping(store::Reader& reader, std::string_view sandbox, std::string_view mapping_set);

}  // namespace foz::flow
