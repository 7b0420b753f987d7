#pragma once
// Tables of a simulated vendor: rows made up on the fly, with the changes that somebody made laid over them.

#include <atomic>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "simulators/tables/column.h"
#include "simulators/tables/csv_file.h"
#include "simulators/tables/generate.h"
#include "simulators/tables/value.h"

namespace foz::sim {

/// What a table is, before anybody changed it.
struct TableSpec {
  std::string name;
  std::string label = {};
  std::string plural = {};
  IdStyle id = {};
  int64_t precision_ms = 1;  ///< stamps are cut to this
  uint64_t rows = 0;
  std::vector<Column> columns = {};
  std::shared_ptr<const CsvFile> csv = {};
  /// Words that a vendor gives a meaning to: "custom", "private", "no_bulk", ...
  std::vector<std::string> traits = {};
  int64_t changed_at = 1'704'153'600'000;  ///< when its columns last changed, milliseconds

  bool has(std::string_view trait) const;
};

/// One row as it was written: lies over the made-up row, or stands alone.
struct Change {
  enum class State : uint8_t { live, archived, purged };
  State state = State::live;
  bool made = true;  ///< cells that were not written come from the recipe; false: they are null
  std::optional<int64_t> created = {};
  int64_t modified = 0;
  int64_t archived_at = 0;
  int64_t visible_from = std::numeric_limits<int64_t>::min();
  uint64_t version = 0;
  std::optional<uint64_t> merged_into = {};
  std::map<std::string, std::optional<std::string>, std::less<>> cells = {};
  std::shared_ptr<const Change> before = {};  ///< what readers see until `visible_from`
};

class TableState;

/// One row at one moment. Cheap; must not outlive its table state.
class Row {
 public:
  Row(const TableState& table, uint64_t number, int64_t as_of);

  uint64_t number() const { return seed_.row; }
  bool exists() const { return exists_; }  ///< not for the reader when inserted later than `as_of`, or purged
  bool archived() const { return change_ != nullptr && change_->state == Change::State::archived; }
  bool live() const { return exists_ && !archived(); }
  const Change* change() const { return change_; }
  int64_t created() const;
  int64_t modified() const;
  uint64_t version() const;
  Value cell(const Column& column, Scratch& scratch) const;

 private:
  const TableState& table_;
  RowSeed seed_;
  const Change* change_ = nullptr;
  bool exists_ = true;
};

/// A table at one moment. Readers hold it by shared_ptr and never see it change.
class TableState {
 public:
  TableState(std::shared_ptr<const TableSpec> spec, uint64_t seed);

  const TableSpec& spec() const { return *spec_; }
  uint64_t seed() const { return seed_; }
  /// Row numbers run from 0 to `rows()`, the removed ones included.
  uint64_t rows() const { return rows_; }
  uint64_t made_rows() const { return spec_->rows; }
  const std::unordered_map<uint64_t, Change>& changes() const { return changes_; }
  /// Every row is there and live for a reader at `as_of`: nothing needs looking at one by one.
  bool untouched(int64_t as_of) const { return hidden_ == 0 && settled(as_of); }
  /// Every change made so far shows for a reader at `as_of`.
  bool settled(int64_t as_of) const { return as_of >= settled_at_; }
  /// Rows that a plain read gives.
  uint64_t live_rows(int64_t as_of) const;

  /// Exact name; null pointer when there is none or it is hidden from the user.
  const Column* column(std::string_view name) const;
  const Column* column_ignoring_case(std::string_view name) const;
  std::vector<const Column*> visible_columns() const;

  // Writers only; see Tables::edit.
  uint64_t append(Change change);
  void write(uint64_t row, Change change);
  void replace_spec(std::shared_ptr<const TableSpec> spec) { spec_ = std::move(spec); }

 private:
  friend class Row;
  std::shared_ptr<const TableSpec> spec_;
  uint64_t seed_;
  uint64_t rows_;
  uint64_t hidden_ = 0;       ///< archived and purged
  int64_t settled_at_ = std::numeric_limits<int64_t>::min();  ///< from then on every change is visible
  std::unordered_map<uint64_t, Change> changes_;
};

using TableRef = std::shared_ptr<const TableState>;

/// All tables of a simulator. Thread-safe.
class Tables {
 public:
  static constexpr uint64_t kFirstVersion = 1'000'000;  ///< made-up rows are older than every change

  /// Starts over with these tables. References between them are resolved here.
  void replace(std::vector<TableSpec> specs, uint64_t seed);
  TableRef find(std::string_view name) const;
  TableRef find_ignoring_case(std::string_view name) const;
  std::vector<TableRef> all() const;
  /// Changes a table; readers keep what they hold. False when there is no such table.
  bool edit(std::string_view name, const std::function<void(TableState&)>& change);
  /// A number that grows with every change, over all tables.
  uint64_t next_version() { return version_.fetch_add(1) + 1; }
  uint64_t version() const { return version_.load(); }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> order_;
  std::map<std::string, std::shared_ptr<TableState>, std::less<>> tables_;
  std::atomic<uint64_t> version_ = kFirstVersion;
};

/// A stored text as a cell of its column's kind; text that does not fit the kind stays text.
Value value_of_text(const Column& column, std::string_view text);

}  // namespace foz::sim
