#pragma once
// What a Salesforce connection says. Follows: Flow Service contract, 5.4; Sources contract, 1.2 and 2.1.

#include <string>

#include "base/result.h"
#include "sources/source.h"

namespace foz::sources::salesforce {

enum class Grant : uint8_t { client_credentials, password, given_jwt, signed_jwt, refresh_token };

struct Settings {
  Grant grant = Grant::client_credentials;
  std::string login_origin;         ///< `https://acme.my.salesforce.com`
  std::string version = "60.0";
  std::string client_id, username, audience, redirect_uri;
  Secret client_secret, password, jwt, private_key;  ///< `password`: with the security token behind it
  Secret refresh_token, code, code_verifier;         ///< `code`: of an interactive login, to be changed for a refresh token
};

/// Errors: invalid: CONNECTOR-1302 (auth spec), 1304 (missing parameter), 1312 (a version below 48.0, no URL).
Result<Settings> read_settings(const Login& login);

}  // namespace foz::sources::salesforce
