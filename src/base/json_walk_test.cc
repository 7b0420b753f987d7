#include "base/json_walk.h"

#include <gtest/gtest.h>

namespace foz {
namespace {

/// Writes down what it hears: `{a:1 b:["x" null]}`. Members that begin with an underscore, objects in arrays named so, are passed over.
class Scribe final : public JsonVisitor {
 public:
  bool begin_object() override { return put("{"), true; }
  bool member(std::string_view name) override {
    if (name.starts_with('_')) return false;
    put(std::string(name) + ":");
    fresh_ = true;
    return true;
  }
  void end_object() override { fresh_ = true, put("}"); }
  bool begin_array() override { return put("["), !skips_arrays; }
  void end_array() override { fresh_ = true, put("]"); }
  void scalar(const JsonSlot& slot) override {
    switch (slot.kind) {
      case JsonSlot::Kind::null: return put("null");
      case JsonSlot::Kind::boolean: return put(slot.boolean ? "true" : "false");
      case JsonSlot::Kind::integer: return put("i" + std::to_string(slot.integer));
      case JsonSlot::Kind::number: return put("n" + std::string(slot.text));
      default: return put("\"" + std::string(slot.text) + "\"");
    }
  }

  std::string heard;
  bool skips_arrays = false;

 private:
  void put(const std::string& word) {
    if (!fresh_ && !heard.empty()) heard += ' ';
    heard += word;
    fresh_ = word == "{" || word == "[";
  }
  bool fresh_ = true;
};

std::string walked(const std::string& text, bool skips_arrays = false) {
  std::string padded = text;
  padded.reserve(text.size() + kJsonPadding);
  Scribe scribe;
  scribe.skips_arrays = skips_arrays;
  JsonWalk walk;
  const Status status = walk.over(padded, scribe);
  return status ? scribe.heard : "corrupt";
}

struct WalkCase {
  std::string text, wanted;
};

TEST(JsonWalk, HoldsDeepTextsOff) {
  const auto nested = [](size_t levels, const std::string& open, const std::string& close) {
    std::string text;
    for (size_t i = 0; i < levels; ++i) text += open;
    text += "1";
    for (size_t i = 0; i < levels; ++i) text += close;
    return text;
  };
  for (const bool skips : {false, true}) {
    EXPECT_NE(walked(nested(1024, "{\"a\":", "}"), skips), "corrupt");
    EXPECT_NE(walked(nested(1024, "[", "]"), skips), "corrupt");
    EXPECT_EQ(walked(nested(1025, "{\"a\":", "}"), skips), "corrupt");
    EXPECT_EQ(walked(nested(1025, "{\"_a\":", "}"), skips), "corrupt") << "also where nobody listens";
    EXPECT_EQ(walked(nested(200'000, "{\"a\":", "}"), skips), "corrupt");
    EXPECT_EQ(walked(nested(200'000, "[", "]"), skips), "corrupt");
  }
}

TEST(JsonWalk, TellsEverythingInOrder) {
  const WalkCase kCases[] = {
      {R"({})", "{}"},
      {R"({"a": 1, "b": [true, null, "x\n\u00e9"]})", "{a:i1 b:[true null \"x\n\u00e9\"]}"},
      {R"({"a": {"b": {"c": -5}}})", "{a:{b:{c:i-5}}}"},
      {R"([{"a": 1}, {"a": 2}])", "[{a:i1} {a:i2}]"},
      {R"({"n": 1.50, "big": 123456789012345678901234567890, "e": 1e3})", "{n:n1.50 big:n123456789012345678901234567890 e:n1e3}"},
      {R"({"_skipped": {"deep": [1, 2]}, "b": 1})", "{b:i1}"},
      {R"({"a\"b": 1, "a": 1, "a": 2})", "{a\"b:i1 a:i1 a:i2}"},
      {"  {\"a\" : 1}  \n", "{a:i1}"},
  };
  for (const WalkCase& c : kCases) EXPECT_EQ(walked(c.text), c.wanted) << c.text;
  EXPECT_EQ(walked(R"({"a": [1, {"b": 2}], "c": 3})", true), "{a:[c:i3}");
}

TEST(JsonWalk, RefusesWhatIsNoJson) {
  for (const char* text : {"", "5", "\"x\"", "{", "{\"a\": }", "{\"a\": 1} {\"b\": 2}", "{\"a\": 1]", "{missing: 1}", "[1, 2", "{\"a\": tru}", "{\"_a\": [1, }", "\xff\xfe", "{\"a\": \"\xc3\x28\"}"}) {
    EXPECT_EQ(walked(text), "corrupt") << text;
  }
}

TEST(JsonWalk, DeepTextsEnd) { EXPECT_EQ(walked(std::string(5000, '[')), "corrupt"); }

}  // namespace
}  // namespace foz
