#include "flow/access_labels.h"

#include <set>

#include "flow/flows.h"
#include "flow/run.h"
#include "flow/runs.h"

namespace foz::flow {
namespace {

bool holds_all_of(const Scope& scope, const Json& document) {
  for (const std::string& label : texts_of(document, "labels")) {
    if (!scope.labels.holds(label)) return false;
  }
  return true;
}

/// A run keeps the labels that its flow had when it was made: they count even when the flow is gone.
bool holds_all_of_run(const Scope& scope, const Json& run) { return holds_all_of(scope, {{"labels", internal_of(run, "labels")}}); }

/// Flows of the sandbox with a label that the caller does not hold.
Result<std::set<std::string>> hidden_flows(store::Reader& reader, const Scope& scope) {
  std::set<std::string> hidden;
  TRY_DO(store::ResourceTable(kFlowShelf.table).each(reader, scope.sandbox, R"(doc LIKE '%"labels":["%')", {}, "", [&](const store::Resource& flow) {
    if (!holds_all_of(scope, flow.doc)) hidden.insert(flow.id);
    return true;
  }));
  return hidden;
}

}  // namespace

Status check_reach(const Scope& scope, const Json& document, Use use, std::string_view where) {
  if (holds_all_of(scope, document)) return {};
  return Error{.kind = ErrorKind::forbidden, .message = "This resource bears access labels that the caller does not hold.",
               .code = use == Use::read ? "FLOW-2120-403" : "FLOW-2121-403", .where = std::string(where)};
}

Result<Json> find_reachable(store::Reader& reader, const Shelf& shelf, const Scope& scope, std::string_view id, Use use) {
  TRY(Json document, find_stored(reader, shelf, scope.sandbox, id));
  TRY_DO(check_reach(scope, document, use, where_of(shelf, id)));
  return document;
}

Result<Json> find_reachable_run(store::Reader& reader, const Scope& scope, std::string_view id, Use use) {
  TRY(Json run, find_stored(reader, kRunShelf, scope.sandbox, id));
  const std::string where = where_of(kRunShelf, id);
  TRY_DO(check_reach(scope, {{"labels", internal_of(run, "labels")}}, use, where));
  const auto flow = find_stored(reader, kFlowShelf, scope.sandbox, text_of(run, "flowId"));
  if (!flow && flow.error().kind != ErrorKind::not_found) return flow.error();
  if (flow) TRY_DO(check_reach(scope, *flow, use, where));
  return run;
}

Result<Admits> admitted(store::Reader& reader, const Scope& scope, const Shelf& shelf) {
  if (scope.labels.holds_all()) return Admits();
  if (shelf.table != kRunShelf.table) return Admits([&scope](const Json& stored) { return holds_all_of(scope, stored); });
  TRY(auto hidden, hidden_flows(reader, scope));
  return Admits([&scope, hidden = std::move(hidden)](const Json& run) { return holds_all_of_run(scope, run) && !hidden.contains(text_of(run, "flowId")); });
}

}  // namespace foz::flow
