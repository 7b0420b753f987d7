#pragma once
// Pages to rows that land: parse, map and check in one pass, as a table that the Parquet writer reads with its own threads.
// Follows: architecture.md, "The life of a row".

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/queue.h"
#include "engine/engine.h"
#include "prep/run.h"
#include "schedule/calculated.h"
#include "schedule/diagnostics.h"
#include "schedule/key_memory.h"
#include "schedule/landed_keys.h"
#include "schedule/progress.h"
#include "schedule/row_gate.h"
#include "schedule/row_stamp.h"
#include "sources/source.h"

namespace foz::schedule {

/// A page on its way from the spool to the load workers.
struct LoadPage {
  uint32_t number = 0;    ///< in the run, from 1: names it in diagnostics
  std::string slice;
  uint32_t slice_page = 0;  ///< in its slice, from 1
  sources::Page page;
};

using PageQueue = BoundedQueue<LoadPage>;
/// The next page to load; nothing when there are no more, or `stop` is asked for. Called by several workers.
using NextPage = std::function<std::optional<LoadPage>(std::stop_token stop)>;

/// A page that cannot be read: it must be fetched again.
struct BrokenPage {
  std::string slice;
  uint32_t slice_page = 0;
};

/// Rows of one slice.
struct SliceTotals {
  uint64_t read = 0, written = 0, rejected = 0, skipped = 0;
};

/// What the rows of a run came to. `read = written + rejected + skipped` holds when all pages are through.
struct LoadTotals {
  uint64_t pages = 0;
  uint64_t body_bytes = 0;
  uint64_t read = 0;
  uint64_t written = 0;
  uint64_t rejected = 0;
  uint64_t skipped = 0;  ///< landed before, filtered out, or empty
  uint64_t nul_characters = 0;
  std::map<std::string, SliceTotals> slices = {};  ///< by slice; together what all came to
  std::map<std::string, uint64_t> misfits = {};  ///< by source column: values that were not of their type and became null
  prep::RowIssues issues = {};                   ///< warnings of the mappings
};

/// Look-back: rows that earlier runs saw are skipped, rows that later ones may see again are remembered.
struct LookBack {
  const KeyMemory* seen = nullptr;
  KeyGatherer* gatherer = nullptr;
  RowStamp stamp;  ///< what dates rows; the key columns are those marked so
  RowVersion version = {};
};

/// Calculated columns: what they came to is remembered of each row that lands; a refresh takes the rows that its rule says.
struct CalculatedLoad {
  CalculatedColumns columns;
  CalculatedGatherer* gatherer = nullptr;
  std::optional<RefreshRule> refresh = {};
  const CalculatedMemory* landed = nullptr;  ///< versions of records that it holds are skipped; null: none are
  std::optional<RowStamp> stamp = {};  ///< where the plan reads one
  RowVersion version = {};
};

struct LoadSpec {
  sources::ReadPlan plan;
  std::shared_ptr<const prep::Program> program;
  prep::RunContext context;
  size_t workers = 2;
  std::optional<LookBack> look_back = {};
  std::optional<CalculatedLoad> calculated = {};
  RowGate gate = {};  ///< rows that it does not take are skipped
  std::shared_ptr<const LandedKeys> landed = {};  ///< rows with these keys are skipped; null: whatever has landed
  bool rejects_misfits = false;  ///< a value that is not of its column's type rejects its row
};

/// The rows of pages as a table. Each worker pulls pages, fills chunks of source columns, runs the program and
/// leaves out rejected rows, which go to `diagnostics`. Borrows everything it is given.
class LoadTable final : public engine::ChunkTable {
 public:
  LoadTable(LoadSpec spec, NextPage next_page, Diagnostics& diagnostics, Progress& progress, const Clock& clock, std::stop_token stop);
  ~LoadTable() override;

  const std::vector<engine::Slot>& slots() const override { return slots_; }
  size_t readers_max() const override { return spec_.workers; }
  Result<std::unique_ptr<engine::ChunkReader>> open_reader() override;

  /// Complete once all readers have come to the end.
  LoadTotals totals() const;
  std::optional<BrokenPage> broken_page() const;

 private:
  class Reader;
  const LoadSpec spec_;
  const NextPage next_page_;
  Diagnostics& diagnostics_;
  Progress& progress_;
  const Clock& clock_;
  const std::stop_token stop_;
  std::vector<engine::Slot> slots_;
  mutable std::mutex mutex_;
  LoadTotals totals_;
  std::optional<BrokenPage> broken_;
};

/// Columns of a program's layout as slots of the Parquet writer.
std::vector<engine::Slot> slots_of(const prep::Layout& layout);

}  // namespace foz::schedule
