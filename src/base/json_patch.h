#pragma once
// JSON Patch (RFC 6902) and merge patch (RFC 7396), with the leniencies that the services grant.

#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"

namespace foz {

struct PatchRules {
  /// Operations that may stand in a patch, lower case; the case of what comes does not count.
  std::vector<std::string> operations = {"add", "replace", "remove", "move", "copy", "test"};
  bool single_object = false;       ///< one operation may come without an array around it
  bool replace_may_add = false;     ///< `replace` of a missing member acts as `add`
  bool add_makes_parents = false;   ///< `add` makes the objects that its path lacks
  bool slash_may_miss = false;      ///< "title" is read as "/title"
};

/// One operation of a patch, read and checked.
struct PatchOperation {
  std::string op;    ///< lower case
  std::string path;  ///< JSON pointer, begins with a slash (or is empty: the whole document)
  std::string from = {};
  const Json* value = nullptr;  ///< within the patch that was read
};

/// The operations of `patch`. Errors: invalid, `where` = "/0/op"; code "operation" when the operation itself is
/// not among the rules' ones, "path" when a path is missing or no pointer, "value" when a value is missing.
Result<std::vector<PatchOperation>> read_patch(const Json& patch, const PatchRules& rules);

/// `document` after all operations, or the first failure; `document` itself is not touched.
/// Errors: those of read_patch; invalid with code "path" when a path finds nothing, "test" when a test fails.
Result<Json> apply_patch(const Json& document, const Json& patch, const PatchRules& rules);

/// RFC 7396: null removes, objects merge, everything else replaces.
Json merge_patched(Json document, const Json& patch);

}  // namespace foz
