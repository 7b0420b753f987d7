#include "prep/regex.h"

#include <gtest/gtest.h>

namespace foz::prep {
namespace {

TEST(Regex, MatchesTheWholeText) {
  struct Case { std::string_view pattern, text; bool wanted; };
  constexpr Case kCases[] = {{"a.c", "abc", true}, {"b", "abc", false}, {"a|ab", "ab", true}, {"", "", true}, {".", "ä", true}, {"\\d+", "123", true}, {"(?=a)a", "a", true}, {"(?<!x)a", "a", true}, {"(a)\\1", "aa", true},
                             {"a+?", "aaa", true}, {"\\p{L}+", "größe", true}, {"^a$", "a", true}, {"a", "a\n", false}, {"(?i)ABC", "abc", true}, {"[^,]*", "", true}};
  for (const Case& c : kCases) {
    auto regex = Regex::compile(c.pattern);
    ASSERT_TRUE(regex) << c.pattern << regex.error().message;
    EXPECT_EQ(regex->matches_whole(c.text) == Regex::Found::yes, c.wanted) << c.pattern << " on " << c.text;
  }
}

TEST(Regex, FindsGroups) {
  auto regex = Regex::compile("(b)(x)?(c)");
  ASSERT_EQ(regex->find("abcbc", 2), Regex::Found::yes);
  EXPECT_EQ(regex->groups(), 3u);
  EXPECT_EQ(regex->group(0).begin, 3u);
  EXPECT_EQ(regex->group(0).end, 5u);
  EXPECT_TRUE(regex->group(1).took_part);
  EXPECT_FALSE(regex->group(2).took_part);
  EXPECT_EQ(regex->group(3).begin, 4u);
  EXPECT_FALSE(regex->group(9).took_part);
  EXPECT_EQ(regex->find("zzz"), Regex::Found::no);
}

TEST(Regex, GivesUpWhereItWouldTakeForEver) {
  auto regex = Regex::compile("(a|aa)+");
  EXPECT_EQ(regex->matches_whole(std::string(40, 'a') + "b"), Regex::Found::too_hard);
  EXPECT_EQ(regex->matches_whole("aaa"), Regex::Found::yes);  // the next text is not held responsible
}

TEST(Regex, RefusesWhatCannotBeRead) {
  for (const std::string_view wrong : {"(", "[a", "a{2,1}", "\\", "*a", "(?<n>a)(?<n>b)", "\\C"}) {
    EXPECT_FALSE(Regex::compile(wrong)) << wrong;
    EXPECT_FALSE(check_regex(wrong)) << wrong;
  }
  EXPECT_TRUE(check_regex(std::string(kRegexMax, 'a')));
  EXPECT_FALSE(check_regex(std::string(kRegexMax + 1, 'a')));
}

}  // namespace
}  // namespace foz::prep
