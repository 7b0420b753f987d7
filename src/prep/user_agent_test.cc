// Follows: Data Prep contract, 6.12.
#include "prep/user_agent.h"

#include <gtest/gtest.h>

namespace foz::prep {
namespace {

TEST(UserAgent, ReadsWhatPeopleUse) {
  struct Case { std::string_view header, os, os_version, agent, version, device; };
  constexpr Case kCases[] = {
      {"Mozilla/5.0 (iPhone; CPU iPhone OS 5_1_1 like Mac OS X) AppleWebKit/534.46 (KHTML, like Gecko) Version/5.1 Mobile/9B206 Safari/7534.48.3", "iOS", "5.1.1", "Safari", "5.1", "Phone"},
      {"Mozilla/5.0 (iPad; CPU OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.5 Mobile/15E148 Safari/604.1", "iOS", "16.5", "Safari", "16.5", "Tablet"},
      {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.6478.57 Safari/537.36", "Windows", "10", "Chrome", "126.0.6478", "Desktop"},
      {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.56", "Windows", "10", "Edge", "126.0.2592", "Desktop"},
      {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15", "Mac OS X", "10.15.7", "Safari", "17.4", "Desktop"},
      {"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Ubuntu", "", "Firefox", "127.0", "Desktop"},
      {"Mozilla/5.0 (Linux; Android 13; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.6422.165 Mobile Safari/537.36", "Android", "13", "Chrome", "125.0.6422", "Phone"},
      {"Mozilla/5.0 (Linux; Android 12; SM-X906C) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36", "Android", "12", "Chrome", "125.0.0", "Tablet"},
      {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "", "", "Googlebot", "2.1", "Robot"},
      {"Mozilla/5.0 (PlayStation 4 3.11) AppleWebKit/537.73 (KHTML, like Gecko)", "", "", "", "", "Game Console"},
      {"curl/7.88.1", "", "", "curl", "7.88.1", "Robot"},
      {"", "", "", "", "", ""},
      {"zzz", "", "", "", "", ""},
  };
  for (const Case& c : kCases) {
    const UserAgent agent = read_user_agent(c.header);
    EXPECT_EQ(agent.os_name, c.os) << c.header;
    EXPECT_EQ(agent.os_version, c.os_version) << c.header;
    EXPECT_EQ(agent.agent_name, c.agent) << c.header;
    EXPECT_EQ(agent.agent_version, c.version) << c.header;
    EXPECT_EQ(agent.device_class, c.device) << c.header;
  }
}

TEST(UserAgent, BearsLongAndOddHeaders) {
  EXPECT_EQ(read_user_agent(std::string(1'000'000, 'a')).os_name, "");
  EXPECT_EQ(read_user_agent(std::string(2047, ' ') + "é" + std::string(5000, 'x')).os_name, "");
  for (int i = 0; i < 5000; ++i) read_user_agent("agent/" + std::to_string(i));  // what is remembered has a bound
}

}  // namespace
}  // namespace foz::prep
