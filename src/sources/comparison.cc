#include "sources/comparison.h"

namespace foz::sources {

std::string between(const Comparisons& words, const std::string& name, const std::optional<std::string>& from, const std::optional<std::string>& to) {
  const auto compared = [&](std::string_view word, std::string_view value) { return name + std::string(word) + std::string(value); };
  if (from && to) return "(" + compared(words.at_least, *from) + std::string(words.both) + compared(words.below, *to) + ")";
  if (from) return compared(words.at_least, *from);
  if (to) return "(" + compared(words.below, *to) + std::string(words.either) + compared(words.equals, "null") + ")";
  return "";
}

std::string number_between(const Comparisons& words, const std::string& name, const MillisRange& range) {
  const auto whole = [](int64_t value) { return std::to_string(value); };
  const auto seconds = [](int64_t millis) { return std::to_string(millis >= 0 ? (millis + 999) / 1000 : millis / 1000); };
  const std::string in_seconds = between(words, name, range.from, range.to, seconds);
  const std::string in_millis = between(words, name, range.from, range.to, whole);
  return in_seconds.empty() ? "" : "(" + in_seconds + std::string(words.either) + in_millis + ")";
}

}  // namespace foz::sources
