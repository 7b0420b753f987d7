#include "base/json_patch.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace foz {
namespace {

Error patch_error(std::string code, size_t index, std::string_view member_name, std::string message) {
  return Error{.kind = ErrorKind::invalid,
               .message = std::move(message),
               .code = std::move(code),
               .where = "/" + std::to_string(index) + (member_name.empty() ? "" : "/" + std::string(member_name))};
}

bool is_pointer(std::string_view path) { return path.empty() || path.front() == '/'; }

std::string parent_of(std::string_view path) { return std::string(path.substr(0, path.rfind('/'))); }

/// Makes the objects that stand between the root and the last step of `path`; stops at what is no object.
void make_parents(Json& document, const std::string& path) {
  for (size_t at = path.find('/', 1); at != path.npos; at = path.find('/', at + 1)) {
    const std::string parent = path.substr(0, at);
    if (at_pointer(document, parent) != nullptr) continue;
    const Json* holder = at_pointer(document, parent_of(parent));
    if (holder == nullptr || !holder->is_object()) return;
    document[Json::json_pointer(parent)] = Json::object();
  }
}

/// Levels of nesting in a value: 0 for a scalar.
size_t depth_of(const Json& value) {
  size_t depth = 0;
  if (!value.is_structured()) return depth;
  for (const Json& child : value) depth = std::max(depth, depth_of(child));
  return depth + 1;
}

/// Scalars, arrays and objects in a value.
size_t count_of(const Json& value) {
  size_t count = 1;
  if (value.is_structured()) {
    for (const Json& child : value) count += count_of(child);
  }
  return count;
}

/// What a patch may make of a document: as deep as parse_json reads, and no doubling of copies without end.
struct Growth {
  size_t copied = 0;

  Status allow(const Json& document, const PatchOperation& operation, size_t index) {
    static constexpr size_t kCopiedMax = 100'000;
    const Json* value = operation.value != nullptr ? operation.value : operation.from.empty() ? nullptr : at_pointer(document, operation.from);
    const auto steps = static_cast<size_t>(std::count(operation.path.begin(), operation.path.end(), '/'));
    if (steps + (value == nullptr ? 0 : depth_of(*value)) > JsonLimits{}.depth_max) {
      return patch_error("path", index, "path", "this nests deeper than " + std::to_string(JsonLimits{}.depth_max) + " levels");
    }
    if (operation.op == "copy" && value != nullptr && (copied += count_of(*value)) > kCopiedMax) {
      return patch_error("operation", index, "op", "the copies of this patch are larger than " + std::to_string(kCopiedMax) + " values");
    }
    return {};
  }
};

/// Can the operation be done at all? The library lets some of these pass without a word, or ends the process.
bool finds_its_places(const Json& document, const PatchOperation& operation, std::string_view op) {
  const bool needs_target = op == "replace" || op == "remove" || op == "test";
  if (needs_target) return at_pointer(document, operation.path) != nullptr && (op != "remove" || !operation.path.empty());
  if (op == "move" || op == "copy") {
    if (at_pointer(document, operation.from) == nullptr) return false;
    // RFC 6902, 4.4: nothing can move into itself.
    if (op == "move" && operation.path.starts_with(operation.from + "/")) return false;
  }
  if (operation.path.empty()) return true;
  const Json* parent = at_pointer(document, parent_of(operation.path));
  return parent != nullptr && parent->is_structured();
}

Result<Json> apply_one(Json document, const PatchOperation& operation, size_t index, const PatchRules& rules) {
  const Error nothing_there =
      patch_error("path", index, "path", "there is nothing to " + operation.op + " at \"" + operation.path + "\"");
  try {
    std::string op = operation.op;
    if (op == "replace" && rules.replace_may_add && at_pointer(document, operation.path) == nullptr) op = "add";
    if (op == "add" && rules.add_makes_parents) make_parents(document, operation.path);
    if (!finds_its_places(document, operation, op)) return nothing_there;
    Json plain = {{"op", op}, {"path", operation.path}};
    if (!operation.from.empty()) plain["from"] = operation.from;
    if (operation.value != nullptr) plain["value"] = *operation.value;
    document.patch_inplace(Json::array({std::move(plain)}));
    return document;
  } catch (const Json::exception&) {
    if (operation.op == "test") return patch_error("test", index, "path", "the test of " + operation.path + " does not hold");
    return nothing_there;
  }
}

}  // namespace

Result<std::vector<PatchOperation>> read_patch(const Json& patch, const PatchRules& rules) {
  std::vector<const Json*> given;
  if (patch.is_array()) {
    for (const Json& one : patch) given.push_back(&one);
  } else if (patch.is_object() && rules.single_object) {
    given.push_back(&patch);
  } else {
    return Error{.kind = ErrorKind::invalid, .message = "a patch is an array of operations", .code = "operation"};
  }
  std::vector<PatchOperation> operations;
  for (size_t i = 0; i < given.size(); ++i) {
    const Json& one = *given[i];
    PatchOperation operation{.op = lower(text_of(one, "op")), .path = text_of(one, "path")};
    if (std::find(rules.operations.begin(), rules.operations.end(), operation.op) == rules.operations.end()) {
      return patch_error("operation", i, "op",
                         "the operation \"" + text_of(one, "op") + "\" is not one of " + join(rules.operations, ", "));
    }
    const Json* path = member(one, "path");
    if (path == nullptr || !path->is_string()) return patch_error("path", i, "path", "an operation needs a path");
    if (!is_pointer(operation.path) && rules.slash_may_miss) operation.path.insert(0, 1, '/');
    if (!is_pointer(operation.path)) return patch_error("path", i, "path", "a path begins with a slash");
    if (operation.op == "move" || operation.op == "copy") {
      operation.from = text_of(one, "from");
      if (operation.from.empty()) return patch_error("path", i, "from", "move and copy need a from");
      if (!is_pointer(operation.from) && rules.slash_may_miss) operation.from.insert(0, 1, '/');
    } else if (operation.op != "remove") {
      operation.value = member(one, "value");
      if (operation.value == nullptr) return patch_error("value", i, "value", operation.op + " needs a value");
    }
    operations.push_back(std::move(operation));
  }
  return operations;
}

Result<Json> apply_patch(const Json& document, const Json& patch, const PatchRules& rules) {
  TRY(const auto operations, read_patch(patch, rules));
  Json result = document;
  Growth growth;
  for (size_t i = 0; i < operations.size(); ++i) {
    TRY_DO(growth.allow(result, operations[i], i));
    TRY(result, apply_one(std::move(result), operations[i], i, rules));
  }
  return result;
}

Json merge_patched(Json document, const Json& patch) {
  document.merge_patch(patch);
  return document;
}

}  // namespace foz
