#pragma once
// New access tokens for old. Follows: Sources contract, 4.2; pain 14.

#include "http/client.h"
#include "sources/calls.h"
#include "sources/hubspot/settings.h"
#include "sources/refresh_token.h"

namespace foz::sources::hubspot {

/// Gets access tokens with the refresh token. One call at a time: CachedToken sees to that.
class Renewal {
 public:
  Renewal(const Settings& settings, const World& world) : settings_(settings), refresh_token_("HubSpot", settings.refresh_token, world) {}

  /// Errors: unauthorized (refused; it says what to do), unavailable (also: the rotated token could not be kept).
  Result<http::CachedToken::Fetched> renew(Calls& calls, std::stop_token stop);

 private:
  Result<Json> ask(const Secret& token, Calls& calls, std::stop_token stop) const;

  const Settings& settings_;
  RefreshToken refresh_token_;
};

}  // namespace foz::sources::hubspot
