#include "flow/patch.h"

#include <algorithm>

#include "base/text.h"
#include "flow/document.h"

namespace foz::flow {
namespace {

const PatchRules& rules() {
  static const PatchRules kRules{.operations = {"add", "replace", "remove"}, .single_object = true, .replace_may_add = true};
  return kRules;
}

/// The generic failure with this service's code: 1434 for operations, 1455 for paths.
Error patch_failure(Error error) {
  const bool operation = error.code == "operation";
  error.code = operation ? "FLOW-1434-400" : error.code == "value" ? "FLOW-1405-400" : "FLOW-1455-400";
  return error;
}

}  // namespace

Result<PatchRequest> read_flow_patch(const Json& body) {
  if (body.is_null() || (body.is_structured() && body.empty())) return flow_error(1405, "The body is empty: send an array of patch operations.");
  if (!body.is_structured()) return flow_error(1405, "The body is neither an array of patch operations nor one operation.");
  PatchRequest request{.body = body.is_array() ? body : Json::array({body}), .operations = {}};
  auto operations = read_patch(request.body, rules());
  if (!operations) return patch_failure(std::move(operations).error());
  request.operations = std::move(*operations);
  for (const PatchOperation& operation : request.operations) {
    if (operation.path.empty()) return flow_error(1455, "The path of a patch operation is empty: name the member that changes.");
  }
  return request;
}

Result<Json> apply_flow_patch(const Json& document, const PatchRequest& request) {
  auto changed = apply_patch(document, request.body, rules());
  if (!changed) return patch_failure(std::move(changed).error());
  return changed;
}

bool is_at_or_below(std::string_view path, std::string_view root) {
  return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
}

Status check_patch_paths(const PatchRequest& request, std::span<const std::string_view> roots) {
  for (const PatchOperation& operation : request.operations) {
    const bool allowed = std::any_of(roots.begin(), roots.end(), [&](std::string_view root) { return is_at_or_below(operation.path, root); });
    if (allowed) continue;
    std::string list;
    for (const std::string_view root : roots) list += (list.empty() ? "" : ", ") + std::string(root);
    return flow_error(1455, "The path " + operation.path + " cannot be patched; these can: " + list + ".", operation.path);
  }
  return {};
}

}  // namespace foz::flow
