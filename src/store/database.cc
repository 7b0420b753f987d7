#include "store/database.h"

namespace foz::store {

std::string Row::text(size_t column) const {
  const auto* text = std::get_if<std::string>(&values_.at(column));
  return text == nullptr ? "" : *text;
}

int64_t Row::integer(size_t column) const { return maybe_integer(column).value_or(0); }

double Row::number(size_t column) const {
  if (const auto* number = std::get_if<double>(&values_.at(column))) return *number;
  return static_cast<double>(integer(column));
}

std::optional<int64_t> Row::maybe_integer(size_t column) const {
  const auto* integer = std::get_if<int64_t>(&values_.at(column));
  return integer == nullptr ? std::nullopt : std::optional(*integer);
}

Result<std::vector<Row>> Reader::query(std::string_view sql, const Values& parameters) {
  std::vector<Row> rows;
  TRY_DO(each(sql, parameters, [&](const Row& row) {
    rows.push_back(row);
    return true;
  }));
  return rows;
}

Result<std::optional<Row>> Reader::first(std::string_view sql, const Values& parameters) {
  std::optional<Row> found;
  TRY_DO(each(sql, parameters, [&](const Row& row) {
    found = row;
    return false;
  }));
  return found;
}

}  // namespace foz::store
