#pragma once
// Expressions to tokens, each with its line and column. Follows: Data Prep contract, 4.1, 4.2.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/chunk.h"

namespace foz::prep {

/// Characters of an expression at most. Follows: Data Prep contract, 4.7.
inline constexpr size_t kExpressionMax = 4096;

struct Position {
  uint32_t line = 1, column = 1;  ///< column in characters
};
std::string to_string(Position position);

enum class TokenKind : uint8_t {
  end,
  name,           ///< `text` is the name
  wrapped,        ///< `${…}`: `text` is what stood between, escapes kept
  symbol,         ///< operator or bracket; words such as `and` arrive as their sign
  word,           ///< null, true, false, empty, size and the words of statements
  integer,        ///< `decimal` holds it
  number,         ///< `number` holds it
  decimal,        ///< suffix b: `decimal` holds it, scale above 0
  text,           ///< quoted; `text` is the content
  template_text,  ///< in back quotes; `text` is what stood between, escapes kept
};

struct Token {
  TokenKind kind = TokenKind::end;
  Position at = {};
  size_t offset = 0;   ///< byte where it begins
  std::string text = {};
  double number = 0;
  engine::Decimal decimal = {};
};

/// The tokens of an expression; the last one is `end`.
/// Errors: invalid (CONV-1005-400), `where` = "line:column".
Result<std::vector<Token>> tokens_of(std::string_view expression);

/// An error of the expression at a position.
Error expression_error(Position at, std::string message);

/// True for characters that may stand in a name (letters, digits, `_`, `$`).
bool is_name_character(uint32_t code_point);
bool is_name_start(uint32_t code_point);

}  // namespace foz::prep
