#include "schedule/row_stamp.h"

#include <algorithm>

#include "base/text.h"
#include "prep/decimal.h"

namespace foz::schedule {
namespace {

using engine::Type;

constexpr std::string_view kDefaultFormat = "yyyy-MM-dd HH:mm:ss";
/// Smaller counts are seconds, others milliseconds.
constexpr int64_t kSecondsBelow = 100'000'000'000;

int64_t micros_of_count(int64_t count) {
  const int64_t factor = count < kSecondsBelow && count > -kSecondsBelow ? 1'000'000 : 1000;
  int64_t micros = 0;
  return __builtin_mul_overflow(count, factor, &micros) ? (count < 0 ? INT64_MIN : INT64_MAX) : micros;
}

}  // namespace

Result<uint32_t> index_of_column(const sources::ReadPlan& plan, const std::string& name) {
  const auto own = std::find_if(plan.table.columns.begin(), plan.table.columns.end(), [&](const sources::Column& c) { return c.name == name; });
  for (uint32_t i = 0; i < plan.columns.size(); ++i) {
    const bool same = plan.columns[i].name == name || (own != plan.table.columns.end() && plan.columns[i].raw_path == own->raw_path && !own->raw_path.empty());
    if (same) return i;
  }
  return Error{.kind = ErrorKind::not_found, .message = "the column " + name + " is not read", .code = "CONNECTOR-1330-400"};
}

RowVersion RowVersion::of(const sources::ReadPlan& plan) {
  RowVersion version;
  if (plan.table.version_column.empty()) return version;
  const auto index = index_of_column(plan, plan.table.version_column);
  if (index && plan.columns[*index].type == sources::ColumnType::int64) version.column_ = *index;
  return version;
}

int64_t RowVersion::of(const engine::Chunk& source, size_t row, int64_t stamp_us) const {
  if (!column_ || source.columns[*column_].is_null(row)) return stamp_us;
  return source.columns[*column_].integers()[row];
}

bool tells_versions_apart(const sources::Column& column, const std::string& date_format) {
  using sources::ColumnType;
  switch (column.type) {
    case ColumnType::timestamp:
    case ColumnType::int32:
    case ColumnType::int64:
    case ColumnType::decimal:
    case ColumnType::number: return true;
    case ColumnType::string: return date_format.empty() || date_format.find('s') != std::string::npos;
    case ColumnType::boolean:
    case ColumnType::date:
    case ColumnType::json:
    case ColumnType::binary: return false;
  }
  return false;
}

Result<RowStamp> RowStamp::make(const sources::ReadPlan& plan, const StampFormat& format) {
  RowStamp stamp;
  TRY(stamp.column_, index_of_column(plan, format.column));
  if (!format.timezone.empty()) {
    TRY(stamp.zone_, Zone::named(format.timezone));
  }
  if (plan.columns[stamp.column_].type != sources::ColumnType::string) return stamp;
  std::string pattern = format.date_format.empty() ? std::string(kDefaultFormat) : format.date_format;
  pattern = replace_all(replace_all(std::move(pattern), "YYYY", "yyyy"), "DD", "dd");
  TRY(stamp.pattern_, prep::DatePattern::compile(pattern));
  return stamp;
}

std::optional<int64_t> RowStamp::of(const engine::Chunk& source, size_t row) const {
  const engine::Column& column = source.columns[column_];
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

}  // namespace foz::schedule
