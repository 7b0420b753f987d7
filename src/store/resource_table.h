#pragma once
// Resources as JSON documents in a table of their own, changed by compare-and-set on their etag.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "store/database.h"

namespace foz::store {

/// A stored document with what every resource has.
struct Resource {
  std::string sandbox;
  std::string id;
  std::string etag;      ///< opaque; a new one on every write that clients should notice
  int64_t created_ms = 0;
  int64_t updated_ms = 0;
  Json doc;
};

/// Real columns beside the document, for what lists filter and sort by.
using Extras = std::vector<std::pair<std::string, Value>>;

/// A table with the columns `sandbox, id, etag, created_ms, updated_ms, doc` (primary key: sandbox, id) and any extras.
/// Cheap to copy; holds no connection.
class ResourceTable {
 public:
  explicit ResourceTable(std::string_view table) : table_(table) {}

  /// Errors: conflict when the id is taken.
  Status insert(Transaction& transaction, const Resource& resource, const Extras& extras = {}) const;
  /// Errors: not_found.
  Result<Resource> find(Reader& reader, std::string_view sandbox, std::string_view id) const;
  /// Replaces document, etag and times where the stored etag is `expected_etag` (empty: whatever it is).
  /// Errors: not_found, conflict (somebody changed it first).
  Status update(Transaction& transaction, const Resource& resource, std::string_view expected_etag,
                const Extras& extras = {}) const;
  /// Errors: not_found.
  Status remove(Transaction& transaction, std::string_view sandbox, std::string_view id) const;
  /// Resources of a sandbox until `visit` returns false. `condition` is SQL after AND, with `?` for `parameters`;
  /// `order` is SQL after ORDER BY. Neither may hold anything a user typed.
  Status each(Reader& reader, std::string_view sandbox, std::string_view condition, const Values& parameters,
              std::string_view order, const std::function<bool(Resource)>& visit) const;

 private:
  std::string table_;
};

}  // namespace foz::store
