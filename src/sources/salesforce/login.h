#pragma once
// Logging in at Salesforce. Follows: Sources contract, 2.2.

#include "sources/calls.h"
#include "sources/refresh_token.h"
#include "sources/salesforce/settings.h"

namespace foz::sources::salesforce {

/// What a login gives: a token, and where its calls go.
struct Session {
  Secret token;
  std::string api_origin;
  std::chrono::seconds life{0};  ///< zero: not told
  Secret refresh_token = {};     ///< that came with it; empty: none did
};

/// Logs in with what the connection says, or with the newest refresh token. One login at a time: CachedToken sees to that.
class LogIn {
 public:
  LogIn(const Settings& settings, const World& world)
      : settings_(settings), clock_(world.clock), refresh_token_("Salesforce", settings.refresh_token, world), code_(settings.code) {}

  /// A refusal is never repeated: an account could be locked.
  /// Errors: unauthorized (with advice), forbidden (host not allowed), unavailable (also: what was renewed could not be kept),
  /// corrupt (an answer without a token).
  Result<Session> operator()(Calls& calls, std::stop_token stop);

 private:
  Result<Session> redeem_code(Calls& calls, std::stop_token stop);
  Result<Session> refresh(Calls& calls, std::stop_token stop);

  const Settings& settings_;
  const Clock& clock_;
  RefreshToken refresh_token_;
  Secret code_;  ///< of an interactive login, good for once; empty: there is none, or none any more
};

}  // namespace foz::sources::salesforce
