#include "flow/lists.h"

#include <array>

namespace foz::flow {
namespace {

using Kind = ListColumn::Kind;

constexpr auto kConnectionStates = std::to_array<std::string_view>({"draft", "initializing", "enabled", "disabled"});
constexpr auto kDraftStates = std::to_array<std::string_view>({"draft", "enabled"});
constexpr auto kFlowStates = std::to_array<std::string_view>({"draft", "enabled", "disabled"});
constexpr auto kRunStates = std::to_array<std::string_view>({"scheduled", "queued", "inProgress", "success", "partialSuccess", "failed"});

constexpr ListColumn kConnectionColumns[] = {{"state", "state", Kind::word, kConnectionStates}, {"connectionSpec.id", "spec_id"}};
constexpr ListColumn kSourceColumns[] = {{"state", "state", Kind::word, kDraftStates}, {"baseConnectionId", "base_connection_id"}};
constexpr ListColumn kTargetColumns[] = {{"state", "state", Kind::word, kDraftStates}, {"baseConnectionId", "base_connection_id"}};
constexpr ListColumn kFlowColumns[] = {{"state", "state", Kind::word, kFlowStates}};
constexpr ListColumn kRunColumns[] = {{"flowId", "flow_id"},
                                      {"metrics.statusSummary.status", "state", Kind::word, kRunStates},
                                      {"metrics.durationSummary.startedAtUTC", "started_ms", Kind::millis}};

void rename_state(Path& path) {
  if (path == Path{{"state"}}) path = *parse_path("metrics.statusSummary.status");
}

Json envelope(Page page, const PageTokens& tokens, std::string_view collection, std::string_view sandbox, ListQuery query) {
  Json links = Json::object();
  if (page.next) {
    query.after = std::move(page.next);
    links["next"] = {{"href", "/" + std::string(collection) + "?continuationToken=" + tokens.seal(sandbox, collection, query)}};
  }
  Json items = Json::array();
  for (Json& item : page.items) items.push_back(std::move(item));
  return {{"items", std::move(items)}, {"_links", std::move(links)}};
}

}  // namespace

const Collection kConnectionList{.name = "connections", .table = "connections", .columns = kConnectionColumns};
const Collection kSourceList{.name = "sourceConnections", .table = "source_connections", .columns = kSourceColumns};
const Collection kTargetList{.name = "targetConnections", .table = "target_connections", .columns = kTargetColumns};
const Collection kFlowList{.name = "flows", .table = "flows", .columns = kFlowColumns};
const Collection kRunList{.name = "runs", .table = "runs", .columns = kRunColumns};

ListQuery with_run_names(ListQuery query) {
  for (Clause& clause : query.filter.clauses) rename_state(clause.path);
  for (OrderField& field : query.ordering) rename_state(field.path);
  return query;
}

Result<Json> answer_list(store::Reader& reader, const PageTokens& tokens, const Collection& collection, std::string_view sandbox,
                         const ListQuery& query, const View& view) {
  if (query.count) {
    TRY(const int64_t count, count_matches(reader, collection, sandbox, query, view));
    return Json{{"count", count}};
  }
  TRY(Page page, list_page(reader, collection, sandbox, query, view));
  return envelope(std::move(page), tokens, collection.name, sandbox, query);
}

Result<Json> answer_list(const std::vector<Json>& documents, const PageTokens& tokens, std::string_view collection, std::string_view sandbox,
                         const ListQuery& query) {
  if (query.count) {
    TRY(const int64_t count, count_matches(documents, query));
    return Json{{"count", count}};
  }
  TRY(Page page, list_page(documents, query));
  return envelope(std::move(page), tokens, collection, sandbox, query);
}

}  // namespace foz::flow
