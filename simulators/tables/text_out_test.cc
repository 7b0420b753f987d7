#include "simulators/tables/text_out.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/time_text.h"

namespace foz::sim {
namespace {

TEST(TextOut, EscapesWhereverTheByteStands) {
  for (size_t length = 0; length < 40; ++length) {
    for (size_t at = 0; at < length; ++at) {
      for (const char c : {'"', '\\', '\n', '\x01', '\x1f', '\0', ' ', '!', '#', '[', ']', '\x7f', 'a'}) {
        std::string text(length, 'x');
        text[at] = c;
        EXPECT_EQ(json_string(text), to_text(Json(text))) << length << " " << at << " " << int{c};
      }
    }
  }
  const std::string words = "Łukasz 山田 👍🏽 \"quoted\" and more 🎉 text";
  EXPECT_EQ(json_string(words), to_text(Json(words)));
}

TEST(TextOut, MomentsAsTheLibraryPrintsThem) {
  for (const int64_t millis : {int64_t{0}, int64_t{1'704'164'645'123}, int64_t{951'782'400'000}, int64_t{-1}, int64_t{-62'135'596'800'000}, int64_t{253'402'300'799'999}}) {
    std::string text;
    append_instant(text, millis, InstantForm::millis_z);
    EXPECT_EQ(text, iso_millis(from_millis(millis)));
  }
}

TEST(TextOut, Decimals) {
  struct Case {
    int64_t value;
    int scale;
    std::string wanted;
  };
  for (const Case& one : {Case{0, 0, "0"}, Case{-1250, 2, "-12.50"}, Case{5, 3, "0.005"}, Case{-5, 1, "-0.5"}, Case{INT64_MIN, 0, "-9223372036854775808"}, Case{INT64_MAX, 4, "922337203685477.5807"}}) {
    std::string text;
    append_decimal(text, one.value, one.scale);
    EXPECT_EQ(text, one.wanted);
  }
}

}  // namespace
}  // namespace foz::sim
