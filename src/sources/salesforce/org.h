#pragma once
// One logged-in Salesforce org: its API host, its calls, its objects as last described.

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "sources/calls.h"
#include "sources/salesforce/ahead.h"
#include "sources/salesforce/job_places.h"
#include "sources/salesforce/login.h"
#include "sources/salesforce/metadata.h"
#include "sources/salesforce/settings.h"

namespace foz::sources::salesforce {

/// Pages of bulk results in memory that nobody reads yet.
inline constexpr size_t kPagesAheadMax = 4;

/// Bulk jobs of a login that are at work at once.
inline constexpr size_t kJobsAtOnce = 4;

/// Thread-safe.
class Org {
 public:
  Org(Settings settings, const World& world);

  /// `https://{instance}/services/data/v60.0` + `path`. Logs in when nobody did yet.
  Result<std::string> url(std::string_view path, std::stop_token stop);
  /// An absolute path that an answer named, on the API host. Errors: corrupt (it leads to another origin).
  Result<std::string> url_of_link(std::string_view link, std::stop_token stop);
  Result<std::string> query_url(std::string_view verb, std::string_view soql, std::stop_token stop);

  /// Of `path` below the API's version.
  Result<Json> get_json(std::string_view path, Purpose purpose, std::string_view doing, std::stop_token stop);

  /// The object, asked for again each time; the vendor answers 304 while it is as it was.
  /// Errors: not_found (CONNECTOR-1330-400), ...
  Result<std::shared_ptr<const Object>> describe(const std::string& object, std::stop_token stop);
  /// The object as last described.
  Result<std::shared_ptr<const Object>> known(const std::string& object, std::stop_token stop);

  /// Fields that the org defines and the object as described lacks: hidden from this user (pain 8). Asked once for each
  /// description; empty as well where the user may not look at definitions.
  std::vector<std::string> hidden_fields(const std::shared_ptr<const Object>& object, std::stop_token stop);

  /// Bulk refused the object: it is not asked for it again (2.8).
  void learn_no_bulk(const std::string& object);
  bool takes_bulk(const Object& object);

  /// How many rows the object has. Nothing: too many to be counted.
  Result<std::optional<int64_t>> count(const std::string& object, std::stop_token stop);

  /// Of all bulk jobs of this login together.
  ResultsAhead& ahead() { return ahead_; }
  JobPlaces& jobs() { return jobs_; }
  /// How many pages of a slice are fetched beside the one at hand.
  size_t pages_ahead() const { return pages_ahead_; }

  Calls& calls() { return calls_; }
  const Calls& calls() const { return calls_; }
  const Clock& clock() const { return clock_; }
  const Settings& settings() const { return settings_; }

 private:
  struct Described {
    std::string etag, modified;
    std::shared_ptr<const Object> object;
  };
  Result<std::string> api_origin(std::stop_token stop);
  http::Request conditional(std::string url, const std::optional<Described>& last) const;

  const Settings settings_;
  const size_t pages_ahead_;
  const Clock& clock_;
  std::mutex mutex_;
  std::string api_origin_;  ///< of the session in force
  std::map<std::string, Described, std::less<>> described_;
  struct Hidden {
    std::shared_ptr<const Object> object;
    std::vector<std::string> fields;
  };
  std::map<std::string, Hidden, std::less<>> hidden_;
  std::set<std::string, std::less<>> no_bulk_;
  JobPlaces jobs_{kJobsAtOnce};
  LogIn log_in_;
  http::CachedToken tokens_;
  Calls calls_;
  ResultsAhead ahead_{kPagesAheadMax};  // ends first: it calls
};

}  // namespace foz::sources::salesforce
