// Fills the metadata of a data directory with copies of the one flow that is in it, and with ended runs of them, for measuring
// Foz at size: `foz-bench-fill DIR/foz.db --flows N --runs N --due-in S`. Flows start on a daily grid, spread over the day; every
// hundredth of the first thousand is due some seconds from now.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>

#include "store/database.h"

namespace {

using foz::Status;

/// `sql` in one transaction; its parameters.
Status run(foz::store::Database& database, const std::string& sql, const foz::store::Values& parameters) {
  return database.write([&](foz::store::Transaction& transaction) -> Status {
    TRY([[maybe_unused]] const auto rows, transaction.exec(sql, parameters));
    return {};
  });
}

// An id like the others', with a number in its last group.
constexpr const char* kFlowId = "printf('%s-%012d', substr(id, 1, 23), i)";

Status fill(foz::store::Database& database, int64_t flows, int64_t runs, int64_t due_in) {
  const int64_t now_s = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  const std::string numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?), one AS MATERIALIZED (SELECT * FROM flows ORDER BY created_ms LIMIT 1) ";
  const std::string start = "CASE WHEN i <= 1000 AND i % 100 = 0 THEN ? + i / 100 ELSE ? + 3600 + (i * 8) % 82000 END";
  TRY_DO(run(database, numbers + "INSERT INTO flows SELECT sandbox, " + kFlowId + ", etag, created_ms + i, updated_ms + i, 'enabled', source_connection_id, "
             "target_connection_id, mapping_id, json_set(replace(doc, id, " + kFlowId + "), '$.scheduleParams.startTime', " + start + ", '$.createdAt', created_ms + i) FROM n, one",
             {flows, now_s + due_in, now_s}));
  TRY_DO(run(database, "INSERT INTO flow_positions (sandbox, flow_id, since_us, begun) SELECT sandbox, id, ? * 1000000, 0 FROM flows WHERE id NOT IN (SELECT flow_id FROM flow_positions)", {now_s}));
  const std::string some_runs = "WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?), one AS MATERIALIZED (SELECT * FROM runs ORDER BY created_ms LIMIT 1), "
                                "f AS MATERIALIZED (SELECT row_number() OVER (ORDER BY created_ms) AS k, id FROM flows) ";
  constexpr int64_t kStep = 20'000;
  const int64_t first_ms = (now_s - 80 * 86'400) * 1000, step_ms = std::max<int64_t>(1, 80ll * 86'400'000 / std::max<int64_t>(1, runs));
  for (int64_t at = 1; at <= runs; at += kStep) {
    const std::string run_id = "printf('%s-%012d', substr(one.id, 1, 23), i)";
    const std::string when = "(? + i * ?)";
    const std::string state = "CASE WHEN i % 50 = 0 THEN 'failed' ELSE 'success' END";
    TRY_DO(run(database, some_runs + "INSERT INTO runs SELECT sandbox, " + run_id + ", etag, " + when + ", " + when + " + 1500, f.id, " + state + ", " + when + ", " + when + " + 10, "
               "json_set(replace(replace(doc, one.id, " + run_id + "), flow_id, f.id), '$.createdAt', " + when + ", '$.updatedAt', " + when + " + 1500, "
               "'$.metrics.durationSummary.startedAtUTC', " + when + " + 10, '$.metrics.statusSummary.status', " + state + ") "
               "FROM n, one JOIN f ON f.k = 1 + n.i % (SELECT count(*) FROM f)",
               {at, std::min(runs, at + kStep - 1), first_ms, step_ms, first_ms, step_ms, first_ms, step_ms, first_ms, step_ms, first_ms, step_ms, first_ms, step_ms, first_ms, step_ms}));
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("foz-bench-fill");
  std::string file;
  int64_t flows = 10'000, runs = 1'000'000, due_in = 60;
  app.add_option("file", file)->required();
  app.add_option("--flows", flows);
  app.add_option("--runs", runs);
  app.add_option("--due-in", due_in);
  CLI11_PARSE(app, argc, argv);
  const auto database = foz::store::open_sqlite({.file = file});
  const Status filled = database ? fill(**database, flows, runs, due_in) : Status(database.error());
  if (filled) return 0;
  std::cerr << filled.error().message << "\n";
  return 1;
}
