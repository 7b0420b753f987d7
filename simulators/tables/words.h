#pragma once
// The words that made-up people, companies and places consist of.

#include <span>
#include <string_view>

namespace foz::sim {

/// A name as people write it, and in the letters of a mail address.
struct Name {
  std::string_view display;
  std::string_view ascii;
};

struct Place {
  std::string_view city, state, country, postal_prefix;
};

std::span<const Name> first_names();
std::span<const Name> last_names();
std::span<const Name> companies();
std::span<const Place> places();
std::span<const std::string_view> streets();
std::span<const std::string_view> job_titles();
std::span<const std::string_view> plain_words();
std::span<const std::string_view> mail_domains();
std::span<const std::string_view> emoji();

}  // namespace foz::sim
