#include "registry/resource.h"

#include <algorithm>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "http/message.h"

namespace foz::registry {
namespace {

constexpr KindWords kKinds[] = {
    {ResourceKind::schema, "schemas", "schema", "XDM-1012-404"},
    {ResourceKind::class_, "classes", "class", "XDM-1010-404"},
    {ResourceKind::field_group, "mixins", "field group", "XDM-1011-404"},
    {ResourceKind::data_type, "datatypes", "data type", "XDM-1013-404"},
    {ResourceKind::behavior, "behaviors", "behavior", "XDM-1014-404"},
    {ResourceKind::union_view, "unions", "union", "XDM-1015-404"},
    {ResourceKind::descriptor, "descriptors", "descriptor", "XDM-1016-404"},
};

constexpr std::string_view kHost = "ns.adobe.com/";
constexpr std::string_view kUnion = "__union";
constexpr std::string_view kNoFields = "/definitions/@context";

std::string_view without_scheme(std::string_view id) {
  const size_t scheme = id.find("://");
  return scheme == id.npos ? id : id.substr(scheme + 3);
}

void add_distinct(std::vector<std::string>& list, std::string text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
}

/// Members whose values are data, not schema nodes.
bool holds_values(std::string_view name) {
  return name == "default" || name == "examples" || name == "enum" || name == "const" || name == "meta:enum" ||
         name == "required" || name == "meta:registryMetadata";
}

void collect_refs(const Json& node, std::vector<std::string>& refs) {
  if (node.is_array()) {
    for (const Json& entry : node) collect_refs(entry, refs);
    return;
  }
  if (!node.is_object()) return;
  for (const auto& [name, value] : node.items()) {
    if (name == "$ref" && value.is_string()) {
      const Reference reference = reference_of(value.get_ref<const std::string&>());
      if (!reference.id.empty() && reference.pointer != kNoFields) add_distinct(refs, reference.id);
    } else if (!holds_values(name)) {
      collect_refs(value, refs);
    }
  }
}

constexpr int kLocalDepthMax = 16;

void collect_parts(const Json& doc, const Json& node, int depth, std::vector<std::string>& refs) {
  const Json* parts = member(node, "allOf");
  if (parts == nullptr || !parts->is_array() || depth > kLocalDepthMax) return;
  for (const Json& part : *parts) {
    const Reference reference = reference_of(text_of(part, "$ref"));
    if (!reference.id.empty() && reference.pointer.empty()) add_distinct(refs, reference.id);
    if (reference.id.empty() && !reference.pointer.empty()) {
      if (const Json* local = at_pointer(doc, reference.pointer)) {
        const Reference inner = reference_of(text_of(*local, "$ref"));
        if (!inner.id.empty() && inner.pointer.empty()) add_distinct(refs, inner.id);
        collect_parts(doc, *local, depth + 1, refs);
      }
    }
    collect_parts(doc, part, depth + 1, refs);
  }
}

}  // namespace

const KindWords& words_of(ResourceKind kind) { return kKinds[static_cast<size_t>(kind)]; }

std::optional<ResourceKind> kind_of_collection(std::string_view collection) {
  if (collection == "fieldgroups") return ResourceKind::field_group;
  if (collection == "schema") return ResourceKind::schema;
  return kind_of_type(collection);
}

std::optional<ResourceKind> kind_of_type(std::string_view type) {
  for (const KindWords& words : kKinds) {
    if (words.type == type) return words.kind;
  }
  return std::nullopt;
}

const std::vector<ResourceKind>& tenant_kinds() {
  static const std::vector<ResourceKind> kTenantKinds = {ResourceKind::schema, ResourceKind::class_, ResourceKind::field_group,
                                                         ResourceKind::data_type};
  return kTenantKinds;
}

std::string alt_id_of(std::string_view id) {
  std::string_view rest = without_scheme(id);
  if (rest.starts_with(kHost)) rest.remove_prefix(kHost.size());
  return "_" + replace_all(std::string(rest), "/", ".");
}

std::string id_text(const TenantId& id) { return "https://ns.adobe.com/" + id.tenant + "/" + id.type + "/" + id.tail; }

std::optional<TenantId> tenant_id_in(std::string_view id_or_alt_id) {
  const bool is_id = id_or_alt_id.find("://") != id_or_alt_id.npos;
  std::string_view rest = without_scheme(id_or_alt_id);
  if (is_id && !rest.starts_with(kHost)) return std::nullopt;
  if (is_id) rest.remove_prefix(kHost.size());
  if (!is_id && rest.starts_with('_')) rest.remove_prefix(1);
  const auto parts = split(rest, is_id ? '/' : '.');
  if (parts.size() != 3 || parts[0].empty() || parts[2].empty()) return std::nullopt;
  const auto kind = kind_of_collection(parts[1]);
  if (!kind || std::find(tenant_kinds().begin(), tenant_kinds().end(), *kind) == tenant_kinds().end()) return std::nullopt;
  return TenantId{std::string(parts[0]), std::string(words_of(*kind).type), std::string(parts[2])};
}

std::string union_id_of(std::string_view class_id) { return std::string(class_id) + std::string(kUnion); }

std::optional<std::string> class_of_union(std::string_view id_or_alt_id) {
  if (!id_or_alt_id.ends_with(kUnion)) return std::nullopt;
  return std::string(id_or_alt_id.substr(0, id_or_alt_id.size() - kUnion.size()));
}

std::string plain_id(std::string_view text) {
  std::string id(text);
  if (id.find("%3A") != id.npos || id.find("%3a") != id.npos || id.find("%2F") != id.npos || id.find("%7B") != id.npos) {
    id = http::percent_decode(id);
  }
  while (!id.empty() && id.back() == '/') id.pop_back();
  for (const std::string scheme : {"https:/", "http:/"}) {
    if (id.starts_with(scheme) && !id.starts_with(scheme + "/")) id.insert(scheme.size(), "/");
  }
  return id;
}

Reference reference_of(std::string_view ref) {
  size_t mark = ref.find('#'), width = 1;
  if (mark == ref.npos) {
    mark = ref.find("%23");
    width = 3;
  }
  if (mark == ref.npos) return {std::string(ref), ""};
  return {std::string(ref.substr(0, mark)), http::percent_decode(ref.substr(mark + width))};
}

std::vector<std::string> external_refs(const Json& doc) {
  std::vector<std::string> refs;
  collect_refs(doc, refs);
  return refs;
}

std::vector<std::string> part_refs(const Json& doc) {
  std::vector<std::string> refs;
  collect_parts(doc, doc, 0, refs);
  std::erase_if(refs, [](const std::string& id) { return id.ends_with("/common/extensible"); });
  return refs;
}

}  // namespace foz::registry
