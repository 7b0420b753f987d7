#pragma once
// The resources of the global container: built in, or imported in their place. Immutable and shared by all sandboxes.
// Follows: XDM core; Schema Registry contract, 4 (global resources).

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "registry/resource.h"

namespace foz::registry {

/// A resource of an imported library, as stored.
struct LibraryText {
  std::string id;
  ResourceKind kind;
  std::string version;
  std::string text;  ///< JSON in standard names, without `meta:license`, `meta:titleId` and `meta:descriptionId`
};

/// Thread-safe. Documents are read when they are first asked for.
class Library {
 public:
  /// The built-in resources, with `imported` ones in the place of those with the same id.
  explicit Library(std::vector<LibraryText> imported = {});

  struct Entry {
    std::string id;
    std::string alt_id;
    ResourceKind kind;
    std::string version;
  };
  /// By `$id` or altId (the leading underscore may be missing); a null pointer when there is none.
  const Entry* find(std::string_view id_or_alt_id) const;
  /// All of a kind, ordered by id.
  std::vector<const Entry*> all(ResourceKind kind) const;
  size_t size() const { return slots_.size(); }

  /// The API's raw body, standard names. `entry` is one of this library.
  std::shared_ptr<const Json> document(const Entry& entry) const { return read(entry).document; }
  /// The same in compatibility names, types completed: what composition takes.
  std::shared_ptr<const Json> part(const Entry& entry) const { return read(entry).part; }
  /// The part of an id; a null pointer when the library has none.
  std::shared_ptr<const Json> part_of(const std::string& id) const;

  /// What `meta:globalLibVersion` shows.
  const std::string& version() const { return version_; }
  /// Names with a leading underscore that standard fields have in compatibility names: `_id`, `_repo` ...
  const std::set<std::string>& underscore_names() const;

 private:
  struct Documents {
    std::shared_ptr<const Json> document, part;
  };
  struct Slot {
    Entry entry;
    std::string owned;      ///< text of an imported resource
    std::string_view text;  ///< into `owned`, or built in
    mutable std::once_flag once = {};
    mutable Documents documents = {};
  };
  void add(ResourceKind kind, std::string_view text, std::string owned, std::string id, std::string version);
  const Documents& read(const Entry& entry) const;

  std::map<std::string, std::unique_ptr<Slot>, std::less<>> slots_;  ///< by id
  std::map<std::string, Slot*, std::less<>> by_alt_id_;
  std::string version_;
  mutable std::once_flag names_once_;
  mutable std::set<std::string> underscore_names_;
};

}  // namespace foz::registry
