#include "schedule/row_gate.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "prep/decimal.h"
#include "prep/moment.h"

namespace foz::schedule {
namespace {

using engine::Type;

/// Follows: Flow Service contract, 13.4.
constexpr std::string_view kDefaultFormat = "yyyy-MM-dd HH:mm:ss";
/// Smaller counts are seconds, others milliseconds.
constexpr int64_t kSecondsBelow = 100'000'000'000;

Result<uint32_t> index_of(const sources::ReadPlan& plan, const std::string& name) {
  const auto own = std::find_if(plan.table.columns.begin(), plan.table.columns.end(), [&](const sources::Column& c) { return c.name == name; });
  for (uint32_t i = 0; i < plan.columns.size(); ++i) {
    const bool same = plan.columns[i].name == name || (own != plan.table.columns.end() && plan.columns[i].raw_path == own->raw_path && !own->raw_path.empty());
    if (same) return i;
  }
  return Error{.kind = ErrorKind::not_found, .message = "the column " + name + " is not read", .code = "CONNECTOR-1330-400"};
}

void collect_names(const flow::RowFilter& filter, std::vector<std::string>& names) {
  if (!filter.column.empty() && std::find(names.begin(), names.end(), filter.column) == names.end()) names.push_back(filter.column);
  for (const flow::RowFilter& part : filter.parts) collect_names(part, names);
}

int64_t micros_of_count(int64_t count) {
  const int64_t factor = count < kSecondsBelow && count > -kSecondsBelow ? 1'000'000 : 1000;
  int64_t micros = 0;
  return __builtin_mul_overflow(count, factor, &micros) ? (count < 0 ? INT64_MIN : INT64_MAX) : micros;
}

/// A decoded value as a preview shows it.
Json json_of(const engine::Column& column, size_t row) {
  if (column.is_null(row)) return nullptr;
  switch (column.type()) {
    case Type::boolean: return column.booleans()[row] != 0;
    case Type::integer: return column.integers()[row];
    case Type::number: return column.numbers()[row];
    case Type::decimal: {
      prep::DecimalBuffer buffer;
      return std::string(prep::decimal_text(column.decimals()[row], buffer));
    }
    case Type::date: return iso_date(std::chrono::sys_days(std::chrono::days(column.integers()[row])));
    case Type::timestamp: return iso_shortest(Instant(std::chrono::microseconds(column.integers()[row])));
    default: return std::string(column.texts()[row]);
  }
}

}  // namespace

Result<RowGate> RowGate::make(const sources::ReadPlan& plan, std::optional<flow::RowFilter> filter) {
  RowGate gate;
  if (plan.window) {
    TRY(gate.stamp_column_, index_of(plan, plan.window->column));
    gate.has_window_ = true;
    gate.columns_.push_back(gate.stamp_column_);
    if (plan.window->from) gate.from_us_ = plan.window->from->time_since_epoch().count();
    if (plan.window->to) gate.to_us_ = plan.window->to->time_since_epoch().count();
    if (!plan.window->timezone.empty()) {
      TRY(gate.zone_, Zone::named(plan.window->timezone));
    }
    if (plan.columns[gate.stamp_column_].type == sources::ColumnType::string) {
      std::string format = plan.window->date_format.empty() ? std::string(kDefaultFormat) : plan.window->date_format;
      format = replace_all(replace_all(std::move(format), "YYYY", "yyyy"), "DD", "dd");
      TRY(gate.pattern_, prep::DatePattern::compile(format));
    }
  }
  if (filter) {
    collect_names(*filter, gate.names_);
    for (const std::string& name : gate.names_) {
      TRY(const uint32_t index, index_of(plan, name));
      gate.filter_columns_.push_back(index);
      if (std::find(gate.columns_.begin(), gate.columns_.end(), index) == gate.columns_.end()) gate.columns_.push_back(index);
    }
    gate.filter_ = std::move(filter);
  }
  return gate;
}

bool RowGate::takes(const engine::Chunk& source, size_t row) const {
  if (has_window_ && !inside_window(source.columns[stamp_column_], row)) return false;
  return !filter_ || flow::passes(*filter_, row_json(source, row));
}

/// Rows without a readable stamp belong to the window that has no begin.
bool RowGate::inside_window(const engine::Column& column, size_t row) const {
  const auto stamp = stamp_of(column, row);
  if (!stamp) return !from_us_;
  return (!from_us_ || *stamp >= *from_us_) && (!to_us_ || *stamp < *to_us_);
}

std::optional<int64_t> RowGate::stamp_of(const engine::Column& column, size_t row) const {
  if (column.is_null(row)) return std::nullopt;
  switch (column.type()) {
    case Type::timestamp: return column.integers()[row];
    case Type::date: {  // a day counts once it is over
      const std::chrono::local_days next(std::chrono::days(column.integers()[row] + 1));
      return zone_.to_utc(next).time_since_epoch().count();
    }
    case Type::integer: return micros_of_count(column.integers()[row]);
    case Type::number: return micros_of_count(static_cast<int64_t>(column.numbers()[row]));
    case Type::decimal: {
      const auto whole = prep::to_int64(column.decimals()[row]);
      return whole ? std::optional(micros_of_count(*whole)) : std::nullopt;
    }
    case Type::string: {
      const auto instant = pattern_ ? pattern_->parse(column.texts()[row], zone_) : std::nullopt;
      return instant ? std::optional(instant->time_since_epoch().count()) : std::nullopt;
    }
    default: return std::nullopt;
  }
}

Json RowGate::row_json(const engine::Chunk& source, size_t row) const {
  Json object = Json::object();
  for (size_t i = 0; i < names_.size(); ++i) object[names_[i]] = json_of(source.columns[filter_columns_[i]], row);
  return object;
}

}  // namespace foz::schedule
