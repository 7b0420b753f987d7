#pragma once
// Refresh tokens that a vendor may replace at each use. Follows: Sources contract, 2.2 and 4.2; pain 14.

#include <string>
#include <vector>

#include "sources/source.h"

namespace foz::sources {

/// The refresh token of a connection. Of a rotated one only the newest is good for anything: it is kept before the access token
/// that came with it is used, and what cannot be kept is held and kept before the next use. One use at a time: CachedToken sees to that.
class RefreshToken {
 public:
  /// `kept`: as the connection has it; empty: none yet.
  RefreshToken(std::string vendor, Secret kept, const World& world) : vendor_(std::move(vendor)), world_(world), kept_(kept), token_(std::move(kept)) {}

  /// The one to use now; empty: none yet. Errors: those of keeping what the last use brought.
  Result<Secret> to_use();
  /// What a use brought: another token (empty: the one there is stays good), and parameters that it used up.
  Status take(const Secret& fresh, std::vector<RenewedSecret> used_up = {});

 private:
  Status keep();

  const std::string vendor_;
  const World world_;
  Secret kept_, token_;                  ///< `kept_`: as the connection has it, when that is known
  std::vector<RenewedSecret> unkept_ = {};
};

}  // namespace foz::sources
