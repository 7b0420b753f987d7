#include "registry/compatibility.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "registry/columns.h"
#include "registry/field_type.h"
#include "registry/validate.h"

namespace foz::registry {
namespace {

class Comparer {
 public:
  void fields(const Json& before, const Json& after, const std::string& path) {
    compare_required(before, after, path);
    const Json *own = member(before, "properties"), *now = member(after, "properties");
    if (own == nullptr) return;
    for (const auto& [name, field] : own->items()) {
      const std::string field_path = path + "/" + name;
      const Json* kept = now == nullptr ? nullptr : member(*now, name);
      if (kept == nullptr) report(field_path, "is removed", std::string(kLostField));
      else node(field, *kept, field_path);
    }
  }

  std::vector<Problem> problems;

 private:
  void report(const std::string& path, std::string what, std::string code = "narrower") {
    problems.push_back({.path = path, .code = std::move(code), .message = std::move(what)});
  }

  void node(const Json& before, const Json& after, const std::string& path) {
    const std::string was = xdm_type_of(before), is = xdm_type_of(after);
    if (was != is) return report(path, "changes its type from " + was + " to " + is, std::string(kLostField));
    if (text_of(before, "meta:referencedFrom") != text_of(after, "meta:referencedFrom")) report(path, "changes the data type it refers to");
    compare_values(before, after, path);
    compare_rules(before, after, path, kind_of_xdm_type(was));
    fields(before, after, path);
    inner(before, after, "items", path);
    inner(before, after, "additionalProperties", path);
  }

  void inner(const Json& before, const Json& after, const char* name, const std::string& path) {
    const Json *own = member(before, name), *now = member(after, name);
    if (own == nullptr || !own->is_object()) return;
    if (now == nullptr || !now->is_object()) return report(path, std::string("loses its ") + name);
    node(*own, *now, path);
  }

  void compare_required(const Json& before, const Json& after, const std::string& path) {
    const auto own = texts_of(before, "required");
    for (const std::string& name : texts_of(after, "required")) {
      if (std::find(own.begin(), own.end(), name) == own.end()) report(path + "/" + name, "becomes required");
    }
  }

  /// A list of values may grow or go.
  void compare_values(const Json& before, const Json& after, const std::string& path) {
    const Json *own = member(before, "enum"), *now = member(after, "enum");
    if (now != nullptr) {
      const bool narrower = own == nullptr || std::any_of(own->begin(), own->end(), [&](const Json& value) {
        return std::find(now->begin(), now->end(), value) == now->end();
      });
      if (narrower) report(path, "allows fewer values in its enum");
    }
    const Json *fixed = member(before, "const"), *fixed_now = member(after, "const");
    if (fixed_now != nullptr && (fixed == nullptr || *fixed != *fixed_now)) report(path, "changes its const");
  }

  void compare_rules(const Json& before, const Json& after, const std::string& path, std::optional<engine::Kind> kind) {
    if (!kind) return;
    const auto own = rules_of(before, *kind), now = rules_of(after, *kind);
    if (!own || !now || *now == nullptr) return;
    static const Rules kNone;
    const Rules& was = *own == nullptr ? kNone : **own;
    const Rules& is = **now;
    if (!is.pattern_text.empty() && is.pattern_text != was.pattern_text) report(path, "changes its pattern");
    if (is.format != Format::none && is.format != was.format) report(path, "changes its format");
    const auto raised = [](const auto& a, const auto& b) { return b && (!a || *b > *a); };
    const auto lowered = [](const auto& a, const auto& b) { return b && (!a || *b < *a); };
    const bool stricter_bound = (is.exclusive_minimum && !was.exclusive_minimum && is.minimum == was.minimum) ||
                                (is.exclusive_maximum && !was.exclusive_maximum && is.maximum == was.maximum);
    if (raised(was.minimum, is.minimum) || lowered(was.maximum, is.maximum) || stricter_bound) report(path, "narrows its range");
    if (raised(was.length_min, is.length_min) || lowered(was.length_max, is.length_max)) report(path, "narrows its length");
    if (raised(was.items_min, is.items_min) || lowered(was.items_max, is.items_max) || (is.items_unique && !was.items_unique)) {
      report(path, "narrows what its items may be");
    }
  }
};

}  // namespace

std::vector<Problem> breaking_changes(const Json& before, const Json& after) {
  Comparer comparer;
  comparer.fields(before, after, "");
  return std::move(comparer.problems);
}

}  // namespace foz::registry
