#pragma once
// Reading a connection's parameters. Follows: Flow Service contract, 4.4 and 5.4.

#include <initializer_list>
#include <string>
#include <string_view>

#include "sources/source.h"

namespace foz::sources {

/// CONNECTOR-1312: a value that cannot be right. `why` never holds a secret.
Error bad_parameter(std::string_view name, std::string why);

/// Errors: invalid, CONNECTOR-1304, naming the first parameter that is absent or empty.
Status require(const Login& login, std::initializer_list<std::string_view> names);

/// The auth spec that the login uses. Errors: invalid, CONNECTOR-1302, naming those there are.
Result<const AuthSpec*> require_auth_spec(const SourceSpec& source, const Login& login);

/// The origin of a URL, which may lack its scheme: `https://` then. Errors: invalid, CONNECTOR-1312.
Result<std::string> origin_parameter(std::string_view name, std::string_view url);

}  // namespace foz::sources
