// Auth specs and what a connection filled into one. Follows: Flow Service contract, 5.4.
#include <algorithm>

#include "base/text.h"
#include "sources/source.h"

namespace foz::sources {
namespace {

std::string without_marks(std::string_view name) {
  std::string text = lower(name);
  std::erase_if(text, [](char c) { return c == ' ' || c == '-' || c == '_'; });
  return text;
}

}  // namespace

std::string Login::text(std::string_view name) const { return secret(name).reveal(); }

Secret Login::secret(std::string_view name) const {
  const auto found = std::find_if(parameters.begin(), parameters.end(), [&](const auto& parameter) { return parameter.first == name; });
  return found == parameters.end() ? Secret() : found->second;
}

const AuthSpec* auth_spec_named(const SourceSpec& source, std::string_view name) {
  const std::string wanted = without_marks(name);
  const auto found = std::find_if(source.auth.begin(), source.auth.end(), [&](const AuthSpec& spec) {
    return without_marks(spec.name) == wanted || without_marks(spec.type) == wanted;
  });
  return found == source.auth.end() ? nullptr : &*found;
}

Result<Removals> Source::deletes(const ReadPlan&, const std::string&, const Cursor&, std::stop_token) {
  return Removals{.gap = true, .method = "key reconciliation", .lateness = std::chrono::hours(24 * 7)};
}

}  // namespace foz::sources
