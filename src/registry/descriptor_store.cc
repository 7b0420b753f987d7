#include "registry/descriptor_store.h"

#include "registry/schema_store.h"
#include "store/resource_table.h"

namespace foz::registry {
namespace {

const store::ResourceTable kDescriptors("registry_descriptors");
constexpr std::string_view kOrder = "updated_ms, id";

Descriptor descriptor_in(store::Resource resource) {
  return {.id = std::move(resource.id), .etag = std::move(resource.etag), .created_ms = resource.created_ms, .updated_ms = resource.updated_ms,
          .doc = std::move(resource.doc)};
}

store::Resource row_of(std::string_view sandbox, const Descriptor& descriptor) {
  return {.sandbox = std::string(sandbox), .id = descriptor.id, .etag = descriptor.etag, .created_ms = descriptor.created_ms,
          .updated_ms = descriptor.updated_ms, .doc = descriptor.doc};
}

store::Extras extras_of(const Descriptor& descriptor) {
  return {{"type", descriptor.type()}, {"source_schema", descriptor.source_schema()}, {"target_schema", descriptor.target_schema()}};
}

Result<std::vector<Descriptor>> selected(store::Reader& reader, std::string_view sandbox, std::string_view condition, const store::Values& parameters) {
  std::vector<Descriptor> found;
  TRY_DO(kDescriptors.each(reader, sandbox, condition, parameters, kOrder, [&](store::Resource resource) {
    found.push_back(descriptor_in(std::move(resource)));
    return true;
  }));
  return found;
}

}  // namespace

bool Descriptor::is_primary_identity() const {
  return type() == "xdm:descriptorIdentity" && boolean_of(doc, "xdm:isPrimary").value_or(false);
}

std::vector<std::string> Descriptor::properties() const {
  if (const std::string one = text_of(doc, "xdm:sourceProperty"); !one.empty()) return {one};
  return texts_of(doc, "xdm:sourceProperty");
}

Result<std::optional<Descriptor>> find_descriptor(store::Reader& reader, std::string_view sandbox, std::string_view id) {
  auto resource = kDescriptors.find(reader, sandbox, id);
  if (resource) return std::optional(descriptor_in(std::move(*resource)));
  if (resource.error().kind == ErrorKind::not_found) return std::optional<Descriptor>();
  return std::move(resource).error();
}

Result<std::vector<Descriptor>> descriptors_of(store::Reader& reader, std::string_view sandbox, std::string_view source_schema) {
  if (source_schema.empty()) return selected(reader, sandbox, "", {});
  return selected(reader, sandbox, "source_schema = ?", {std::string(source_schema)});
}

Result<std::vector<Descriptor>> descriptors_to(store::Reader& reader, std::string_view sandbox, std::string_view target_schema) {
  return selected(reader, sandbox, "target_schema = ? AND source_schema <> target_schema", {std::string(target_schema)});
}

Result<int64_t> count_descriptors(store::Reader& reader, std::string_view sandbox) {
  TRY(const auto row, reader.first("SELECT count(*) FROM registry_descriptors WHERE sandbox = ?", {std::string(sandbox)}));
  return row ? row->integer(0) : 0;
}

Status insert_descriptor(store::Transaction& transaction, std::string_view sandbox, const Descriptor& descriptor) {
  TRY_DO(kDescriptors.insert(transaction, row_of(sandbox, descriptor), extras_of(descriptor)));
  return raise_generation(transaction, sandbox);
}

Status update_descriptor(store::Transaction& transaction, std::string_view sandbox, const Descriptor& descriptor) {
  TRY_DO(kDescriptors.update(transaction, row_of(sandbox, descriptor), "", extras_of(descriptor)));
  return raise_generation(transaction, sandbox);
}

Status remove_descriptor(store::Transaction& transaction, std::string_view sandbox, std::string_view id) {
  TRY_DO(kDescriptors.remove(transaction, sandbox, id));
  return raise_generation(transaction, sandbox);
}

Status remove_descriptors(store::Transaction& transaction, std::string_view sandbox, std::string_view source_schema) {
  TRY([[maybe_unused]] const auto removed, transaction.exec("DELETE FROM registry_descriptors WHERE sandbox = ? AND source_schema = ?",
                                                            {std::string(sandbox), std::string(source_schema)}));
  return raise_generation(transaction, sandbox);
}

}  // namespace foz::registry
