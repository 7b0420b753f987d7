#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time_text.h"
#include "simulators/salesforce/soql.h"

namespace foz::sim {
namespace {

constexpr int64_t kDay = 86'400'000;
constexpr size_t kQueryMax = 100'000;
constexpr size_t kStringMax = 4'000;
constexpr size_t kNestingMax = 50;

struct SoqlToken {
  enum class Type : uint8_t { word, text, number, moment, symbol, end };
  Type type = Type::end;
  std::string text = {};
  size_t at = 0;
};

bool word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == ':' || c == '%';
}

bool digit(char c) { return c >= '0' && c <= '9'; }

/// Thrown inside the parser only, and caught by `parse_soql`.
struct Refused {
  SoqlError error;
};

class SoqlLexer {
 public:
  explicit SoqlLexer(std::string_view text) : text_(text) {}

  std::vector<SoqlToken> run() {
    std::vector<SoqlToken> tokens;
    while (true) {
      while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) <= ' ') ++at_;
      tokens.push_back(next());
      if (tokens.back().type == SoqlToken::Type::end) return tokens;
    }
  }

 private:
  SoqlToken next() {
    const size_t start = at_;
    if (at_ == text_.size()) return {.at = start};
    const char c = text_[at_];
    if (c == '\'') return quoted();
    if (digit(c) || ((c == '-' || c == '+') && at_ + 1 < text_.size() && digit(text_[at_ + 1]))) return number();
    if (word_char(c)) {
      while (at_ < text_.size() && word_char(text_[at_])) ++at_;
      return {SoqlToken::Type::word, std::string(text_.substr(start, at_ - start)), start};
    }
    for (const std::string_view symbol : {"!=", "<>", "<=", ">="}) {
      if (text_.substr(at_, 2) == symbol) {
        at_ += 2;
        return {SoqlToken::Type::symbol, std::string(symbol), start};
      }
    }
    ++at_;
    return {SoqlToken::Type::symbol, std::string(1, c), start};
  }

  SoqlToken quoted() {
    const size_t start = at_++;
    std::string value;
    while (at_ < text_.size() && text_[at_] != '\'') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        const char escaped = text_[++at_];
        static constexpr std::string_view kFrom = "nrtbf", kTo = "\n\r\t\b\f";
        const size_t known = kFrom.find(static_cast<char>(escaped | 32));
        value += known != kFrom.npos && escaped >= 'A' ? kTo[known] : escaped;
      } else {
        value += text_[at_];
      }
      ++at_;
    }
    if (at_ == text_.size()) {
      throw Refused{{"MALFORMED_QUERY", soql_message(text_, start, "Bind variables only allowed in Apex code: line ends inside a string")}};
    }
    ++at_;
    if (value.size() > kStringMax) throw Refused{{"MALFORMED_QUERY", "filter value is longer than 4000 characters"}};
    return {SoqlToken::Type::text, std::move(value), start};
  }

  /// Numbers, dates and date-times begin with a digit.
  SoqlToken number() {
    const size_t start = at_++;
    while (at_ < text_.size() && (word_char(text_[at_]) || text_[at_] == '-' || text_[at_] == '+')) ++at_;
    std::string value(text_.substr(start, at_ - start));
    const bool moment = value.size() >= 10 && value[4] == '-' && value[7] == '-';
    return {moment ? SoqlToken::Type::moment : SoqlToken::Type::number, std::move(value), start};
  }

  std::string_view text_;
  size_t at_ = 0;
};

/// Spans of time by name, counted in UTC; weeks begin on Sunday.
class DateLiteral {
 public:
  explicit DateLiteral(int64_t now) : today_(std::chrono::floor<std::chrono::days>(from_millis(now))) {}

  std::optional<SoqlLiteral> read(std::string_view word) const {
    const size_t colon = word.find(':');
    const std::string name = upper(word.substr(0, colon));
    if (colon != word.npos) {
      const auto count = to_integer(word.substr(colon + 1));
      return count ? counted(name, *count) : std::nullopt;
    }
    using std::chrono::days;
    if (name == "TODAY") return span(today_, today_ + days(1));
    if (name == "YESTERDAY") return span(today_ - days(1), today_);
    if (name == "TOMORROW") return span(today_ + days(1), today_ + days(2));
    if (name == "LAST_90_DAYS") return span(today_ - days(89), today_ + days(1));
    if (name == "NEXT_90_DAYS") return span(today_ + days(1), today_ + days(91));
    for (const auto& [prefix, step] : {std::pair("THIS_", 0), std::pair("LAST_", -1), std::pair("NEXT_", 1)}) {
      if (!name.starts_with(prefix)) continue;
      const std::string_view unit = std::string_view(name).substr(5);
      if (unit == "WEEK") return span(week(step), week(step + 1));
      if (unit == "MONTH") return span(month(step), month(step + 1));
      if (unit == "QUARTER") return span(quarter(step), quarter(step + 1));
      if (unit == "YEAR") return span(year(step), year(step + 1));
    }
    return std::nullopt;
  }

 private:
  using Days = std::chrono::sys_days;
  static SoqlLiteral span(Days from, Days to) {
    return {.type = SoqlLiteral::Type::span, .from = from.time_since_epoch().count() * kDay, .to = to.time_since_epoch().count() * kDay};
  }
  std::optional<SoqlLiteral> counted(const std::string& name, int64_t count) const {
    const std::chrono::days n(static_cast<int>(count));
    const int m = static_cast<int>(count);
    if (name == "LAST_N_DAYS") return span(today_ - n, today_ + std::chrono::days(1));
    if (name == "NEXT_N_DAYS") return span(today_ + std::chrono::days(1), today_ + n + std::chrono::days(1));
    if (name == "N_DAYS_AGO") return span(today_ - n, today_ - n + std::chrono::days(1));
    if (name == "LAST_N_WEEKS") return span(week(-m), week(0));
    if (name == "LAST_N_MONTHS") return span(month(-m), month(0));
    if (name == "LAST_N_YEARS") return span(year(-m), year(0));
    return std::nullopt;
  }
  Days week(int step) const {
    const std::chrono::weekday day(today_);
    return today_ - (day - std::chrono::Sunday) + std::chrono::days(7 * step);
  }
  Days month(int step) const {
    const std::chrono::year_month_day date(today_);
    return Days((date.year() / date.month() / 1) + std::chrono::months(step));
  }
  Days quarter(int step) const {
    const std::chrono::year_month_day date(today_);
    const unsigned first = (static_cast<unsigned>(date.month()) - 1) / 3 * 3 + 1;
    return Days((date.year() / std::chrono::month(first) / 1) + std::chrono::months(3 * step));
  }
  Days year(int step) const {
    const std::chrono::year_month_day date(today_);
    return Days((date.year() + std::chrono::years(step)) / 1 / 1);
  }
  Days today_;
};

class SoqlParser {
 public:
  SoqlParser(std::string_view text, int64_t now) : text_(text), dates_(now), tokens_(SoqlLexer(text).run()) {}

  SoqlQuery run() {
    SoqlQuery query{.text = std::string(text_)};
    expect_word("SELECT");
    select_list(query);
    expect_word("FROM");
    query.object = take_word();
    if (is_word() && !at_clause()) alias_ = take_word();
    clauses(query);
    if (peek().type != SoqlToken::Type::end) unexpected();
    for (SoqlQuery::Field& field : query.fields) field.name = plain(field.name, query.object);
    for (SoqlOrder& one : query.order) one.field = plain(one.field, query.object);
    if (query.where) strip_alias(*query.where, query.object);
    return query;
  }

 private:
  /// A field name without the alias or the object's name before it.
  std::string plain(const std::string& name, const std::string& object) const {
    const size_t dot = name.find('.');
    const std::string_view before = std::string_view(name).substr(0, dot == name.npos ? 0 : dot);
    const bool ours = !before.empty() && (equal_ignoring_case(before, object) || equal_ignoring_case(before, alias_));
    return ours ? name.substr(dot + 1) : name;
  }
  void strip_alias(SoqlCondition& condition, const std::string& object) const {
    condition.field = plain(condition.field, object);
    for (SoqlCondition& part : condition.parts) strip_alias(part, object);
  }

  const SoqlToken& peek(size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  bool is_word() const { return peek().type == SoqlToken::Type::word; }
  bool word_is(std::string_view word, size_t ahead = 0) const {
    return peek(ahead).type == SoqlToken::Type::word && equal_ignoring_case(peek(ahead).text, word);
  }
  bool symbol_is(std::string_view symbol) const { return peek().type == SoqlToken::Type::symbol && peek().text == symbol; }
  bool take_if_word(std::string_view word) {
    if (!word_is(word)) return false;
    ++at_;
    return true;
  }
  bool take_if_symbol(std::string_view symbol) {
    if (!symbol_is(symbol)) return false;
    ++at_;
    return true;
  }
  std::string take_word() {
    if (!is_word()) unexpected();
    return tokens_[at_++].text;
  }
  void expect_word(std::string_view word) {
    if (!take_if_word(word)) unexpected();
  }
  void expect_symbol(std::string_view symbol) {
    if (!take_if_symbol(symbol)) unexpected();
  }
  [[noreturn]] void unexpected() const {
    const std::string what = peek().type == SoqlToken::Type::end ? "unexpected token: '<EOF>'" : "unexpected token: '" + peek().text + "'";
    throw Refused{{"MALFORMED_QUERY", soql_message(text_, peek().at, what)}};
  }
  bool at_clause() const {
    static constexpr std::array kClauses = {"WHERE", "ORDER", "LIMIT", "OFFSET", "ALL", "GROUP", "HAVING", "WITH", "FOR", "USING"};
    return std::any_of(kClauses.begin(), kClauses.end(), [&](const char* word) { return word_is(word); });
  }

  void select_list(SoqlQuery& query) {
    if (word_is("COUNT") && peek(1).text == "(" && peek(2).text == ")") {
      at_ += 3;
      query.counts = true;
      return;
    }
    if (word_is("FIELDS") && peek(1).text == "(") {
      at_ += 2;
      query.fields_macro = upper(take_word());
      expect_symbol(")");
      if (query.fields_macro != "ALL" && query.fields_macro != "STANDARD" && query.fields_macro != "CUSTOM") unexpected();
      if (!take_if_symbol(",")) return;
    }
    size_t nameless = 0;
    do {
      const size_t start = peek().at;
      if (symbol_is("(")) throw Refused{{"MALFORMED_QUERY", soql_message(text_, start, "nested queries are not supported")}};
      std::string name = take_word();
      if (symbol_is("(")) {
        query.grouped = true;
        auto found = call(std::move(name));
        const bool has_alias = is_word() && !word_is("FROM");
        const std::string alias = has_alias ? take_word() : "expr" + std::to_string(nameless++);
        query.strange_group = query.strange_group || !found;
        if (!found) continue;
        found->name = alias;
        query.calls.push_back(*std::move(found));
        continue;
      }
      query.fields.push_back({std::move(name), start});
    } while (take_if_symbol(","));
  }

  /// `(field)` behind a function's name. Nothing: it is another kind of call, which is skipped.
  std::optional<SoqlQuery::Call> call(std::string name) {
    static constexpr std::array kOffered = {"CALENDAR_YEAR", "CALENDAR_MONTH", "COUNT"};
    SoqlQuery::Call result{.function = upper(std::move(name))};
    expect_symbol("(");
    bool plain_field = std::find(kOffered.begin(), kOffered.end(), result.function) != kOffered.end() && is_word() && peek(1).text == ")";
    if (plain_field) result.field = peek().text;
    while (!take_if_symbol(")")) {
      if (peek().type == SoqlToken::Type::end) unexpected();
      ++at_;
    }
    return plain_field ? std::optional(std::move(result)) : std::nullopt;
  }

  void grouping(SoqlQuery& query) {
    expect_word("BY");
    query.grouped = true;
    do {
      std::string name = take_word();
      const auto found = symbol_is("(") ? call(std::move(name)) : std::nullopt;
      if (found && found->function != "COUNT") query.group_by.push_back(*found);
      else query.strange_group = true;
    } while (take_if_symbol(","));
    if (!word_is("HAVING")) return;
    query.strange_group = true;
    while (peek().type != SoqlToken::Type::end && !word_is("ORDER") && !word_is("LIMIT")) ++at_;
  }

  void clauses(SoqlQuery& query) {
    if (take_if_word("WHERE")) query.where = conditions(0);
    if (take_if_word("GROUP")) grouping(query);
    if (take_if_word("ORDER")) {
      expect_word("BY");
      do {
        query.order.push_back(order());
      } while (take_if_symbol(","));
    }
    if (take_if_word("LIMIT")) query.limit = whole_number();
    if (take_if_word("OFFSET")) query.offset = whole_number();
    if (take_if_word("ALL")) {
      expect_word("ROWS");
      query.all_rows = true;
    }
  }

  uint64_t whole_number() {
    const auto number = to_integer(peek().text);
    if (peek().type != SoqlToken::Type::number || !number || *number < 0) unexpected();
    ++at_;
    return static_cast<uint64_t>(*number);
  }

  SoqlOrder order() {
    SoqlOrder result{.field = take_word()};
    if (take_if_word("DESC")) result.descending = true;
    else take_if_word("ASC");
    if (take_if_word("NULLS")) {
      result.nulls_last = take_if_word("LAST");
      if (!result.nulls_last) expect_word("FIRST");
    }
    return result;
  }

  /// `a AND b AND c`, or the same with OR; Salesforce refuses both at one level without parentheses.
  SoqlCondition conditions(size_t depth) {
    if (depth > kNestingMax) unexpected();
    SoqlCondition first = unary(depth);
    if (!word_is("AND") && !word_is("OR")) return first;
    const bool both = word_is("AND");
    SoqlCondition result{.op = both ? SoqlCondition::Op::all_of : SoqlCondition::Op::any_of};
    result.parts.push_back(std::move(first));
    while (take_if_word(both ? "AND" : "OR")) result.parts.push_back(unary(depth));
    if (word_is("AND") || word_is("OR")) unexpected();
    return result;
  }

  SoqlCondition unary(size_t depth) {
    if (take_if_word("NOT")) {
      SoqlCondition result{.op = SoqlCondition::Op::negation};
      result.parts.push_back(unary(depth + 1));
      if (depth > kNestingMax) unexpected();
      return result;
    }
    if (take_if_symbol("(")) {
      SoqlCondition inner = conditions(depth + 1);
      expect_symbol(")");
      return inner;
    }
    return comparison();
  }

  SoqlCondition comparison() {
    SoqlCondition result{.at = peek().at};
    result.field = take_word();
    result.op = comparison_op();
    using Op = SoqlCondition::Op;
    if (result.op == Op::in || result.op == Op::not_in || result.op == Op::includes || result.op == Op::excludes) {
      expect_symbol("(");
      do {
        result.values.push_back(literal());
      } while (take_if_symbol(","));
      expect_symbol(")");
    } else {
      result.values.push_back(literal());
    }
    return result;
  }

  SoqlCondition::Op comparison_op() {
    using Op = SoqlCondition::Op;
    static constexpr std::pair<std::string_view, Op> kSymbols[] = {{"=", Op::eq},  {"!=", Op::ne}, {"<>", Op::ne}, {"<", Op::lt},
                                                                   {"<=", Op::le}, {">", Op::gt},  {">=", Op::ge}};
    for (const auto& [symbol, op] : kSymbols) {
      if (take_if_symbol(symbol)) return op;
    }
    if (take_if_word("IN")) return Op::in;
    if (take_if_word("LIKE")) return Op::like;
    if (take_if_word("INCLUDES")) return Op::includes;
    if (take_if_word("EXCLUDES")) return Op::excludes;
    if (word_is("NOT") && word_is("IN", 1)) {
      at_ += 2;
      return Op::not_in;
    }
    unexpected();
  }

  SoqlLiteral literal() {
    const SoqlToken token = peek();
    using Type = SoqlLiteral::Type;
    switch (token.type) {
      case SoqlToken::Type::text: ++at_; return {.type = Type::text, .text = token.text};
      case SoqlToken::Type::moment: return moment();
      case SoqlToken::Type::number: {
        const auto number = to_number(token.text);
        if (!number) unexpected();
        ++at_;
        return {.type = Type::number, .text = token.text, .number = *number};
      }
      case SoqlToken::Type::word: return word_literal();
      default: unexpected();
    }
  }

  SoqlLiteral moment() {
    const std::string& text = peek().text;
    if (const auto day = parse_iso_date(text)) {
      ++at_;
      return {.type = SoqlLiteral::Type::date, .from = day->time_since_epoch().count()};
    }
    const auto instant = parse_rfc3339(text);
    if (!instant) unexpected();
    ++at_;
    return {.type = SoqlLiteral::Type::instant, .from = to_millis(*instant)};
  }

  SoqlLiteral word_literal() {
    if (take_if_word("null")) return {};
    for (const bool value : {true, false}) {
      if (take_if_word(value ? "true" : "false")) return {.type = SoqlLiteral::Type::boolean, .number = value ? 1.0 : 0.0};
    }
    const auto span = dates_.read(peek().text);
    if (!span) unexpected();
    ++at_;
    return *span;
  }

  std::string_view text_;
  DateLiteral dates_;
  std::vector<SoqlToken> tokens_;
  size_t at_ = 0;
  std::string alias_;
};

}  // namespace

std::string soql_message(std::string_view query, size_t at, std::string_view what) {
  const size_t line_start = at == 0 ? 0 : query.rfind('\n', at - 1) + 1;
  const auto row = std::count(query.begin(), query.begin() + static_cast<std::ptrdiff_t>(std::min(at, query.size())), '\n') + 1;
  const size_t from = at - line_start > 50 ? at - 50 : line_start;
  const std::string_view shown = query.substr(from, std::min<size_t>(query.find('\n', from), query.size()) - from).substr(0, 100);
  return "\n" + std::string(shown) + "\n" + std::string(at - from, ' ') + "^\nERROR at Row:" + std::to_string(row) +
         ":Column:" + std::to_string(at - line_start + 1) + "\n" + std::string(what);
}

SoqlError no_such_column(std::string_view query, size_t at, std::string_view name, std::string_view object) {
  return {"INVALID_FIELD",
          soql_message(query, at,
                       "No such column '" + std::string(name) + "' on entity '" + std::string(object) +
                           "'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. "
                           "Please reference your WSDL or the describe call for the appropriate names.")};
}

SoqlParsed parse_soql(std::string_view text, int64_t now) {
  if (text.size() > kQueryMax) return SoqlError{"QUERY_TOO_COMPLICATED", "SOQL statements cannot be longer than 100000 characters."};
  try {
    return SoqlParser(text, now).run();
  } catch (const Refused& refused) {
    return refused.error;
  }
}

}  // namespace foz::sim
