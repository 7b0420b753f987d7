#pragma once
// Kinds of registry resources and their ids. A resource is a JSON document; what is typed stands here.
// Follows: Schema Registry contract, 1, 3 and 4.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"

namespace foz::registry {

enum class ResourceKind : uint8_t { schema, class_, field_group, data_type, behavior, union_view, descriptor };

/// How a kind is spelled.
struct KindWords {
  ResourceKind kind;
  std::string_view type;            ///< `meta:resourceType` and the id's segment: "mixins"
  std::string_view noun;            ///< in messages: "field group"
  std::string_view not_found_code;  ///< "XDM-1011-404"
};

const KindWords& words_of(ResourceKind kind);
/// The kind of a path segment: "fieldgroups" and "mixins" are one, "schema" is "schemas". Nothing when there is none.
std::optional<ResourceKind> kind_of_collection(std::string_view collection);
/// The kind of a `meta:resourceType`.
std::optional<ResourceKind> kind_of_type(std::string_view type);
/// Kinds that a tenant creates: schema, class, field group, data type.
const std::vector<ResourceKind>& tenant_kinds();

inline constexpr std::string_view kRecordBehavior = "https://ns.adobe.com/xdm/data/record";
inline constexpr std::string_view kTimeSeriesBehavior = "https://ns.adobe.com/xdm/data/time-series";
inline constexpr std::string_view kAdhocBehavior = "https://ns.adobe.com/xdm/data/adhoc";
inline constexpr std::string_view kAdhocV2Behavior = "https://ns.adobe.com/xdm/data/adhoc-v2";
inline constexpr std::string_view kProfileClass = "https://ns.adobe.com/xdm/context/profile";
inline constexpr std::string_view kExperienceEventClass = "https://ns.adobe.com/xdm/context/experienceevent";
inline constexpr std::string_view kIdentityMapGroup = "https://ns.adobe.com/xdm/context/identitymap";

inline bool is_adhoc_behavior(std::string_view id) { return id == kAdhocBehavior || id == kAdhocV2Behavior; }

/// `_` and the id without scheme and `ns.adobe.com/`, slashes as dots; other hosts stay in it.
std::string alt_id_of(std::string_view id);
/// `https://ns.adobe.com/{tenant}/{type}/{tail}`.
struct TenantId {
  std::string tenant, type, tail;
};
std::string id_text(const TenantId& id);
/// The parts of an id or altId of a tenant (any tenant) resource; nothing when it has another shape.
std::optional<TenantId> tenant_id_in(std::string_view id_or_alt_id);

std::string union_id_of(std::string_view class_id);
/// The class of a union's id or altId, in the same form; nothing when it is none.
std::optional<std::string> class_of_union(std::string_view id_or_alt_id);

/// An id as clients write it in paths, made plain: a second percent-encoding is undone, `https:/ns` gets its second
/// slash back, a trailing slash goes.
std::string plain_id(std::string_view text);

/// What a reference names: the resource, and the definition inside it ("/definitions/x"; empty: the whole).
struct Reference {
  std::string id;
  std::string pointer;

  friend bool operator==(const Reference&, const Reference&) = default;
};
/// Splits at `#` (or `%23`). A reference into the own document has no id.
Reference reference_of(std::string_view ref);

/// Distinct ids that a raw document refers to, in order, at any depth; the fragment-only and `@context` ones left out.
std::vector<std::string> external_refs(const Json& doc);
/// The same for the entries of `allOf` (and the definitions they name) only, whole resources only: what it is made of.
std::vector<std::string> part_refs(const Json& doc);

}  // namespace foz::registry
