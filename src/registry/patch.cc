#include "registry/patch.h"

#include <algorithm>

#include "base/json_patch.h"
#include "base/text.h"
#include "registry/errors.h"

namespace foz::registry {
namespace {

constexpr std::string_view kTagsMistyped = "/meta:immutableTags-";

/// Lists that clients append to whether the resource has them or not.
constexpr const char* kLists[] = {"allOf", "meta:extends"};

/// What is patched: `stored`, with the lists that the patch appends to.
Json with_lists(const Json& stored, const Json& plain) {
  Json made = stored;
  for (const char* name : kLists) {
    const std::string end = "/" + std::string(name) + "/-";
    const bool appends = std::any_of(plain.begin(), plain.end(), [&](const Json& operation) { return text_of(operation, "path") == end; });
    if (appends && !made.contains(name)) made[name] = Json::array();
  }
  return made;
}

/// One operation in the words of RFC 6902.
Json plain_operation(const Json& operation) {
  if (!operation.is_object()) return operation;
  Json plain = operation;
  std::string path = text_of(operation, "path");
  if (!path.empty() && !path.starts_with('/')) path.insert(0, 1, '/');
  const Json* value = member(operation, "value");
  const bool adds = lower(text_of(operation, "op")) == "add";
  if (path == kTagsMistyped) {
    path.pop_back();
    plain["op"] = "add";
  }
  if (path == "/allOf" && adds && value != nullptr && value->is_object()) path += "/-";
  if (operation.contains("path") && operation["path"].is_string()) plain["path"] = path;
  return plain;
}

}  // namespace

Result<Json> patched(const Json& stored, const Json& patch) {
  if (!patch.is_array()) {
    return malformed("The body of a PATCH is an array of operations: [{\"op\": \"add\", \"path\": \"/title\", \"value\": ...}].");
  }
  Json plain = Json::array();
  for (const Json& operation : patch) plain.push_back(plain_operation(operation));
  auto made = apply_patch(with_lists(stored, plain), plain, {.slash_may_miss = true});
  if (made) return made;
  Error error = patch_failed("The patch cannot be applied: " + made.error().message + ".");
  error.where = made.error().where;
  return error;
}

}  // namespace foz::registry
