#pragma once
// The SQL of the registry: tenant resources and what they refer to, column ids, the imported library, generations.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "registry/columns.h"
#include "registry/library.h"
#include "registry/resource.h"
#include "store/database.h"

namespace foz::registry {

/// A tenant resource as it lies in the database.
struct Stored {
  ResourceKind kind = ResourceKind::schema;
  std::string id;
  std::string etag;
  int64_t created_ms = 0, updated_ms = 0;
  Json doc;  ///< the API's raw body

  std::string title() const { return text_of(doc, "title"); }
  std::string class_id() const { return text_of(doc, "meta:class"); }
  /// Tagged `union`.
  bool in_union() const;
};

/// By `$id` or altId. Nothing when there is none.
Result<std::optional<Stored>> find_resource(store::Reader& reader, std::string_view sandbox, std::string_view id_or_alt_id);
/// Ids of a kind that end in the segment `tail`.
Result<std::vector<std::string>> ids_with_tail(store::Reader& reader, std::string_view sandbox, ResourceKind kind, std::string_view tail);
/// The id of another resource with that title; nothing when the title is free.
Result<std::optional<std::string>> title_owner(store::Reader& reader, std::string_view sandbox, std::string_view title, std::string_view own_id);
/// Ids of a kind, oldest change first.
Result<std::vector<std::string>> ids_of(store::Reader& reader, std::string_view sandbox, ResourceKind kind);
/// Schemas of a class that are tagged `union`, oldest first; of all classes when `class_id` is empty.
Result<std::vector<Stored>> union_schemas(store::Reader& reader, std::string_view sandbox, std::string_view class_id);
/// Ids of resources that refer to `id` themselves.
Result<std::vector<std::string>> referring(store::Reader& reader, std::string_view sandbox, std::string_view id);
/// A resource that includes another one.
struct Dependant {
  ResourceKind kind = ResourceKind::schema;
  std::string id;
};
/// Resources that are `id` or include it, over any number of steps.
Result<std::vector<Dependant>> resources_with(store::Reader& reader, std::string_view sandbox, std::string_view id);

/// `refs`: ids it refers to. Errors: conflict (the id is taken).
Status insert_resource(store::Transaction& transaction, std::string_view sandbox, const Stored& resource, const std::vector<std::string>& refs);
Status update_resource(store::Transaction& transaction, std::string_view sandbox, const Stored& resource, const std::vector<std::string>& refs);
Status remove_resource(store::Transaction& transaction, std::string_view sandbox, std::string_view id);

/// Rises with every write of a sandbox; "" is the library.
Result<int64_t> generation_of(store::Reader& reader, std::string_view sandbox);
Status raise_generation(store::Transaction& transaction, std::string_view sandbox);

/// Errors: corrupt.
Result<IdTable> column_ids(store::Reader& reader, std::string_view sandbox, std::string_view schema_id);
Status save_column_ids(store::Transaction& transaction, std::string_view sandbox, std::string_view schema_id, const IdTable& table);

/// The imported library; empty when nothing was imported.
Result<std::vector<LibraryText>> imported_library(store::Reader& reader);

}  // namespace foz::registry
