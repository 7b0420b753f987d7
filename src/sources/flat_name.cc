// Nested members as flat column names. Follows: Sources contract, 1.4.
#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "sources/source.h"

namespace foz::sources {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// Letters and digits; bytes of other scripts count as letters.
bool is_word(char c) { return is_upper(c) || is_lower(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80; }

/// True when a new token begins at `at`, which is inside a run of letters and digits.
bool token_begins(std::string_view name, size_t at) {
  if (!is_upper(name[at])) return false;
  const char before = name[at - 1];
  if (is_lower(before) || is_digit(before)) return true;
  return is_upper(before) && at + 1 < name.size() && is_lower(name[at + 1]);
}

void append_tokens(std::string& flat, std::string_view name) {
  bool inside = false;
  for (size_t i = 0; i < name.size(); ++i) {
    if (!is_word(name[i])) {
      inside = false;
      continue;
    }
    if (inside && !token_begins(name, i)) {
      flat += name[i];
      continue;
    }
    if (!flat.empty()) flat += '_';
    flat += is_lower(name[i]) ? static_cast<char>(name[i] - 'a' + 'A') : name[i];
    inside = true;
  }
}

/// The path as one text whose byte order is the order of paths.
std::string ordered(const std::vector<std::string>& path) {
  std::string text;
  for (const std::string& name : path) (text += name) += '\0';
  return text;
}

}  // namespace

std::string flat_name(const std::vector<std::string>& raw_path) {
  std::string flat;
  for (const std::string& name : raw_path) append_tokens(flat, name);
  return flat;
}

std::vector<std::string> flat_names(const std::vector<std::vector<std::string>>& raw_paths) {
  std::vector<std::string> keys, names(raw_paths.size());
  for (const auto& path : raw_paths) keys.push_back(ordered(path));
  std::vector<size_t> order(raw_paths.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return keys[a] < keys[b]; });
  std::unordered_set<std::string> plain_names, used;
  for (const auto& path : raw_paths) plain_names.insert(flat_name(path));
  for (const size_t i : order) {
    const std::string plain = flat_name(raw_paths[i]);
    names[i] = plain;
    // A numbered name gives way to a path that is called so by itself.
    for (int n = 2; used.contains(names[i]) || (names[i] != plain && plain_names.contains(names[i])); ++n) {
      names[i] = plain + "_" + std::to_string(n);
    }
    used.insert(names[i]);
  }
  return names;
}

}  // namespace foz::sources
