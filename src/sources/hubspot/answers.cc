#include "sources/hubspot/answers.h"

#include "base/json.h"
#include "base/text.h"

namespace foz::sources::hubspot {
namespace {

using std::chrono::milliseconds;

bool holds(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

std::optional<int64_t> number_in(const http::Response& response, std::string_view header) {
  const auto text = response.header(header);
  return text ? to_integer(trim(*text)) : std::nullopt;
}

/// The rights that the vendor says are missing: `errors[].context.requiredGranularScopes`.
std::string missing_scopes(const Json& body) {
  std::vector<std::string> scopes;
  const Json* errors = member(body, "errors");
  if (errors == nullptr || !errors->is_array()) return "";
  for (const Json& error : *errors) {
    const Json* context = member(error, "context");
    if (context == nullptr) continue;
    for (std::string& scope : texts_of(*context, "requiredGranularScopes")) scopes.push_back(std::move(scope));
  }
  return scopes.empty() ? "" : " Grant the app " + join(scopes, ", ") + ".";
}

/// Vendor's word and text out of an error body; `policy` is the limit that a 429 is about.
struct Words {
  std::string code, message, policy;
};

Words words_of(const http::Response& response) {
  const auto json = parse_json(response.body);
  if (!json || !json->is_object()) return {.message = response.body};
  Words words{.code = text_of(*json, "category"), .message = text_of(*json, "message"), .policy = text_of(*json, "policyName")};
  if (words.code.empty()) words.code = text_of(*json, "errorType");
  if (words.code.empty() && text_of(*json, "status") != "error") words.code = text_of(*json, "status");
  words.message += missing_scopes(*json);
  return words;
}

Answer throttle_of(const http::Response& response, Words words) {
  Answer answer{.what = AnswerClass::throttled, .code = words.policy.empty() ? std::move(words.code) : words.policy, .message = std::move(words.message)};
  if (words.policy == "DAILY" || (words.policy.empty() && holds(lower(answer.message), "daily"))) {
    answer.what = AnswerClass::quota_gone;
  } else if (words.policy == "SECONDLY") {
    answer.wait = milliseconds(1000);
  } else if (words.policy == "TEN_SECONDLY_ROLLING") {
    answer.wait = milliseconds(number_in(response, "X-HubSpot-RateLimit-Interval-Milliseconds").value_or(10'000));
  }
  return answer;
}

AnswerClass class_of(int status, std::string_view code) {
  switch (status) {
    case 400: return code.starts_with("BAD_") ? AnswerClass::auth_wrong : AnswerClass::permanent;
    case 401: return AnswerClass::auth_expired;
    case 423: case 477: return AnswerClass::throttled;   // locked, being moved: both pass
    case 500: case 502: case 503: case 504: return AnswerClass::transient;
    case 530: return AnswerClass::auth_wrong;            // the edge does not take the token for one
    default: return status >= 520 && status < 530 ? AnswerClass::transient : AnswerClass::permanent;
  }
}

std::string bucket_of(const http::Request& request) {
  const std::string_view path = request.path();
  return std::string(holds(path, "/crm/") && holds(path, "/objects/") && path.ends_with("/search") ? kSearchBucket : "");
}

/// The vendor counts calls in any interval of ten seconds. A tenth of it at a time, and a tenth less in all, stays below
/// that wherever the interval begins.
void hear_rate(const http::Response& response, const std::string& bucket, Governor& governor) {
  const auto max = number_in(response, "X-HubSpot-RateLimit-Max");
  const auto interval = number_in(response, "X-HubSpot-RateLimit-Interval-Milliseconds");
  if (max && interval && *max > 0 && *interval > 0) governor.set_rate(bucket, std::max<int64_t>(1, *max * 9 / 100), milliseconds(*interval / 10));
  if (const auto remaining = number_in(response, "X-HubSpot-RateLimit-Remaining")) governor.hear_remaining(bucket, *remaining);
}

void hear(const http::Request& request, const http::Response& response, Governor& governor) {
  const std::string bucket = bucket_of(request);
  if (bucket.empty()) hear_rate(response, bucket, governor);
  const auto max = number_in(response, "X-HubSpot-RateLimit-Daily"), remaining = number_in(response, "X-HubSpot-RateLimit-Daily-Remaining");
  if (max && remaining && *max > 0) governor.hear_allowance({.name = std::string(kDailyRequests), .max = *max, .remaining = *remaining});
}

}  // namespace

Answer answer_of(const http::Response& response) {
  if (response.ok()) return {};
  Words words = words_of(response);
  if (response.status == 429) return throttle_of(response, std::move(words));
  Answer answer{.what = class_of(response.status, words.code), .code = std::move(words.code), .message = std::move(words.message)};
  if (response.status == 530) answer.message = "the access token is malformed";
  if (response.status == 414) answer.message = "the request's address is too long";
  if (response.status == 423 || response.status == 477) answer.wait = milliseconds(2000);
  return answer;
}

VendorRules rules() {
  return {.vendor = "HubSpot",
          .known_hosts = {"api.hubapi.com"},
          .concurrent_max = 8,
          .answer = answer_of,
          .bucket = bucket_of,
          .hear = hear,
          .quota_name = std::string(kDailyRequests)};
}

}  // namespace foz::sources::hubspot
