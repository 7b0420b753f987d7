#include "sources/hubspot/batch.h"

#include <set>

namespace foz::sources::hubspot {
namespace {

/// Rounds of further pages of one object's links; 500 links each.
constexpr int kLinkRoundsMax = 200;

/// Ids that the answer says are gone: `errors[].context.ids`.
size_t gone_in(const Json& answer) {
  std::set<std::string> ids;
  const Json* errors = member(answer, "errors");
  if (errors == nullptr || !errors->is_array()) return 0;
  for (const Json& error : *errors) {
    const Json* context = member(error, "context");
    if (context == nullptr || text_of(error, "category", "OBJECT_NOT_FOUND") != "OBJECT_NOT_FOUND") continue;
    for (const char* name : {"ids", "id"}) {
      for (std::string& id : texts_of(*context, name)) ids.insert(std::move(id));
    }
  }
  return ids.size();
}

Json inputs_of(const std::vector<std::string>& ids) {
  Json inputs = Json::array();
  for (const std::string& id : ids) inputs.push_back({{"id", id}});
  return inputs;
}

/// Adds the links of an answer; what each object has more of comes back as the next inputs.
Result<Json> take_links(const Json& answer, const std::string& doing, std::map<std::string, std::vector<Json>>& links) {
  Json further = Json::array();
  TRY(const Json* results, list_in(answer, "results", doing));
  for (const Json& result : *results) {
    const Json* from = member_at(result, {"from", "id"});
    const Json* to = member(result, "to");
    if (from == nullptr || to == nullptr || !to->is_array()) continue;
    const std::string id = as_text(*from);
    auto& list = links[id];
    list.insert(list.end(), to->begin(), to->end());
    if (const Json* after = member_at(result, {"paging", "next", "after"})) further.push_back({{"id", id}, {"after", as_text(*after)}});
  }
  return further;
}

}  // namespace

Result<std::string> read_batch(Portal& portal, const std::string& type, const std::vector<std::string>& ids, const std::vector<std::string>& properties,
                               Purpose purpose, std::stop_token stop) {
  const std::string doing = "reading " + type;
  const Json wish = {{"properties", properties}, {"propertiesWithHistory", Json::array()}, {"inputs", inputs_of(ids)}};
  const auto request = http::post_json(portal.url("/crm/v3/objects/" + http::percent_encode(type) + "/batch/read?archived=false"), to_text(wish));
  TRY(auto response, portal.ask(request, purpose, doing, stop));
  TRY(const auto glance, glance_page(response.body, {.records = {"results"}}, doing));
  if (glance.records == ids.size()) return std::move(response.body);
  TRY(const Json answer, parse_json(response.body, {.depth_max = 200}));
  if (glance.records + gone_in(answer) >= ids.size()) return std::move(response.body);
  return Error{.kind = ErrorKind::unavailable,
               .message = doing + ": of " + std::to_string(ids.size()) + " records asked for, " + std::to_string(glance.records) + " came and the others are not said to be gone",
               .code = "CONNECTOR-1308-400"};
}

Result<std::map<std::string, std::vector<Json>>> read_links(Portal& portal, const std::string& type, const std::string& to, const std::vector<std::string>& ids,
                                                            Purpose purpose, std::stop_token stop) {
  const std::string doing = "reading the links of " + type + " to " + to;
  const std::string url = portal.url("/crm/v4/associations/" + http::percent_encode(type) + "/" + http::percent_encode(to) + "/batch/read");
  std::map<std::string, std::vector<Json>> links;
  Json inputs = inputs_of(ids);
  for (int round = 0; !inputs.empty() && round < kLinkRoundsMax; ++round) {
    TRY(const Json answer, portal.ask_json(http::post_json(url, to_text(Json{{"inputs", inputs}})), purpose, doing, stop));
    TRY(Json further, take_links(answer, doing, links));
    if (further == inputs) break;
    inputs = std::move(further);
  }
  if (inputs.empty()) return links;
  return Error{.kind = ErrorKind::unavailable, .message = doing + ": the pages of links come to no end", .code = "CONNECTOR-1308-400"};
}

}  // namespace foz::sources::hubspot
