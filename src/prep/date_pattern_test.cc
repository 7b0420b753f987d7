// Follows: Data Prep contract, 5.3, 5.4.
#include "prep/date_pattern.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "prep/moment.h"

namespace foz::prep {
namespace {

std::string read(std::string_view pattern, std::string_view text) {
  const auto compiled = DatePattern::compile(pattern);
  if (!compiled) return "no pattern";
  const auto instant = compiled->parse(text);
  return instant ? iso_shortest(*instant) : "none";
}

TEST(DatePattern, Reads) {
  struct Case { std::string_view pattern, text, wanted; };
  constexpr Case kCases[] = {
      {"yyyy-MM-dd", "2019-10-23", "2019-10-23T00:00:00Z"}, {"yyyy-MM-dd", "2019-10-23x", "none"}, {"yyyy-MM-dd", "19-10-23", "none"}, {"yyyy-MM-dd", "2019-2-3", "2019-02-03T00:00:00Z"},
      {"yyyy-M-d", "2019-2-3", "2019-02-03T00:00:00Z"}, {"yyyyMMdd", "20191023", "2019-10-23T00:00:00Z"}, {"MMddyyyy", "12112020", "2020-12-11T00:00:00Z"}, {"yyyyMMdd", "201910230", "none"},
      {"dd.MM.yy", "23.10.19", "2019-10-23T00:00:00Z"}, {"d MMM yyyy", "3 Feb 2019", "2019-02-03T00:00:00Z"}, {"d MMMM yyyy", "3 February 2019", "2019-02-03T00:00:00Z"},
      {"EEE, d MMM yyyy", "Sun, 3 Feb 2019", "2019-02-03T00:00:00Z"}, {"yyyy-MM-dd HH:mm:ss", "2019-10-23 11:24:35", "2019-10-23T11:24:35Z"}, {"yyyy-MM-dd HH:mm", "2019-10-23 24:00", "none"},
      {"yyyy-MM-dd hh:mm a", "2019-10-23 12:05 AM", "2019-10-23T00:05:00Z"}, {"yyyy-MM-dd hh:mm a", "2019-10-23 12:05 PM", "2019-10-23T12:05:00Z"}, {"yyyy-MM-dd KK:mm a", "2019-10-23 00:05 PM", "2019-10-23T12:05:00Z"},
      {"yyyy-MM-dd kk:mm", "2019-10-23 24:05", "2019-10-23T00:05:00Z"}, {"yyyy-MM-dd'T'HH:mm:ss.SSSX", "2019-10-23T11:24:35.123Z", "2019-10-23T11:24:35.123Z"},
      {"yyyy-MM-dd'T'HH:mm:ssXXX", "2019-10-23T11:24:35+02:00", "2019-10-23T09:24:35Z"}, {"yyyy-MM-dd HH:mm:ssZ", "2019-10-23 11:24:35-0800", "2019-10-23T19:24:35Z"},
      {"yyyy-MM-dd HH:mm z", "2019-10-23 11:24 PST", "2019-10-23T19:24:00Z"}, {"yyyy-MM-dd HH:mm VV", "2019-07-23 11:24 Europe/Lisbon", "2019-07-23T10:24:00Z"},
      {"yyyy-DDD", "2020-366", "2020-12-31T00:00:00Z"}, {"yyyy-DDD", "2019-366", "none"}, {"HH:mm", "11:24", "1970-01-01T11:24:00Z"}, {"yyyy", "2019", "2019-01-01T00:00:00Z"},
      {"'on' yyyy-MM-dd", "on 2019-10-23", "2019-10-23T00:00:00Z"}, {"yyyy''MM", "2019'10", "2019-10-01T00:00:00Z"}, {"yyyy-MM-dd", "2019-02-30", "none"}, {"yyyy-MM-dd", "2020-02-29", "2020-02-29T00:00:00Z"},
      {"yyyy-MM-dd", "", "none"}, {"G yyyy", "AD 2019", "2019-01-01T00:00:00Z"},
  };
  for (const Case& c : kCases) EXPECT_EQ(read(c.pattern, c.text), c.wanted) << c.pattern << " of " << c.text;
}

TEST(DatePattern, Writes) {
  const Instant instant = *parse_iso_instant("2019-01-03T04:05:06.789123Z");
  struct Case { std::string_view pattern, wanted; };
  constexpr Case kCases[] = {
      {"yyyy-MM-dd'T'HH:mm:ss.SSSX", "2019-01-03T04:05:06.789Z"}, {"yy", "19"}, {"y", "2019"}, {"M", "1"}, {"MM", "01"}, {"MMM", "Jan"}, {"MMMM", "January"}, {"d", "3"}, {"dd", "03"}, {"D", "3"}, {"DDD", "003"},
      {"E", "Thu"}, {"EEEE", "Thursday"}, {"u", "4"}, {"H", "4"}, {"HH", "04"}, {"h a", "4 AM"}, {"k", "4"}, {"K", "4"}, {"m", "5"}, {"s", "6"}, {"SSS", "789"}, {"SSSSSS", "789123"}, {"Z", "+0000"}, {"X", "Z"},
      {"XXX", "Z"}, {"z", "UTC"}, {"Q", "1"}, {"w", "1"}, {"YYYY", "2019"}, {"F", "1"}, {"W", "1"}, {"G", "AD"}, {"''yy''", "'19'"}, {"'year' yyyy", "year 2019"}, {"yyyy/MM", "2019/01"},
  };
  for (const Case& c : kCases) {
    const auto pattern = DatePattern::compile(c.pattern);
    ASSERT_TRUE(pattern) << c.pattern;
    EXPECT_EQ(pattern->print(instant), c.wanted) << c.pattern;
  }
  const Zone lisbon = *Zone::named("Europe/Lisbon"), kolkata = *Zone::named("Asia/Kolkata");
  EXPECT_EQ(DatePattern::compile("HH:mm Z XXX VV")->print(*parse_iso_instant("2019-07-03T04:05:06Z"), lisbon), "05:05 +0100 +01:00 Europe/Lisbon");
  EXPECT_EQ(DatePattern::compile("HH:mm X")->print(instant, kolkata), "09:35 +0530");
}

TEST(DatePattern, RefusesWhatItCannotMean) {
  for (const std::string_view wrong : {"", "yyyy-bb", "yyyy 'open", "j"}) EXPECT_FALSE(DatePattern::compile(wrong)) << wrong;
  EXPECT_FALSE(DatePattern::compile(std::string(300, 'y')));
}

/// What a pattern prints it reads again.
TEST(DatePattern, ReadsWhatItPrints) {
  SeededRandom random(4);
  for (const std::string_view text : {"yyyy-MM-dd HH:mm:ss.SSSSSS", "yyyyMMddHHmmss", "dd MMMM yyyy hh:mm:ss a", "EEEE, d.M.yyyy H:m:s", "yyyy-DDD kk:mm", "yyyy-MM-dd'T'HH:mm:ssXXX"}) {
    const auto pattern = DatePattern::compile(text);
    ASSERT_TRUE(pattern);
    for (int i = 0; i < 2000; ++i) {
      const Instant instant(std::chrono::microseconds(static_cast<int64_t>(random.below(200'000'000'000'000'000ull)) - 60'000'000'000'000'000));
      const std::string once = pattern->print(instant);
      const auto again = pattern->parse(once);
      ASSERT_TRUE(again) << text << ": " << once;
      EXPECT_EQ(pattern->print(*again), once) << text;
    }
  }
}

TEST(Moment, WritesIso) {
  struct Case { std::string_view iso; const char* zone; std::string_view wanted; };
  constexpr Case kCases[] = {{"2019-10-17T11:55:12Z", "UTC", "2019-10-17T11:55:12Z"},
                             {"2019-10-17T11:55:12.5Z", "UTC", "2019-10-17T11:55:12.500Z"},
                             {"2019-10-17T11:55:12.000001Z", "UTC", "2019-10-17T11:55:12.000001Z"},
                             {"2019-10-17T11:55:12Z", "America/Los_Angeles", "2019-10-17T04:55:12-07:00"},
                             {"0001-01-01T00:00:00Z", "UTC", "0001-01-01T00:00:00Z"}};
  for (const Case& c : kCases) {
    char text[48];
    const auto zone = zone_number(c.zone);
    ASSERT_TRUE(zone);
    const Moment moment{.micros = parse_iso_instant(c.iso)->time_since_epoch().count(), .zone = *zone};
    EXPECT_EQ(std::string(text, write_iso(moment, text)), c.wanted);
  }
  EXPECT_FALSE(zone_number("Mars/Olympus"));
  EXPECT_EQ(day_of(-1), -1);
  EXPECT_EQ(day_of(0), 0);
  EXPECT_EQ(day_of(kMicrosPerDay), 1);
  EXPECT_EQ(day_of(-kMicrosPerDay), -1);
}

}  // namespace
}  // namespace foz::prep
