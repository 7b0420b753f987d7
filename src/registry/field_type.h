#pragma once
// The type of a field: from the keywords of its schema node to `meta:xdmType` and the kind of its column.
// Follows: Schema Registry contract, 16.

#include <optional>
#include <string>
#include <string_view>

#include "base/json_fwd.h"
#include "base/result.h"
#include "engine/types.h"

namespace foz::registry {

/// `meta:xdmType` of a resolved node: the written one where it fits `type`, else from `type`, `format` and bounds.
/// "" when the node says nothing about its type.
std::string xdm_type_of(const Json& node);

/// The kind of the column of an XDM type; nothing for a word that is none.
std::optional<engine::Kind> kind_of_xdm_type(std::string_view xdm_type);

/// The schema of a map's values: `additionalProperties`, or the first of `patternProperties`. Null pointer when it is no map.
const Json* map_values(const Json& node);

/// Completes a raw document or a part of one, at every depth: `type` of objects, `meta:xdmType` of every node, bounds
/// where only an integer's `meta:xdmType` was given. A node that only refers stays as it is, except in `allOf`.
void complete_types(Json& node);

/// Takes `meta:xdmType` from nodes of `after` where it only repeats what the server found for `before` and no longer fits
/// the other keywords, so that it is found anew.
void forget_stale_types(Json& after, const Json& before);

/// The keywords of a raw document as their writer may use them: types that exist, an `enum` of the field's type, bounds
/// in the range of the type, patterns that can be read, maps as 14.7 allows them.
/// Errors: XDM-1401-400, naming the path.
Status check_types(const Json& doc);

}  // namespace foz::registry
