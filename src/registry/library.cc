#include "registry/library.h"

#include "base/error.h"
#include "base/text.h"
#include "registry/core/core.h"
#include "registry/field_type.h"
#include "registry/names.h"
#include "security/digest.h"

namespace foz::registry {
namespace {

/// 2024-01-01: built-in resources have no history of their own.
constexpr int64_t kLibraryDateMs = 1'704'067'200'000;

std::string id_in(std::string_view text) {
  const auto doc = parse_json(text, {.depth_max = 256});
  FOZ_CHECK(doc.has_value(), "a built-in resource is no JSON");
  return text_of(*doc, "$id");
}

/// Members that come first, in the order the platform prints them.
Json with_library_envelope(const Json& doc, const Library::Entry& entry, const std::string& library_version) {
  Json made = Json::object();
  made["$id"] = entry.id;
  made["meta:altId"] = entry.alt_id;
  made["meta:resourceType"] = words_of(entry.kind).type;
  made["version"] = entry.version;
  for (const auto& [name, value] : doc.items()) {
    if (!made.contains(name)) made[name] = value;
  }
  if (entry.kind == ResourceKind::field_group && !made.contains("meta:intendedToExtend")) made["meta:intendedToExtend"] = Json::array();
  if (!made.contains("meta:status")) made["meta:status"] = "stable";
  made["meta:xdmType"] = "object";
  made["meta:registryMetadata"] = {{"repo:createdDate", kLibraryDateMs},
                                   {"repo:lastModifiedDate", kLibraryDateMs},
                                   {"eTag", security::sha256_hex(to_canonical_text(doc))},
                                   {"meta:globalLibVersion", library_version}};
  return made;
}

void collect_underscore_names(const Json& node, std::set<std::string>& names) {
  if (node.is_array()) {
    for (const Json& entry : node) collect_underscore_names(entry, names);
  }
  if (!node.is_object()) return;
  if (const Json* fields = member(node, "properties"); fields != nullptr && fields->is_object()) {
    for (const auto& [name, field] : fields->items()) {
      if (name.starts_with('_')) names.insert(name);
    }
  }
  for (const auto& [name, value] : node.items()) collect_underscore_names(value, names);
}

}  // namespace

Library::Library(std::vector<LibraryText> imported) : version_(kBuiltInVersion) {
  for (const auto* group : {&built_in_behaviors(), &built_in_classes(), &built_in_field_groups(), &built_in_data_types(), &built_in_address_types()}) {
    for (const BuiltIn& resource : *group) add(resource.kind, resource.text, "", id_in(resource.text), std::string(kBuiltInVersion));
  }
  for (LibraryText& resource : imported) {
    version_ = resource.version;
    add(resource.kind, {}, std::move(resource.text), std::move(resource.id), std::move(resource.version));
  }
}

void Library::add(ResourceKind kind, std::string_view text, std::string owned, std::string id, std::string version) {
  auto slot = std::make_unique<Slot>();
  slot->entry = {.id = id, .alt_id = alt_id_of(id), .kind = kind, .version = std::move(version)};
  slot->owned = std::move(owned);
  slot->text = slot->owned.empty() ? text : slot->owned;
  by_alt_id_[slot->entry.alt_id] = slot.get();
  slots_[std::move(id)] = std::move(slot);
}

const Library::Entry* Library::find(std::string_view id_or_alt_id) const {
  if (const auto found = slots_.find(id_or_alt_id); found != slots_.end()) return &found->second->entry;
  const std::string alt = id_or_alt_id.starts_with('_') ? std::string(id_or_alt_id) : "_" + std::string(id_or_alt_id);
  const auto found = by_alt_id_.find(alt);
  return found == by_alt_id_.end() ? nullptr : &found->second->entry;
}

std::vector<const Library::Entry*> Library::all(ResourceKind kind) const {
  std::vector<const Entry*> entries;
  for (const auto& [id, slot] : slots_) {
    if (slot->entry.kind == kind) entries.push_back(&slot->entry);
  }
  return entries;
}

const Library::Documents& Library::read(const Entry& entry) const {
  const auto found = slots_.find(entry.id);
  FOZ_CHECK(found != slots_.end(), "the entry is of another library");
  const Slot& slot = *found->second;
  std::call_once(slot.once, [&] {
    const auto doc = parse_json(slot.text, {.depth_max = 256});
    FOZ_CHECK(doc.has_value(), "a library resource is no JSON");
    Json full = with_library_envelope(*doc, slot.entry, version_);
    complete_types(full);
    slot.documents.part = std::make_shared<const Json>(to_compat_names(full));
    slot.documents.document = std::make_shared<const Json>(std::move(full));
  });
  return slot.documents;
}

std::shared_ptr<const Json> Library::part_of(const std::string& id) const {
  const Entry* entry = find(id);
  return entry == nullptr ? nullptr : part(*entry);
}

const std::set<std::string>& Library::underscore_names() const {
  std::call_once(names_once_, [&] {
    underscore_names_ = {"_id", "_type", "_repo", "_schema", "_dc", "_experience"};
    for (const auto& [id, slot] : slots_) collect_underscore_names(*part(slot->entry), underscore_names_);
  });
  return underscore_names_;
}

}  // namespace foz::registry
