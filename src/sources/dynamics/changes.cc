#include "sources/dynamics/changes.h"

#include "base/json.h"
#include "base/text.h"
#include "sources/dynamics/read.h"

namespace foz::sources::dynamics {
namespace {

using namespace std::chrono_literals;

/// Changes are told once their transaction is over.
constexpr std::chrono::seconds kLateness = 60s;

/// Where a look stands.
struct Look {
  std::string link;
  bool gap = false;       ///< what was removed before the new token is not told
  bool tells = false;     ///< a delta; else the reading of all keys that begins a new token
};

Look look_of(const Json& json) { return {.link = text_of(json, "link"), .gap = boolean_of(json, "gap").value_or(false), .tells = boolean_of(json, "tells").value_or(false)}; }
Cursor cursor_of(const Look& look) { return {.text = to_text(Json{{"link", look.link}, {"gap", look.gap}, {"tells", look.tells}})}; }

http::Request request_of(std::string url, bool begins) {
  http::Request request = http::get(std::move(url));
  request.headers.set("Prefer", std::string(begins ? "odata.track-changes," : "") + "odata.maxpagesize=" + std::to_string(kPageRows));
  return request;
}

std::string first_url(const Environment& environment, const Entity& entity) { return environment.url(http::percent_encode(entity.set)) + "?$select=" + entity.key; }

Error corrupt(const std::string& doing, std::string_view why) {
  return Error{.kind = ErrorKind::corrupt, .message = doing + ": " + std::string(why), .code = "CONNECTOR-1308-400"};
}

/// A page of a look, read.
Result<Removals> removals_of(const Json& answer, Look look, const std::string& doing) {
  TRY(const Json* list, list_in(answer, "value", doing));
  Removals removals{.gap = look.gap, .method = "change tracking", .lateness = kLateness};
  for (const Json& one : *list) {
    const std::string reason = text_of(one, "reason"), id = text_of(one, "id");
    if (look.tells && !reason.empty() && !id.empty()) removals.rows.push_back({.key = lower(id)});
  }
  const std::string next = text_of(answer, "@odata.nextLink");
  removals.bookmark = text_of(answer, "@odata.deltaLink");
  if (next.empty() && removals.bookmark.empty()) return corrupt(doing, "the answer ends without a new change token");
  if (next.empty()) return removals;
  if (next == look.link) return corrupt(doing, "the page leads to itself");
  look.link = next;
  removals.next = cursor_of(look);
  return removals;
}

}  // namespace

Result<Removals> read_removed(Environment& environment, const ReadPlan& plan, const std::string& bookmark, const Cursor& from, std::stop_token stop) {
  const std::string doing = "reading what was removed from " + plan.table.table.path;
  TRY(const auto entity, environment.known(plan.table.table.path, stop));
  if (!entity->tracking) return Removals{.gap = true, .method = "key reconciliation", .lateness = 24h * 7};
  Look look{.link = bookmark, .tells = true};
  if (!from.text.empty()) {
    TRY(const Json json, parse_json(from.text));
    look = look_of(json);
  } else if (bookmark.empty()) {
    look = {.link = "", .gap = plan.window && plan.window->from, .tells = false};
  }
  for (;;) {
    const bool begins = look.link.empty();
    TRY(std::string url, begins ? first_url(environment, *entity) : environment.url_of_link(look.link));
    TRY(const auto response, environment.send(request_of(std::move(url), !look.tells), Purpose::collect, stop));
    const Answer answer = environment.calls().answer_of(response);
    if (answer.what == AnswerClass::handle_gone && look.tells) {  // the token has expired: all keys are compared, and a new one begins
      look = {.link = "", .gap = true, .tells = false};
      continue;
    }
    if (answer.what != AnswerClass::ok) return environment.calls().error_of(response, doing);
    TRY(const Json json, parse_json(response.body, {.depth_max = 200}));
    return removals_of(json, look, doing);
  }
}

}  // namespace foz::sources::dynamics
