#include "sources/salesforce/answers.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"

namespace foz::sources::salesforce {
namespace {

bool holds(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

template <size_t N>
bool one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// Vendor's word and text out of an error body: a list of errors, an OAuth error, or a SOAP fault.
Answer words_of(const http::Response& response) {
  Answer answer;
  if (holds(response.body, "faultcode")) {
    const size_t begin = response.body.find("<faultcode>");
    const size_t end = response.body.find("</faultcode>");
    if (begin != std::string::npos && end != std::string::npos) answer.code = response.body.substr(begin + 11, end - begin - 11);
    return answer;
  }
  const auto json = parse_json(response.body);
  if (!json) {
    answer.message = response.body;
    return answer;
  }
  const Json& first = json->is_array() && !json->empty() ? json->front() : *json;
  if (!first.is_object()) return answer;
  answer.code = text_of(first, "errorCode", text_of(first, "error"));
  answer.message = text_of(first, "message", text_of(first, "error_description"));
  return answer;
}

AnswerClass class_of_forbidden(const Answer& answer) {
  if (answer.code == "REQUEST_LIMIT_EXCEEDED") return holds(answer.message, "Concurrent") ? AnswerClass::throttled : AnswerClass::quota_gone;
  return answer.code == "TXN_SECURITY_METERING_ERROR" ? AnswerClass::transient : AnswerClass::permanent;
}

AnswerClass class_of_bad_request(const Answer& answer) {
  static constexpr std::array<std::string_view, 3> kHeavy = {"QUERY_TIMEOUT", "OPERATION_TOO_LARGE", "EXCEEDED_ID_LIMIT"};
  static constexpr std::array<std::string_view, 8> kLogin = {"invalid_grant", "invalid_client", "invalid_client_id", "inactive_user",
                                                             "inactive_org",  "OAUTH_APP_BLOCKED", "unsupported_grant_type", "invalid_request"};
  if (one_of(answer.code, kHeavy)) return AnswerClass::too_heavy;
  if (one_of(answer.code, kLogin)) return AnswerClass::auth_wrong;
  if (answer.code == "INVALID_QUERY_LOCATOR") return AnswerClass::handle_gone;
  // The allowance of bulk jobs is gone, or bulk does not know the object: REST still does.
  if (answer.code == "LIMIT_EXCEEDED" || answer.code == "INVALIDENTITY" || holds(answer.message, "not supported by the Bulk API") || holds(answer.message, "not supported in Bulk Query")) {
    return AnswerClass::unsupported;
  }
  return AnswerClass::permanent;
}

void hear(const http::Request&, const http::Response& response, Governor& governor) {
  if (const auto limit = limit_of(response)) governor.hear_allowance(*limit);
}

}  // namespace

Answer answer_of(const http::Response& response) {
  if (response.ok() || response.status == 304) return {};
  Answer answer = words_of(response);
  switch (response.status) {
    case 400: answer.what = class_of_bad_request(answer); break;
    case 401: answer.what = AnswerClass::auth_expired; break;
    case 403: answer.what = class_of_forbidden(answer); break;
    case 404: answer.what = AnswerClass::permanent; break;
    case 406: case 409: case 412: case 420: answer.what = AnswerClass::transient; break;
    case 429: answer.what = AnswerClass::throttled; break;
    case 503: answer.what = response.header("Retry-After") ? AnswerClass::throttled : AnswerClass::transient; break;
    // A SOAP login that is refused comes as 500: repeating it could lock the account.
    case 500: answer.what = answer.code.starts_with("sf:") ? AnswerClass::auth_wrong : AnswerClass::transient; break;
    default: answer.what = response.status > 500 && response.status < 530 ? AnswerClass::transient : AnswerClass::permanent;
  }
  if (answer.code == "TXN_SECURITY_METERING_ERROR") answer.message += " (exempt the integration user from the org's transaction security policies)";
  if (answer.code == "sf:SERVER_UNAVAILABLE" || answer.code == "sf:REQUEST_LIMIT_EXCEEDED") answer.what = AnswerClass::transient;
  return answer;
}

std::optional<Limit> limit_of(const http::Response& response) {
  const auto header = response.header("Sforce-Limit-Info");
  if (!header) return std::nullopt;
  for (const std::string_view part : split(*header, ';')) {
    const std::string_view item = trim(part);
    if (!item.starts_with("api-usage=")) continue;
    const auto numbers = split(item.substr(10), '/');
    if (numbers.size() != 2) return std::nullopt;
    const auto used = to_integer(numbers[0]), max = to_integer(numbers[1]);
    if (!used || !max || *max <= 0) return std::nullopt;
    return Limit{.name = std::string(kDailyRequests), .max = *max, .remaining = std::max<int64_t>(0, *max - *used)};
  }
  return std::nullopt;
}

std::string login_advice(std::string_view word, std::string_view text) {
  const std::string words = lower(text);
  if (holds(words, "hasn't approved") || holds(words, "not approved")) return "pre-authorise the connected app for this user";
  if (holds(words, "ip restricted") || holds(words, "ip not allowed")) return "allow the network address of this server in the user's profile or the app's IP policy";
  if (holds(words, "expired access/refresh token")) return "the app's session was revoked: log in anew";
  if (holds(words, "authorization code")) return "an authorization code is good for once and for some minutes: give the app your consent anew, with the same redirectUri and code verifier";
  if (holds(words, "redirect_uri") || holds(words, "code verifier") || holds(words, "code_verifier")) return "redirectUri and codeVerifier must be those that the code was asked with";
  if (holds(words, "no client credentials user")) return "choose an execution user in the app's client credentials flow";
  if (word == "OAUTH_APP_BLOCKED") return "an administrator blocked the app: unblock it under Connected Apps OAuth Usage";
  if (word == "inactive_user" || word == "inactive_org") return "the user or the org is not active";
  if (word == "invalid_client" || word == "invalid_client_id") return "the client id or the client secret is wrong, or the app is younger than ten minutes";
  if (holds(words, "must reset") || holds(words, "password expired")) return "the password has expired: set a new one";
  if (word == "invalid_grant" || word == "INVALID_LOGIN") {
    return "the user name, password or security token is wrong; or the org blocks this login flow; or the user's login hours or IP ranges refuse it";
  }
  return "check the connected app and its permitted users";
}

bool says_too_heavy(std::string_view text) {
  const std::string words = lower(text);
  return holds(words, "timeout") || holds(words, "timed out") || holds(words, "running for too long") || holds(words, "too complicated") ||
         holds(words, "retried more than");
}

VendorRules rules() {
  return {.vendor = "Salesforce",
          .known_hosts = {"*.salesforce.com", "*.force.com"},
          .concurrent_max = 5,  // queries of one user, so that their cursors do not kill each other (pain 17)
          .answer = answer_of,
          .hear = hear,
          .quota_name = std::string(kDailyRequests)};
}

}  // namespace foz::sources::salesforce
