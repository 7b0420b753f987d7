#include "schedule/refresh.h"

#include <algorithm>

#include "base/json.h"
#include "schedule/decode.h"
#include "schedule/record_page.h"
#include "schedule/removals.h"

namespace foz::schedule {
namespace {

/// Records that are read one by one; of more the whole table is read once more, and those that differ are taken.
constexpr size_t kKeysMax = 50'000;

Error corrupt(std::string why) { return Error{.kind = ErrorKind::corrupt, .message = std::move(why), .code = "CONNECTOR-1308-400"}; }

}  // namespace

Json to_json(const RefreshReport& report) { return {{"columns", report.columns}, {"compared", report.compared}, {"changed", report.changed}}; }

/// Reads key, stamp and calculated columns of all records, one after the other.
class WithRefresh::Comparison {
 public:
  Comparison(const Parts& parts, RefreshReport& report) : parts_(parts), report_(report) {}

  Result<std::vector<std::string>> run(const sources::ReadPlan& whole, std::stop_token stop) {
    TRY_DO(prepare(whole));
    TRY(const auto slices, parts_.source.plan(plan_, stop));
    for (const sources::Slice& slice : slices) TRY_DO(read(slice, stop));
    return std::move(changed_);
  }

 private:
  Status prepare(const sources::ReadPlan& whole) {
    TRY(sources::Column key, record_key(whole.table, "options.calculatedRefresh"));
    plan_ = {.table = whole.table, .filter = whole.filter};
    plan_.columns.push_back(std::move(key));
    if (!parts_.stamp.column.empty()) {
      TRY(const uint32_t stamp, index_of_column(whole, parts_.stamp.column));
      plan_.columns.push_back(whole.columns[stamp]);
      TRY(stamp_, RowStamp::make(plan_, parts_.stamp));
      if (const auto version = RowVersion::of(whole).column()) plan_.columns.push_back(whole.columns[*version]);
      version_ = RowVersion::of(plan_);
    }
    columns_ = CalculatedColumns::side_by_side(parts_.columns.names(), static_cast<uint32_t>(plan_.columns.size()));
    for (const uint32_t index : parts_.columns.indices()) plan_.columns.push_back(whole.columns[index]);
    std::vector<std::vector<std::string>> paths;
    for (const sources::Column& column : plan_.columns) {
      paths.push_back(column.raw_path);
      values_.columns.emplace_back(chunk_type(column.type));
    }
    paths_.emplace(paths);
    slots_.resize(paths.size());
    other_slots_.resize(paths.size());
    return {};
  }

  Status read(const sources::Slice& slice, std::stop_token stop) {
    int64_t records = 0;
    for (sources::Cursor cursor;;) {
      TRY(sources::Page page, parts_.source.read(plan_, slice, cursor, stop));
      if (parts_.alive) parts_.alive();
      const auto next = page.next;
      const auto total = page.total;
      TRY_DO(compare(std::move(page), records));
      if (!next) {
        // Records that were lost on the way would pass for unchanged ones.
        if (total && *total > records) return corrupt("the source announced " + std::to_string(*total) + " records and delivered " + std::to_string(records));
        return {};
      }
      if (next->text == cursor.text) return corrupt("the source repeats a page handle while calculated columns are read");
      cursor = *next;
    }
  }

  Status compare(sources::Page page, int64_t& records) {
    std::vector<RecordPage> bodies(page.bodies.size());
    for (size_t i = 0; i < bodies.size(); ++i) TRY_DO(bodies[i].open(page.format, std::move(page.bodies[i]), page.records, *paths_));
    while (!bodies.empty()) {
      for (size_t i = 0; i < bodies.size(); ++i) {
        TRY(const bool more, bodies[i].next(*paths_, i == 0 ? slots_ : other_slots_));
        if (i == 0 && !more) return {};
        if (!more) return corrupt("the parts of a page hold different numbers of records");
        if (i > 0) TRY_DO(join());
      }
      ++records;
      look();
    }
    return {};
  }

  /// Takes from another part what the first one lacks.
  Status join() {
    if (other_slots_[0].kind != JsonSlot::Kind::missing && other_slots_[0].text != slots_[0].text) return corrupt("the parts of a page hold different records");
    for (size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].kind == JsonSlot::Kind::missing) slots_[i] = other_slots_[i];
    }
    return {};
  }

  void look() {
    values_.arena.clear();
    uint64_t nul_characters = 0;
    for (size_t i = 0; i < slots_.size(); ++i) decode(plan_.columns[i], slots_[i], 0, values_.columns[i], values_.arena, nul_characters);
    ++report_.compared;
    const std::string_view key = slots_[0].text;
    const auto stamp_us = stamp_ ? stamp_->of(values_, 0) : std::nullopt;
    if (!parts_.rule.takes({.key = key, .values = columns_.hash(values_, 0), .stamp_us = stamp_us, .version = version_.of(values_, 0, stamp_us.value_or(INT64_MIN))})) return;
    ++report_.changed;
    changed_.emplace_back(key);
  }

  const Parts& parts_;
  RefreshReport& report_;
  sources::ReadPlan plan_;
  CalculatedColumns columns_;
  std::optional<RowStamp> stamp_;
  RowVersion version_;
  std::optional<RecordPaths> paths_;
  std::vector<JsonSlot> slots_, other_slots_;
  engine::Chunk values_;
  std::vector<std::string> changed_;
};

Result<std::vector<sources::Slice>> WithRefresh::plan(const sources::ReadPlan& plan, std::stop_token stop) {
  report_ = {.columns = parts_.columns.names(), .memory = parts_.memory};
  if (parts_.columns.empty()) return std::vector<sources::Slice>();
  TRY(std::vector<std::string> changed, Comparison(parts_, report_).run(plan, stop));
  if (changed.empty()) return std::vector<sources::Slice>();
  sources::ReadPlan some = plan;
  if (changed.size() <= kKeysMax) some.keys = std::move(changed);
  return parts_.source.plan(some, stop);
}

}  // namespace foz::schedule
