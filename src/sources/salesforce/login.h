#pragma once
// Logging in at Salesforce. Follows: Sources contract, 2.2.

#include "sources/calls.h"
#include "sources/salesforce/settings.h"

namespace foz::sources::salesforce {

/// What a login gives: a token, and where its calls go.
struct Session {
  Secret token;
  std::string api_origin;
  std::chrono::seconds life{0};  ///< zero: not told
};

/// Logs in once. A refusal is never repeated: an account could be locked.
/// Errors: unauthorized (with advice), forbidden (host not allowed), unavailable, corrupt (an answer without a token).
Result<Session> log_in(const Settings& settings, Calls& calls, const Clock& clock, std::stop_token stop);

}  // namespace foz::sources::salesforce
