#include "sources/hubspot/settings.h"

#include "sources/hubspot/hubspot.h"
#include "sources/parameters.h"

namespace foz::sources::hubspot {
namespace {

constexpr std::string_view kPublicHost = "https://api.hubapi.com";

}  // namespace

Result<Settings> read_settings(const Login& login) {
  Settings settings{.origin = std::string(kPublicHost)};
  TRY(const AuthSpec* spec, require_auth_spec(kHubSpot, login));
  if (const std::string base = login.text("baseUrl"); !base.empty()) {
    TRY(settings.origin, origin_parameter("baseUrl", base));
  }
  settings.access_token = login.secret("accessToken");
  if (spec->name == "Private App Token") {
    TRY_DO(require(login, {"accessToken"}));
    return settings;
  }
  TRY_DO(require(login, {"clientId", "clientSecret", "accessToken", "refreshToken"}));
  settings.grant = Grant::oauth;
  settings.client_id = login.text("clientId");
  settings.client_secret = login.secret("clientSecret");
  settings.refresh_token = login.secret("refreshToken");
  return settings;
}

}  // namespace foz::sources::hubspot
