#include "registry/transfer.h"

#include <functional>
#include <map>

#include "base/text.h"
#include "registry/resource.h"

namespace foz::registry {
namespace {

/// Ids are looked at where they begin; `_foz` counts as a whole step only.
std::string renamed(const std::string& text, const std::string& from, const std::string& to) {
  const std::string host = "https://ns.adobe.com/" + from + "/", space = "_" + from;
  if (text.starts_with(host)) return "https://ns.adobe.com/" + to + text.substr(host.size() - 1);
  if (text == space || text.starts_with(space + ".")) return "_" + to + text.substr(space.size());
  if (text.starts_with("/" + space + "/") || text == "/" + space) return "/_" + to + text.substr(space.size() + 1);
  return text;
}

}  // namespace

Json with_tenant(const Json& resource, const std::string& from, const std::string& to) {
  if (resource.is_string()) return renamed(resource.get_ref<const std::string&>(), from, to);
  if (resource.is_array()) {
    Json made = Json::array();
    for (const Json& entry : resource) made.push_back(with_tenant(entry, from, to));
    return made;
  }
  if (!resource.is_object()) return resource;
  Json made = Json::object();
  for (const auto& [name, value] : resource.items()) {
    const bool text = name == "title" || name == "description";
    made[renamed(name, from, to)] = text && value.is_string() ? value : with_tenant(value, from, to);
  }
  return made;
}

std::vector<Json> in_dependency_order(std::vector<Json> resources) {
  std::map<std::string, size_t> index;
  for (size_t i = 0; i < resources.size(); ++i) index.emplace(text_of(resources[i], "$id"), i);
  std::vector<Json> ordered;
  std::vector<bool> placed(resources.size(), false);
  const std::function<void(size_t)> place = [&](size_t i) {
    if (placed[i]) return;
    placed[i] = true;  // before its references: a cycle ends here
    for (const std::string& ref : external_refs(resources[i])) {
      if (const auto found = index.find(ref); found != index.end()) place(found->second);
    }
    ordered.push_back(resources[i]);
  };
  for (size_t i = 0; i < resources.size(); ++i) place(i);
  return ordered;
}

}  // namespace foz::registry
