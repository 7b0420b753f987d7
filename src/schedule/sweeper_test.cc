#include "schedule/sweeper.h"

#include <gmock/gmock.h>

#include <fstream>

#include "flow/document.h"
#include "flow/run.h"
#include "flow/testing.h"

namespace foz::schedule {
namespace {

namespace fs = std::filesystem;

class SweeperTest : public testing::Test {
 protected:
  void SetUp() override { clock_.set(SystemClock().now()); }

  fs::path folder(const fs::path& below) {
    const fs::path path = root_ / below;
    fs::create_directories(path);
    std::ofstream(path / "file") << "x";
    return path;
  }

  void add_run(const std::string& id, flow::RunState state, const std::string& batch = "") {
    flow::Run run{.sandbox = "s", .id = id, .etag = flow::new_etag(store_.random, clock_.now())};
    run.created_ms = run.updated_ms = to_millis(clock_.now());
    run.flow_id = "flow-" + id;
    run.state = state;
    run.batch_id = batch;
    ASSERT_TRUE(store_.database->write([&](store::Transaction& transaction) { return flow::RunStore::insert(transaction, run); }));
  }

  void keep_snapshot(const std::string& run) { exec("INSERT INTO run_snapshots (sandbox, run_id, doc) VALUES (?, ?, ?)", {"s", run, "{}"}); }

  std::vector<std::string> ids_in(const std::string& sql) {
    std::vector<std::string> ids;
    const auto rows = store_.database->query(sql, {});
    for (const store::Row& row : rows.value()) ids.push_back(row.text(0));
    return ids;
  }

  void exec(const std::string& sql, const store::Values& values) {
    const Status done = store_.database->write([&](store::Transaction& transaction) -> Status {
      TRY([[maybe_unused]] const auto rows, transaction.exec(sql, values));
      return {};
    });
    ASSERT_TRUE(done) << to_string(done.error());
  }

  Swept sweep(std::chrono::hours later, double spool_days = 7) {
    clock_.advance(later);
    Sweeper sweeper(*store_.database, files_, clock_, {.spool_dir = root_ / "spool", .keys_dir = root_ / "keys", .tables_dir = root_ / "tables", .spool_days = spool_days});
    return sweeper.sweep().value();
  }

  flow::testing::Store store_;
  ManualClock clock_{from_seconds(0)};
  lake::LocalFileIo files_;
  const fs::path root_ = store_.folder.path();
};

TEST_F(SweeperTest, SpoolsStayWhileTheirRunMayNeedThem) {
  for (const char* id : {"waiting", "running", "over", "unknown"}) folder(fs::path("spool") / id);
  add_run("waiting", flow::RunState::queued);
  add_run("running", flow::RunState::in_progress);
  add_run("over", flow::RunState::success);
  EXPECT_EQ(sweep(std::chrono::hours(0)).spools, 0) << "too young, whatever is known of them";
  EXPECT_EQ(sweep(std::chrono::hours(2)).spools, 1);
  EXPECT_FALSE(fs::exists(root_ / "spool/unknown"));
  EXPECT_EQ(sweep(std::chrono::hours(6 * 24)).spools, 0);
  EXPECT_EQ(sweep(std::chrono::hours(24)).spools, 1) << "its seven days are over";
  EXPECT_TRUE(fs::exists(root_ / "spool/waiting"));
  EXPECT_TRUE(fs::exists(root_ / "spool/running"));
}

TEST_F(SweeperTest, OnlyDataThatIsProvablyNobodysGoes) {
  for (const char* batch : {"LANDED", "PLANNED", "RUNNING", "ORPHAN"}) folder(fs::path("tables/s/d") / batch);
  exec("INSERT INTO dataset_files (sandbox, dataset, batch, name, path, bytes, records, created_ms, layout, statistics) VALUES (?,?,?,?,?,?,?,?,?,?)",
       {"s", "d", "LANDED", "part-00000.parquet", "tables/s/d/LANDED/part-00000.parquet", int64_t{1}, int64_t{1}, int64_t{1}, "", "{}"});
  exec("INSERT INTO purges (path, sandbox, batch, after_ms) VALUES (?,?,?,?)", {"tables/s/d/PLANNED", "s", "PLANNED", INT64_MAX});
  add_run("r", flow::RunState::queued, "RUNNING");
  EXPECT_EQ(sweep(std::chrono::hours(0)).batches, 0);
  EXPECT_EQ(sweep(std::chrono::hours(2)).batches, 1);
  EXPECT_FALSE(fs::exists(root_ / "tables/s/d/ORPHAN"));
  for (const char* batch : {"LANDED", "PLANNED", "RUNNING"}) EXPECT_TRUE(fs::exists(root_ / "tables/s/d" / batch)) << batch;
}

TEST_F(SweeperTest, KeyMemoriesThatAreNotInForceGo) {
  const fs::path keys = folder("keys/s/flow-1");
  for (const char* name : {"old.keys", "new.keys", "running.keys"}) std::ofstream(keys / name) << "x";
  fs::remove(keys / "file");
  exec("INSERT INTO flow_keys (sandbox, flow_id, file) VALUES (?,?,?)", {"s", "flow-1", "s/flow-1/new.keys"});
  add_run("running", flow::RunState::in_progress);
  EXPECT_EQ(sweep(std::chrono::hours(2)).key_files, 1);
  EXPECT_FALSE(fs::exists(keys / "old.keys"));
  EXPECT_TRUE(fs::exists(keys / "new.keys"));
  EXPECT_TRUE(fs::exists(keys / "running.keys"));
}

// Flow Service contract, 13.11: lists of runs stay cheap; what ended long ago does not stay for ever.
TEST_F(SweeperTest, RunsThatEndedLongAgoGoButNeverTheNewestOfAFlow) {
  const auto of_flow = [&](const std::string& flow, const std::string& id, flow::RunState state) {
    add_run(id, state);
    exec("UPDATE runs SET flow_id = ? WHERE id = ?", {flow, id});
    keep_snapshot(id);
    clock_.advance(std::chrono::seconds(1));
  };
  of_flow("busy", "busy-1", flow::RunState::success);
  of_flow("busy", "busy-2", flow::RunState::failed);
  of_flow("busy", "busy-waits", flow::RunState::queued);
  of_flow("idle", "idle-1", flow::RunState::partial_success);
  of_flow("idle", "idle-2", flow::RunState::success);
  exec("INSERT INTO run_replays (sandbox, run_id, by_run) VALUES (?, ?, ?)", {"s", "idle-1", "idle-2"});
  keep_snapshot("nobody");
  Swept swept = sweep(std::chrono::hours(24));
  EXPECT_EQ(swept.runs, 0);
  EXPECT_EQ(swept.snapshots, 1) << "of a run that is not there";
  swept = sweep(std::chrono::hours(7 * 24));
  EXPECT_EQ(swept.runs, 0);
  EXPECT_EQ(swept.snapshots, 4) << "what is over is not made again from it";
  EXPECT_THAT(ids_in("SELECT run_id FROM run_snapshots"), testing::ElementsAre("busy-waits"));
  swept = sweep(std::chrono::hours(90 * 24));
  EXPECT_EQ(swept.runs, 3);
  EXPECT_THAT(ids_in("SELECT id FROM runs ORDER BY id"), testing::ElementsAre("busy-waits", "idle-2"));
  EXPECT_THAT(ids_in("SELECT run_id FROM run_replays"), testing::IsEmpty());
}

TEST_F(SweeperTest, ManyRunsGoInSmallSteps) {
  for (int i = 0; i < 250; ++i) {
    add_run("run-" + std::to_string(i), flow::RunState::success);
  }
  exec("UPDATE runs SET flow_id = 'flow'", {});
  EXPECT_EQ(sweep(std::chrono::hours(91 * 24)).runs, 249);
}

}  // namespace
}  // namespace foz::schedule
