// Follows: Data Prep contract, 5.1 to 5.3.
#include "prep/coerce.h"

#include <gtest/gtest.h>

#include <map>

#include "prep/decimal.h"
#include "prep/testing.h"

namespace foz::prep {
namespace {

using engine::Kind;
using engine::Type;
using engine::Value;

/// What a value became, as text; "null", or the end of the error code.
std::string became(const Value& value, Kind kind) {
  engine::Arena arena;
  bool lost = false;
  const auto made = to_kind(arena, value, kind, &lost);
  if (made.is_fault()) return std::string(code_of(made.fault().trouble)).substr(6, 4);
  if (!made.is_value()) return "null";
  const auto text = text_of(arena, made.value());
  return std::string(text.value()) + (lost ? " inexact" : "");
}

struct Sources {
  engine::Arena arena;
  Value text(std::string_view value) { return Value::of_text(value); }
  Value decimal(std::string_view digits) { return Value::of_decimal(arena, *decimal_of_text(digits)); }
  Value moment(std::string_view iso) { return Value::of_timestamp(parse_iso_instant(iso)->time_since_epoch().count()); }
  Value day(std::string_view iso) { return Value::of_date(parse_iso_date(iso)->time_since_epoch().count()); }
};

TEST(Coerce, FollowsTheTable) {  // 5.1
  Sources s;
  struct Case { Value value; Kind kind; std::string_view wanted; };
  const Case kCases[] = {
      {s.text("abc"), Kind::string, "abc"}, {s.text(""), Kind::string, ""}, {s.text("007"), Kind::string, "007"},
      {s.text(""), Kind::int32, "null"}, {s.text(""), Kind::boolean, "null"}, {s.text(""), Kind::timestamp, "null"}, {s.text(""), Kind::number, "null"},
      {s.text("12"), Kind::int32, "12"}, {s.text("+12"), Kind::int32, "12"}, {s.text("-12"), Kind::int64, "-12"}, {s.text("12.0"), Kind::int32, "12"}, {s.text("12.000"), Kind::int8, "12"},
      {s.text("12.6"), Kind::int32, "3101"}, {s.text("12."), Kind::int32, "3101"}, {s.text("abc"), Kind::int32, "3101"}, {s.text(" 12"), Kind::int32, "3101"}, {s.text("1e3"), Kind::int32, "3101"},
      {s.text("128"), Kind::int8, "3102"}, {s.text("-128"), Kind::int8, "-128"}, {s.text("32768"), Kind::int16, "3102"}, {s.text("2147483648"), Kind::int32, "3102"},
      {s.text("9223372036854775808"), Kind::int64, "3102"}, {s.text("9223372036854775807"), Kind::int64, "9223372036854775807"},
      {s.text("1.5"), Kind::number, "1.5"}, {s.text("1e3"), Kind::number, "1000"}, {s.text("+.5"), Kind::number, "0.5"}, {s.text("NaN"), Kind::number, "3101"}, {s.text("Infinity"), Kind::number, "3101"},
      {s.text("1,000"), Kind::number, "3101"}, {s.text("inf"), Kind::number, "3101"}, {s.text("1e999"), Kind::number, "3102"}, {s.text("0x10"), Kind::number, "3101"}, {s.text("+-1"), Kind::number, "3101"},
      {Value::of_boolean(true), Kind::string, "true"}, {Value::of_boolean(true), Kind::boolean, "true"}, {Value::of_boolean(true), Kind::int32, "1"}, {Value::of_boolean(false), Kind::number, "0"},
      {Value::of_boolean(true), Kind::date, "3104"}, {Value::of_boolean(true), Kind::timestamp, "3104"},
      {Value::of_integer(20091234), Kind::string, "20091234"}, {Value::of_integer(1), Kind::boolean, "true"}, {Value::of_integer(0), Kind::boolean, "false"}, {Value::of_integer(2), Kind::boolean, "3102"},
      {Value::of_integer(300), Kind::int8, "3102"}, {Value::of_integer(7), Kind::number, "7"}, {Value::of_integer(9007199254740993), Kind::number, "9007199254740992 inexact"},
      {Value::of_integer(1586993661034), Kind::timestamp, "2020-04-15T23:34:21.034Z"}, {Value::of_integer(1586993661034), Kind::date, "2020-04-15"}, {Value::of_integer(-1), Kind::date, "1969-12-31"},
      {Value::of_integer(INT64_MAX), Kind::timestamp, "3102"},
      {Value::of_number(1.5), Kind::string, "1.5"}, {Value::of_number(100), Kind::string, "100"}, {Value::of_number(1e15), Kind::string, "1000000000000000"}, {Value::of_number(1e16), Kind::string, "1e+16"},
      {Value::of_number(0.1), Kind::string, "0.1"}, {Value::of_number(-0.0), Kind::string, "0"},
      {Value::of_number(12.0), Kind::int32, "12"}, {Value::of_number(12.5), Kind::int32, "3102"}, {Value::of_number(1e30), Kind::int64, "3102"}, {Value::of_number(1.0), Kind::boolean, "true"},
      {Value::of_number(0.5), Kind::boolean, "3102"}, {Value::of_number(1.5), Kind::date, "3104"}, {Value::of_number(1.5), Kind::timestamp, "3104"},
      {s.decimal("12.50"), Kind::string, "12.5"}, {s.decimal("12.00"), Kind::string, "12"}, {s.decimal("12.00"), Kind::int32, "12"}, {s.decimal("12.5"), Kind::int32, "3102"}, {s.decimal("12.5"), Kind::number, "12.5"},
      {s.decimal("12345678901234567890.12"), Kind::number, "12345678901234567168 inexact"}, {s.decimal("12345678901234567890.12"), Kind::string, "12345678901234567890.12"},
      {s.decimal("99999999999999999999"), Kind::int64, "3102"}, {s.decimal("1.0"), Kind::boolean, "true"}, {s.decimal("1"), Kind::timestamp, "3104"},
      {s.day("2020-04-15"), Kind::string, "2020-04-15"}, {s.day("2020-04-15"), Kind::date, "2020-04-15"}, {s.day("2020-04-15"), Kind::timestamp, "2020-04-15T00:00:00Z"},
      {s.day("2020-04-15"), Kind::int32, "3104"}, {s.day("2020-04-15"), Kind::boolean, "3104"}, {s.day("2020-04-15"), Kind::number, "3104"},
      {s.moment("2020-04-15T23:34:21.034Z"), Kind::string, "2020-04-15T23:34:21.034Z"}, {s.moment("2020-04-15T23:34:21Z"), Kind::string, "2020-04-15T23:34:21Z"},
      {s.moment("2020-04-15T23:34:21.034567Z"), Kind::string, "2020-04-15T23:34:21.034567Z"}, {s.moment("2020-04-15T23:34:21.034Z"), Kind::date, "2020-04-15"},
      {s.moment("2020-04-15T23:34:21.034Z"), Kind::int64, "1586993661034"}, {s.moment("2020-04-15T23:34:21.034Z"), Kind::number, "1586993661034"}, {s.moment("2020-04-15T23:34:21Z"), Kind::boolean, "3104"},
      {s.moment("1969-12-31T23:59:59.999Z"), Kind::int64, "-1"},
      {Value(), Kind::string, "null"}, {Value(), Kind::int32, "null"},
      {Value::of_array({}), Kind::string, "3104"}, {Value::of_object({}), Kind::string, "3104"}, {Value::of_array({}), Kind::int32, "3104"}, {Value::of_object({}), Kind::boolean, "3104"},
  };
  for (const Case& c : kCases) {
    engine::Arena arena;
    const auto shown = text_of(arena, c.value);
    EXPECT_EQ(became(c.value, c.kind), c.wanted) << (shown.is_value() ? shown.value() : "nested") << " as " << engine::name_of(c.kind);
  }
}

TEST(Coerce, KnowsWhatCanNeverBe) {
  const Kind kinds[] = {Kind::boolean, Kind::int8, Kind::int64, Kind::number, Kind::string, Kind::date, Kind::timestamp, Kind::object, Kind::list, Kind::map};
  const std::map<Type, std::string_view> kWanted = {  // one sign per kind
      {Type::string, "+++++++-+-"}, {Type::boolean, "+++++---+-"}, {Type::integer, "+++++++-+-"}, {Type::number, "+++++---+-"}, {Type::decimal, "+++++---+-"},
      {Type::date, "----+++-+-"},   {Type::timestamp, "-++++++-+-"}, {Type::array, "--------+-"}, {Type::object, "-------+++"}, {Type::any, "++++++++++"}, {Type::null, "++++++++++"}};
  for (const auto& [type, wanted] : kWanted) {
    std::string signs;
    for (const Kind kind : kinds) signs += can_become(type, kind) ? '+' : '-';
    EXPECT_EQ(signs, wanted) << engine::name_of(type);
  }
}

TEST(Coerce, ReadsBooleans) {  // 5.2
  for (const std::string_view yes : {"y", "yes", "Y", "YES", "on", "ON", "true", "TRUE", "Yes", "True", "On"}) EXPECT_EQ(became(Value::of_text(yes), Kind::boolean), "true") << yes;
  for (const std::string_view no : {"n", "N", "no", "NO", "off", "OFF", "false", "FALSE", "No"}) EXPECT_EQ(became(Value::of_text(no), Kind::boolean), "false") << no;
  for (const std::string_view neither : {"1", "0", "t", "f", "ja", " yes", "yes "}) EXPECT_EQ(became(Value::of_text(neither), Kind::boolean), "3101") << neither;
}

TEST(Coerce, ReadsDatesByTheList) {  // 5.3
  struct Case { std::string_view text, wanted; };
  constexpr Case kCases[] = {
      {"2019-10-23 11:24:35+0200", "2019-10-23T09:24:35Z"}, {"2019-10-23 11:24:35.123-0800", "2019-10-23T19:24:35.123Z"}, {"2019-10-23 11:24:35.123", "2019-10-23T11:24:35.123Z"},
      {"2019-10-23T11:24:35.123Z", "2019-10-23T11:24:35.123Z"}, {"2019-10-23T11:24:35.000+0000", "2019-10-23T11:24:35Z"}, {"2019-10-23T11:24:35.000+01", "2019-10-23T10:24:35Z"},
      {"2019-10-23T11:24:35Z", "2019-10-23T11:24:35Z"}, {"2019-10-23", "2019-10-23T00:00:00Z"}, {"2019/10/23", "2019-10-23T00:00:00Z"}, {"2019.10.23", "2019-10-23T00:00:00Z"},
      {"2019-Oct-23", "2019-10-23T00:00:00Z"}, {"20191023", "2019-10-23T00:00:00Z"}, {"10-23-2019", "2019-10-23T00:00:00Z"}, {"12112020", "2020-12-11T00:00:00Z"}, {"1/05/2019", "2019-01-05T00:00:00Z"},
      {"12/05/2019", "2019-12-05T00:00:00Z"}, {"05.1.2019", "2019-01-05T00:00:00Z"}, {"23.10.2019", "2019-10-23T00:00:00Z"}, {"1/05/2019 03:04:05 PM", "2019-01-05T15:04:05Z"},
      {"23.1.2019 12:04:05 AM", "2019-01-23T00:04:05Z"}, {"23.Oct.2019", "2019-10-23T00:00:00Z"}, {"23-Oct-2019", "2019-10-23T00:00:00Z"}, {"2019-10-23 11:24", "2019-10-23T11:24:00Z"},
      {"2019-10-17 11:55:12", "2019-10-17T11:55:12Z"}, {"2016-11-09T11:44:44.797", "2016-11-09T11:44:44.797Z"}, {"2016-11-09T11:44:44", "2016-11-09T11:44:44Z"},
      {"2019-10-23T11:24:35+01:00", "2019-10-23T10:24:35Z"}, {"2019-10-23T11:24:35.123456789Z", "2019-10-23T11:24:35.123456Z"}, {"2019-10-23T11:24:35.1Z", "2019-10-23T11:24:35.100Z"},
      {"2019-02-30", "3101"}, {"2019-13-01", "3101"}, {"1571829875000", "3101"}, {"yesterday", "3101"}, {"2019-10-23T25:00:00Z", "3101"}, {"2019-10-23 ", "3101"}, {"23/10/2019", "3101"},
      {"2019-10", "3101"}, {"99-Oct-23", "3101"},
  };
  for (const Case& c : kCases) EXPECT_EQ(became(Value::of_text(c.text), Kind::timestamp), c.wanted) << c.text;
}

}  // namespace
}  // namespace foz::prep
