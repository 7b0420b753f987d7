// The table and the column that a person means. Follows: Sources contract, 1.3.
#include <algorithm>

#include "base/text.h"
#include "sources/source.h"

namespace foz::sources {
namespace {

constexpr std::string_view kNameCode = "CONNECTOR-1330-400";

/// Lower case, without `_`, `-`, blanks and a trailing `__c`.
std::string folded(std::string_view name) {
  std::string text = lower(name);
  if (text.ends_with("__c")) text.resize(text.size() - 3);
  std::erase_if(text, [](char c) { return c == '_' || c == '-' || c == ' '; });
  return text;
}

Error several(std::string_view what, std::string_view given, const std::vector<std::string>& names) {
  return Error{.kind = ErrorKind::invalid,
               .message = std::string(what) + " \"" + std::string(given) + "\" can mean " + join(names, ", ") + ": name one of them exactly",
               .code = std::string(kNameCode)};
}

/// The only one of `items` that `fits`; null pointer when none does.
template <class Item, class Fits, class NameOf>
Result<const Item*> only(const std::vector<Item>& items, std::string_view what, std::string_view given, Fits fits, NameOf name_of_item) {
  const Item* found = nullptr;
  std::vector<std::string> names;
  for (const Item& item : items) {
    if (!fits(item)) continue;
    found = &item;
    names.push_back(name_of_item(item));
  }
  if (names.size() > 1) return several(what, given, names);
  return found;
}

size_t levels_of(const std::vector<Table>& tables) {
  size_t levels = 0;
  for (const Table& table : tables) levels = std::max(levels, table.also_known_as.size());
  return levels;
}

Error no_such_table(const std::vector<Table>& tables, std::string_view given) {
  std::vector<std::string> names;
  for (const Table& table : tables) {
    names.push_back(table.path);
    for (const std::string& other : table.also_known_as) {
      if (!equal_ignoring_case(other, table.path)) names.push_back(other);
    }
  }
  return Error{.kind = ErrorKind::not_found,
               .message = "the source has no table \"" + std::string(given) + "\"" + did_you_mean(given, names),
               .code = std::string(kNameCode)};
}

Error no_such_column(const Description& table, std::string_view given) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  return Error{.kind = ErrorKind::not_found,
               .message = "the table " + table.table.path + " has no column \"" + std::string(given) + "\"" + did_you_mean(given, names) +
                          (table.if_missing.empty() ? "" : "; " + table.if_missing),
               .code = std::string(kNameCode)};
}

}  // namespace

Result<Table> resolve_table(const std::vector<Table>& tables, std::string_view given) {
  const auto path_of = [](const Table& table) { return table.path; };
  const auto pick = [&](auto fits) { return only(tables, "the table name", given, fits, path_of); };
  TRY(const Table* found, pick([&](const Table& table) { return table.path == given; }));
  if (found == nullptr) {
    TRY(found, pick([&](const Table& table) { return equal_ignoring_case(table.path, given); }));
  }
  const size_t levels = levels_of(tables);
  for (size_t level = 0; level < levels && found == nullptr; ++level) {
    TRY(found, pick([&](const Table& table) {
          return level < table.also_known_as.size() && equal_ignoring_case(table.also_known_as[level], given);
        }));
  }
  if (found == nullptr) return no_such_table(tables, given);
  return *found;
}

Result<Column> resolve_column(const Description& table, std::string_view given) {
  const auto name_of_column = [](const Column& column) { return column.name; };
  const auto pick = [&](auto fits) { return only(table.columns, "the column name", given, fits, name_of_column); };
  TRY(const Column* found, pick([&](const Column& column) { return column.name == given; }));
  if (found == nullptr) {
    TRY(found, pick([&](const Column& column) { return equal_ignoring_case(column.name, given); }));
  }
  if (found == nullptr) {
    const std::string wanted = folded(given);
    TRY(found, pick([&](const Column& column) { return folded(column.name) == wanted; }));
  }
  if (found == nullptr) return no_such_column(table, given);
  Column column = *found;
  column.name = given;
  return column;
}

}  // namespace foz::sources
