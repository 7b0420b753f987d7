#include "simulators/settings.h"

#include "base/json.h"
#include "base/text.h"

namespace foz::sim {

const Settings::Value& Settings::add(std::string name, int64_t value, std::string about) {
  const auto [at, added] = settings_.try_emplace(std::move(name));
  FOZ_CHECK(added, at->first);
  at->second.value = at->second.initial = value;
  at->second.about = std::move(about);
  return at->second.value;
}

Status Settings::change(const Json& changes) {
  for (const auto& [name, value] : changes.items()) {
    if (!settings_.contains(name)) {
      std::vector<std::string> known;
      for (const auto& [key, setting] : settings_) known.push_back(key);
      return Error{.kind = ErrorKind::invalid, .message = "there is no setting \"" + name + "\"; there are " + join(known, ", ")};
    }
    if (!as_integer(value) && !value.is_boolean()) {
      return Error{.kind = ErrorKind::invalid, .message = "the setting \"" + name + "\" takes a whole number"};
    }
  }
  for (const auto& [name, value] : changes.items()) {
    settings_.find(name)->second.value = value.is_boolean() ? int64_t{value.get<bool>()} : *as_integer(value);
  }
  return {};
}

void Settings::reset() {
  for (auto& [name, setting] : settings_) setting.value = setting.initial;
}

int64_t Settings::get(std::string_view name) const {
  const auto found = settings_.find(name);
  return found == settings_.end() ? 0 : found->second.value.load();
}

Json Settings::all() const {
  Json result = Json::object();
  for (const auto& [name, setting] : settings_) result[name] = setting.value.load();
  return result;
}

Json Settings::described() const {
  Json result = Json::array();
  for (const auto& [name, setting] : settings_) {
    result.push_back({{"name", name}, {"value", setting.value.load()}, {"default", setting.initial}, {"about", setting.about}});
  }
  return result;
}

}  // namespace foz::sim
