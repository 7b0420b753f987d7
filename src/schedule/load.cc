#include "schedule/load.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/crash_point.h"
#include "base/json.h"
#include "schedule/decode.h"
#include "schedule/record_page.h"
#include "schedule/removals.h"

namespace foz::schedule {
namespace {

using engine::Chunk;
using engine::kChunkRows;
using engine::Type;

engine::Slot slot_of(const prep::Layout& layout) {
  engine::Slot slot{.field = prep::to_field(layout), .column = layout.output};
  if (layout.output >= 0) return slot;
  for (const prep::Layout& child : layout.children) slot.members.push_back(slot_of(child));
  return slot;
}

/// A column's constant as if it stood in every record.
JsonSlot constant_slot(const std::string& text) { return JsonSlot{.kind = JsonSlot::Kind::text, .text = text}; }

template <class T>
void move_rows(const T* from, T* to, const uint8_t* dropped, size_t rows) {
  size_t at = 0;
  for (size_t row = 0; row < rows; ++row) {
    if (dropped[row] == 0) to[at++] = from[row];
  }
}

void move_values(const engine::Column& from, engine::Column& to, const uint8_t* dropped, size_t rows) {
  switch (from.type()) {
    case Type::boolean: return move_rows(from.booleans(), to.booleans(), dropped, rows);
    case Type::integer:
    case Type::date:
    case Type::timestamp: return move_rows(from.integers(), to.integers(), dropped, rows);
    case Type::number: return move_rows(from.numbers(), to.numbers(), dropped, rows);
    case Type::string: return move_rows(from.texts(), to.texts(), dropped, rows);
    case Type::decimal: return move_rows(from.decimals(), to.decimals(), dropped, rows);
    case Type::null:
    case Type::array:
    case Type::object:
    case Type::any: return move_rows(from.values(), to.values(), dropped, rows);
  }
}

/// `chunk` without the dropped rows, in `kept`, whose columns are made to fit.
void leave_out(const Chunk& chunk, const uint8_t* dropped, size_t dropped_count, Chunk& kept) {
  kept.rows = chunk.rows - dropped_count;
  if (kept.columns.size() != chunk.columns.size()) {
    kept.columns.clear();
    for (const engine::Column& column : chunk.columns) kept.columns.emplace_back(column.type());
  }
  for (size_t i = 0; i < chunk.columns.size(); ++i) {
    const engine::Column& from = chunk.columns[i];
    engine::Column& to = kept.columns[i];
    if (to.type() != from.type()) to = engine::Column(from.type());
    move_rows(from.nulls().data(), to.nulls().data(), dropped, chunk.rows);
    move_values(from, to, dropped, chunk.rows);
  }
}

/// The columns of a record by the names that mappings use, values as the vendor wrote them.
std::optional<std::string> flat_record(std::string_view raw, const std::vector<sources::Column>& columns) {
  const auto record = parse_json(raw, {.depth_max = 512});
  if (!record) return std::nullopt;
  Json flat = Json::object();
  for (const sources::Column& column : columns) {
    if (column.raw_path.empty()) {
      flat[column.name] = column.constant ? Json(*column.constant) : Json();
      continue;
    }
    const Json* value = &*record;
    for (const std::string& name : column.raw_path) value = value == nullptr ? nullptr : member(*value, name);
    flat[column.name] = value == nullptr ? Json() : *value;
  }
  return to_text(flat);
}

}  // namespace

std::vector<engine::Slot> slots_of(const prep::Layout& layout) {
  std::vector<engine::Slot> slots;
  for (const prep::Layout& child : layout.children) slots.push_back(slot_of(child));
  return slots;
}

/// One load worker.
class LoadTable::Reader final : public engine::ChunkReader {
 public:
  explicit Reader(LoadTable& table) : table_(table), spec_(table.spec_), execution_(spec_.program, spec_.context) {
    std::vector<std::vector<std::string>> paths;
    for (const sources::Column& column : spec_.plan.columns) source_.columns.emplace_back(chunk_type(column.type));
    for (const uint32_t index : columns_needed()) {
      const sources::Column& column = spec_.plan.columns.at(index);
      if (column.raw_path.empty()) {
        constants_.push_back(index);
        continue;
      }
      if (looks_at_keys() && column.key) key_slots_.push_back(wanted_.size());
      wanted_.push_back(index);
      paths.push_back(column.raw_path);
    }
    paths_.emplace(paths);
    slots_.resize(paths.size());
    other_slots_.resize(paths.size());
    misfits_.resize(spec_.plan.columns.size());
  }

  ~Reader() override { hand_in(); }

  Result<const Chunk*> next() override {
    for (;;) {
      TRY(const bool any, fill());
      if (!any) {
        hand_in();
        return nullptr;
      }
      issues_.start_chunk();
      target_.arena.clear();
      execution_.run(source_, target_, issues_, std::span(positions_.data(), source_.rows));
      if (!removed_rows_.empty()) settle_removals(*spec_.program, key_name(), removed_rows_, target_, issues_);
      if (!misfit_rows_.empty()) reject_misfits();
      TRY_DO(note_rejections());
      note_warnings();
      table_.progress_.records_loaded += source_.rows;
      table_.progress_.touch(table_.clock_);
      keep_values();
      count_by_slice();
      totals_.read += source_.rows;  // rows skipped were counted where they were
      totals_.rejected += issues_.rejected_count();
      totals_.written += source_.rows - issues_.rejected_count();
      crash_point("load.after_chunk");
      if (issues_.rejected_count() == 0) {
        target_.rows = source_.rows;
        return &target_;
      }
      if (issues_.rejected_count() == source_.rows) continue;
      leave_out(with_rows(target_), issues_.rejected().data(), issues_.rejected_count(), kept_);
      return &kept_;
    }
  }

 private:
  /// The bodies of one page, read in step.
  struct OpenPage {
    std::vector<RecordPage> bodies;
    uint32_t number = 0;
    std::string slice;
    uint32_t slice_page = 0;
    SliceTotals* rows = nullptr;  ///< of its slice
    uint32_t row = 0;  ///< of the record read last, from 1
    std::optional<int64_t> told = {};  ///< how many the vendor says it has
  };

  /// What the program and the gate read, and what tells rows apart.
  std::vector<uint32_t> columns_needed() const {
    std::vector<uint32_t> needed = spec_.program->columns_read();
    const auto add = [&](uint32_t index) {
      if (std::find(needed.begin(), needed.end(), index) == needed.end()) needed.push_back(index);
    };
    for (const uint32_t index : spec_.gate.columns()) add(index);
    if (spec_.look_back) add(spec_.look_back->stamp.column());
    if (spec_.look_back && spec_.look_back->version.column()) add(*spec_.look_back->version.column());
    if (spec_.calculated && spec_.calculated->version.column()) add(*spec_.calculated->version.column());
    if (spec_.calculated && spec_.calculated->stamp) add(spec_.calculated->stamp->column());
    for (uint32_t i = 0; i < spec_.plan.columns.size(); ++i) {
      if (spec_.plan.columns[i].key && looks_at_keys()) add(i);
    }
    return needed;
  }

  std::string_view key_name() const {
    const auto key = std::find_if(spec_.plan.columns.begin(), spec_.plan.columns.end(), [](const sources::Column& column) { return column.key; });
    return key == spec_.plan.columns.end() ? std::string_view() : std::string_view(key->name);
  }

  /// Rows of this chunk with values that are not of their type (6, pain 7: quarantine).
  void reject_misfits() {
    for (const auto& [row, index] : misfit_rows_) {
      const std::string& name = spec_.plan.columns[index].name;
      issues_.reject(row, {.code = "DPMAP-3101-400", .message = "a value of the source column " + name + " is not of its type any more", .column = name, .destination = name});
    }
    issues_.end_chunk();
  }

  /// Of the rows of this chunk that land.
  void keep_values() {
    for (const auto& [row, entry] : values_) {
      if (!issues_.is_rejected(row)) landed_values_.push_back(entry);
    }
  }

  bool looks_at_keys() const { return spec_.look_back.has_value() || spec_.landed != nullptr || spec_.calculated.has_value(); }

  const Chunk& with_rows(Chunk& chunk) {
    chunk.rows = source_.rows;
    return chunk;
  }

  /// Fills the source chunk from the page at hand and the next ones. False: there are no more rows.
  Result<bool> fill() {
    source_.rows = 0;
    source_.arena.clear();
    removed_rows_.clear();
    misfit_rows_.clear();
    values_.clear();
    // The page at hand goes on; those read out are free for new ones, as nothing points into them any more.
    if (open_ > 1) std::swap(pages_[0], pages_[open_ - 1]), open_ = 1;
    while (source_.rows < kChunkRows) {
      if (open_ == 0 || page_done_) {
        TRY(const bool opened, open_page());
        if (!opened) break;
      }
      TRY(const bool more, read_record());
      page_done_ = !more;
    }
    if (source_.rows == 0) return false;
    fill_constants();
    return true;
  }

  Result<bool> open_page() {
    auto page = table_.next_page_(table_.stop_);
    if (!page) {
      if (table_.stop_.stop_requested()) return Error{.kind = ErrorKind::cancelled, .message = "the load was stopped"};
      return false;
    }
    ++table_.progress_.pages_loaded;
    crash_point("load.after_page");
    table_.progress_.touch(table_.clock_);
    ++totals_.pages;
    if (open_ == 1 && page_done_ && source_.rows == 0) open_ = 0;  // nothing points into the finished one
    if (pages_.size() == open_) pages_.emplace_back();
    OpenPage& open = pages_[open_++];
    open.number = page->number;
    open.slice = page->slice;
    open.slice_page = page->slice_page;
    open.rows = &totals_.slices[page->slice];
    open.row = 0;
    open.told = page->page.count;
    while (open.bodies.size() < page->page.bodies.size()) open.bodies.emplace_back();
    open.bodies.resize(page->page.bodies.size());
    for (size_t i = 0; i < open.bodies.size(); ++i) {
      totals_.body_bytes += page->page.bodies[i].size();
      if (const Status opened = open.bodies[i].open(page->page.format, std::move(page->page.bodies[i]), page->page.records, *paths_); !opened) return broken(open, opened.error());
    }
    page_done_ = false;
    return true;
  }

  Error broken(const OpenPage& page, Error error) {
    std::lock_guard lock(table_.mutex_);
    if (!table_.broken_) table_.broken_ = BrokenPage{.slice = page.slice, .slice_page = page.slice_page};
    error.kind = ErrorKind::corrupt;
    return with_context(std::move(error), "page " + std::to_string(page.slice_page) + " of slice " + page.slice);
  }

  Result<bool> read_record() {
    OpenPage& page = pages_[open_ - 1];
    if (page.bodies.empty()) return false;  // a step on the way: a job was started, is still at work
    for (size_t i = 0; i < page.bodies.size(); ++i) {
      auto more = page.bodies[i].next(*paths_, i == 0 ? slots_ : other_slots_);
      if (!more) return broken(page, std::move(more).error());
      if (i == 0 && !*more) return end_of(page);
      if (!*more) return broken(page, Error{.message = "its parts hold different numbers of records"});
      if (i > 0) TRY_DO(join_slots(page));
    }
    ++page.row;
    const size_t row = source_.rows++;
    positions_[row] = {.page = page.number, .row = page.row};
    begins_[row] = page.bodies[0].record_begin();
    for (size_t i = 0; i < wanted_.size(); ++i) {
      const uint32_t index = wanted_[i];
      const bool fits = decode(spec_.plan.columns[index], slots_[i], row, source_.columns[index], source_.arena, totals_.nul_characters);
      if (fits) continue;
      ++misfits_[index];
      if (spec_.rejects_misfits) misfit_rows_.emplace_back(static_cast<uint32_t>(row), index);
    }
    const bool removal = page.slice == kRemovalSlice;  // is in no window, fulfils no filter, and lands whenever it is told
    if (removal) removed_rows_.push_back(static_cast<uint32_t>(row));
    const bool skipped = !removal && (is_empty(row) || (!spec_.gate.is_open() && !spec_.gate.takes(source_, row)) || (looks_at_keys() && !is_wanted(row)));
    if (skipped) {
      std::erase_if(misfit_rows_, [&](const auto& misfit) { return misfit.first == row; });
      --source_.rows;
      ++totals_.skipped;
      ++totals_.read;
      ++page.rows->skipped;
      ++page.rows->read;
    }
    return true;
  }

  /// A record without any of the values that are read is no row (13.7).
  bool is_empty(size_t row) const {
    return !wanted_.empty() && std::all_of(wanted_.begin(), wanted_.end(), [&](uint32_t index) { return source_.columns[index].is_null(row); });
  }

  /// What the row's key has to say.
  bool is_wanted(size_t row) {
    if (key_slots_.empty()) return true;
    key_.clear();
    for (const size_t slot : key_slots_) key_.push_back(slots_[slot].text);
    if (seen_before(row)) return false;
    if (!spec_.calculated) return true;
    const CalculatedLoad& calculated = *spec_.calculated;
    const uint64_t values = calculated.columns.hash(source_, row);
    const auto stamp_us = calculated.stamp ? calculated.stamp->of(source_, row) : std::nullopt;
    const int64_t version = calculated.version.of(source_, row, stamp_us.value_or(INT64_MIN));
    if (calculated.refresh && !calculated.refresh->takes({.key = key_[0], .values = values, .stamp_us = stamp_us, .version = version})) return false;
    const KeyHash key = hash_of_key(key_);
    if (calculated.landed != nullptr && calculated.landed->holds(key, version)) return false;
    values_.emplace_back(static_cast<uint32_t>(row), LandedValues{.key = key, .version = version, .values = values});
    return true;
  }

  /// Looks the row up, and remembers it where a later window may bring it again.
  bool seen_before(size_t row) {
    if (spec_.landed && spec_.landed->holds(key_)) return true;
    const auto stamp_us = spec_.look_back ? spec_.look_back->stamp.of(source_, row) : std::nullopt;
    if (!stamp_us) return false;
    const LookBack& look_back = *spec_.look_back;
    const bool keep = look_back.gatherer->wants(*stamp_us);
    const bool look = look_back.seen != nullptr && look_back.seen->size() > 0;
    if (!keep && !look) return false;
    const int64_t version = look_back.version.of(source_, row, *stamp_us);
    if (look && look_back.seen->holds(key_, version, *stamp_us)) return true;
    if (keep) remembered_.push_back({.hash = hash_of_row(key_, version), .stamp_us = *stamp_us});
    return false;
  }

  /// The first part is at its end: so must the others be, and there must be as many records as the vendor said.
  Result<bool> end_of(OpenPage& page) {
    for (size_t i = 1; i < page.bodies.size(); ++i) {
      const auto more = page.bodies[i].next(*paths_, other_slots_);
      if (!more || *more) return broken(page, Error{.message = "its parts hold different numbers of records"});
    }
    if (page.told && *page.told != page.row) {
      return broken(page, Error{.message = "it is said to have " + std::to_string(*page.told) + " records and has " + std::to_string(page.row)});
    }
    return false;
  }

  /// Takes from another part what the first one lacks; keys stand in all parts and must agree.
  Status join_slots(const OpenPage& page) {
    for (size_t i = 0; i < slots_.size(); ++i) {
      if (other_slots_[i].kind == JsonSlot::Kind::missing) continue;
      if (slots_[i].kind == JsonSlot::Kind::missing) {
        slots_[i] = other_slots_[i];
      } else if (spec_.plan.columns[wanted_[i]].key && slots_[i].text != other_slots_[i].text) {
        return broken(page, Error{.message = "its parts hold different records"});
      }
    }
    return {};
  }

  void fill_constants() {
    for (const uint32_t index : constants_) {
      const sources::Column& column = spec_.plan.columns[index];
      if (!column.constant) continue;
      const JsonSlot slot = constant_slot(*column.constant);
      for (size_t row = 0; row < source_.rows; ++row) {
        decode(column, slot, row, source_.columns[index], source_.arena, totals_.nul_characters);
      }
    }
  }

  Status note_rejections() {
    if (issues_.rejected_count() == 0) return {};
    RejectedRow rejected;
    uint32_t row = UINT32_MAX;
    const auto hand_over = [&]() -> Status {
      if (row == UINT32_MAX) return {};
      describe(row, rejected);
      return table_.diagnostics_.reject(rejected);
    };
    for (const prep::Rejection& rejection : issues_.rejections()) {
      if (rejection.row != row) {
        TRY_DO(hand_over());
        row = rejection.row;
        rejected = {};
      }
      rejected.reasons.push_back(rejection.reason);
    }
    return hand_over();
  }

  /// Hands over the examples that this chunk gave.
  void note_warnings() {
    const auto& examples = issues_.examples();
    for (; examples_noted_ < examples.size(); ++examples_noted_) {
      const prep::WarningExample& example = examples[examples_noted_];
      if (!table_.diagnostics_.keeps_rows()) continue;
      RejectedRow warned{.reasons = {example.reason}};
      describe(example.row, warned);
      table_.diagnostics_.warn(warned);
    }
  }

  /// The page that a row of the chunk stands in: it is still open.
  const OpenPage& page_of(size_t row) const {
    const auto end = pages_.begin() + static_cast<std::ptrdiff_t>(open_);
    const auto page = std::find_if(pages_.begin(), end, [&](const OpenPage& open) { return open.number == positions_[row].page; });
    FOZ_CHECK(page != end);
    return *page;
  }

  /// Rows of one page follow each other in the chunk.
  void count_by_slice() {
    for (size_t row = 0, end = 0; row < source_.rows; row = end) {
      uint64_t rejected = 0;
      for (end = row; end < source_.rows && positions_[end].page == positions_[row].page; ++end) rejected += issues_.is_rejected(end) ? 1 : 0;
      SliceTotals& rows = *page_of(row).rows;
      rows.read += end - row;
      rows.rejected += rejected;
      rows.written += end - row - rejected;
    }
  }

  /// A row of the chunk as it came.
  std::string record_json(uint32_t row) const { return page_of(row).bodies[0].record_json(begins_[row]); }

  void describe(uint32_t row, RejectedRow& rejected) {
    if (!table_.diagnostics_.keeps_rows()) return;
    rejected.filename = page_name(positions_[row].page);
    const std::string raw = record_json(row);
    if (auto flat = flat_record(raw, spec_.plan.columns)) {
      rejected.record = std::move(*flat);
    } else {
      rejected.record = raw;
      rejected.is_corrupt = true;
    }
  }

  /// Adds this worker's share to the totals, once.
  void hand_in() {
    std::lock_guard lock(table_.mutex_);
    LoadTotals& all = table_.totals_;
    all.pages += totals_.pages;
    all.body_bytes += totals_.body_bytes;
    all.read += totals_.read;
    all.written += totals_.written;
    all.rejected += totals_.rejected;
    all.skipped += totals_.skipped;
    all.nul_characters += totals_.nul_characters;
    for (const auto& [slice, rows] : totals_.slices) {
      SliceTotals& together = all.slices[slice];
      together.read += rows.read, together.written += rows.written, together.rejected += rows.rejected, together.skipped += rows.skipped;
    }
    for (size_t i = 0; i < misfits_.size(); ++i) {
      if (misfits_[i] > 0) all.misfits[spec_.plan.columns[i].name] += misfits_[i];
    }
    if (!remembered_.empty()) spec_.look_back->gatherer->add(std::exchange(remembered_, {}));
    if (!landed_values_.empty()) spec_.calculated->gatherer->add(std::exchange(landed_values_, {}));
    if (!handed_in_) all.issues.merge_warnings(issues_);
    handed_in_ = true;
    totals_ = {};
    std::fill(misfits_.begin(), misfits_.end(), 0);
  }

  LoadTable& table_;
  const LoadSpec& spec_;
  prep::Execution execution_;
  std::optional<RecordPaths> paths_;
  std::vector<uint32_t> wanted_;     ///< source columns that are read, in the order of the slots
  std::vector<uint32_t> constants_;  ///< source columns with the same value in each row
  std::vector<JsonSlot> slots_, other_slots_;
  std::vector<size_t> key_slots_;
  std::vector<std::string_view> key_;
  std::vector<KeyMemory::Entry> remembered_;
  std::vector<std::pair<uint32_t, LandedValues>> values_;         ///< of the chunk
  std::vector<LandedValues> landed_values_;
  std::vector<OpenPage> pages_;      ///< the first `open_` hold what the chunk points into
  size_t open_ = 0;
  bool page_done_ = true;
  Chunk source_, target_, kept_;
  std::array<prep::RowPosition, kChunkRows> positions_;
  std::array<const char*, kChunkRows> begins_;
  prep::RowIssues issues_;
  LoadTotals totals_;
  std::vector<uint64_t> misfits_;
  size_t examples_noted_ = 0;
  std::vector<uint32_t> removed_rows_;                            ///< of the chunk
  std::vector<std::pair<uint32_t, uint32_t>> misfit_rows_;        ///< of the chunk: row, source column
  bool handed_in_ = false;
};

LoadTable::LoadTable(LoadSpec spec, NextPage next_page, Diagnostics& diagnostics, Progress& progress, const Clock& clock, std::stop_token stop)
    : spec_(std::move(spec)),
      next_page_(std::move(next_page)),
      diagnostics_(diagnostics),
      progress_(progress),
      clock_(clock),
      stop_(std::move(stop)),
      slots_(slots_of(spec_.program->layout())) {}

LoadTable::~LoadTable() = default;

Result<std::unique_ptr<engine::ChunkReader>> LoadTable::open_reader() { return std::unique_ptr<engine::ChunkReader>(new Reader(*this)); }

LoadTotals LoadTable::totals() const {
  std::lock_guard lock(mutex_);
  return totals_;
}

std::optional<BrokenPage> LoadTable::broken_page() const {
  std::lock_guard lock(mutex_);
  return broken_;
}

}  // namespace foz::schedule
