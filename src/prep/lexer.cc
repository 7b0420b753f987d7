#include "prep/lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.h"
#include "prep/decimal.h"

namespace foz::prep {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_any(char c, std::string_view among) { return among.find(c) != among.npos; }

/// Longest first, so that the first that fits is the right one.
constexpr std::array kSymbols = {
    std::string_view("..."), std::string_view("->"), std::string_view("=~"), std::string_view("!~"), std::string_view("=^"),
    std::string_view("!^"),  std::string_view("=$"), std::string_view("!$"), std::string_view("=="), std::string_view("!="),
    std::string_view("<="),  std::string_view(">="), std::string_view("&&"), std::string_view("||"), std::string_view("?:"),
    std::string_view(".."),  std::string_view("+="), std::string_view("-="), std::string_view("*="), std::string_view("/="),
    std::string_view("%="),  std::string_view("&="), std::string_view("|="), std::string_view("^="), std::string_view("="),
    std::string_view("<"),   std::string_view(">"),  std::string_view("!"),  std::string_view("~"),  std::string_view("+"),
    std::string_view("-"),   std::string_view("*"),  std::string_view("/"),  std::string_view("%"),  std::string_view("&"),
    std::string_view("|"),   std::string_view("^"),  std::string_view("?"),  std::string_view(":"),  std::string_view("."),
    std::string_view(","),   std::string_view("("),  std::string_view(")"),  std::string_view("["),  std::string_view("]"),
    std::string_view("{"),   std::string_view("}"),  std::string_view(";"),
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kWordOperators = {{
    {"and", "&&"}, {"or", "||"}, {"not", "!"}, {"eq", "=="}, {"ne", "!="}, {"lt", "<"},
    {"le", "<="},  {"gt", ">"},  {"ge", ">="}, {"div", "/"}, {"mod", "%"}, {"NaN", "NaN"},
}};
constexpr std::array kWords = {
    std::string_view("null"),   std::string_view("true"),  std::string_view("false"),    std::string_view("empty"),
    std::string_view("size"),   std::string_view("new"),   std::string_view("break"),    std::string_view("var"),
    std::string_view("for"),    std::string_view("while"), std::string_view("continue"), std::string_view("else"),
    std::string_view("if"),     std::string_view("return"), std::string_view("do"),      std::string_view("function"),
};

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  Result<std::vector<Token>> run() {
    std::vector<Token> tokens;
    while (true) {
      TRY_DO(skip_blanks());
      token_ = {.at = position(), .offset = at_};
      if (at_ == source_.size()) {
        tokens.push_back(std::move(token_));
        return tokens;
      }
      const bool after_point = !tokens.empty() && tokens.back().kind == TokenKind::symbol && tokens.back().text == ".";
      TRY_DO(next(after_point));
      tokens.push_back(std::move(token_));
    }
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }
  std::string_view rest() const { return source_.substr(at_); }

  Position position() {
    for (; counted_ < at_; ++counted_) {
      const char c = source_[counted_];
      if (c == '\n') ++where_.line, where_.column = 1;
      else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++where_.column;
    }
    return where_;
  }

  Status skip_blanks() {
    while (at_ < source_.size()) {
      if (is_any(peek(), " \t\r\n\f")) {
        ++at_;
      } else if (rest().starts_with("//") || rest().starts_with("##")) {
        at_ = std::min(source_.find('\n', at_), source_.size());
      } else if (rest().starts_with("/*")) {
        const size_t end = source_.find("*/", at_ + 2);
        if (end == source_.npos) return expression_error(position(), "the comment is not closed: */ is missing");
        at_ = end + 2;
      } else {
        return {};
      }
    }
    return {};
  }

  Status next(bool after_point) {
    const char c = peek();
    if (is_digit(c)) return after_point ? plain_index() : number();
    if (c == '"' || c == '\'') return text(c);
    if (c == '`') return template_text();
    if (c == '$' && peek(1) == '{') return wrapped();
    size_t offset = at_;
    const uint32_t code_point = utf8::next(source_, offset);
    if (is_name_start(code_point)) return name();
    for (const std::string_view symbol : kSymbols) {
      if (!rest().starts_with(symbol)) continue;
      return emit(TokenKind::symbol, symbol.size(), std::string(symbol));
    }
    return expression_error(token_.at, "the character " + std::string(source_.substr(at_, offset - at_)) +
                                           " has no meaning here");
  }

  Status emit(TokenKind kind, size_t bytes, std::string text) {
    token_.kind = kind;
    token_.text = std::move(text);
    at_ += bytes;
    return {};
  }

  Status name() {
    size_t end = at_;
    while (end < source_.size()) {
      size_t after = end;
      if (!is_name_character(utf8::next(source_, after))) break;
      end = after;
    }
    const std::string_view word = source_.substr(at_, end - at_);
    for (const auto& [spelled, symbol] : kWordOperators) {
      if (word != spelled) continue;
      if (spelled == symbol) {
        token_.number = std::nan("");
        return emit(TokenKind::number, word.size(), std::string(word));
      }
      token_.text = word;
      return emit(TokenKind::symbol, word.size(), std::string(symbol));
    }
    const bool is_word = std::find(kWords.begin(), kWords.end(), word) != kWords.end();
    return emit(is_word ? TokenKind::word : TokenKind::name, word.size(), std::string(word));
  }

  /// `a.0.b`: only digits, for the point ends the index.
  Status plain_index() {
    size_t count = 0;
    while (is_digit(peek(count))) ++count;
    token_.kind = TokenKind::integer;
    return whole_number(rest().substr(0, count), 10, count);
  }

  Status whole_number(std::string_view digits, unsigned base, size_t bytes) {
    engine::Int128 value = 0;
    constexpr engine::Int128 kMax = (static_cast<engine::Int128>(1) << 120);
    for (const char c : digits) {
      const unsigned digit = is_digit(c) ? static_cast<unsigned>(c - '0') : static_cast<unsigned>((c | 32) - 'a') + 10;
      if (digit >= base) return expression_error(token_.at, "an octal number (it begins with 0) has no digit above 7");
      if (value > kMax / base) return expression_error(token_.at, "the number is too large");
      value = value * base + digit;
    }
    token_.decimal = {.unscaled = value, .scale = 0};
    return emit(TokenKind::integer, bytes, std::string(rest().substr(0, bytes)));
  }

  Status number() {
    if (peek() == '0' && is_any(peek(1), "xX")) {
      size_t end = 2;
      while (is_hex(peek(end))) ++end;
      if (end == 2) return expression_error(token_.at, "hexadecimal digits are missing behind 0x");
      const std::string_view digits = rest().substr(2, end - 2);
      if (is_any(peek(end), "lLhH")) ++end;
      TRY_DO(whole_number(digits, 16, end));
      return no_name_follows();
    }
    size_t end = 0;
    bool fraction = false;
    while (is_digit(peek(end))) ++end;
    const size_t whole_digits = end;
    if (peek(end) == '.' && is_digit(peek(end + 1))) {
      fraction = true;
      for (++end; is_digit(peek(end));) ++end;
    }
    const size_t sign = is_any(peek(end + 1), "+-") ? 1 : 0;
    if (is_any(peek(end), "eE") && is_digit(peek(end + 1 + sign))) {
      fraction = true;
      for (end += 1 + sign; is_digit(peek(end));) ++end;
    }
    const std::string_view digits = rest().substr(0, end);
    const char suffix = peek(end) == '\0' ? ' ' : peek(end);
    if (is_any(suffix, "bB")) {
      TRY_DO(exact(digits, end + 1));
    } else if (fraction || is_any(suffix, "fFdD")) {
      TRY_DO(floating(digits, is_any(suffix, "fF"), end + (is_any(suffix, "fFdD") ? 1 : 0)));
    } else {
      const bool octal = digits.size() > 1 && digits[0] == '0';
      TRY_DO(whole_number(digits.substr(0, whole_digits), octal ? 8 : 10, end + (is_any(suffix, "lLhH") ? 1 : 0)));
    }
    return no_name_follows();
  }

  Status no_name_follows() {
    if (at_ >= source_.size()) return {};
    size_t offset = at_;
    if (!is_name_character(utf8::next(source_, offset))) return {};
    return expression_error(token_.at, "a number is directly followed by " + std::string(source_.substr(at_, offset - at_)));
  }

  Status exact(std::string_view digits, size_t bytes) {
    auto value = decimal_of_text(digits);
    if (value && value->scale == 0) value = multiply(*value, {.unscaled = 10, .scale = 1});
    if (!value) return expression_error(token_.at, "an exact decimal has at most 38 digits");
    token_.decimal = *value;
    return emit(TokenKind::decimal, bytes, std::string(digits));
  }

  Status floating(std::string_view digits, bool single, size_t bytes) {
    double value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    token_.number = single ? static_cast<double>(static_cast<float>(value)) : value;
    if (!std::isfinite(token_.number)) return expression_error(token_.at, "the number is too large");
    return emit(TokenKind::number, bytes, std::string(digits));
  }

  Status text(char quote) {
    std::string content;
    size_t i = 1;
    for (; at_ + i < source_.size() && peek(i) != quote; ++i) {
      if (peek(i) != '\\') {
        content += peek(i);
      } else if (is_any(peek(i + 1), "\\'\"")) {
        content += peek(++i);
      } else if (peek(i + 1) == 'u' && is_hex(peek(i + 2)) && is_hex(peek(i + 3)) && is_hex(peek(i + 4)) && is_hex(peek(i + 5))) {
        i += 1;
        unicode_escape(content, i);
      } else {
        content += '\\';  // stays: a regular expression is written "\d+" or "\\d+"
      }
    }
    if (at_ + i >= source_.size()) return expression_error(token_.at, std::string("the text is not closed: ") + quote + " is missing");
    return emit(TokenKind::text, i + 1, std::move(content));
  }

  uint32_t four_hex(size_t ahead) const {
    uint32_t value = 0;
    const std::string_view digits = source_.substr(std::min(at_ + ahead, source_.size()), 4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    return error == std::errc() && end == digits.data() + 4 ? value : 0;
  }

  /// At the `u` of `\uXXXX`; two surrogates in a row are one character. Leaves `i` on the last digit.
  void unicode_escape(std::string& content, size_t& i) {
    uint32_t value = four_hex(i + 1);
    i += 4;
    const bool high = value >= 0xD800 && value < 0xDC00;
    if (high && rest().substr(std::min(i + 1, rest().size())).starts_with("\\u")) {
      const uint32_t low = four_hex(i + 3);
      if (low >= 0xDC00 && low < 0xE000) {
        value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
        i += 6;
      }
    }
    utf8::append(content, value);
  }

  Status template_text() {
    size_t i = 1;
    while (at_ + i < source_.size() && peek(i) != '`') i += peek(i) == '\\' ? 2 : 1;
    if (at_ + i >= source_.size()) return expression_error(token_.at, "the text is not closed: ` is missing");
    return emit(TokenKind::template_text, i + 1, std::string(rest().substr(1, i - 1)));
  }

  Status wrapped() {
    const size_t end = source_.find('}', at_);
    if (end == source_.npos) return expression_error(token_.at, "the name is not closed: } is missing");
    const std::string_view inside = source_.substr(at_ + 2, end - at_ - 2);
    if (trim(inside).empty()) return expression_error(token_.at, "the name between ${ and } is empty");
    return emit(TokenKind::wrapped, end + 1 - at_, std::string(inside));
  }

  std::string_view source_;
  size_t at_ = 0;
  size_t counted_ = 0;
  Position where_;
  Token token_;
};

}  // namespace

std::string to_string(Position position) {
  return std::to_string(position.line) + ":" + std::to_string(position.column);
}

Error expression_error(Position at, std::string message) {
  return {.kind = ErrorKind::invalid,
          .message = std::move(message) + " (at " + to_string(at) + ")",
          .code = "CONV-1005-400",
          .where = to_string(at)};
}

bool is_name_start(uint32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
  // Letters of any script; what is surely none (Latin-1 signs, general punctuation, arrows, private use) is left out.
  if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA;
  return c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x2BFF) && !(c >= 0x3000 && c <= 0x3004) &&
         !(c >= 0xE000 && c <= 0xF8FF) && !(c >= 0xFFF0 && c <= 0xFFFF);
}

bool is_name_character(uint32_t c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

Result<std::vector<Token>> tokens_of(std::string_view expression) {
  if (!utf8::valid(expression)) return expression_error({}, "the expression is no well-formed UTF-8");
  if (utf8::length(expression) > kExpressionMax) {
    return expression_error({}, "the expression is longer than " + std::to_string(kExpressionMax) + " characters");
  }
  return Lexer(expression).run();
}

}  // namespace foz::prep
