#pragma once
// One logged-in Dataverse environment: its calls, its tables as last described.

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "sources/calls.h"
#include "sources/dynamics/metadata.h"
#include "sources/dynamics/settings.h"

namespace foz::sources::dynamics {

inline constexpr std::string_view kApiPath = "/api/data/v9.2/";

/// Thread-safe.
class Environment {
 public:
  Environment(Settings settings, const World& world);

  /// `{serviceUri}/api/data/v9.2/` + `path`.
  std::string url(std::string_view path) const { return settings_.origin + std::string(kApiPath) + std::string(path); }
  /// A link that an answer named, byte for byte. Errors: corrupt (it leads out of the environment and its aliases).
  Result<std::string> url_of_link(const std::string& link) const;

  /// Any answer, with the headers that every call carries. A redirect to an alias of the environment is followed, once,
  /// with the token; others are answers like any other.
  Result<http::Response> send(http::Request request, Purpose purpose, std::stop_token stop);
  /// An answer that is ok; anything else is an error that begins with `doing`.
  Result<http::Response> ask(http::Request request, Purpose purpose, std::string_view doing, std::stop_token stop);
  Result<Json> get_json(std::string_view path, std::string_view doing, std::stop_token stop);

  /// All tables; asked for again each time.
  Result<std::vector<Entity>> entities(std::stop_token stop);
  /// The table with its columns, asked for again each time. Errors: not_found (CONNECTOR-1330-400), ...
  Result<std::shared_ptr<const Entity>> describe(const std::string& logical_name, std::stop_token stop);
  /// The table as last described.
  Result<std::shared_ptr<const Entity>> known(const std::string& logical_name, std::stop_token stop);

  Calls& calls() { return calls_; }
  const Calls& calls() const { return calls_; }
  const Clock& clock() const { return clock_; }

 private:
  Result<std::string> authority(std::stop_token stop);
  Result<std::map<std::string, std::string, std::less<>>> primary_names(std::stop_token stop);
  Result<Details> details_of(const std::string& address, const Json& definition, std::string_view doing, std::stop_token stop);

  const Settings settings_;
  const Clock& clock_;
  std::mutex mutex_;
  std::string authority_;  ///< once it is known
  std::map<std::string, std::string, std::less<>> primary_names_;  ///< of all tables, once they were asked for
  std::map<std::string, std::shared_ptr<const Entity>, std::less<>> described_;
  http::CachedToken tokens_;
  Calls calls_;
};

/// True when both addresses belong to one environment: the same origin, or `acme.crm4.dynamics.com` and
/// `acme.api.crm4.dynamics.com` (3.1).
bool same_environment(const http::Url& a, const http::Url& b);

}  // namespace foz::sources::dynamics
