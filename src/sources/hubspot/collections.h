#pragma once
// Small collections with an endpoint each: owners, pipelines, lists, forms, blogs. A row each. Follows: Sources contract, 4.6.

#include <span>
#include <string_view>
#include <vector>

#include "sources/hubspot/portal.h"
#include "sources/source.h"

namespace foz::sources::hubspot {

/// How a collection comes in pages.
enum class Paging : uint8_t {
  none,         ///< all at once
  after,        ///< `paging.next.after`
  offset,       ///< `offset` and `limit` in the query, `total` in the answer
  list_search,  ///< POST of `offset` and `count`; `hasMore`, `offset` and `total` in the answer
};

struct CollectionColumn {
  std::string_view member;  ///< "firstName", "additionalProperties.hs_list_size"
  ColumnType type = ColumnType::string;
};

struct Collection {
  std::string_view title;    ///< "Owners": in the table's name
  std::string_view path;     ///< "/crm/v3/owners"
  std::string_view query;    ///< what stands in every request
  std::string_view records;  ///< name of the member with the records
  std::string_view key;      ///< member that is the key
  Paging paging = Paging::after;
  std::span<const CollectionColumn> columns;
};

std::span<const Collection> collections();
/// Null pointer when there is none.
const Collection* collection_titled(std::string_view title);
std::vector<Column> columns_of(const Collection& collection);

/// Reads one page. Errors: unavailable (a page that comes twice).
Result<Page> read_collection(Portal& portal, const Collection& collection, Purpose purpose, const Cursor& from, std::stop_token stop);
/// The property metadata of an object type, whole.
Result<Page> read_properties(Portal& portal, const std::string& type, Purpose purpose, std::stop_token stop);

}  // namespace foz::sources::hubspot
