#include "sources/salesforce/split.h"

#include "base/text.h"

namespace foz::sources::salesforce {
namespace {

using namespace std::chrono_literals;

__extension__ typedef unsigned __int128 Number;

/// A piece of time is not cut below this.
constexpr std::chrono::milliseconds kShortestSpan = 1h;
/// No record of Salesforce is older.
constexpr int64_t kOldest_ms = 915'148'800'000;
/// Ids compare by these characters; three more only guard their case.
constexpr size_t kIdLength = 15;
constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

std::optional<Number> number_of(std::string_view id) {
  Number number = 0;
  for (size_t i = 0; i < kIdLength; ++i) {
    const size_t digit = i < id.size() ? kDigits.find(id[i]) : 0;
    if (digit == kDigits.npos) return std::nullopt;
    number = number * kDigits.size() + digit;
  }
  return number;
}

std::string id_of(Number number) {
  std::string id(kIdLength, '0');
  for (size_t i = kIdLength; i-- > 0; number /= kDigits.size()) id[i] = kDigits[static_cast<size_t>(number % kDigits.size())];
  return id;
}

std::optional<Halves> halves_by_time(const Part& span, Instant now) {
  const int64_t from = span.from.value_or(kOldest_ms), to = span.to.value_or(to_millis(now + 24h));
  if (to - from < 2 * kShortestSpan.count()) return std::nullopt;
  const int64_t middle = (from + (to - from) / 2) / 1000 * 1000;  // SOQL compares whole seconds
  Halves halves{span, span};
  halves.first.to = halves.second.from = middle;
  return halves;
}

/// The first (or last) id that the conditions leave. Nothing: there is none.
Result<std::optional<std::string>> id_at_end(Org& org, const HeavyQuery& query, const std::string& span, bool first, std::stop_token stop) {
  std::vector<std::string> conditions = query.conditions;
  conditions.push_back(span);
  for (bool whole = false;; whole = true) {
    TRY(const std::string soql, to_soql({.object = query.object, .fields = {"Id"}, .conditions = whole ? std::vector<std::string>() : conditions,
                                         .order = first ? "Id ASC" : "Id DESC", .limit = 1}));
    TRY(std::string url, org.query_url("query", soql, stop));
    TRY(const auto response, org.calls().send(http::get(std::move(url)), Purpose::collect, stop));
    const AnswerClass what = org.calls().answer_of(response).what;
    if (what == AnswerClass::too_heavy && !whole) continue;  // of the whole object then: its keys alone are looked at
    if (what != AnswerClass::ok) return org.calls().error_of(response, "looking for the ids of " + query.object);
    const auto json = parse_json(response.body);
    const Json* record = json ? at_pointer(*json, "/records/0") : nullptr;
    if (record == nullptr) return std::optional<std::string>();
    return std::optional(text_of(*record, "Id"));
  }
}

}  // namespace

std::optional<std::string> middle_id(std::string_view from, std::string_view to) {
  const auto low = number_of(from), high = number_of(to);
  if (!low || !high || *high <= *low + 1) return std::nullopt;
  return id_of(*low + (*high - *low) / 2);
}

Result<std::optional<Halves>> halves_of(Org& org, const HeavyQuery& query, const Part& span, const std::string& last, std::stop_token stop) {
  if (!query.split_by.empty() && last.empty()) {
    if (auto halves = halves_by_time(span, org.clock().now())) return halves;
  }
  if (!query.keyed) return std::optional<Halves>();
  const std::string condition = span_condition(query.split_by, span);
  std::string from = last.empty() ? span.id_from : last, to = span.id_to;
  if (from.empty()) {
    TRY(auto first, id_at_end(org, query, condition, true, stop));
    from = first.value_or("");
  }
  if (to.empty()) {
    TRY(auto end, id_at_end(org, query, condition, false, stop));
    to = end.value_or("");
  }
  auto middle = middle_id(from, to);
  if (!middle) return std::optional<Halves>();
  Halves halves{span, span};
  halves.first.id_to = halves.second.id_from = *middle;
  return std::optional(std::move(halves));
}

Json to_json(const std::vector<Part>& spans) {
  Json json = Json::array();
  for (const Part& span : spans) {
    Json one = Json::object();
    if (span.from) one["from"] = *span.from;
    if (span.to) one["to"] = *span.to;
    if (!span.id_from.empty()) one["idFrom"] = span.id_from;
    if (!span.id_to.empty()) one["idTo"] = span.id_to;
    json.push_back(std::move(one));
  }
  return json;
}

std::vector<Part> spans_in(const Json& json, std::string_view name) {
  std::vector<Part> spans;
  const Json* list = member(json, name);
  if (list == nullptr || !list->is_array()) return spans;
  for (const Json& span : *list) spans.push_back({.from = integer_of(span, "from"), .to = integer_of(span, "to"), .id_from = text_of(span, "idFrom"), .id_to = text_of(span, "idTo")});
  return spans;
}

}  // namespace foz::sources::salesforce
