#include "registry/errors.h"

namespace foz::registry {
namespace {

Error refused(std::string code, std::string message) {
  return Error{.kind = ErrorKind::invalid, .message = std::move(message), .code = std::move(code)};
}

}  // namespace

Error no_resource(ResourceKind kind, std::string_view id, int version) {
  const KindWords& words = words_of(kind);
  return Error{.kind = ErrorKind::not_found,
               .message = "The requested " + std::string(words.noun) + " resource " + std::string(id) + " with version " +
                          std::to_string(version) + " is not found.",
               .code = std::string(words.not_found_code)};
}

Error malformed(std::string message) { return refused("XDM-1401-400", std::move(message)); }

Error library_is_read_only() {
  return Error{.kind = ErrorKind::forbidden,
               .message = "Resources of the global container cannot be changed; create your own in the tenant container.",
               .code = "XDM-1403-403"};
}

Error cannot_merge(std::string message) { return refused("XDM-1413-400", std::move(message)); }
Error patch_failed(std::string message) { return refused("XDM-1414-400", std::move(message)); }

Error breaking(std::string message, std::vector<Problem> problems) {
  Error error = refused("XDM-1416-400", std::move(message));
  error.problems = std::move(problems);
  return error;
}

Error bad_field_name(std::string_view path, std::string_view why) {
  return refused("XDM-1421-400", "The field name " + std::string(path) + " " + std::string(why) + ".");
}

Error outside_namespace(ResourceKind kind, std::string_view path, std::string_view tenant_namespace) {
  std::string code = "XDM-1020-400";
  if (kind == ResourceKind::class_) code = "XDM-1021-400";
  if (kind == ResourceKind::schema) code = "XDM-1022-400";
  if (kind == ResourceKind::data_type) code = "XDM-1023-400";
  return refused(std::move(code), "The custom field " + std::string(path) + " of a " + std::string(words_of(kind).noun) +
                                      " must be placed under " + std::string(tenant_namespace) + ".");
}

Error title_taken(std::string_view id) {
  return refused("XDM-1521-400", "Title must be unique. An object " + std::string(id) + " already exists with the same title");
}

Error bad_descriptor(std::string message) { return refused("XDM-1523-400", std::move(message)); }
Error second_primary_identity(std::string message) { return refused("XDM-1524-400", std::move(message)); }

Error union_needs_primary_identity(std::string message) {
  return Error{.kind = ErrorKind::forbidden, .message = std::move(message), .code = "XDM-1526-403"};
}

Error union_is_forever() {
  return refused("XDM-1527-400", "A schema that takes part in a union cannot leave it; the tag union in meta:immutableTags must stay.");
}

Error union_not_possible(std::string message) { return refused("XDM-1528-400", std::move(message)); }
Error import_failed(std::string message) { return refused("XDM-3005-400", "Failed to import resources. Error: " + message); }
Error bad_parameter(std::string message) { return refused("XDM-1401-400", std::move(message)); }

}  // namespace foz::registry
