#pragma once
// A schema and its parts to one effective schema: `allOf` and `$ref` resolved into one tree of `properties`.
// Pure; documents come and go in compatibility names. Follows: Schema Registry contract, 10.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "registry/accept.h"

namespace foz::registry {

/// The raw document of an id in compatibility names, its types completed; a null pointer when there is none.
using PartOf = std::function<std::shared_ptr<const Json>(const std::string& id)>;

/// An effective schema, and what was found on the way.
struct Composition {
  Json doc;                            ///< the root with `properties`; no `allOf`, `definitions`, `refs`, `$schema`
  size_t leaves = 0;                   ///< fields that hold values: scalars, also as elements and values
  std::vector<Problem> conflicts = {};  ///< fields declared twice with types that do not go together; the first stands
  std::vector<std::string> missing = {};  ///< references to nothing; they contribute nothing
};

struct ComposeLimits {
  int depth_max = 32;
  size_t leaves_max = 5000;
};

/// Resolves `doc`. Fields stand in alphabetical order at every level; a reference that is already being resolved is cut.
/// Errors: XDM-1413-400 when the schema has more leaf fields than `leaves_max`.
Result<Composition> compose(const Json& doc, const PartOf& part_of, const ComposeLimits& limits = {});

/// `meta:extends` of a raw document: the groups and what they extend, then what the class extends, then the class;
/// an ad hoc class stands before its behavior. Follows: 10.2, 8.
std::vector<std::string> extends_of(const Json& doc, const PartOf& part_of);

/// How the effective schema changes with a descriptor on it (10.4, 11).
/// Every object on the way to a primary identity becomes required, its value not empty.
void require_field(Json& effective, std::string_view slash_path);
/// Marks the field with `meta:status: deprecated`.
void deprecate_field(Json& effective, std::string_view slash_path);
/// The texts and suggestions of an xdm:alternateDisplayInfo descriptor in the place of the field's own.
void rename_field(Json& effective, std::string_view slash_path, const Json& descriptor);
/// The node at a slash path of compatibility names; arrays are passed through. Null pointer when there is none.
const Json* field_at(const Json& effective, std::string_view slash_path);
Json* field_at(Json& effective, std::string_view slash_path);

/// An effective (`full`) or raw document in the spelling and with the omissions that `form` asks for: `notext`, `flat`,
/// naming. `id` gives the summary object.
Json presented(const Json& doc, const Form& form);

}  // namespace foz::registry
