#pragma once
// What a HubSpot connection says. Follows: Flow Service contract, 5.4; Sources contract, 1.2.

#include <string>

#include "base/result.h"
#include "sources/source.h"

namespace foz::sources::hubspot {

enum class Grant : uint8_t { oauth, private_app };

struct Settings {
  Grant grant = Grant::private_app;
  std::string origin;  ///< `https://api.hubapi.com`
  std::string client_id;
  Secret client_secret, access_token, refresh_token;
};

/// Errors: invalid: CONNECTOR-1302 (auth spec), 1304 (missing parameter), 1312 (no URL).
Result<Settings> read_settings(const Login& login);

}  // namespace foz::sources::hubspot
