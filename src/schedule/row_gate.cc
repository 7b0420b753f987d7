#include "schedule/row_gate.h"

#include <algorithm>

#include "base/json.h"
#include "prep/decimal.h"
#include "prep/moment.h"

namespace foz::schedule {
namespace {

using engine::Type;

void collect_names(const flow::RowFilter& filter, std::vector<std::string>& names) {
  if (!filter.column.empty() && std::find(names.begin(), names.end(), filter.column) == names.end()) names.push_back(filter.column);
  for (const flow::RowFilter& part : filter.parts) collect_names(part, names);
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
    TRY(gate.stamp_, RowStamp::make(plan, {.column = plan.window->column, .date_format = plan.window->date_format, .timezone = plan.window->timezone}));
    gate.columns_.push_back(gate.stamp_->column());
    if (plan.window->from) gate.from_us_ = plan.window->from->time_since_epoch().count();
    if (plan.window->to) gate.to_us_ = plan.window->to->time_since_epoch().count();
  }
  if (filter) {
    collect_names(*filter, gate.names_);
    for (const std::string& name : gate.names_) {
      TRY(const uint32_t index, index_of_column(plan, name));
      gate.filter_columns_.push_back(index);
      if (std::find(gate.columns_.begin(), gate.columns_.end(), index) == gate.columns_.end()) gate.columns_.push_back(index);
    }
    gate.filter_ = std::move(filter);
  }
  return gate;
}

bool RowGate::takes(const engine::Chunk& source, size_t row) const {
  if (stamp_ && !inside_window(source, row)) return false;
  return !filter_ || flow::passes(*filter_, row_json(source, row));
}

/// Rows without a readable stamp belong to the window that has no begin.
bool RowGate::inside_window(const engine::Chunk& source, size_t row) const {
  const auto stamp = stamp_->of(source, row);
  if (!stamp) return !from_us_;
  return (!from_us_ || *stamp >= *from_us_) && (!to_us_ || *stamp < *to_us_);
}

Json RowGate::row_json(const engine::Chunk& source, size_t row) const {
  Json object = Json::object();
  for (size_t i = 0; i < names_.size(); ++i) object[names_[i]] = json_of(source.columns[filter_columns_[i]], row);
  return object;
}

}  // namespace foz::schedule
