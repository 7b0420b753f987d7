#pragma once
// Logging in at Azure AD (Entra). Follows: Sources contract, 3.2.

#include "sources/calls.h"
#include "sources/dynamics/settings.h"

namespace foz::sources::dynamics {

/// The login authority with its tenant, `https://login.microsoftonline.com/{tenant}`: as the connection names it, else as
/// the environment's challenge does. What a challenge names must be a login host of Microsoft or on the operator's list.
/// Errors: forbidden (it is neither), invalid (the address is no Dataverse environment).
Result<std::string> authority_of(const Settings& settings, Calls& calls, std::stop_token stop);

/// Logs in once. A refusal is never repeated: an account could be locked.
/// Errors: unauthorized (with advice), forbidden (host not allowed), unavailable, corrupt (an answer without a token).
Result<http::CachedToken::Fetched> log_in(const Settings& settings, const std::string& authority, Calls& calls, std::stop_token stop);

/// The authority in `WWW-Authenticate: Bearer authorization_uri=https://.../{tenant}/oauth2/authorize, ...`; nothing when
/// the header names none.
std::optional<std::string> challenged_authority(std::string_view header);

}  // namespace foz::sources::dynamics
