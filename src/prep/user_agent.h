#pragma once
// User agents taken apart by the public list of patterns `uap-core`, which is built in.

#include <string>
#include <string_view>

namespace foz::prep {

/// What a User-Agent header says. Parts that nothing is known of are empty.
struct UserAgent {
  std::string os_name, os_version;        ///< "iOS", "5.1.1"
  std::string agent_name, agent_version;  ///< "Safari", "5.1"; without the word Mobile
  std::string device_class;               ///< Phone, Tablet, Desktop, Robot ...: Data Prep contract, 6.12
};

/// Reads a header. Patterns are compiled per thread as they are needed; what was read lately is remembered.
/// The reference lives until the next call of the same thread.
const UserAgent& read_user_agent(std::string_view text);

/// The list itself: YAML, `user_agent_parsers`, `os_parsers`, `device_parsers`.
std::string_view user_agent_patterns();

}  // namespace foz::prep
