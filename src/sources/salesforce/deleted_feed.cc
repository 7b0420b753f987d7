#include "sources/salesforce/deleted_feed.h"

#include "base/json.h"
#include "base/time_text.h"

namespace foz::sources::salesforce {
namespace {

using std::chrono::floor;
using std::chrono::minutes;
using namespace std::chrono_literals;

/// How far back the feed reaches, less an hour for clocks that differ.
constexpr auto kReach = 15 * 24h - 1h;
/// A look that seems to be so far ahead was dated by a clock that was wrong.
constexpr auto kAheadMax = 1min;
/// How long after it happened a removal may still show up: the feed trails long transactions.
constexpr std::chrono::seconds kLateness = 10min;

/// The part of the feed that the next request asks for, and where the whole look ends.
struct Span {
  Instant begin, end, until;
};

Span span_of(const Json& json) {
  const auto at = [&](std::string_view name) { return from_millis(integer_of(json, name).value_or(0)); };
  return {.begin = at("begin"), .end = at("end"), .until = at("until")};
}

Cursor cursor_of(const Span& span) {
  return {.text = to_text(Json{{"begin", to_millis(span.begin)}, {"end", to_millis(span.end)}, {"until", to_millis(span.until)}})};
}

Removals all_from(Instant moment) {
  return {.bookmark = iso_seconds(moment), .method = "deleted feed", .lateness = kLateness};
}

Removals gap_from(Instant moment) {
  Removals removals = all_from(moment);
  removals.gap = true;
  return removals;
}

Result<Removals> removals_of(const Json& answer, const Span& span, const std::string& doing) {
  TRY(const Json* records, list_in(answer, "deletedRecords", doing));
  // Rows may come into the covered past until the feed says that it is covered.
  Instant covered = span.end;
  if (const auto told = parse_iso_instant(text_of(answer, "latestDateCovered"))) covered = std::min(covered, *told);
  Removals removals = all_from(std::max(covered, span.begin));
  for (const Json& record : *records) {
    const std::string id = text_of(record, "id");
    if (id.empty()) return Error{.kind = ErrorKind::corrupt, .message = doing + ": a record has no id", .code = "CONNECTOR-1308-400"};
    removals.rows.push_back({.key = id, .at = parse_iso_instant(text_of(record, "deletedDate"))});
  }
  const auto earliest = parse_iso_instant(text_of(answer, "earliestDateAvailable"));
  removals.gap = earliest && *earliest > span.begin + 1min;
  if (covered >= span.end && span.end < span.until) removals.next = cursor_of({.begin = span.end, .end = span.until, .until = span.until});
  return removals;
}

}  // namespace

Result<Removals> read_deleted(Org& org, const ReadPlan& plan, const std::string& bookmark, const Cursor& from, std::stop_token stop) {
  const std::string& object = plan.table.table.path;
  const std::string doing = "reading the deleted records of " + object;
  TRY(const auto known, org.known(object, stop));
  if (!known->traits.replicateable) return Removals{.gap = true, .method = "key reconciliation", .lateness = 24h * 7};
  const Instant now = floor<minutes>(org.calls().vendor_clock().earliest());
  Span span{.begin = now, .end = now, .until = now};
  if (!from.text.empty()) {
    TRY(const Json position, parse_json(from.text));
    span = span_of(position);
  } else if (const auto marked = parse_iso_instant(bookmark)) {
    span.begin = floor<minutes>(*marked);
  } else if (plan.window && plan.window->from) {
    span.begin = floor<minutes>(*plan.window->from);
  }
  if (span.begin < now - kReach || span.begin > now + kAheadMax) return gap_from(now);
  for (;;) {
    if (span.end - span.begin < 1min) return all_from(span.begin);
    const std::string query = "?start=" + http::percent_encode(iso_seconds(span.begin)) + "&end=" + http::percent_encode(iso_seconds(span.end));
    TRY(std::string address, org.url("/sobjects/" + object + "/deleted/" + query, stop));
    TRY(const auto response, org.calls().send(http::get(std::move(address)), Purpose::collect, stop));
    const Answer answer = org.calls().answer_of(response);
    const auto half = floor<minutes>((span.end - span.begin) / 2);
    if (answer.what == AnswerClass::too_heavy && half >= 1min) {  // too many ids for one answer
      span.end = span.begin + half;
      continue;
    }
    if (answer.what != AnswerClass::ok) return org.calls().error_of(response, doing);
    TRY(const Json json, parse_json(response.body));
    return removals_of(json, span, doing);
  }
}

}  // namespace foz::sources::salesforce
