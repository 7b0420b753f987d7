#pragma once
// What ids name: resources of a sandbox, of the library, and unions, behind one face.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "registry/compose.h"
#include "registry/library.h"
#include "registry/resource.h"
#include "registry/schema_store.h"
#include "store/database.h"

namespace foz::registry {

/// What an id names.
struct Found {
  ResourceKind kind = ResourceKind::schema;
  std::string id;
  std::string etag;
  bool global = false;
  int64_t created_ms = 0, updated_ms = 0;
  std::shared_ptr<const Json> part;  ///< the raw body in compatibility names, types completed: what composition takes
};

/// True for classes on an ad hoc behavior and for relational schemas: their fields are named as the source names them.
bool is_adhoc(const Json& raw);
/// A stored body in compatibility names. Fields of ad hoc resources keep the names they have.
std::shared_ptr<const Json> part_of_body(const Json& raw);

/// Finds, and remembers what it found. Thread-safe where its reader is.
class Finder {
 public:
  /// `reader` must outlive the finder.
  Finder(store::Reader& reader, std::shared_ptr<const Library> library, std::string sandbox)
      : reader_(reader), library_(std::move(library)), sandbox_(std::move(sandbox)) {}

  /// By `$id` or altId; an id of a foreign tenant counts when one resource of its kind ends like it.
  /// Nothing when there is none. Follows: Schema Registry contract, 3.
  Result<std::optional<Found>> find(std::string_view id_or_alt_id);
  /// `find` and a kind that must be it. Errors: not_found.
  Result<Found> get(ResourceKind kind, std::string_view id_or_alt_id);
  /// The union of a class that has enabled schemas; nothing when it has none.
  Result<std::optional<Found>> find_union(std::string_view class_id_or_alt_id);

  /// From now on `found` stands under its id: a resource that is about to be written.
  void put(Found found);

  /// What compose wants. A failed read counts as nothing found, and shows in `status`.
  PartOf parts();
  /// The first failed read.
  Status status() const;

  const Library& library() const { return *library_; }
  const std::string& sandbox() const { return sandbox_; }
  store::Reader& reader() const { return reader_; }

 private:
  Result<std::optional<Found>> find_stored(const std::string& id);
  Result<std::optional<Found>> find_foreign(const std::string& id);
  std::optional<Found> known(const std::string& id) const;

  store::Reader& reader_;
  const std::shared_ptr<const Library> library_;
  const std::string sandbox_;
  mutable std::mutex mutex_;
  std::map<std::string, Found, std::less<>> known_;  ///< by `$id`
  Status status_;
};

/// Every `$ref` of `raw` by the `$id` of what it names. Errors: XDM-1413-400, naming what is unknown.
Result<Json> with_plain_refs(const Json& raw, Finder& finder);

/// The effective form of what was found, descriptors left aside. Errors: those of compose.
Result<Composition> compose(const Found& found, Finder& finder, const ComposeLimits& limits);

}  // namespace foz::registry
