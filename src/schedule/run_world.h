#pragma once
// Runs for tests: a whole Flow Service over a source in memory, and an engine that executes its runs on the spot.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catalog/relation.h"
#include "engine/engine.h"
#include "flow/service_world.h"
#include "lake/file_io.h"
#include "schedule/run_engine.h"

namespace foz::schedule::testing {

class RunWorld : public flow::testing::ServiceWorld {
 public:
  explicit RunWorld(PlannerSettings plans = {}) : planner(database(), service->connections, catalog, registry, mapping_sets, plans) {
    RunEngineSettings settings;
    settings.spool_dir = data / "spool", settings.spill_dir = data / "spill", settings.keys_dir = data / "keys";
    settings.pipeline.memory_bytes = 256u << 20;
    engine.emplace(RunEngineParts{.database = database(), .files = files, .catalog = catalog, .planner = planner, .connections = service->connections,
                                  .clock = store.clock, .random = store.random},
                   settings);
  }

  /// Records of the fake source as a page.
  static sources::Page page(std::string records) { return {.bodies = {std::move(records)}}; }

  flow::Run stored_run(const std::string& id) { return flow::RunStore::find(database(), scope().sandbox, id).value(); }
  /// Executes a run as a worker would; how it is stored afterwards.
  flow::Run execute(const std::string& id) {
    RunControlBlock control;
    EXPECT_TRUE(engine->execute(stored_run(id), control));
    return stored_run(id);
  }
  /// A run that a client asks for.
  std::string ask(const std::string& flow_id, const Json& params) {
    return must(service->runs.create(scope(), {{"flowId", flow_id}, {"params", params}})).id;
  }
  /// The window that the schedule would hand out.
  std::string tick(const std::string& flow_id, std::optional<Instant> from, Instant to) {
    flow::Run run = flow::new_run(flow::FlowStore::find(database(), scope().sandbox, flow_id).value(), store.random, store.clock.now());
    run.window_from = from;
    run.window_to = to;
    run.first_backfill = !from;
    EXPECT_TRUE(database().write([&](store::Transaction& transaction) -> Status {
      TRY_DO(flow::RunStore::insert(transaction, run));
      TRY(flow::Position position, flow::FlowStore::position(transaction, run.sandbox, flow_id, store.clock.now()));
      position.begun = true;
      position.covered = to;
      return flow::FlowStore::put_position(transaction, run.sandbox, flow_id, position);
    }));
    return run.id;
  }
  /// What the Parquet files of a batch hold, read by SQL alone: a JSON object for each row, in order of `order_by`.
  Json landed(const std::string& batch, const std::string& order_by) {
    const auto sql = engine::Engine::open({.memory_bytes = 128u << 20, .allowed_folders = {data}});
    const std::string files_of_batch = (data / "tables" / scope().sandbox / parts().dataset / batch / "*.parquet").string();
    const auto rows = (*sql)->query("SELECT * FROM read_parquet('" + files_of_batch + "') ORDER BY " + order_by);
    EXPECT_TRUE(rows) << (rows ? "" : to_string(rows.error()));
    Json list = Json::array();
    for (size_t i = 0; rows && i < rows->rows.size(); ++i) list.push_back(rows->object(i));
    return list;
  }

  std::filesystem::path data = store.folder.path() / "data";
  lake::LocalFileIo files;
  Planner planner;
  std::optional<RunEngine> engine;
};

}  // namespace foz::schedule::testing
