#pragma once
// One life of Foz: everything that a server builds around its metadata database, except the server, on one thread.

#include <deque>
#include <memory>

#include "catalog/catalog.h"
#include "catalog/janitor.h"
#include "flow/flow_service.h"
#include "prep/mapping_set_store.h"
#include "registry/registry.h"
#include "schedule/scheduler.h"
#include "schedule/sweeper.h"
#include "tests/simulation/fate.h"
#include "tests/simulation/vendors.h"

namespace foz::simulation {

struct CoreSettings {
  std::filesystem::path root;  ///< of the data
  schedule::CatchUp catch_up = schedule::CatchUp::coalesce;
  double spool_days = 0;
  size_t runs_concurrent = 3;
};

/// What a life has of the world.
struct CoreWorld {
  Timeline& timeline;
  const std::chrono::microseconds& offset;  ///< of the host's clock
  Fate& fate;
  lake::FaultyFileIo& files;
  Vendors& vendors;
  uint64_t seed = 0;                        ///< of this life's chance
};

class Core {
 public:
  Core(CoreWorld world, const CoreSettings& settings);
  /// REQUIRES: no run is under way.
  ~Core();

  flow::Scope scope() const;
  /// Runs that the scheduler handed out and that nobody has begun.
  size_t jobs() const { return jobs_.size(); }
  /// Executes one of them from its begin to its end.
  void do_job(size_t index);
  void sweep();

 private:
  CoreWorld world_;

 public:
  // In the order they are built, as the server does.
  const HostClock clock;
  SeededRandom random;
  const std::unique_ptr<store::Database> sqlite;
  store::FaultyDatabase database;
  const security::Vault vault;
  registry::Registry registry;
  catalog::Catalog catalog;
  prep::MappingSets mapping_sets;
  flow::FlowService service;
  schedule::Planner planner;
  schedule::RunEngine engine;

 private:
  std::deque<std::function<void()>> jobs_;

 public:
  schedule::Scheduler scheduler;
  catalog::Janitor janitor;
  schedule::Sweeper sweeper;
};

}  // namespace foz::simulation
