#include "catalog/schema_lookup.h"

#include "registry/accept.h"
#include "registry/errors.h"

namespace foz::catalog {

SchemaLookup schema_lookup(registry::Registry& registry) {
  return [&registry](std::string_view sandbox, const SchemaRef& ref) -> Result<SchemaFacts> {
    if (!ref.content_type.empty()) {
      const auto form = registry::parse_accept(ref.content_type);
      if (!form) {
        return Error{.kind = ErrorKind::invalid,
                     .message = "The content type of a schema looks like application/vnd.adobe.xed-full+json;version=1, not \"" + ref.content_type + "\"",
                     .where = "/schemaRef/contentType"};
      }
      if (form->major.value_or(1) != 1) return registry::no_resource(registry::ResourceKind::schema, ref.id, *form->major);
    }
    TRY(const auto schema, registry.schema(sandbox, ref.id));
    return SchemaFacts{.id = schema->id, .title = schema->title, .behavior = schema->behavior, .in_union = schema->in_union};
  };
}

registry::SchemaUseLookup schema_use_lookup() {
  return [](store::Reader& reader, std::string_view sandbox, std::string_view schema_id) -> Result<registry::SchemaUse> {
    TRY(const auto row, reader.first("SELECT count(*), coalesce(max(last_success <> ''), 0) FROM datasets WHERE sandbox = ? AND schema_id = ?",
                                     {std::string(sandbox), std::string(schema_id)}));
    return registry::SchemaUse{.referenced = row && row->integer(0) > 0, .holds_rows = row && row->integer(1) != 0};
  };
}

}  // namespace foz::catalog
