// Parser, operators and coercions against Apache Commons JEXL 3.1 on generated expressions. Runs where Java and the jars of
// libcommons-jexl3-java are (`scripts/setup tools`); FOZ_JEXL_JARS names another folder, FOZ_ORACLE_ROUNDS asks for more.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

#include "base/testing.h"
#include "prep/decimal.h"
#include "prep/evaluate.h"
#include "prep/testing.h"

namespace foz::prep {
namespace {

constexpr int kExpressionsPerRound = 4000;

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  std::string expression(int depth) {
    if (depth == 0 || random_.below(5) == 0) return literal();
    const auto next = [&] { return expression(depth - 1); };
    switch (random_.below(12)) {
      case 0: return next() + " " + one_of(kOperators) + " " + next();  // without brackets: precedence counts
      case 1: return "(" + next() + " ? " + next() + " : " + next() + ")";
      case 2: return "(" + next() + " ?: " + next() + ")";
      case 3: return one_of(kSigns) + "(" + next() + ")";
      case 4: return "(empty " + literal() + ")";
      case 5: return "(" + literal() + (random_.below(2) == 0 ? " =~ [" : " !~ [") + literal() + ", " + literal() + "])";
      default: return "(" + next() + " " + one_of(kOperators) + " " + next() + ")";
    }
  }

 private:
  static constexpr const char* kOperators[] = {"+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "&", "|", "^", "=^", "=$", "=~", "+", "-", "*", "==", "<", "and", "eq", "div"};
  static constexpr const char* kSigns[] = {"!", "-", "~", "empty ", "size ", "not "};
  static constexpr const char* kLiterals[] = {"0", "1", "2", "3", "7", "10", "100", "2147483647", "0x1F", "017", "5L", "1.5", "2.0", "0.5", "2.5", "1.0e3", "3.25", "\"a\"", "\"abc\"", "\"1\"", "\"12\"", "'1.5'",
                                              "\"true\"", "\"false\"", "'yes'", "\"-3\"", "\"0\"", "'x'", "true", "false", "null", "0.1b", "2.5b", "10.25b", "i", "d", "s", "n", "t", "num", "[1, 2]", "(1..3)"};
  template <size_t N>
  std::string one_of(const char* const (&choices)[N]) { return choices[random_.below(N)]; }
  std::string literal() { return one_of(kLiterals); }

  SeededRandom random_;
};

std::string number_shown(double value) { return "#" + (std::isnan(value) ? std::string("NaN") : std::to_string(value)); }

std::string shown(const engine::Value& value) {
  switch (value.type) {
    case engine::Type::null: return "null";
    case engine::Type::boolean: return value.boolean ? "true" : "false";
    case engine::Type::integer: return number_shown(static_cast<double>(value.integer));
    case engine::Type::number: return number_shown(value.number);
    case engine::Type::decimal: return number_shown(to_double(*value.decimal));
    case engine::Type::string: return "'" + std::string(value.as_text()) + "'";
    case engine::Type::array: {
      std::string text = "[";
      for (const engine::Value& item : value.as_array()) text += shown(item) + ",";
      return text + "]";
    }
    default: return "?";
  }
}

std::string ours(const std::string& expression) {
  static const Json kRecord = parsed(R"({"i": 4, "d": 2.5, "s": "str", "t": true, "num": "8", "n": null})");
  const auto evaluation = Evaluation::of(expression, kRecord, test_context());
  if (!evaluation) return "invalid";
  return evaluation->problem().empty() ? shown(evaluation->value()) : "error";
}

/// JEXL prints doubles as Java does; both sides are compared as numbers.
bool agree(const std::string& our, const std::string& theirs) {
  if (our == theirs) return true;
  if (!our.starts_with('#') || !theirs.starts_with('#')) return our.starts_with('[') && theirs.starts_with('[') && our.size() >= 4;
  const double a = std::strtod(our.c_str() + 1, nullptr), b = std::strtod(theirs.c_str() + 1, nullptr);
  return (std::isnan(a) && std::isnan(b)) || std::fabs(a - b) <= 1e-5 * std::max(1.0, std::fabs(b));
}

bool holds_any(const std::string& text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) { return text.find(part) != text.npos; });
}

/// Why Foz decided otherwise where an expression holds such a construct; empty: no reason is known.
std::string reason(const std::string& e) {
  if (holds_any(e, {"&&", "||", "and"}) && holds_any(" " + e + " ", {"null", " n ", "(n ", " n)", "(n)", " n,", "[n"})) return "null counts as false in && and || (4.5)";
  if (holds_any(e, {"=^", "=$", "=~", "!~"})) return "numbers and booleans are compared with patterns and elements by their text or value (4.8 G2)";
  if (holds_any(e, {"%"})) return "a remainder is never negative, whatever the type (4.4)";
  if (holds_any(e, {"empty", "size"})) return "an error below empty or size stays an error (7)";
  if (holds_any(e, {"+"}) && holds_any(e, {".0", "b"})) return "a whole decimal has no .0 in its text (5.1)";
  if (holds_any(e, {"[1, 2]", "1..3"})) return "arrays are values, compared by what they hold (6.8)";
  if (holds_any(e, {"&", "|", "^", "~"})) return "bits are those of whole numbers within 64 bits (4.3)";
  return "";
}

class JexlOracle : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("FOZ_JEXL_JARS");
    const std::filesystem::path jars = folder == nullptr ? "/usr/share/java" : folder;
    for (const char* name : {"commons-jexl3-3.1.jar", "commons-logging.jar"}) {
      if (!std::filesystem::exists(jars / name)) GTEST_SKIP() << (jars / name).string() << " is not there: scripts/setup tools";
      classes += (jars / name).string() + ":";
    }
  }

  std::vector<std::string> theirs(const std::vector<std::string>& expressions) const {
    std::ofstream in(work / "in");
    for (const std::string& expression : expressions) in << expression << "\n";
    in.close();
    const std::string command = "java -cp " + classes + " " + FOZ_SOURCE_DIR + "/tests/oracle/Jexl.java < " + (work / "in").string() + " > " + (work / "out").string() + " 2>/dev/null";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    std::vector<std::string> results;
    std::ifstream out(work / "out");
    for (std::string line; std::getline(out, line);) results.push_back(line);
    return results;
  }

  std::string classes;
  TemporaryFolder work;
};

TEST_F(JexlOracle, AgreesOrHasAReason) {
  const char* wanted = std::getenv("FOZ_ORACLE_ROUNDS");
  const int rounds = wanted == nullptr ? 1 : std::atoi(wanted);
  Generator generator(31);
  std::vector<std::string> expressions;
  for (int i = 0; i < rounds * kExpressionsPerRound; ++i) expressions.push_back(generator.expression(1 + i % 3));
  const auto results = theirs(expressions);
  ASSERT_EQ(results.size(), expressions.size());
  std::map<std::string, int> explained;
  int unexplained = 0;
  for (size_t i = 0; i < expressions.size(); ++i) {
    const std::string our = ours(expressions[i]);
    if (agree(our, results[i])) continue;
    const std::string why = our == "invalid" || results[i] == "invalid" ? "" : reason(expressions[i]);
    if (!why.empty()) ++explained[why];
    else if (++unexplained <= 20) ADD_FAILURE() << expressions[i] << "\n  gives " << our << "\n  JEXL  " << results[i];
  }
  std::cout << expressions.size() << " expressions, " << unexplained << " unexplained differences\n";
  for (const auto& [why, count] : explained) std::cout << "  " << count << ": " << why << "\n";
  EXPECT_EQ(unexplained, 0);
}

}  // namespace
}  // namespace foz::prep
