#pragma once
// What becomes of each effect on the world: it goes well, it fails, or the process dies at it.

#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "lake/faulty_file_io.h"
#include "store/faulty_database.h"
#include "tests/simulation/timeline.h"
#include "tests/simulation/trace.h"

namespace foz::simulation {

/// How often effects fail, for a while. Shares of calls.
struct Weather {
  double network = 0, disk = 0, database = 0;
};

/// Decides and traces. Once the process is dead nothing has an effect, until the next one begins. One thread.
class Fate {
 public:
  Fate(Timeline& timeline, Trace& trace, uint64_t seed, std::string root) : timeline_(timeline), trace_(trace), random_(seed), root_(std::move(root)) {}

  Weather weather;

  void begin_life() { alive_ = true, effects_left_.reset(); }
  bool alive() const { return alive_; }
  /// The process is killed at the `effects`-th effect from now.
  void doom(uint64_t effects) { effects_left_ = effects; }
  bool is_doomed() const { return effects_left_.has_value(); }

  std::optional<lake::FileFault> of_file(const lake::FileCall& call);
  std::optional<store::DatabaseFault> of_database(store::DatabaseCall call);
  /// Of a request on its way out, of its answer on its way back. An error: the process is dead.
  Status of_network(std::string_view what);

  Random& random() { return random_; }
  bool chance(double share) { return random_.unit() < share; }
  void note(std::string_view what, std::string_view detail) { trace_.note(to_millis(timeline_.now()), what, detail); }
  std::string without_root(std::string text) const;

 private:
  /// Counts an effect. True: the process dies at this one.
  bool dies_now();

  Timeline& timeline_;
  Trace& trace_;
  SeededRandom random_;
  const std::string root_;
  bool alive_ = true;
  std::optional<uint64_t> effects_left_;
};

}  // namespace foz::simulation
