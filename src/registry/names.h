#pragma once
// Field names in both spellings: standard (`xdm:person`, `@id`, `repo:createDate`) and compatibility (`person`, `_id`,
// `_repo.createDate`). Follows: Schema Registry contract, 10.3; XDM core, 2.

#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"

namespace foz::registry {

/// How field names are spelled.
enum class Naming : uint8_t { xed, xdm };

/// The compatibility steps of a standard key: `xdm:x` gives {x}, `repo:x` gives {_repo, x},
/// `https://ns.adobe.com/a/b` gives {_a, b}; a key without prefix stays as it is.
std::vector<std::string> compat_steps(std::string_view standard_key);

/// A raw schema document (or any node of one) with compatibility names in `properties` and `required`, at every
/// depth. Fields whose name changed carry `meta:xdmField`; objects that the spelling makes carry `meta:xedConverted`.
/// Converting twice changes nothing.
Json to_compat_names(const Json& node);

/// The way back, by `meta:xdmField` only: nothing is recomputed.
Json to_standard_names(const Json& node);

/// Compatibility paths (dotted) that two standard keys of one object would share; empty when all is well.
std::vector<std::string> name_collisions(const Json& node);

}  // namespace foz::registry
