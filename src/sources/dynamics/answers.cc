#include "sources/dynamics/answers.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"
#include "http/egress.h"

namespace foz::sources::dynamics {
namespace {

constexpr int64_t kExecutionSecondsMax = 1200;

/// The public cloud and the national ones.
const std::vector<std::string> kLoginHosts = {"login.microsoftonline.com", "login.windows.net", "login.microsoftonline.us", "login.partner.microsoftonline.cn",
                                              "login.chinacloudapi.cn", "login.microsoftonline.de"};
const std::vector<std::string> kEnvironmentHosts = {"*.dynamics.com", "*.crm.microsoftdynamics.us", "*.crm.appsplatform.us", "*.crm.dynamics.cn", "*.crm.microsoftdynamics.de"};

bool holds(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

/// `{"error":{"code","message"}}` of Dataverse, `{"error","error_description"}` of Azure AD.
Answer words_of(const http::Response& response) {
  Answer answer;
  const auto json = parse_json(response.body, {.depth_max = 200});
  const Json* error = json ? member(*json, "error") : nullptr;
  if (error == nullptr) {
    answer.message = response.body;
  } else if (error->is_object()) {
    answer.code = text_of(*error, "code");
    answer.message = text_of(*error, "message");
  } else {
    answer.code = as_text(*error);
    answer.message = text_of(*json, "error_description");
  }
  return answer;
}

/// The change token or a page's handle is over. The number is printed in no document of today; the words are.
bool says_expired(const Answer& answer) { return answer.code == "0x80044352" || (holds(answer.message, "Version stamp") && holds(answer.message, "expired")); }

AnswerClass class_of_bad_request(const Answer& answer) {
  static constexpr std::array<std::string_view, 8> kLogin = {"invalid_grant",   "invalid_client",  "unauthorized_client", "invalid_request",
                                                             "invalid_resource", "invalid_scope",   "interaction_required", "unsupported_grant_type"};
  if (says_expired(answer)) return AnswerClass::handle_gone;
  return std::find(kLogin.begin(), kLogin.end(), answer.code) != kLogin.end() ? AnswerClass::auth_wrong : AnswerClass::permanent;
}

std::optional<int64_t> number_in(const http::Response& response, std::string_view header) {
  const auto number = to_number(response.header(header).value_or(""));
  if (!number || *number < 0 || *number > 1e15) return std::nullopt;
  return static_cast<int64_t>(*number);
}

/// The count is kept by each of the vendor's web servers: a small number slows down, it never stops.
void hear(const http::Request&, const http::Response& response, Governor& governor) {
  if (const auto remaining = number_in(response, "x-ms-ratelimit-burst-remaining-xrm-requests")) governor.hear_remaining("", *remaining);
}

}  // namespace

Answer answer_of(const http::Response& response) {
  if (response.ok() || response.status == 304) return {};
  Answer answer = words_of(response);
  switch (response.status) {
    case 400: answer.what = class_of_bad_request(answer); break;
    case 401: answer.what = answer.code.empty() || answer.code.starts_with("0x") ? AnswerClass::auth_expired : AnswerClass::auth_wrong; break;
    case 408: answer.what = AnswerClass::transient; break;
    case 410: answer.what = AnswerClass::handle_gone; break;
    case 429: answer.what = AnswerClass::throttled; break;
    default: answer.what = response.status >= 500 && response.status <= 530 && response.status != 501 ? AnswerClass::transient : AnswerClass::permanent;
  }
  if (answer.what == AnswerClass::transient && says_expired(answer)) answer.what = AnswerClass::handle_gone;
  return answer;
}

std::vector<Limit> limits_of(const http::Response& response) {
  std::vector<Limit> limits;
  if (const auto left = number_in(response, "x-ms-ratelimit-burst-remaining-xrm-requests")) {
    limits.push_back({.name = "RequestsIn5Minutes", .max = std::max(kRequestsMax, *left), .remaining = *left});
  }
  if (const auto left = number_in(response, "x-ms-ratelimit-time-remaining-xrm-requests")) {
    limits.push_back({.name = "ExecutionSecondsIn5Minutes", .max = std::max(kExecutionSecondsMax, *left), .remaining = *left});
  }
  return limits;
}

std::string login_advice(std::string_view word, std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kAdvice = {{
      {"AADSTS7000222", "the client secret has expired: make a new one for the app registration"},
      {"AADSTS7000215", "the client secret is wrong: the secret's value belongs here, not its id"},
      {"AADSTS700016", "the tenant has no app registration with this id: compare application id and tenant"},
      {"AADSTS90002", "there is no such tenant: leave tenantId out to use the environment's own"},
      {"AADSTS500011", "the tenant does not know this environment: compare serviceUri and tenant"},
      {"AADSTS50126", "the user name or the password is wrong"},
      {"AADSTS50076", "the user must log in with a second factor: use a service principal"},
      {"AADSTS50079", "the user must log in with a second factor: use a service principal"},
      {"AADSTS50055", "the password has expired: set a new one"},
      {"AADSTS50053", "the account is locked: unlock it first"},
      {"AADSTS53003", "a conditional access policy refuses this server: allow it, or use a service principal"},
  }};
  for (const auto& [number, advice] : kAdvice) {
    if (holds(text, std::string(number) + ":")) return std::string(advice);
  }
  if (word == "invalid_client") return "the client id or the client secret is wrong";
  return "check the app registration, its secret and the tenant";
}

bool is_timeout(const http::Response& response) {
  if (response.status == 504) return true;
  if (response.status != 500 && response.status != 503) return false;
  const Answer answer = words_of(response);
  const std::string words = lower(answer.message);
  return answer.code == "0x80044151" || holds(words, "timeout") || holds(words, "timed out") || holds(words, "time-out");
}

bool is_login_host(std::string_view host) { return http::host_matches(host, kLoginHosts); }
bool is_environment_host(std::string_view host) { return http::host_matches(host, kEnvironmentHosts); }

VendorRules rules() {
  std::vector<std::string> known = kLoginHosts;
  known.insert(known.end(), kEnvironmentHosts.begin(), kEnvironmentHosts.end());
  return {.vendor = "Dynamics",
          .known_hosts = std::move(known),
          .concurrent_max = 4,  // of the 52 that a user may have under way (3.7)
          .answer = answer_of,
          .hear = hear};
}

}  // namespace foz::sources::dynamics
