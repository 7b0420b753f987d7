#include "sources/dynamics/login.h"

#include "base/json.h"
#include "base/text.h"
#include "sources/dynamics/answers.h"
#include "sources/dynamics/environment.h"

namespace foz::sources::dynamics {
namespace {

/// Microsoft's own public client, for logins by user name that name no app.
constexpr std::string_view kPublicClient = "51f81489-12ee-4a9e-aaae-a2591f45987d";

Error refused(std::string_view word, std::string_view text) {
  return Error{.kind = ErrorKind::unauthorized,
               .message = "Azure AD refused the login: " + std::string(word) + (text.empty() ? "" : ": " + vendor_words(text)) + " (" + login_advice(word, text) + ")",
               .code = "CONNECTOR-1308-400"};
}

/// `https://host/{tenant}` of an address that begins so; nothing otherwise.
std::optional<std::string> authority_in(std::string_view address) {
  const auto url = http::Url::parse(address);
  if (!url) return std::nullopt;
  const auto steps = split(url->path, '/');
  if (steps.size() < 2 || !is_tenant(steps[1])) return std::nullopt;
  return url->origin() + "/" + std::string(steps[1]);
}

std::string with_tenant(const std::string& authority, const std::string& tenant) {
  if (tenant.empty()) return authority;
  const size_t slash = authority.find('/', authority.find("://") + 3);
  return authority.substr(0, slash) + "/" + tenant;
}

bool has_tenant(const std::string& authority) { return authority.find('/', authority.find("://") + 3) != authority.npos; }

Error no_environment(const Settings& settings, const std::string& why) {
  return Error{.kind = ErrorKind::invalid, .message = settings.origin + " does not answer as a Dataverse environment does: " + why, .code = "CONNECTOR-1312-400", .where = "/auth/params/serviceUri"};
}

/// A secret goes to Microsoft's login hosts, or where the operator's list lets it: egress holds other hosts to that list,
/// but knows the environments, and an environment is no place to log in.
Status check_authority(const std::string& authority) {
  const auto url = http::Url::parse(authority);
  if (url && !is_environment_host(url->host)) return {};
  return Error{.kind = ErrorKind::forbidden, .message = "the environment names " + authority + " to log in at, which is no login host of Microsoft: nothing was sent there", .code = "CONNECTOR-1308-400"};
}

http::Query grant_of(const Settings& settings) {
  http::Query form;
  if (settings.grant == Grant::password) {
    form.add("grant_type", "password");
    form.add("client_id", std::string(kPublicClient));
    form.add("resource", settings.origin + "/");
    form.add("username", settings.username);
    form.add("password", settings.password.reveal());
    return form;
  }
  form.add("grant_type", "client_credentials");
  form.add("client_id", settings.client_id);
  form.add("client_secret", settings.client_secret.reveal());
  form.add("scope", settings.origin + "/.default");
  return form;
}

}  // namespace

std::optional<std::string> challenged_authority(std::string_view header) {
  for (const std::string_view name : {"authorization_uri=", "authorization="}) {
    const size_t at = header.find(name);
    if (at == header.npos) continue;
    std::string_view address = header.substr(at + name.size());
    address = address.substr(0, address.find_first_of(", \t", address.starts_with('"') ? 1 : 0));
    if (address.starts_with('"')) address.remove_prefix(1);
    return authority_in(address.substr(0, address.find('"')));
  }
  return std::nullopt;
}

Result<std::string> authority_of(const Settings& settings, Calls& calls, std::stop_token stop) {
  if (!settings.authority.empty() && (has_tenant(settings.authority) || !settings.tenant.empty())) return with_tenant(settings.authority, settings.tenant);
  TRY(const auto response, calls.send_open(http::get(settings.origin + std::string(kApiPath)), stop));
  if (response.status != 401) {
    if (calls.answer_of(response).what == AnswerClass::transient) return calls.error_of(response, "asking the environment where to log in");
    return no_environment(settings, "it answered " + std::to_string(response.status) + " to a call without a token");
  }
  const auto challenged = challenged_authority(response.header("WWW-Authenticate").value_or(""));
  if (!challenged) return no_environment(settings, "its challenge names no login authority; give authorityUrl");
  if (!settings.authority.empty()) return settings.authority + challenged->substr(challenged->rfind('/'));
  TRY_DO(check_authority(*challenged));
  return with_tenant(*challenged, settings.tenant);
}

Result<http::CachedToken::Fetched> log_in(const Settings& settings, const std::string& authority, Calls& calls, std::stop_token stop) {
  const std::string path = settings.grant == Grant::password ? "/oauth2/token" : "/oauth2/v2.0/token";
  TRY(const auto response, calls.send_open(http::post_form(authority + path, grant_of(settings)), stop));
  const auto json = parse_json(response.body);
  if (!response.ok()) {
    if (json && member(*json, "error") != nullptr) {
      const Answer answer = calls.answer_of(response);
      return refused(answer.code, answer.message);
    }
    return calls.error_of(response, "logging in");
  }
  http::CachedToken::Fetched fetched;
  if (json) fetched = {.value = Secret(text_of(*json, "access_token")), .life = std::chrono::seconds(integer_of(*json, "expires_in").value_or(0))};
  if (!fetched.value.empty()) return fetched;
  return Error{.kind = ErrorKind::corrupt, .message = "Azure AD answered the login without a token", .code = "CONNECTOR-1308-400"};
}

}  // namespace foz::sources::dynamics
