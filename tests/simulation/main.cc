// Plays simulated worlds from seeds: see docs/simulation.md.

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "base/log.h"
#include "base/testing.h"
#include "tests/simulation/world.h"

namespace {

using foz::simulation::World;
using foz::simulation::WorldOptions;
using foz::simulation::WorldResult;

struct Options {
  uint64_t seed = 0;
  uint64_t seeds = 1;
  uint64_t fresh = 0;
  size_t flows = 20;
  int64_t hours = 6;
  std::vector<std::string> without;
  bool trace = false;
  bool twice = false;
  std::string keep;
};

/// What was built, as far as git knows.
std::string revision() {
  std::string text;
  FILE* git = ::popen("git -C '" FOZ_SOURCE_DIR "' describe --always --dirty --abbrev=12 2>/dev/null", "r");
  if (git == nullptr) return "an unknown revision";
  for (int c = std::fgetc(git); c != EOF && c != '\n'; c = std::fgetc(git)) text += static_cast<char>(c);
  ::pclose(git);
  return text;
}

WorldResult play(const Options& options, uint64_t seed) {
  const foz::TemporaryFolder folder;
  const std::filesystem::path root = options.keep.empty() ? folder.path() : std::filesystem::path(options.keep);
  std::filesystem::create_directories(root);
  WorldOptions world{.seed = seed, .flows = options.flows, .trouble = std::chrono::hours(options.hours), .without = options.without};
  if (options.trace) world.trace_line = [](std::string_view line) { std::printf("%.*s\n", static_cast<int>(line.size()), line.data()); };
  return World(std::move(world), root).play();
}

/// False: a promise was broken.
bool play_seed(const Options& options, uint64_t seed) {
  const auto began = std::chrono::steady_clock::now();
  WorldResult result = play(options, seed);
  if (options.twice) {
    const WorldResult again = play(options, seed);
    if (again.trace_hash != result.trace_hash) result.broken.push_back("the seed does not replay: two plays differ");
  }
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::printf("seed %llu: %zu runs, %zu lives, %lld rows, trace %016llx of %llu lines, %.1f s%s\n", static_cast<unsigned long long>(seed), result.runs, result.lives,
              static_cast<long long>(result.rows), static_cast<unsigned long long>(result.trace_hash), static_cast<unsigned long long>(result.trace_lines), took,
              options.twice ? ", twice" : "");
  for (const std::string& sentence : result.broken) std::printf("  BROKEN %s\n", sentence.c_str());
  if (!result.broken.empty()) {
    std::printf("  at %s; play it again: foz-simulation --seed %llu --flows %zu --hours %lld --trace\n", revision().c_str(), static_cast<unsigned long long>(seed), options.flows, static_cast<long long>(options.hours));
  }
  std::fflush(stdout);
  return result.broken.empty();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Foz on simulated time, network, disk and chance: a seed is a world."};
  Options options;
  app.add_option("--seed", options.seed, "The first seed")->capture_default_str();
  app.add_option("--seeds", options.seeds, "How many seeds, one after the other")->capture_default_str();
  app.add_option("--fresh", options.fresh, "So many seeds more, by chance");
  app.add_option("--flows", options.flows, "Flows of a world")->capture_default_str();
  app.add_option("--hours", options.hours, "How long things go wrong")->capture_default_str();
  app.add_option("--without", options.without, "What does not happen, by name (docs/simulation.md)");
  app.add_flag("--trace", options.trace, "Prints all that happens");
  app.add_flag("--twice", options.twice, "Plays each seed twice and compares");
  app.add_option("--keep", options.keep, "A folder to play in, that stays");
  CLI11_PARSE(app, argc, argv);
  if (std::filesystem::exists("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", 0);  // a disk that loses nothing real is quicker
  size_t broken = 0;
  for (uint64_t i = 0; i < options.seeds; ++i) broken += play_seed(options, options.seed + i) ? 0 : 1;
  std::random_device chance;
  for (uint64_t i = 0; i < options.fresh; ++i) broken += play_seed(options, chance()) ? 0 : 1;
  return broken == 0 ? 0 : 1;
}
