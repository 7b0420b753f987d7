#include "tests/simulation/core.h"

#include "base/log.h"
#include "catalog/schema_lookup.h"

namespace foz::simulation {
namespace {

constexpr std::string_view kOrganisation = "0123456789ABCDEF01234567@AdobeOrg";

template <class T>
T must(Result<T> result) {
  FOZ_CHECK(result.has_value(), result ? "" : to_string(result.error()));
  return std::move(*result);
}

schedule::RunEngineSettings run_settings(const CoreSettings& settings) {
  schedule::RunEngineSettings run{.spool_dir = settings.root / "spool", .spill_dir = settings.root / "spill", .keys_dir = settings.root / "keys",
                                  .spool_days = settings.spool_days};
  run.pipeline.fetchers_max = 0;
  run.pipeline.load_workers = 1;
  run.pipeline.memory_bytes = 256u << 20;
  return run;
}

schedule::SweeperSettings sweep_settings(const CoreSettings& settings) {
  return {.spool_dir = settings.root / "spool", .keys_dir = settings.root / "keys", .tables_dir = settings.root / "tables", .spool_days = settings.spool_days};
}

std::unique_ptr<store::Database> opened(const std::filesystem::path& root) {
  std::filesystem::remove_all(root / "spill");
  std::filesystem::create_directories(root / "spill");
  return must(store::open_sqlite({.file = root / "foz.db", .readers_max = 4}));
}

}  // namespace

Core::Core(CoreWorld world, const CoreSettings& settings)
    : world_(world),
      clock(world.timeline, world.offset),
      random(world.seed),
      sqlite(opened(settings.root)),
      database(*sqlite, [this](store::DatabaseCall call) { return world_.fate.of_database(call); }),
      vault(must(security::Vault::open(settings.root / "key"))),
      registry(database, clock, random, {.org_id = std::string(kOrganisation)}, catalog::schema_use_lookup()),
      catalog(catalog::schema_lookup(registry), clock, random, {.data_dir = settings.root, .org_id = std::string(kOrganisation)}),
      mapping_sets(database, clock, random),
      service(flow::Environment{.database = database, .vault = vault, .clock = clock, .random = random, .transport = world.vendors, .registry = registry,
                                .catalog = catalog, .mapping_sets = mapping_sets}),
      planner(database, service.connections, catalog, registry, mapping_sets, {}),
      engine({.database = database, .files = world.files, .catalog = catalog, .planner = planner, .connections = service.connections, .clock = clock, .random = random},
             run_settings(settings)),
      scheduler({.database = database, .engine = engine, .clock = clock, .random = random, .settle_of = schedule::settle_of,
                 .submit = [this](std::function<void()> job) { return jobs_.push_back(std::move(job)), true; }},
                {.runs_concurrent = settings.runs_concurrent, .catch_up = settings.catch_up}),
      janitor(database, catalog, world.files, clock),
      sweeper(database, world.files, clock, sweep_settings(settings)) {
  service.listeners.flows = &scheduler;
  service.listeners.runs = &scheduler;
}

Core::~Core() {
  scheduler.ask_to_stop();
  while (!jobs_.empty()) do_job(0);  // not begun: they end at once
  service.listeners.flows = nullptr;
  service.listeners.runs = nullptr;
}

flow::Scope Core::scope() const {
  return {.org_id = std::string(kOrganisation), .sandbox = "sandbox-1", .sandbox_name = "prod", .client_id = "client-1", .user_id = "user@techacct.adobe.com"};
}

void Core::do_job(size_t index) {
  const auto job = std::move(jobs_.at(index));
  jobs_.erase(jobs_.begin() + static_cast<std::ptrdiff_t>(index));
  job();
}

void Core::sweep() {
  if (const auto swept = janitor.sweep(); !swept) log::warning("janitor.failed", {{"error", swept.error()}});
  if (const auto swept = sweeper.sweep(); !swept) log::warning("sweeper.failed", {{"error", swept.error()}});
}

}  // namespace foz::simulation
