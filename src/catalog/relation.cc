#include "catalog/relation.h"

#include <set>

namespace foz::catalog {
namespace {

std::set<std::string> columns_held(const std::vector<DatasetFile>& files) {
  std::set<std::string> names;
  for (const DatasetFile& file : files) {
    if (!file.layout) continue;
    for (const engine::Field& field : *file.layout) names.insert(field.name);
  }
  return names;
}

std::string projection(const std::vector<engine::Field>& columns, const std::set<std::string>& held) {
  std::string list;
  for (const engine::Field& column : columns) {
    const std::string name = engine::quoted(column.name);
    // A struct is cast by the names of its members: those a file lacks become NULL.
    list += (list.empty() ? "" : ", ") + (held.contains(column.name) ? name : std::string("NULL")) + "::" + engine::sql_type(column) + " AS " + name;
  }
  return list.empty() ? "NULL AS nothing" : list;
}

}  // namespace

std::string relation_sql(const std::filesystem::path& data_dir, const std::vector<DatasetFile>& files, const std::vector<engine::Field>& columns) {
  if (files.empty()) return "SELECT " + projection(columns, {}) + " WHERE false";
  std::string list;
  for (const DatasetFile& file : files) list += (list.empty() ? "" : ", ") + engine::sql_text((data_dir / file.path).string());
  return "SELECT " + projection(columns, columns_held(files)) + " FROM read_parquet([" + list + "], union_by_name = true)";
}

}  // namespace foz::catalog
