#pragma once
// Walks a collection for a list query: what has a column of its own is asked of the database, the rest is looked at
// document by document, and the walk ends where the page is full. A list of a flow's runs stays cheap among millions.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "flow/list_query.h"
#include "store/resource_table.h"

namespace foz::flow {

/// A field of the shown document that a column of the table holds too.
struct ListColumn {
  std::string_view path;    ///< "flowId"
  std::string_view column;  ///< "flow_id"
  enum class Kind { text, word, millis } kind = Kind::text;
  std::span<const std::string_view> words = {};  ///< of Kind::word: all values there are; compared without case
};

/// A stored collection as a list sees it.
struct Collection {
  std::string_view name;   ///< "flows": the path behind the base path
  std::string_view table;
  std::span<const ListColumn> columns = {};  ///< besides id, createdAt and updatedAt, which every table has
};

/// From the stored document to what GET shows.
using Show = std::function<Json(Json stored)>;
/// How a caller sees a collection.
struct View {
  Show show;
  std::function<bool(const Json& stored)> admits = {};  ///< false: the document is left out; null: none is
};

struct Page {
  std::vector<Json> items;
  std::optional<PlaceInOrder> next = {};  ///< where the following page begins behind; nothing: this is the last
};

/// One page of a collection of a sandbox. Errors: FLOW-1452 while comparing; those of the database.
Result<Page> list_page(store::Reader& reader, const Collection& collection, std::string_view sandbox, const ListQuery& query, const View& view);
/// How many match; limit and position do not count.
Result<int64_t> count_matches(store::Reader& reader, const Collection& collection, std::string_view sandbox, const ListQuery& query, const View& view);

/// The same over documents in memory, which have no creation time and keep their order where nothing else is asked.
Result<Page> list_page(const std::vector<Json>& documents, const ListQuery& query);
Result<int64_t> count_matches(const std::vector<Json>& documents, const ListQuery& query);

}  // namespace foz::flow
