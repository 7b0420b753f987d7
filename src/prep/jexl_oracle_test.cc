// Parser, operators and coercions against Apache Commons JEXL 3.1 on generated expressions. A difference is followed down to
// the operator where it begins; there the operands decide whether a reason is known. Runs where Java and the jars of
// libcommons-jexl3-java are (`scripts/setup oracles`); FOZ_JEXL_JARS names another folder, FOZ_ORACLE_ROUNDS asks for more.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>

#include "base/testing.h"
#include "base/text.h"
#include "prep/decimal.h"
#include "prep/evaluate.h"
#include "prep/testing.h"
#include "prep/tree.h"

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
                                              "\"true\"", "\"false\"", "'yes'", "\"-3\"", "\"0\"", "'x'", "true", "false", "null", "0.1b", "2.5b", "10.25b", "i", "d", "s", "n", "t", "num", "[1, 2]", "(1..3)",
                                              "''", "'é'", "\"日本 😀\"", "9223372036854775807", "4294967296", "'9223372036854775808'", "1.0e15", "' 1'", "'a.c'", "['a', 1, null]", "0.000001"};
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

/// JEXL prints doubles as Java does; both sides are compared as numbers, arrays element by element.
bool agree(const std::string& our, const std::string& theirs) {
  if (our == theirs) return true;
  if (our.starts_with('[') && theirs.starts_with('[')) {
    const auto a = split(our, ','), b = split(theirs, ',');
    return a.size() == b.size() && std::equal(a.begin() + 1, a.end(), b.begin() + 1, [](auto x, auto y) { return agree(std::string(x), std::string(y)); }) && agree(std::string(a[0].substr(1)), std::string(b[0].substr(1)));
  }
  if (!our.starts_with('#') || !theirs.starts_with('#')) return false;
  const double a = std::strtod(our.c_str() + 1, nullptr), b = std::strtod(theirs.c_str() + 1, nullptr);
  return (std::isnan(a) && std::isnan(b)) || a == b || std::fabs(a - b) <= 1e-5 * std::max(1.0, std::fabs(b));
}

/// A place of an expression where both engines were given the same and gave something else.
struct Place {
  const Tree* tree;
  std::vector<std::string> operands;  ///< what both gave for the children
  std::string our, their;
};

bool is_number(const std::string& value) { return value.starts_with('#'); }
bool is_text(const std::string& value) { return value.starts_with('\''); }
bool is_boolean(const std::string& value) { return value == "true" || value == "false"; }
double number_of(const std::string& value) { return std::strtod(value.c_str() + 1, nullptr); }
bool any_operand(const Place& place, bool (*is)(const std::string&)) { return std::any_of(place.operands.begin(), place.operands.end(), is); }

bool is_remainder(const Place& place) {
  if (place.tree->op != Operator::modulo || !is_number(place.our) || !is_number(place.their)) return false;
  const double our = number_of(place.our), their = number_of(place.their);
  const double divisor = place.operands[1] == "true" ? 1 : std::fabs(number_of(place.operands[1]));
  return our >= 0 && their < 0 && std::fabs(our - their - divisor) <= 1e-5 * std::max(1.0, divisor);
}

/// "2.0a" and "2a", "1.50" and "1.5": numbers have no zeros at the end of their fraction in our texts.
bool is_number_without_zeros(const Place& place) {
  if (place.tree->op != Operator::add || !is_text(place.our) || !any_operand(place, is_number)) return false;
  for (const std::string_view zeros : {".0", "0"}) {
    for (size_t at = place.their.find(zeros); at != place.their.npos; at = place.their.find(zeros, at + 1)) {
      if (place.their.substr(0, at) + place.their.substr(at + zeros.size()) == place.our) return true;
    }
  }
  return false;
}

/// A whole number of more digits than a long has.
bool is_huge_text(const std::string& value) {
  return is_text(value) && value.size() > 20 && std::all_of(value.begin() + 2, value.end() - 1, [](unsigned char c) { return std::isdigit(c); });
}

/// Why Foz decided otherwise at this place; empty: no reason is known.
std::string reason(const Place& place) {
  const Operator op = place.tree->op;
  const auto is = [](const char* word) { return [word](const std::string& value) { return value == word; }; };
  const bool null_given = std::any_of(place.operands.begin(), place.operands.end(), is("null"));
  const bool error_given = std::any_of(place.operands.begin(), place.operands.end(), is("error"));
  if (place.tree->kind == TreeKind::unary && (op == Operator::empty || op == Operator::size) && error_given && place.our == "error") return "an error below empty or size stays an error (7)";
  if (place.tree->kind != TreeKind::binary && place.tree->kind != TreeKind::unary) return "";
  if ((op == Operator::and_also || op == Operator::or_else) && null_given && place.their == "error") return "null counts as false in && and || (4.5)";
  const bool looks_into = op >= Operator::matches && op <= Operator::ends_not;
  if (looks_into && (any_operand(place, is_number) || any_operand(place, is_boolean))) return "numbers and booleans are compared with patterns by their text (4.8 G2)";
  if (any_operand(place, [](const std::string& value) { return value.starts_with('['); })) return "arrays are values, compared and searched by what they hold (6.8)";
  const auto text_given = [&](auto is_so) { return std::any_of(place.operands.begin(), place.operands.end(), [&](const std::string& value) { return is_text(value) && is_so(value); }); };
  if (place.our == "error" && text_given([](const std::string& text) { return text == "''"; })) return "an empty text is no number, where JEXL takes NaN (4.4)";
  if (place.our == "error" && text_given([](const std::string& text) { return text.starts_with("' "); })) return "a text with blanks is no number, where JEXL trims before doubles only (5.1)";
  if (place.their == "error" && any_operand(place, is_huge_text)) return "whole numbers grow beyond 64 bits in texts too (4.4)";
  if (op == Operator::size && is_number(place.our) && text_given([&](const std::string& text) { return text.find("😀") != text.npos && number_of(place.their) == number_of(place.our) + 1; })) {
    return "characters are counted, not halves of them (6.6)";
  }
  if (op == Operator::add && is_text(place.our) && any_operand(place, is_number) && place.their.find('E') != place.their.npos) return "numbers have no exponent below 1e16 in their text (5.1)";
  const bool bits = op == Operator::bit_or || op == Operator::bit_xor || op == Operator::bit_and || op == Operator::complement;
  if (place.our == "error" && is_number(place.their) && std::fabs(number_of(place.their)) >= 1e37) return "exact numbers have 38 digits (4.2)";
  if (bits && place.our == "error" && any_operand(place, [](const std::string& value) { return is_number(value) && !(std::fabs(number_of(value)) < 0x1p63); })) return "bits are those of whole numbers within 64 bits (4.3)";
  if (op == Operator::modulo && place.their == "error" && place.operands[1].find('-') <= 1) return "a negative divisor counts by its size, where JEXL fails (4.4)";
  if (is_remainder(place)) return "a remainder is never negative, whatever the type (4.4)";
  if (is_number_without_zeros(place)) return "numbers have no zeros at the end of a fraction in their text (5.1)";
  return "";
}

class JexlOracle : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("FOZ_JEXL_JARS");
    const std::filesystem::path jars = folder == nullptr ? "/usr/share/java" : folder;
    for (const char* name : {"commons-jexl3-3.1.jar", "commons-logging.jar"}) {
      if (!std::filesystem::exists(jars / name)) GTEST_SKIP() << (jars / name).string() << " is not there: scripts/setup oracles";
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

/// Both opinions on every part of the expressions that are not agreed upon.
class Parts {
 public:
  void add(const Tree& tree) {
    if (tree.kind == TreeKind::lambda) return;
    ours_.try_emplace(print(tree));
    for (const Tree& child : tree.children) add(child);
  }
  void ask(const std::function<std::vector<std::string>(const std::vector<std::string>&)>& theirs) {
    std::vector<std::string> texts;
    for (auto& [text, opinions] : ours_) {
      opinions.first = ours(text);
      texts.push_back(text);
    }
    const auto results = theirs(texts);
    for (size_t i = 0; i < texts.size() && i < results.size(); ++i) ours_[texts[i]].second = results[i];
  }
  /// Where it begins: places whose children are agreed upon.
  void collect(const Tree& tree, std::vector<Place>& places) const {
    const auto& [our, their] = ours_.at(print(tree));
    if (!agree(our, their)) {
      Place place{&tree, {}, our, their};
      bool begins_here = true;
      for (const Tree& child : tree.children) {
        const auto& [our_child, their_child] = ours_.at(print(child));
        begins_here = begins_here && agree(our_child, their_child);
        place.operands.push_back(our_child);
      }
      if (begins_here) places.push_back(std::move(place));
    }
    for (const Tree& child : tree.children) collect(child, places);
  }

 private:
  std::map<std::string, std::pair<std::string, std::string>> ours_;  ///< by text: ours, theirs
};

TEST_F(JexlOracle, AgreesOrHasAReason) {
  const char* wanted = std::getenv("FOZ_ORACLE_ROUNDS");
  const int rounds = wanted == nullptr ? 10 : std::atoi(wanted);
  Generator generator(31);
  std::vector<std::string> expressions;
  for (int i = 0; i < rounds * kExpressionsPerRound; ++i) expressions.push_back(generator.expression(1 + i % 3));
  const auto results = theirs(expressions);
  ASSERT_EQ(results.size(), expressions.size());
  std::vector<std::pair<size_t, Tree>> open;
  Parts parts;
  int unexplained = 0;
  const auto tell = [&](const std::string& expression, const std::string& our, const std::string& their, const std::string& where) {
    if (++unexplained <= 20) ADD_FAILURE() << expression << where << "\n  gives " << our << "\n  JEXL  " << their;
  };
  for (size_t i = 0; i < expressions.size(); ++i) {
    const std::string our = ours(expressions[i]);
    if (agree(our, results[i])) continue;
    auto tree = parse(expressions[i]);
    if (!tree || results[i] == "invalid") {
      tell(expressions[i], our, results[i], "");
      continue;
    }
    parts.add(*tree);
    open.emplace_back(i, *std::move(tree));
  }
  parts.ask([this](const std::vector<std::string>& texts) { return theirs(texts); });
  std::map<std::string, int> explained;
  for (const auto& [i, tree] : open) {
    std::vector<Place> places;
    parts.collect(tree, places);
    if (places.empty()) tell(expressions[i], ours(expressions[i]), results[i], "\n  is read otherwise: bracketed as " + print(tree) + " both agree");
    for (const Place& place : places) {
      const std::string why = reason(place);
      if (why.empty()) tell(expressions[i], place.our, place.their, "\n  in " + print(*place.tree));
      else ++explained[why];
    }
  }
  std::cout << expressions.size() << " expressions, " << open.size() << " differences, " << unexplained << " unexplained\n";
  for (const auto& [why, count] : explained) std::cout << "  " << count << ": " << why << "\n";
  EXPECT_EQ(unexplained, 0);
}

}  // namespace
}  // namespace foz::prep
