#include "sources/salesforce/settings.h"

#include "base/text.h"
#include "http/message.h"
#include "sources/parameters.h"
#include "sources/salesforce/salesforce.h"

namespace foz::sources::salesforce {
namespace {

/// Bulk query exists from 47.0; below 48.0 nobody tests any more (1.2).
constexpr double kVersionMin = 48.0;
constexpr std::string_view kPublicLogin = "https://login.salesforce.com";

Result<std::string> read_version(std::string given) {
  if (given.empty()) return std::string("60.0");
  if (given.starts_with('v')) given.erase(0, 1);
  const auto number = to_number(given);
  if (!number || *number < kVersionMin || *number > 999 || *number != static_cast<int>(*number)) {
    return bad_parameter("apiVersion", "\"" + given + "\" is no API version from 48.0 on");
  }
  return std::to_string(static_cast<int>(*number)) + ".0";
}

Result<std::string> login_origin(const Login& login, std::string_view environment_name) {
  std::string url = login.text("loginUrl");
  std::string_view name = "loginUrl";
  if (url.empty()) url = login.text(name = environment_name);
  if (url.empty()) return std::string(kPublicLogin);
  return origin_parameter(name, url);
}

Status read_jwt(const Login& login, Settings& settings) {
  if (!login.secret("jwtToken").empty()) {
    settings.grant = Grant::given_jwt;
    TRY_DO(require(login, {"jwtToken", "clientId", "clientSecret", "instanceUrl"}));
    settings.jwt = login.secret("jwtToken");
    TRY(settings.login_origin, login_origin(login, "instanceUrl"));
    return {};
  }
  settings.grant = Grant::signed_jwt;
  TRY_DO(require(login, {"consumerKey", "username", "privateKey"}));
  settings.client_id = login.text("consumerKey");
  settings.username = login.text("username");
  settings.private_key = login.secret("privateKey");
  TRY(settings.login_origin, login_origin(login, "environmentUrl"));
  settings.audience = login.text("audience");
  if (settings.audience.empty()) settings.audience = settings.login_origin;
  return {};
}

/// A code is good for once and brings the refresh token: where one stands, it is newer than the token.
Status read_refresh(const Login& login, Settings& settings) {
  settings.grant = Grant::refresh_token;
  TRY_DO(require(login, {"clientId"}));
  settings.refresh_token = login.secret("refreshToken");
  settings.code = login.secret("code");
  settings.code_verifier = login.secret("codeVerifier");
  settings.redirect_uri = login.text("redirectUri");
  if (!settings.code.empty()) return require(login, {"redirectUri"});
  if (!settings.refresh_token.empty()) return {};
  return Error{.kind = ErrorKind::invalid,
               .message = "the parameter refreshToken is missing, or code and redirectUri of an interactive login",
               .code = "CONNECTOR-1304-400",
               .where = "/auth/params/refreshToken"};
}

}  // namespace

Result<Settings> read_settings(const Login& login) {
  Settings settings;
  TRY(const AuthSpec* spec, require_auth_spec(kSalesforce, login));
  TRY(settings.version, read_version(login.text("apiVersion")));
  settings.client_id = login.text("clientId");
  settings.client_secret = login.secret("clientSecret");
  if (spec->name == "OAuth2 JWT Token Credential") {
    TRY_DO(read_jwt(login, settings));
    return settings;
  }
  TRY(settings.login_origin, login_origin(login, "environmentUrl"));
  if (spec->name == "Basic Authentication") {
    settings.grant = Grant::password;
    TRY_DO(require(login, {"username", "password", "securityToken"}));
    settings.username = login.text("username");
    settings.password = Secret(login.text("password") + login.text("securityToken"));
  } else if (spec->name == "OAuth2 Refresh Code") {
    TRY_DO(read_refresh(login, settings));
  } else {
    TRY_DO(require(login, {"environmentUrl", "clientId", "clientSecret"}));
  }
  return settings;
}

}  // namespace foz::sources::salesforce
