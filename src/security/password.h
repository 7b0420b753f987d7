#pragma once
// Client secrets and passwords as Argon2id hashes.

#include <string>
#include <string_view>

#include "base/secret.h"

namespace foz::security {

/// A salted hash in libsodium's text form. Takes tens of milliseconds and 16 MiB.
std::string hash_password(const Secret& password);
/// True when `password` is the hashed one. Takes as long for a wrong one.
bool verify_password(std::string_view hash, const Secret& password);

}  // namespace foz::security
