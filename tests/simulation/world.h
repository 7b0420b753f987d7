#pragma once
// A simulated world: flows over vendors, a host that fails in every way it can, and people who ask for things. Everything
// that happens follows from the seed.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/checks.h"

namespace foz::simulation {

struct WorldOptions {
  uint64_t seed = 1;
  size_t flows = 20;
  std::chrono::hours trouble{6};                        ///< how long things go wrong
  std::vector<std::string> without = {};                ///< names of what does not happen
  std::function<void(std::string_view)> trace_line = {};  ///< gets every line of the trace; null: nobody does
};

struct WorldResult {
  std::vector<std::string> broken;  ///< promises; empty: all is well
  uint64_t trace_hash = 0;
  uint64_t trace_lines = 0;
  size_t runs = 0, lives = 0;
  int64_t rows = 0;                 ///< in the data files
};

class World {
 public:
  World(WorldOptions options, std::filesystem::path root);
  ~World();
  WorldResult play();

 private:
  struct Happening;
  static const std::vector<Happening>& happenings();

  // Lives of the process.
  void begin_life();
  void end_life();
  bool is_over() const { return core_ && (!fate_.alive() || shutting_down_); }
  void go_on_until(Instant end, const std::function<bool()>& done = {});
  void step(Instant end);
  void set_weather();

  // What happens, each as often as the list says.
  void rows_change();
  void weather_changes();
  void process_is_killed();
  void process_is_stopped();
  void clock_jumps();
  void quota_goes();
  void tokens_expire();
  void run_is_cancelled();
  void run_is_asked_for();
  void run_is_repeated();
  void flow_is_switched();
  void schedule_is_patched();
  void flow_is_deleted();
  void house_is_swept();
  void scheduler_takes_turn();

  std::optional<Instant> next_happening(bool any_time_only) const;
  void happen_due(bool any_time_only);
  void plan(size_t index);
  void settle();
  void repeat_failed();
  bool has_settled();
  std::optional<flow::Run> some_run(const std::function<bool(const flow::Run&)>& fits);
  template <class T>
  void note(std::string_view what, const Result<T>& result);
  void note(std::string_view what, const Status& result);

  const WorldOptions options_;
  const std::filesystem::path root_;
  Trace trace_;
  SeededRandom script_;
  Timeline timeline_;
  std::chrono::microseconds offset_{0};
  Fate fate_;
  lake::LocalFileIo disk_;
  HostClock disk_clock_;
  lake::FaultyFileIo files_;
  Vendors vendors_;
  CoreSettings settings_;
  std::vector<FlowCase> flows_;
  std::unique_ptr<Core> core_;
  bool troubled_ = false;
  bool shutting_down_ = false;
  bool in_job_ = false;
  uint64_t lives_ = 0;
  Instant begins_again_{};
  std::vector<Instant> due_;  ///< of each happening
  Instant settled_since_{};
  std::vector<std::string> faults_;  ///< of Foz: what its log calls so
};

}  // namespace foz::simulation
