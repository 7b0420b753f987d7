#include "catalog/column_ids.h"

#include <algorithm>
#include <map>
#include <string>

namespace foz::catalog {
namespace {

/// Ids by path and kind: a column that changes its kind is another column.
using Ids = std::map<std::string, int64_t>;

void give(registry::Node& node, const std::string& above, Ids& ids, int64_t& next, Ids& made) {
  for (registry::Node& child : node.children) {
    const std::string path = above + "/" + child.name;
    const std::string key = path + "\n" + std::string(engine::name_of(child.kind));
    const auto known = ids.find(key);
    if (known == ids.end()) made[key] = ids[key] = next++;
    child.id = static_cast<int32_t>(ids[key]);
    give(child, path, ids, next, made);
  }
}

}  // namespace

Status give_column_ids(store::Transaction& transaction, std::string_view sandbox, std::string_view dataset, registry::Node& root) {
  Ids ids, made;
  int64_t next = 1;
  TRY_DO(transaction.each("SELECT path, id FROM dataset_column_ids WHERE sandbox = ? AND dataset = ?", {std::string(sandbox), std::string(dataset)}, [&](const store::Row& row) {
    ids[row.text(0)] = row.integer(1);
    next = std::max(next, row.integer(1) + 1);
    return true;
  }));
  give(root, "", ids, next, made);
  for (const auto& [path, id] : made) {
    TRY([[maybe_unused]] const auto rows, transaction.exec("INSERT INTO dataset_column_ids VALUES (?, ?, ?, ?)", {std::string(sandbox), std::string(dataset), path, id}));
  }
  return {};
}

}  // namespace foz::catalog
