#include "base/gzip.h"

#include <gtest/gtest.h>

namespace foz {
namespace {

using Outcome = Gunzip::Outcome;

std::string long_text() {
  std::string text;
  for (int i = 0; text.size() < 300'000; ++i) text += std::to_string(i * 7919) + ",";
  return text;
}

TEST(Gunzip, GivesWhatWasPackedHoweverItComes) {
  const std::string text = long_text(), packed = gzip(text);
  for (const size_t step : {packed.size(), size_t{4096}, size_t{1}}) {
    Gunzip gunzip;
    std::string out;
    for (size_t at = 0; at < packed.size(); at += step) {
      EXPECT_FALSE(gunzip.ended()) << at;
      ASSERT_EQ(gunzip.feed(std::string_view(packed).substr(at, step), out, text.size()), Outcome::ok);
    }
    EXPECT_TRUE(gunzip.ended());
    EXPECT_EQ(out, text);
  }
}

TEST(Gunzip, JoinsMembers) {
  Gunzip gunzip;
  std::string out;
  EXPECT_EQ(gunzip.feed(gzip("one ") + gzip("two"), out, 100), Outcome::ok);
  EXPECT_TRUE(gunzip.ended());
  EXPECT_EQ(out, "one two");
}

TEST(Gunzip, KeepsTheLimit) {
  Gunzip gunzip;
  std::string out;
  EXPECT_EQ(gunzip.feed(gzip(std::string(50'000'000, ' ')), out, 1'000'000), Outcome::too_long);
  EXPECT_LT(out.size(), 2'000'000u);
}

TEST(Gunzip, RefusesWhatIsNoGzip) {
  std::string flipped = gzip(long_text());
  flipped[flipped.size() - 6] ^= 1;  // in the checksum
  for (const std::string& bytes : {std::string("plain text"), flipped, gzip("x") + "yy"}) {
    Gunzip gunzip;
    std::string out;
    EXPECT_EQ(gunzip.feed(bytes, out, 1'000'000), Outcome::broken);
  }
}

}  // namespace
}  // namespace foz
