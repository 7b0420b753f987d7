#include "sources/calls.h"

#include <algorithm>

#include "base/json.h"
#include "base/metrics.h"
#include "base/text.h"

namespace foz::sources {

using std::chrono::milliseconds;

namespace {

constexpr std::string_view kVendorCode = "CONNECTOR-1308-400";
/// The most that a vendor is heard when it asks for time.
constexpr milliseconds kAskedMax{15 * 60 * 1000};
/// Longest time one call may spend being throttled; then the run is queued until the vendor wants to be asked again, and
/// holds no worker meanwhile. Below `runs.stallMinutes`: waiting is not standing still.
constexpr milliseconds kThrottledMax{5 * 60 * 1000};
/// When to ask again for an allowance that is used up and tells no end.
constexpr milliseconds kQuotaStep{60 * 60 * 1000};

ErrorKind kind_of(const Answer& answer, int status) {
  switch (answer.what) {
    case AnswerClass::auth_expired:
    case AnswerClass::auth_wrong: return ErrorKind::unauthorized;
    case AnswerClass::throttled:
    case AnswerClass::quota_gone: return ErrorKind::rate_limited;
    case AnswerClass::transient:
    case AnswerClass::too_heavy: return ErrorKind::unavailable;
    case AnswerClass::handle_gone: return ErrorKind::not_found;
    default: break;
  }
  if (status == 403) return ErrorKind::forbidden;
  return status == 404 ? ErrorKind::not_found : ErrorKind::invalid;
}

/// The vendor as a whole is away. A stumble in its own words says that of one request (a query that takes too long) only.
bool is_down(const Answer& answer, int status) {
  if (answer.what != AnswerClass::transient) return false;
  return answer.code.empty() || status == 502 || status == 503 || status >= 520;
}

http::Retrying::Judge judge_of(const VendorRules& rules) {
  return [&rules](const http::Response& response) {
    if (is_cut_json(response)) return http::Verdict::transient;
    switch (rules.answer(response).what) {
      case AnswerClass::transient: return http::Verdict::transient;
      case AnswerClass::throttled: return http::Verdict::throttled;
      default: return http::Verdict::done;
    }
  };
}

}  // namespace

std::string vendor_words(std::string_view text) {
  constexpr size_t kShown = 300;
  text = trim(text);
  if (text.starts_with("<")) return "an HTML page";
  std::string words = utf8::repaired(text.substr(0, kShown));
  std::replace_if(words.begin(), words.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text.size() > kShown ? words + " ..." : words;
}

Error error_of(const VendorRules& rules, const Answer& answer, int status, std::string_view doing) {
  std::string message = std::string(doing) + ": " + rules.vendor + " answered " + std::to_string(status);
  if (!answer.code.empty()) message += " " + answer.code;
  if (!answer.message.empty()) message += ": " + vendor_words(answer.message);
  Error error{.kind = kind_of(answer, status), .message = std::move(message), .code = std::string(kVendorCode)};
  if (answer.wait > answer.wait.zero()) error.retry_after = answer.wait;
  else if (answer.what == AnswerClass::quota_gone) error.retry_after = kQuotaStep;
  return error;
}

bool is_cut_json(const http::Response& response) {
  if (!response.ok() || response.status == 204) return false;
  const auto type = response.header("Content-Type");
  if (!type || lower(*type).find("json") == std::string::npos) return false;
  const size_t last = response.body.find_last_not_of(" \r\n\t");
  return last == std::string::npos || (response.body[last] != '}' && response.body[last] != ']');
}

Result<http::Response> Governed::send(const http::Request& request, std::stop_token stop) {
  const std::string bucket = rules_.bucket ? rules_.bucket(request) : "";
  const Tick until = clock_.tick() + kThrottledMax;
  for (int times = 1;; ++times) {
    auto outcome = call(request, bucket, stop);
    if (!outcome) return outcome;
    vendor_clock_.hear(*outcome);
    if (rules_.hear) rules_.hear(request, *outcome, governor_);
    const Answer answer = rules_.answer(*outcome);
    // A vendor may put an app at risk whose share of these is too high (Sources contract, 4.8).
    metrics::count("foz_source_answers_total", {{"vendor", rules_.vendor}, {"kind", outcome->status >= 400 ? "error" : "ok"}});
    if (answer.what == AnswerClass::quota_gone) governor_.allowance_gone(rules_.quota_name, wait_of(answer, *outcome, times));
    if (answer.what != AnswerClass::throttled) return outcome;
    const milliseconds wait = wait_of(answer, *outcome, times);
    governor_.hold(bucket, wait);
    if (clock_.tick() + wait > until) return busy_for_long(*outcome, wait);
  }
}

/// One call, once it is admitted; what becomes of it counts for the breaker.
Result<http::Response> Governed::call(const http::Request& request, const std::string& bucket, std::stop_token stop) {
  TRY(const auto pass, governor_.admit(bucket, purpose_, stop));
  Result<http::Response> outcome = next_.send(request, stop);
  if (outcome) governor_.hear_outcome(is_down(rules_.answer(*outcome), outcome->status));
  else if (outcome.error().kind == ErrorKind::unavailable) governor_.hear_outcome(true);
  return outcome;
}

Error Governed::busy_for_long(const http::Response& response, milliseconds wait) const {
  std::string asked = rules_.vendor + " is busy";
  if (const auto span = http::asked_wait(response, clock_.now())) asked = rules_.vendor + " asks for " + std::to_string(span->count() / 1000) + " s without calls";
  return Error{.kind = ErrorKind::rate_limited, .message = asked + "; the next call is made in " + std::to_string(wait.count() / 1000) + " s",
               .code = std::string(kVendorCode), .retry_after = wait};
}

milliseconds Governed::wait_of(const Answer& answer, const http::Response& response, int times) const {
  if (const auto asked = http::asked_wait(response, clock_.now())) return std::clamp(*asked, milliseconds(0), kAskedMax);
  if (answer.wait > answer.wait.zero()) return answer.wait;
  if (answer.what == AnswerClass::quota_gone) return governor_.until_reset(rules_.quota_name).value_or(kQuotaStep);
  return milliseconds(1000) * (1 << (2 * std::min(times - 1, 2)));  // 1, 4, 16 s
}

Calls::Line::Line(const World& world, Governor& governor, VendorClock& vendor_clock, const VendorRules& rules, http::TokenSource& tokens, Purpose purpose)
    : governed(world.transport, governor, vendor_clock, rules, world.clock, purpose),
      retrying(governed, world.clock, world.random, {}, judge_of(rules)),
      authorizing(retrying, tokens) {}

Calls::Calls(const World& world, VendorRules rules, http::TokenSource& tokens)
    : rules_(std::move(rules)),
      governor_(world.clock, {.vendor = rules_.vendor, .reserve_percent = world.quota_reserve_percent, .concurrent_max = rules_.concurrent_max}),
      vendor_clock_(world.clock),
      look_(world, governor_, vendor_clock_, rules_, tokens, Purpose::look),
      collect_(world, governor_, vendor_clock_, rules_, tokens, Purpose::collect) {}

Result<http::Response> Calls::send(http::Request request, Purpose purpose, std::stop_token stop) {
  request.known_hosts = rules_.known_hosts;
  return (purpose == Purpose::look ? look_ : collect_).authorizing.send(request, stop);
}

Result<http::Response> Calls::send_open(http::Request request, std::stop_token stop) {
  request.known_hosts = rules_.known_hosts;
  return look_.retrying.send(request, stop);
}

Result<http::Response> Calls::ask(http::Request request, Purpose purpose, std::string_view doing, std::stop_token stop) {
  auto outcome = send(std::move(request), purpose, stop);
  if (!outcome) return with_context(std::move(outcome).error(), doing);
  if (answer_of(*outcome).what != AnswerClass::ok) return error_of(*outcome, doing);
  return outcome;
}

Result<Json> Calls::ask_json(http::Request request, Purpose purpose, std::string_view doing, std::stop_token stop) {
  TRY(const auto response, ask(std::move(request), purpose, doing, stop));
  auto json = parse_json(response.body, {.depth_max = 200});
  if (json) return json;
  return Error{.kind = ErrorKind::corrupt, .message = std::string(doing) + ": " + rules_.vendor + " sent what is no JSON: " + json.error().message};
}

Answer Calls::answer_of(const http::Response& response) const { return rules_.answer(response); }

Error Calls::error_of(const http::Response& response, std::string_view doing) const {
  const Answer answer = answer_of(response);
  Error error = sources::error_of(rules_, answer, response.status, doing);
  if (answer.what == AnswerClass::quota_gone && answer.wait == answer.wait.zero()) error.retry_after = governor_.until_reset(rules_.quota_name).value_or(kQuotaStep);
  return error;
}

Result<JsonGlance> glance_page(std::string& body, const GlanceWish& wish, std::string_view doing) {
  auto glance = glance_json(body, wish);
  if (glance) return glance;
  return Error{.kind = ErrorKind::unavailable, .message = std::string(doing) + ": " + glance.error().message};
}

Result<const Json*> list_in(const Json& answer, const std::string& name, std::string_view doing) {
  const Json* list = member(answer, name);
  if (list != nullptr && list->is_array()) return list;
  return Error{.kind = ErrorKind::corrupt, .message = std::string(doing) + ": the answer has no list \"" + name + "\"", .code = "CONNECTOR-1308-400"};
}

}  // namespace foz::sources
