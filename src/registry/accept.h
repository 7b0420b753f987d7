#pragma once
// The media types of the registry: which form of a resource a caller asks for.
// Follows: Schema Registry contract, 2 and 11.2.

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "registry/names.h"

namespace foz::registry {

/// A form of a resource, as a media type names it.
struct Form {
  Naming naming = Naming::xed;
  bool v2 = false;          ///< descriptors: paged lists
  bool link = false;        ///< descriptors: links in the place of objects
  bool id = false;          ///< `{title, $id, meta:altId, version}` only
  bool full = false;        ///< `allOf` and `$ref` resolved
  bool notext = false;      ///< without titles and descriptions
  bool desc = false;        ///< with the schema's descriptors
  bool flat = false;        ///< one level of slash paths
  bool deprecated = false;  ///< deprecated fields are marked; implies `full`
  std::optional<int> major = {};  ///< the version asked for

  friend bool operator==(const Form&, const Form&) = default;
};

/// The first registry media type of an Accept header, or nothing. Case and blanks do not count, parameters other than
/// `version` are passed over.
std::optional<Form> parse_accept(std::string_view header);

/// `application/vnd.adobe.xed-full+json;version=1`: what Content-Type echoes.
std::string media_type(const Form& form);

enum class Lookup { list, resource, descriptor_list };

/// The form of a request, by the rules of section 2. `lenient`: a missing or unusable header gives a usual form.
/// Errors: invalid with XDM-1006-400, XDM-1007-400 or XDM-1008-400.
Result<Form> form_of(Lookup lookup, std::string_view header, bool lenient);

}  // namespace foz::registry
