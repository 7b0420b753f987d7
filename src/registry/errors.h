#pragma once
// The registry's own errors, by code. Titles belong to the API. Follows: Schema Registry contract, 17.

#include <string>
#include <string_view>

#include "base/error.h"
#include "registry/resource.h"

namespace foz::registry {

/// XDM-1010-404 to XDM-1017-404.
Error no_resource(ResourceKind kind, std::string_view id, int version = 1);
/// XDM-1401-400: a body, or a part of it, that is not what it should be.
Error malformed(std::string message);
/// XDM-1403-403: the library belongs to nobody.
Error library_is_read_only();
/// XDM-1413-400: parts that do not go together, or are not there.
Error cannot_merge(std::string message);
/// XDM-1414-400.
Error patch_failed(std::string message);
inline constexpr std::string_view kBreakingCode = "XDM-1416-400";
/// XDM-1416-400: the change would break stored data, or something refers to the resource.
Error breaking(std::string message, std::vector<Problem> problems = {});
/// XDM-1421-400.
Error bad_field_name(std::string_view path, std::string_view why);
/// XDM-1020-400 (field group), XDM-1021-400 (class), XDM-1022-400 (schema), XDM-1023-400 (data type).
Error outside_namespace(ResourceKind kind, std::string_view path, std::string_view tenant_namespace);
/// XDM-1521-400.
Error title_taken(std::string_view id);
/// XDM-1523-400.
Error bad_descriptor(std::string message);
/// XDM-1524-400.
Error second_primary_identity(std::string message);
/// XDM-1526-403, XDM-1527-400, XDM-1528-400.
Error union_needs_primary_identity(std::string message);
Error union_is_forever();
Error union_not_possible(std::string message);
/// XDM-3005-400.
Error import_failed(std::string message);
/// XDM-1401-400 for a query parameter.
Error bad_parameter(std::string message);

}  // namespace foz::registry
