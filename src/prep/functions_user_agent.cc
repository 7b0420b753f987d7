// User agents. They need a public list of patterns that is not packaged here; until it is, they give null and a warning,
// as the contract allows. Follows: Data Prep contract, 6.12.
#include "prep/function_tables.h"
#include "prep/text_work.h"

namespace foz::prep {
namespace {

using engine::Type;

constexpr Fault kNoList{Trouble::function, "no list of user agents is installed"};

Outcome<std::string_view> unknown(std::string_view) { return kNoList; }

constexpr Parameter kUserAgent{"userAgent", Type::string, "The text of the header."};

constexpr Function row(std::string_view name, std::string_view about, Example example) {
  return {.name = name,
          .category = Category::user_agent,
          .parameters = {kUserAgent},
          .returns = Type::string,
          .kernel = kernel<unknown>,
          .about = about,
          .examples = {example}};
}

constexpr Function kFunctions[] = {
    row("ua_os_name", "The operating system; null and a warning while no list of user agents is installed.", {"ua_os_name(null)", "null"}),
    row("ua_os_version", "The version of the operating system; null and a warning while no list of user agents is installed.", {"ua_os_version(null)", "null"}),
    row("ua_os_version_major", "The operating system with its major version; null and a warning while no list of user agents is installed.", {"ua_os_version_major(null)", "null"}),
    row("ua_os_name_version", "The operating system with its version; null and a warning while no list of user agents is installed.", {"ua_os_name_version(null)", "null"}),
    row("ua_agent_name", "The browser; null and a warning while no list of user agents is installed.", {"ua_agent_name(null)", "null"}),
    row("ua_agent_version", "The version of the browser; null and a warning while no list of user agents is installed.", {"ua_agent_version(null)", "null"}),
    row("ua_agent_version_major", "The browser with its major version; null and a warning while no list of user agents is installed.", {"ua_agent_version_major(null)", "null"}),
    row("ua_device_class", "The kind of device; null and a warning while no list of user agents is installed.", {"ua_device_class(null)", "null"}),
};

}  // namespace

std::span<const Function> user_agent_functions() { return kFunctions; }

}  // namespace foz::prep
