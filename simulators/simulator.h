#pragma once
// A simulated vendor whole: the vendor itself, its control interface, faults and journal around it.
//   POST /_sim/reset|seed|clock|mutate|faults|settings, GET /_sim/journal|counters|settings|tables
// docs/simulators.md describes them.

#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "simulators/hostile/tricks.h"
#include "simulators/vendor.h"

namespace foz::sim {

/// The names that `foz-sim` takes.
std::vector<std::string> vendor_names();

/// Thread-safe once made.
class Simulator {
 public:
  /// Errors: invalid (unknown vendor), not_found or invalid (CSV file).
  static Result<std::unique_ptr<Simulator>> make(SimulatorOptions options, const Clock& clock);
  ~Simulator();

  /// Answers a request as a server hands it over. `delivery` (may be null): how a hostile server sends it.
  http::Response answer(const http::Request& request, Delivery* delivery = nullptr);
  /// No rule is in force that could make an answer wait.
  bool answers_at_once() const { return !faults_.any() && hostile_percent_ == 0; }
  /// The line that `foz-sim` prints when it is ready: `url` and credentials.
  Json ready_line(const std::string& url) const;

 private:
  Simulator(SimulatorOptions options, const Clock& clock);
  Status start();
  void seed_tables();

  http::Response control(const http::Request& request);
  Result<Json> control_post(std::string_view what, const Json& body);
  Result<Json> control_get(std::string_view what, const http::Query& query);
  Result<Json> reset();
  Result<Json> reseed(const Json& body);
  Result<Json> move_clock(const Json& body);
  Result<Json> change_faults(const Json& body);
  Json tables_listed() const;

  http::Response vendor_answer(const http::Request& request, const Effects& effects, Visit& visit);
  http::Response fault_answer(const FaultRule& rule, const Visit& visit);
  void finish(const http::Request& request, const Effects& effects, const Visit& visit, http::Response& response);
  Effects effects_on(const http::Request& request);
  void cut(http::Response& response, uint64_t bytes);
  void write_journal(const http::Request& request, const Effects& effects, const Visit& visit,
                     const http::Response& response, uint64_t body_bytes, Tick began);

  const SimulatorOptions options_;
  const Clock& real_clock_;
  SimClock clock_;
  Tables tables_;
  Settings settings_;
  Masker masker_;
  Concurrency concurrency_;
  Journal journal_;
  Faults faults_;
  World world_;
  std::unique_ptr<Vendor> vendor_;
  const Settings::Value& skew_seconds_;
  const Settings::Value& gzip_;
  const Settings::Value& hostile_percent_;
  std::mutex cuts_mutex_;
  std::deque<int> cuts_;  ///< open files: the bodies of answers that were cut
};

}  // namespace foz::sim
