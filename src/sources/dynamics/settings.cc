#include "sources/dynamics/settings.h"

#include <algorithm>

#include "base/text.h"
#include "http/message.h"
#include "sources/dynamics/dynamics.h"
#include "sources/parameters.h"

namespace foz::sources::dynamics {
namespace {

/// `https://login.microsoftonline.com/{tenant}`; the tenant may be missing, anything behind it is left out.
Result<std::string> authority_parameter(std::string_view given) {
  TRY(std::string authority, origin_parameter("authorityUrl", given));
  std::string text(trim(given));
  if (text.find("://") == text.npos) text = "https://" + text;
  const auto url = http::Url::parse(text);
  const auto steps = split(url->path, '/');
  if (steps.size() < 2 || steps[1].empty()) return authority;
  if (!is_tenant(steps[1])) return bad_parameter("authorityUrl", "\"" + std::string(steps[1]) + "\" is no tenant: https://login.microsoftonline.com/{tenant}");
  return authority + "/" + std::string(steps[1]);
}

}  // namespace

bool is_tenant(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  return !text.empty() && text.size() <= 253 && text.front() != '.' && std::all_of(text.begin(), text.end(), fits);
}

Result<Settings> read_settings(const Login& login) {
  Settings settings;
  TRY(const AuthSpec* spec, require_auth_spec(kDynamics, login));
  TRY_DO(require(login, {"serviceUri"}));
  TRY(settings.origin, origin_parameter("serviceUri", login.text("serviceUri")));
  settings.tenant = std::string(trim(login.text("tenantId")));
  if (!settings.tenant.empty() && !is_tenant(settings.tenant)) return bad_parameter("tenantId", "this is no tenant's id or domain name");
  if (const std::string authority = login.text("authorityUrl"); !authority.empty()) {
    TRY(settings.authority, authority_parameter(authority));
  }
  if (spec->name == "Service Principal Key Based Authentication") {
    TRY_DO(require(login, {"servicePrincipalId", "servicePrincipalKey"}));
    settings.client_id = login.text("servicePrincipalId");
    settings.client_secret = login.secret("servicePrincipalKey");
    return settings;
  }
  settings.grant = Grant::password;
  TRY_DO(require(login, {"username", "password"}));
  settings.username = login.text("username");
  settings.password = login.secret("password");
  return settings;
}

}  // namespace foz::sources::dynamics
