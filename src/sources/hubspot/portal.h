#pragma once
// One logged-in HubSpot account: its calls, who it is, its properties and custom objects.

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/json_fwd.h"
#include "sources/calls.h"
#include "sources/hubspot/login.h"
#include "sources/hubspot/settings.h"

namespace foz::sources::hubspot {

/// Thread-safe.
class Portal {
 public:
  Portal(Settings settings, const World& world);

  /// Absolute URL of `path` (with its query).
  std::string url(std::string_view path) const { return settings_.origin + std::string(path); }

  /// Any answer. A stored OAuth token that the vendor's edge calls malformed is renewed once.
  Result<http::Response> send(const http::Request& request, Purpose purpose, std::stop_token stop);
  /// An answer that is ok; anything else is an error that begins with `doing`.
  Result<http::Response> ask(const http::Request& request, Purpose purpose, std::string_view doing, std::stop_token stop);
  Result<Json> ask_json(const http::Request& request, Purpose purpose, std::string_view doing, std::stop_token stop);

  /// Asks the account who it is: `{"portalId": ...}`, and learns when its days end. Follows: Sources contract, 4.2, 4.8.
  Result<Json> account(std::stop_token stop);
  /// The account's number; asked for once.
  Result<std::string> portal_id(std::stop_token stop);

  Calls& calls() { return calls_; }
  const Calls& calls() const { return calls_; }
  const Clock& clock() const { return clock_; }

 private:
  const Settings settings_;
  const Clock& clock_;
  Renewal renewal_;
  http::CachedToken tokens_;
  Calls calls_;
  std::mutex mutex_;
  std::string portal_id_;
};

}  // namespace foz::sources::hubspot
