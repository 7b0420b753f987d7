#pragma once
// What a Dynamics connection says. Follows: Flow Service contract, 5.4; Sources contract, 1.2 and 3.2.

#include <string>

#include "base/result.h"
#include "sources/source.h"

namespace foz::sources::dynamics {

enum class Grant : uint8_t { service_principal, password };

struct Settings {
  Grant grant = Grant::service_principal;
  std::string origin;        ///< `https://acme.crm4.dynamics.com`
  std::string authority;     ///< `https://login.microsoftonline.com`, with a tenant behind it where one was typed; empty: ask the environment
  std::string tenant;        ///< takes the place of the tenant that the environment names; empty: that one
  std::string client_id, username;
  Secret client_secret, password;
};

/// Errors: invalid: CONNECTOR-1302 (auth spec), 1304 (missing parameter), 1312 (no URL, no tenant).
Result<Settings> read_settings(const Login& login);

/// True for what may stand in a path as a tenant: an id or a domain name.
bool is_tenant(std::string_view text);

}  // namespace foz::sources::dynamics
