// User agents. Follows: Data Prep contract, 6.12.
#include "prep/function_tables.h"
#include "prep/text_work.h"
#include "prep/user_agent.h"

namespace foz::prep {
namespace {

using engine::Type;
using Text = std::string_view;

/// `name`, then `version` behind a blank where there is one.
std::string named(const std::string& name, std::string_view version) {
  return name.empty() || version.empty() ? name : name + " " + std::string(version);
}

Text major(const std::string& version) { return Text(version).substr(0, version.find('.')); }

std::string os_name(const UserAgent& agent) { return agent.os_name; }
std::string os_version(const UserAgent& agent) { return agent.os_version; }
std::string os_version_major(const UserAgent& agent) { return named(agent.os_name, major(agent.os_version)); }
std::string os_name_version(const UserAgent& agent) { return named(agent.os_name, agent.os_version); }
std::string agent_name(const UserAgent& agent) { return agent.agent_name; }
std::string agent_version(const UserAgent& agent) { return agent.agent_version; }
std::string agent_version_major(const UserAgent& agent) { return named(agent.agent_name, major(agent.agent_version)); }
std::string device_class(const UserAgent& agent) { return agent.device_class; }

template <auto Part>
Outcome<Text> part(Call& call, Text header) {
  const std::string text = Part(read_user_agent(header));
  return made_text(call, text.empty() ? "Unknown" : text);
}

constexpr Parameter kUserAgent{"userAgent", Type::string, "The text of the header."};

/// The same header in every example, or two that show an edge.
#define FOZ_IPHONE "\"Mozilla/5.0 (iPhone; CPU iPhone OS 5_1_1 like Mac OS X) AppleWebKit/534.46 (KHTML, like Gecko) Version/5.1 Mobile/9B206 Safari/7534.48.3\""

constexpr Function kFunctions[] = {
    {.name = "ua_os_name", .category = Category::user_agent, .parameters = {kUserAgent}, .returns = Type::string, .kernel = kernel<part<os_name>>,
     .about = "The operating system; Unknown when the header does not say.",
     .examples = {{"ua_os_name(" FOZ_IPHONE ")", R"("iOS")"}, {R"(ua_os_name("zzz"))", R"("Unknown")"}, {"ua_os_name(null)", "null"}}},
    {.name = "ua_os_version", .category = Category::user_agent, .parameters = {kUserAgent}, .returns = Type::string, .kernel = kernel<part<os_version>>,
     .about = "The version of the operating system.", .examples = {{"ua_os_version(" FOZ_IPHONE ")", R"("5.1.1")"}}},
    {.name = "ua_os_version_major", .category = Category::user_agent, .parameters = {kUserAgent}, .returns = Type::string, .kernel = kernel<part<os_version_major>>,
     .about = "The operating system with its major version.", .examples = {{"ua_os_version_major(" FOZ_IPHONE ")", R"("iOS 5")"}}},
    {.name = "ua_os_name_version", .category = Category::user_agent, .parameters = {kUserAgent}, .returns = Type::string, .kernel = kernel<part<os_name_version>>,
     .about = "The operating system with its version.", .examples = {{"ua_os_name_version(" FOZ_IPHONE ")", R"("iOS 5.1.1")"}}},
    {.name = "ua_agent_name", .category = Category::user_agent, .parameters = {kUserAgent}, .returns = Type::string, .kernel = kernel<part<agent_name>>,
     .about = "The browser or other program.", .examples = {{"ua_agent_name(" FOZ_IPHONE ")", R"("Safari")"}, {R"(ua_agent_name("curl/7.88.1"))", R"("curl")"}}},
    {.name = "ua_agent_version", .category = Category::user_agent, .parameters = {kUserAgent}, .returns = Type::string, .kernel = kernel<part<agent_version>>,
     .about = "The version of the browser.", .examples = {{"ua_agent_version(" FOZ_IPHONE ")", R"("5.1")"}}},
    {.name = "ua_agent_version_major", .category = Category::user_agent, .parameters = {kUserAgent}, .returns = Type::string, .kernel = kernel<part<agent_version_major>>,
     .about = "The browser with its major version.", .examples = {{"ua_agent_version_major(" FOZ_IPHONE ")", R"("Safari 5")"}}},
    {.name = "ua_device_class", .category = Category::user_agent, .parameters = {kUserAgent}, .returns = Type::string, .kernel = kernel<part<device_class>>,
     .about = "The kind of device: Phone, Tablet, Desktop, Robot, TV and others; Unknown when the header does not say.",
     .examples = {{"ua_device_class(" FOZ_IPHONE ")", R"("Phone")"},
                  {R"x(ua_device_class("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"))x", R"("Desktop")"},
                  {R"x(ua_device_class("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"))x", R"("Robot")"},
                  {R"(ua_device_class("zzz"))", R"("Unknown")"}}},
};
#undef FOZ_IPHONE

}  // namespace

std::span<const Function> user_agent_functions() { return kFunctions; }

}  // namespace foz::prep
