#pragma once
// The SQL of descriptors.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "store/database.h"

namespace foz::registry {

/// A statement about a schema, or a field of it, that is kept beside it. Follows: Schema Registry contract, 11.
struct Descriptor {
  std::string id;  ///< its `@id`
  std::string etag;
  int64_t created_ms = 0, updated_ms = 0;
  Json doc;

  std::string type() const { return text_of(doc, "@type"); }
  std::string source_schema() const { return text_of(doc, "xdm:sourceSchema"); }
  /// "" for descriptors that speak of one schema only.
  std::string target_schema() const { return text_of(doc, "xdm:destinationSchema"); }
  bool is_primary_identity() const;
  /// Slash paths of the fields it speaks of.
  std::vector<std::string> properties() const;
};

/// Nothing when there is none.
Result<std::optional<Descriptor>> find_descriptor(store::Reader& reader, std::string_view sandbox, std::string_view id);
/// All of a sandbox, or those of a schema where `source_schema` is not empty; oldest change first.
Result<std::vector<Descriptor>> descriptors_of(store::Reader& reader, std::string_view sandbox, std::string_view source_schema = "");
/// Those of other schemas that point to it.
Result<std::vector<Descriptor>> descriptors_to(store::Reader& reader, std::string_view sandbox, std::string_view target_schema);
Result<int64_t> count_descriptors(store::Reader& reader, std::string_view sandbox);

Status insert_descriptor(store::Transaction& transaction, std::string_view sandbox, const Descriptor& descriptor);
Status update_descriptor(store::Transaction& transaction, std::string_view sandbox, const Descriptor& descriptor);
Status remove_descriptor(store::Transaction& transaction, std::string_view sandbox, std::string_view id);
/// All of a schema.
Status remove_descriptors(store::Transaction& transaction, std::string_view sandbox, std::string_view source_schema);

}  // namespace foz::registry
