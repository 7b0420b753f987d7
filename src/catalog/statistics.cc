#include "catalog/statistics.h"

#include <algorithm>
#include <map>

#include "base/json.h"
#include "base/text.h"
#include "catalog/relation.h"

namespace foz::catalog {
namespace {

/// Columns asked for in one statement: each costs a sketch for every thread.
constexpr size_t kColumnsAtOnce = 64;

struct Leaf {
  engine::Kind kind;
  bool repeated;  ///< below a list or a map
};

void collect_leaves(const engine::Field& field, const std::string& path, bool repeated, std::map<std::string, Leaf>& leaves) {
  if (field.children.empty()) {
    leaves.try_emplace(path, Leaf{field.kind, repeated});
    return;
  }
  const bool repeats = repeated || field.kind == engine::Kind::list || field.kind == engine::Kind::map;
  for (const engine::Field& child : field.children) collect_leaves(child, path + "." + child.name, repeats, leaves);
}

std::map<std::string, Leaf> leaves_of(const std::vector<DatasetFile>& files) {
  std::map<std::string, Leaf> leaves;
  const std::vector<engine::Field>* last = nullptr;
  for (const DatasetFile& file : files) {
    if (!file.layout || file.layout.get() == last) continue;
    last = file.layout.get();
    for (const engine::Field& field : *file.layout) collect_leaves(field, field.name, false, leaves);
  }
  return leaves;
}

/// Bounds of numbers compare as numbers, all others as their texts: ISO times do so rightly.
bool is_below(const std::string& a, const std::string& b, engine::Kind kind) {
  if (kind < engine::Kind::string && kind != engine::Kind::boolean) {
    const auto left = to_number(a), right = to_number(b);
    if (left && right) return *left < *right;
  }
  return a < b;
}

void add_bounds(const Json& statistics, ColumnSummary& column) {
  const std::string low = text_of(statistics, "min"), high = text_of(statistics, "max");
  if (!low.empty() && (column.minimum.empty() || is_below(low, column.minimum, column.kind))) column.minimum = low;
  if (!high.empty() && (column.maximum.empty() || is_below(column.maximum, high, column.kind))) column.maximum = high;
}

/// `"person"."name"."firstName"`: names of columns may hold dots, so the path is walked along the layouts.
void collect_expressions(const engine::Field& field, const std::string& path, const std::string& expression, std::map<std::string, std::string>& expressions) {
  if (field.kind == engine::Kind::list || field.kind == engine::Kind::map) return;
  if (field.children.empty()) expressions.try_emplace(path, expression);
  for (const engine::Field& child : field.children) collect_expressions(child, path + "." + child.name, expression + "." + engine::quoted(child.name), expressions);
}

/// The columns of all files together: a struct has the members that any of them has.
void merge_fields(std::vector<engine::Field>& into, const std::vector<engine::Field>& more) {
  for (const engine::Field& field : more) {
    const auto known = std::find_if(into.begin(), into.end(), [&](const engine::Field& one) { return one.name == field.name; });
    if (known == into.end()) into.push_back(field);
    else if (known->kind == field.kind) merge_fields(known->children, field.children);
  }
}

}  // namespace

DatasetSummary summary_of(const std::vector<DatasetFile>& files) {
  DatasetSummary summary{.files = static_cast<int64_t>(files.size())};
  const auto leaves = leaves_of(files);
  std::map<std::string, ColumnSummary> columns;
  for (const auto& [path, leaf] : leaves) columns[path] = {.path = path, .kind = leaf.kind};
  for (const DatasetFile& file : files) {
    summary.rows += file.records;
    summary.bytes += file.bytes;
    for (auto& [path, column] : columns) {
      const Json* statistics = member(file.statistics, path);
      if (statistics != nullptr) {
        column.values += integer_of(*statistics, "values").value_or(0);
        column.nulls += integer_of(*statistics, "nulls").value_or(0);
        add_bounds(*statistics, column);
      } else if (!leaves.at(path).repeated) {
        column.values += file.records;
        column.nulls += file.records;
      }
    }
  }
  for (auto& [path, column] : columns) summary.columns.push_back(std::move(column));
  return summary;
}

Status estimate_distinct(engine::Engine& engine, const std::filesystem::path& data_dir, const std::vector<DatasetFile>& files, DatasetSummary& summary,
                         std::stop_token stop) {
  if (files.empty()) return {};
  std::vector<engine::Field> fields;
  for (const DatasetFile& file : files) {
    if (file.layout) merge_fields(fields, *file.layout);
  }
  std::map<std::string, std::string> expressions;
  for (const engine::Field& field : fields) collect_expressions(field, field.name, "foz_rows." + engine::quoted(field.name), expressions);
  const std::string relation = " FROM (" + relation_sql(data_dir, files, fields) + ") foz_rows";
  std::vector<ColumnSummary*> wanted;
  for (ColumnSummary& column : summary.columns) {
    if (expressions.contains(column.path)) wanted.push_back(&column);
  }
  for (size_t begin = 0; begin < wanted.size(); begin += kColumnsAtOnce) {
    const size_t end = std::min(begin + kColumnsAtOnce, wanted.size());
    std::string select;
    for (size_t i = begin; i < end; ++i) select += (select.empty() ? "SELECT " : ", ") + ("approx_count_distinct(" + expressions.at(wanted[i]->path) + ")");
    TRY(const auto rows, engine.query(select + relation, stop));
    for (size_t i = begin; i < end && !rows.rows.empty(); ++i) wanted[i]->distinct = as_integer(rows.rows[0][i - begin]);
  }
  return {};
}

Json to_json(const DatasetSummary& summary) {
  Json columns = Json::array();
  for (const ColumnSummary& column : summary.columns) {
    Json one = {{"path", column.path}, {"type", engine::name_of(column.kind)}, {"nulls", column.nulls}, {"nullShare", column.null_share()},
                {"distinctEstimate", column.distinct ? Json(*column.distinct) : Json()}};
    if (!column.minimum.empty()) one["min"] = column.minimum;
    if (!column.maximum.empty()) one["max"] = column.maximum;
    columns.push_back(std::move(one));
  }
  return {{"rows", summary.rows}, {"bytes", summary.bytes}, {"files", summary.files}, {"columns", std::move(columns)}};
}

}  // namespace foz::catalog
