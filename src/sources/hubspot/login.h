#pragma once
// New access tokens for old. Follows: Sources contract, 4.2; pain 14.

#include "http/client.h"
#include "sources/calls.h"
#include "sources/hubspot/settings.h"

namespace foz::sources::hubspot {

/// Gets access tokens with the refresh token, and keeps a refresh token that was rotated before the access token beside
/// it is used. One call at a time: CachedToken sees to that.
class Renewal {
 public:
  Renewal(const Settings& settings, const World& world) : settings_(settings), world_(world), refresh_token_(settings.refresh_token) {}

  /// Errors: unauthorized (refused; it says what to do), unavailable (also: the rotated token could not be kept).
  Result<http::CachedToken::Fetched> renew(Calls& calls, std::stop_token stop);

 private:
  Result<Json> ask(Calls& calls, std::stop_token stop) const;
  Status keep_rotated(const std::string& token);

  const Settings& settings_;
  const World world_;
  Secret refresh_token_;
  bool unsaved_ = false;  ///< `refresh_token_` is newer than what is kept
};

}  // namespace foz::sources::hubspot
