#pragma once
// Records that are gone at the source, as rows of a run: what its feed tells, and keys compared. Follows: Sources contract, 5.2.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/dataset_file.h"
#include "engine/engine.h"
#include "prep/run.h"
#include "schedule/key_memory.h"
#include "schedule/spool.h"
#include "sources/source.h"
#include "store/database.h"

namespace foz::schedule {

/// The slice of a run whose records are keys of removed ones, with `_change_request_type` = "d".
inline constexpr std::string_view kRemovalSlice = "foz-removals";

/// Keys that a source has now.
class PresentKeys {
 public:
  void add(std::string_view key) { hashes_.push_back(hash_of_row(std::span(&key, 1), 0)); }
  /// REQUIRES before `holds`.
  void settle();
  bool holds(std::string_view key) const;
  size_t size() const { return hashes_.size(); }

 private:
  std::vector<KeyHash> hashes_;
};

/// The keys that landed, are not told as removed yet, and are not present.
using MissingKeys = std::function<Result<std::vector<std::string>>(const PresentKeys& present, std::stop_token stop)>;

/// What a flow knew of removals before a run.
struct RemovalState {
  std::string bookmark = {};   ///< of the source's feed; empty: none yet, or it has none
  bool reconcile = false;      ///< all keys are to be compared in this run, whatever the feed says
  bool nothing_landed = false; ///< the flow's first run: there is nothing to compare with
};

/// How a run's look at removals ended. Stands in the last page of the slice, so that it is as durable as its rows.
struct RemovalReport {
  std::string bookmark = {};
  std::string method = {};          ///< "deleted feed, key reconciliation"
  int64_t lateness_seconds = 0;     ///< how long after it happened a removal may still come
  bool reconciled = false;          ///< all keys were compared
  int64_t removed = 0;              ///< rows told by this run
};
/// Nothing while the slice is not at its end. Errors: corrupt.
Result<std::optional<RemovalReport>> removal_report(const Spool& spool);
/// As a run shows it: method, lateness in seconds, rows, whether keys were compared.
Json to_json(const RemovalReport& report);

bool has_removal_slice(const SpoolPlan& plan);

/// Names a flow's last look for removals that landed: another name, another look. Empty: there was none.
Result<std::string> last_removal_look(store::Reader& reader, const std::string& sandbox, const std::string& flow_id);

/// The one column that names a table's records. Errors: invalid, when there is none or the key has several parts; `needed_by`
/// begins the message: "options.deletes".
Result<sources::Column> record_key(const sources::Description& table, std::string_view needed_by);

/// A source, and its removals as one more slice. The feed is asked from the bookmark on; where it has a gap, has none, or
/// the state says so, the keys of the whole table are read and compared. A comparison that was interrupted begins anew.
/// Borrows all it is given. Thread-safe as sources are: slices are read side by side, each by one thread.
class WithRemovals final : public sources::Source {
 public:
  WithRemovals(sources::Source& source, RemovalState state, MissingKeys missing) : source_(source), state_(std::move(state)), missing_(std::move(missing)) {}

  Status check(std::stop_token stop) override { return source_.check(stop); }
  Result<std::vector<sources::Table>> explore(std::stop_token stop) override { return source_.explore(stop); }
  Result<sources::Description> describe(const std::string& path, std::stop_token stop) override { return source_.describe(path, stop); }
  Result<std::vector<sources::Limit>> limits(std::stop_token stop) override { return source_.limits(stop); }
  Result<sources::Removals> deletes(const sources::ReadPlan& plan, const std::string& bookmark, const sources::Cursor& from, std::stop_token stop) override {
    return source_.deletes(plan, bookmark, from, stop);
  }
  Result<std::vector<sources::Slice>> plan(const sources::ReadPlan& plan, std::stop_token stop) override;
  Result<sources::Page> read(const sources::ReadPlan& plan, const sources::Slice& slice, const sources::Cursor& from, std::stop_token stop) override;

 private:
  struct Position;
  /// A reading of all keys under way.
  struct Comparison {
    sources::ReadPlan plan;
    std::vector<sources::Slice> slices;
    size_t slice = 0;
    sources::Cursor cursor = {};
    int64_t read_in_slice = 0;
    PresentKeys present = {};
  };
  Result<sources::Page> feed(const sources::ReadPlan& plan, const sources::Slice& slice, Position at, std::stop_token stop);
  Result<sources::Page> compare(const sources::ReadPlan& plan, Position at, std::stop_token stop);
  Status read_keys(const sources::Column& key, std::stop_token stop);
  static sources::Page page_of(const sources::Column& key, const std::vector<std::string>& keys, Position& at, const std::optional<RemovalReport>& end);

  sources::Source& source_;
  const RemovalState state_;
  const MissingKeys missing_;
  std::optional<Comparison> comparison_;  ///< of the one thread that reads the slice
};

/// SQL for the keys of a flow's files that were not told as removed last: `paths` in the order they became visible, columns
/// as in `relation`. Of one batch a removal is the last word.
std::string live_keys_sql(const std::filesystem::path& data_dir, const std::vector<catalog::DatasetFile>& files, const std::vector<engine::Field>& columns, const std::string& key_path);

/// The keys that `sql` gives and the source does not have. Errors: those of the engine.
Result<std::vector<std::string>> keys_missing(engine::Engine& engine, const std::string& sql, const PresentKeys& present, std::stop_token stop);

/// Makes rows of removals what they are to be: the outputs that come of the key alone and the kind of change stay, all
/// others become null, and so do the rules that those would have broken. `removed` are rows of the chunk.
void settle_removals(const prep::Program& program, std::string_view key_column, std::span<const uint32_t> removed, engine::Chunk& target, prep::RowIssues& issues);

}  // namespace foz::schedule
