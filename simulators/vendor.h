#pragma once
// What each simulated vendor is to the server in front of it.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "http/message.h"
#include "http/router.h"
#include "simulators/faults.h"
#include "simulators/journal.h"
#include "simulators/limits.h"
#include "simulators/settings.h"
#include "simulators/sim_clock.h"
#include "simulators/tables/table.h"

namespace foz::sim {

struct SimulatorOptions {
  std::string vendor;
  uint64_t rows = 1000;     ///< of the main table
  uint64_t seed = 1;
  uint64_t objects = 0;     ///< further tables, empty, for long lists
  std::string csv_file = {};
  bool gzip = true;         ///< when the client asks for it
  bool vendor_limits = false;  ///< the vendor's own allowances in the place of very large ones
  std::string jwt_key_file = {};  ///< Salesforce: PEM public key of the app that signs its own assertions
  std::string hostile_vendor = "hubspot";
  size_t journal_max = 10'000;
};

/// What a vendor works with.
struct World {
  SimClock& clock;
  Tables& tables;
  Settings& settings;
  Masker& masker;
  Concurrency& concurrency;
  const SimulatorOptions& options;
  std::shared_ptr<const CsvFile> csv = {};
  uint64_t seed = 1;
  uint64_t rows = 1000;
};

/// Rows of a page when the client asks for `asked`: a vendor may send fewer.
uint64_t page_rows(const World& world, uint64_t asked);

/// One request on its way through a vendor.
struct Visit {
  const http::Request& request;
  const Effects& effects;
  std::string_view path;
  int64_t now = 0;          ///< milliseconds, by the vendor's clock
  std::string origin = {};  ///< how the client calls us: `http://127.0.0.1:8101`
  http::Query query = {};
  http::PathParts parts = {};
  uint64_t records = 0;     ///< out: how many were sent
  int concurrency = 1;

  std::string part(std::string_view name) const;
  /// Where links in answers lead: `origin`, unless a fault forges it.
  std::string forged_origin() const;
};

/// The credentials a client needs, and everything the vendor answers. Thread-safe once made.
class Vendor {
 public:
  virtual ~Vendor() = default;
  /// The tables as they are before any change, for the seed and number of rows of the world.
  virtual std::vector<TableSpec> tables() = 0;
  /// Members of the ready line besides `url`.
  virtual Json credentials() const = 0;
  virtual http::Response answer(Visit& visit) = 0;
  /// The vendor's own words for a refusal: 429, 500, 503 ...
  virtual http::Response refusal(int status, const Visit& visit) = 0;
  /// Access tokens die; `all` takes those that would live for ever, too.
  virtual void expire_tokens(bool all) = 0;
  /// Forgets sessions, locators, jobs and counters.
  virtual void reset() = 0;
  virtual Json counters() = 0;
};

std::unique_ptr<Vendor> make_salesforce(World& world);
std::unique_ptr<Vendor> make_hubspot(World& world);
std::unique_ptr<Vendor> make_dynamics(World& world);

http::Response json_response(int status, const Json& body);
http::Response json_text_response(int status, std::string body);
http::Response html_response(int status, std::string_view title);
http::Response text_response(int status, std::string type, std::string body);
/// `seed` and `name` to a made-up secret of `length` letters and digits.
std::string made_secret(uint64_t seed, std::string_view name, size_t length);
/// The same as lower-case hex with dashes, like a UUID.
std::string made_uuid(uint64_t seed, std::string_view name);

}  // namespace foz::sim
