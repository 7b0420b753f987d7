#pragma once
// Lists of stored connections, flows and runs, and of specs, as answers. Follows: Flow Service contract, 2.2, 3.

#include <string_view>
#include <vector>

#include "flow/list_query.h"
#include "flow/listing.h"

namespace foz::flow {

extern const Collection kConnectionList;
extern const Collection kSourceList;
extern const Collection kTargetList;
extern const Collection kFlowList;
extern const Collection kRunList;

/// `state` of a run means `metrics.statusSummary.status` (3.1).
ListQuery with_run_names(ListQuery query);

/// `{"items","_links"}`, with `_links.next` when there is more, or `{"count"}`.
/// Errors: FLOW-1452 while comparing; those of the database.
Result<Json> answer_list(store::Reader& reader, const PageTokens& tokens, const Collection& collection, std::string_view sandbox,
                         const ListQuery& query, const View& view);
/// The same over documents in memory.
Result<Json> answer_list(const std::vector<Json>& documents, const PageTokens& tokens, std::string_view collection, std::string_view sandbox,
                         const ListQuery& query);

}  // namespace foz::flow
