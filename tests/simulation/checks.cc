#include "tests/simulation/checks.h"

#include <algorithm>
#include <set>

#include "base/time_text.h"
#include "engine/engine.h"

namespace foz::simulation {
namespace {

namespace fs = std::filesystem;
using flow::Run;
using flow::RunState;
using flow::Trigger;

/// A row as it landed.
struct Landed {
  std::string batch, key, token;
  bool removal = false;
};

bool succeeded(const Run& run) { return run.state == RunState::success || run.state == RunState::partial_success; }
bool of_sequence(const Run& run) { return run.trigger == Trigger::tick || run.trigger == Trigger::retrigger; }
std::string moment(const std::optional<Instant>& instant) { return instant ? iso_millis(*instant) : "-"; }

class Checks {
 public:
  explicit Checks(const CheckedWorld& world) : world_(world), database_(*world.core.sqlite) {}

  std::vector<std::string> all() {
    load_runs();
    check_runs();
    check_files();
    for (const FlowCase& flow : world_.flows) check_flow(flow);
    check_leftovers();
    return std::move(broken_);
  }

 private:
  void say(std::string sentence) { broken_.push_back(std::move(sentence)); }

  void load_runs() {
    for (const store::Row& row : *database_.query("SELECT doc FROM runs ORDER BY created_ms, id")) runs_.push_back(flow::run_of(*parse_json(row.text(0), {.depth_max = 256})).value());
  }

  void check_runs() {
    for (const Run& run : runs_) {
      if (!flow::is_final(run.state)) say("run " + run.id + " of flow " + run.flow_id + " stays " + std::string(flow::name_of(run.state)) + (run.errors.empty() ? "" : ": " + run.errors[0].message));
      if (!succeeded(run) || !run.promotion) continue;
      const flow::ActivityReport& report = *run.promotion;
      const bool adds_up = report.input_records == report.output_records + report.failed_records + report.skipped_records;
      if (!adds_up) say("run " + run.id + ": the counts do not add up");
      if (rows_in_batch(run.batch_id) != report.output_records) say("run " + run.id + " says " + std::to_string(report.output_records) + " rows, its files hold " + std::to_string(rows_in_batch(run.batch_id)));
    }
  }

  int64_t rows_in_batch(const std::string& batch) {
    load_landed();
    return batch.empty() ? 0 : static_cast<int64_t>(std::count_if(landed_.begin(), landed_.end(), [&](const Landed& row) { return row.batch == batch; }));
  }

  /// Everything that lies in the tables, read without the catalog.
  void load_landed() {
    if (loaded_) return;
    loaded_ = true;
    std::string list;
    const fs::path tables = world_.root / "tables";
    if (fs::exists(tables)) {
      for (const auto& entry : fs::recursive_directory_iterator(tables)) {
        if (!entry.is_regular_file()) continue;
        on_disk_.insert(fs::relative(entry.path(), world_.root).string());
        if (entry.path().extension() == ".parquet") list += (list.empty() ? "" : ", ") + engine::sql_text(entry.path().string());
      }
    }
    if (list.empty()) return;
    const auto engine = engine::Engine::open({.threads = 1, .allowed_folders = {world_.root}}).value();
    const std::string files = "SELECT * FROM read_parquet([" + list + "], filename = true, union_by_name = true) UNION ALL BY NAME SELECT NULL::VARCHAR AS _change_request_type WHERE false";
    const auto rows = engine->query("SELECT filename, _id, person.name.lastName, coalesce(_change_request_type, '') FROM (" + files + ")", {}, SIZE_MAX);
    if (!rows) return say("the data files cannot be read: " + rows.error().message);
    for (const auto& row : rows->rows) {
      const fs::path file = fs::relative(row[0].get<std::string>(), world_.root);
      ++rows_of_file_[file.string()];
      landed_.push_back({.batch = file.parent_path().filename().string(), .key = as_text(row[1]), .token = as_text(row[2]), .removal = as_text(row[3]) == "d"});
    }
  }

  void check_files() {
    load_landed();
    std::set<std::string> known;
    for (const store::Row& row : *database_.query("SELECT path, records FROM dataset_files")) {
      known.insert(row.text(0));
      if (!on_disk_.contains(row.text(0))) say("the catalog shows " + row.text(0) + ", which is not there");
      else if (rows_of_file_[row.text(0)] != row.integer(1)) say("the catalog counts " + std::to_string(row.integer(1)) + " rows in " + row.text(0) + ", it holds " + std::to_string(rows_of_file_[row.text(0)]));
    }
    for (const std::string& file : on_disk_) {
      if (!known.contains(file)) say("the file " + file + " belongs to nobody");
    }
  }

  void check_flow(const FlowCase& flow) {
    const auto stored = flow::FlowStore::find(database_, "sandbox-1", flow.id);
    std::vector<const Run*> sequence;
    for (const Run& run : runs_) {
      if (run.flow_id == flow.id && of_sequence(run) && succeeded(run)) sequence.push_back(&run);
    }
    std::stable_sort(sequence.begin(), sequence.end(), [](const Run* a, const Run* b) { return a->window_from.value_or(Instant::min()) < b->window_from.value_or(Instant::min()); });
    const std::string name = "flow " + flow.id + " over " + std::string(flow.table->path) + (flow.backfill ? "" : " without backfill");
    if (flow.recurring) check_once(name, flow, sequence);
    if (!flow.recurring || !stored || world_.catch_up == schedule::CatchUp::skip) return;
    check_windows(name, flow, sequence, stored->enabled());
    if (stored->enabled()) check_newest(name, flow, sequence);
    if (stored->enabled() && flow.deletes) check_removals(name, flow);
  }

  /// Where the windows go on behind `end`: past those of failed runs, which nobody repeats while the flow is disabled.
  std::optional<Instant> past_failed(const FlowCase& flow, std::optional<Instant> end) const {
    for (const Run& run : runs_) {
      const bool failed_here = run.flow_id == flow.id && of_sequence(run) && run.state == RunState::failed && !run.window_returned && run.window_from == end;
      if (failed_here && run.window_to) return past_failed(flow, run.window_to);
    }
    return end;
  }

  void check_windows(const std::string& name, const FlowCase& flow, const std::vector<const Run*>& sequence, bool enabled) {
    std::optional<Instant> end;
    if (!flow.backfill) end = flow.start;
    for (const Run* run : sequence) {
      if (!enabled && run->window_from != end) end = past_failed(flow, end);
      if (run->window_from != end) say(name + ": the window of run " + about(run->id) + " does not begin where the one before ended: " + moment(end));
      end = run->window_to;
    }
    const auto position = flow::FlowStore::position(database_, "sandbox-1", flow.id, {}).value();
    if (!enabled && position.covered != end) end = past_failed(flow, end);
    if (!sequence.empty() && position.covered != end) say(name + " was handed out up to " + moment(position.covered) + " and has landed up to " + moment(end));
    if (sequence.empty() && enabled) say(name + " has no successful run");
  }

  /// No version of a row twice, by the runs of the flow's own sequence and refreshes between them.
  void check_once(const std::string& name, const FlowCase& flow, std::vector<const Run*> sequence) {
    for (const Run& run : runs_) {
      if (run.flow_id == flow.id && run.trigger == Trigger::refresh && succeeded(run)) sequence.push_back(&run);
    }
    std::map<std::string, std::string> seen;
    std::map<std::pair<std::string, std::string>, std::vector<std::string>> twice;
    for (const Run* run : sequence) {
      for (const Landed& row : landed_) {
        if (row.batch != run->batch_id || row.removal) continue;
        const auto [first, fresh] = seen.emplace(row.key + "/" + row.token, run->id);
        if (!fresh) twice[{first->second, run->id}].push_back(first->first);
      }
    }
    for (const auto& [runs, rows] : twice) say(name + ": " + std::to_string(rows.size()) + " rows landed twice, such as " + rows.front() + ", by the runs " + about(runs.first) + " and " + about(runs.second));
  }

  std::string about(const std::string& id) const {
    const Run& run = *std::find_if(runs_.begin(), runs_.end(), [&](const Run& one) { return one.id == id; });
    return id + " (" + (run.trigger == Trigger::tick ? "tick" : run.trigger == Trigger::refresh ? "refresh" : "repeated") + ", " + moment(run.window_from) + " to " + moment(run.window_to) + ", made " + iso_millis(from_millis(run.created_ms)) + (run.predecessor.empty() ? "" : ", after " + run.predecessor) + ")";
  }

  void check_newest(const std::string& name, const FlowCase& flow, const std::vector<const Run*>& sequence) {
    std::set<std::string> landed;
    for (const Run& run : runs_) {
      if (run.flow_id != flow.id || run.batch_id.empty()) continue;
      for (const Landed& row : landed_) {
        if (row.batch == run.batch_id) landed.insert(row.key + "/" + row.token);
      }
    }
    std::vector<std::string> lost;
    for (const auto& [key, version] : world_.vendors.rows(*flow.table)) {
      const bool wanted = !version.gone && (flow.backfill || version.stamp >= flow.start);
      if (wanted && !landed.contains(key + "/" + version.token)) lost.push_back(key + "/" + version.token + " of " + iso_millis(version.stamp) + reader_of(sequence, version.stamp));
    }
    if (!lost.empty()) say(name + ": " + std::to_string(lost.size()) + " rows never landed, such as " + lost.front());
  }

  /// Records that landed and are gone are told, after all else that landed of them unless keys are still to be compared; no others are.
  void check_removals(const std::string& name, const FlowCase& flow) {
    std::set<std::string> batches, landed, told, told_last;
    for (const Run& run : runs_) {
      if (run.flow_id == flow.id && !run.batch_id.empty()) batches.insert(run.batch_id);
    }
    for (const Landed& row : landed_) {
      if (batches.contains(row.batch)) (row.removal ? told : landed).insert(row.key);
    }
    for (const store::Row& file : *database_.query("SELECT batch FROM dataset_files GROUP BY batch ORDER BY min(rowid)")) {
      if (!batches.contains(file.text(0))) continue;
      for (const bool removals : {false, true}) {
        for (const Landed& row : landed_) {
          if (row.batch == file.text(0) && row.removal == removals) removals ? (void)told_last.insert(row.key) : (void)told_last.erase(row.key);
        }
      }
    }
    const auto compared = database_.first("SELECT 1 FROM flow_removals WHERE flow_id = ? AND reconciled_ms > 0", {flow.id});
    for (const auto& [key, version] : world_.vendors.rows(*flow.table)) {
      if (!version.gone && told.contains(key)) say(name + ": " + key + " is told as removed, and is there");
      if (version.gone && landed.contains(key) && !told.contains(key)) say(name + ": " + key + " has landed, is gone, and is not told as removed");
      else if (version.gone && landed.contains(key) && compared->has_value() && !told_last.contains(key)) say(name + ": " + key + " has landed behind its removal");
    }
  }

  static std::string reader_of(const std::vector<const Run*>& sequence, Instant stamp) {
    for (const Run* run : sequence) {
      if ((!run->window_from || *run->window_from <= stamp) && run->window_to && stamp < *run->window_to) {
        return ", read by run " + run->id + " of " + iso_millis(from_millis(run->copy.started_ms.value_or(0))) + " for " + moment(run->window_from) + " to " + moment(run->window_to);
      }
    }
    return ", which no run read";
  }

  void check_leftovers() {
    for (const auto& [folder, what] : {std::pair(world_.root / "spool", "spool"), std::pair(world_.root / "spill", "spilled file")}) {
      if (!fs::exists(folder)) continue;
      for (const auto& entry : fs::directory_iterator(folder)) say(std::string("a ") + what + " is left over: " + entry.path().filename().string());
    }
    std::set<std::string> in_force;
    for (const store::Row& row : *database_.query("SELECT file FROM flow_keys")) in_force.insert(row.text(0));
    for (const store::Row& row : *database_.query("SELECT file FROM flow_calculated")) in_force.insert(row.text(0));
    const fs::path keys = world_.root / "keys";
    if (!fs::exists(keys)) return;
    for (const auto& entry : fs::recursive_directory_iterator(keys)) {
      // What a failed run had skipped waits for whoever repeats the run.
      const bool waits = entry.path().extension() == ".seen" && std::any_of(runs_.begin(), runs_.end(), [&](const Run& run) { return run.id == entry.path().stem() && run.state == RunState::failed; });
      if (entry.is_regular_file() && !waits && !in_force.contains(fs::relative(entry.path(), keys).string())) say("a key memory is left over: " + fs::relative(entry.path(), keys).string());
    }
  }

  const CheckedWorld& world_;
  store::Database& database_;
  std::vector<std::string> broken_;
  std::vector<Run> runs_;
  bool loaded_ = false;
  std::vector<Landed> landed_;
  std::set<std::string> on_disk_;
  std::map<std::string, int64_t> rows_of_file_;
};

}  // namespace

std::vector<std::string> broken_promises(const CheckedWorld& world) { return Checks(world).all(); }

}  // namespace foz::simulation
