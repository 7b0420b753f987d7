#pragma once
// JSON Patch as this service takes it. Follows: Flow Service contract, 2.5.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/json_patch.h"
#include "base/result.h"

namespace foz::flow {

/// A patch that was read: its operations, and itself as an array.
struct PatchRequest {
  Json body;                                ///< always an array
  std::vector<PatchOperation> operations;   ///< their values lie in `body`
};

/// Errors: invalid, FLOW-1405 (empty, no patch), 1434 (operation), 1455 (path missing or none).
Result<PatchRequest> read_flow_patch(const Json& body);

/// `document` after all operations. Errors: invalid, FLOW-1455 (a path finds nothing).
Result<Json> apply_flow_patch(const Json& document, const PatchRequest& request);

/// True when `path` is `root` or lies below it.
bool is_at_or_below(std::string_view path, std::string_view root);
/// Every path must be at or below one of `roots`. Errors: invalid, FLOW-1455, naming the first that is not.
Status check_patch_paths(const PatchRequest& request, std::span<const std::string_view> roots);

}  // namespace foz::flow
