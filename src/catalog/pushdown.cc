#include "catalog/pushdown.h"

#include <algorithm>

#include "base/text.h"

namespace foz::catalog {
namespace {

using Op = Condition::Op;

struct IndexedPath {
  std::string_view collection, path, column;
};
constexpr IndexedPath kIndexed[] = {{"dataSets", "id", "id"},           {"dataSets", "schemaRef.id", "schema_id"},
                                    {"dataSets", "viewId", "view_id"},  {"batches", "id", "id"},
                                    {"batches", "relatedObjects.id", "dataset"}, {"batches", "externalId", "external_id"},
                                    {"batches", "status", "status"}};

void demand(Where& where, const std::string& condition, const store::Values& values) {
  where.condition += (where.condition.empty() ? "" : " AND ") + condition;
  where.parameters.insert(where.parameters.end(), values.begin(), values.end());
}

bool has_star(const std::vector<std::string>& values) {
  return std::any_of(values.begin(), values.end(), [](const std::string& v) { return v.find('*') != v.npos; });
}

/// One `?` for each value.
std::string marks(size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += i == 0 ? "?" : ", ?";
  return "(" + text + ")";
}

store::Values as_values(const std::vector<std::string>& texts, bool are_statuses) {
  store::Values values;
  for (const std::string& text : texts) {
    const auto status = are_statuses ? status_named(text) : std::nullopt;
    values.push_back(status ? std::string(name_of(*status)) : text);
  }
  return values;
}

void demand_tag(Where& where, const Condition& condition, std::string_view collection, std::string_view sandbox) {
  std::string sql = "id IN (SELECT id FROM catalog_tags WHERE sandbox = ? AND collection = ? AND tag = ?";
  store::Values values = {std::string(sandbox), std::string(collection), condition.path.substr(5)};
  const bool by_value = (condition.op == Op::like || condition.op == Op::equals) && !has_star(condition.values);
  if (by_value) {
    sql += " AND value IN " + marks(condition.values.size());
    for (const std::string& value : condition.values) values.push_back(value);
  }
  demand(where, sql + ")", values);
}

void demand_time(Where& where, const Condition& condition) {
  const auto time = condition.values.empty() ? std::nullopt : to_integer(condition.values[0]);  // none: whether it is there at all
  if (!time) return;
  const std::string column = condition.path + "_ms";
  switch (condition.op) {
    case Op::less: return demand(where, column + " < ?", {*time});
    case Op::less_equal: return demand(where, column + " <= ?", {*time});
    case Op::greater: return demand(where, column + " > ?", {*time});
    case Op::greater_equal: return demand(where, column + " >= ?", {*time});
    default: return;
  }
}

}  // namespace

Where where_of(const Listing& listing, std::string_view collection, std::string_view sandbox) {
  Where where{.order = "created_ms DESC, id"};
  for (const Condition& condition : listing.conditions) {
    const bool equality = (condition.op == Op::equals || condition.op == Op::like) && !condition.negated;
    // A tag's name may hold dots: then the path may mean a member inside something else too.
    const bool tag = condition.path.starts_with("tags.") && (equality || condition.op == Op::exists) && condition.path != "tags.";
    if (tag) demand_tag(where, condition, collection, sandbox);
    if (condition.path == "created" || condition.path == "updated") demand_time(where, condition);
    if (!equality || has_star(condition.values)) continue;
    for (const IndexedPath& indexed : kIndexed) {
      if (indexed.collection != collection || indexed.path != condition.path) continue;
      demand(where, std::string(indexed.column) + " IN " + marks(condition.values.size()), as_values(condition.values, indexed.column == "status"));
    }
  }
  return where;
}

}  // namespace foz::catalog
