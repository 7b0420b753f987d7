#pragma once
// `options` of a flow: bad rows and Foz's own switches. Follows: Flow Service contract, 10.1, 13.7.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "flow/schedule_params.h"

namespace foz::flow {

/// What to do when columns of the source come, go or change. Follows: Sources contract, 6, pain 7.
enum class Drift { none, evolve, freeze, quarantine };

struct Options {
  double partial_ingestion_percent = 0;  ///< share of bad rows, in percent of those read, up to which the good ones land
  bool error_diagnostics = false;
  std::optional<std::chrono::seconds> settle = {};   ///< nothing: the source's
  std::optional<std::chrono::seconds> overlap = {};  ///< look-back; nothing: the source's
  bool deletes = false;
  std::optional<Every> calculated_refresh = {};     ///< how often calculated columns are looked at
  std::vector<std::string> calculated_columns = {};  ///< treated as calculated, though the source does not say so
  Drift drift = Drift::none;
  int drift_tolerance = 3;
  bool replay_safe_ids = false;

  friend bool operator==(const Options&, const Options&) = default;
};

/// Reads `options`; null gives what is in force when nothing is said. Errors: invalid, CONNECTOR-1312, all mistakes at once.
Result<Options> read_options(const Json& options, double partial_ingestion_percent_default = 0);

/// `options` with numbers and booleans in the place of their text forms; the rest as sent. Follows: 10.3.
Json normalised_options(const Json& options);

}  // namespace foz::flow
