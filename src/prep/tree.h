#pragma once
// Expressions as trees, every node with its line and column.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/chunk.h"
#include "prep/lexer.h"
#include "prep/path.h"

namespace foz::prep {

struct Function;

enum class Operator : uint8_t {
  // two operands
  or_else, and_also, bit_or, bit_xor, bit_and, equal, unequal, less, less_equal, greater, greater_equal,
  matches, matches_not, starts, starts_not, ends, ends_not, add, subtract, multiply, divide, modulo, range,
  // one operand
  negate, not_true, complement, empty, size,
};
/// As it is written: "+", "=~", "empty".
std::string_view symbol_of(Operator op);

enum class TreeKind : uint8_t {
  null_value,
  boolean,      ///< `truth`
  integer,      ///< `decimal`, scale 0
  number,       ///< `number`
  decimal,      ///< `decimal`
  text,         ///< `text`
  join,         ///< template text: the children are texts and expressions
  name,         ///< `text`: a source attribute or the parameter of a lambda
  member,       ///< child 0, name in `text`
  index,        ///< child 0 [ child 1 ]
  every,        ///< child 0 [*]: the elements of an array; what follows is done to each
  call,         ///< `text` is the function, children the arguments
  method,       ///< `text` is the method, child 0 the receiver
  unary,        ///< `op`
  binary,       ///< `op`
  conditional,  ///< child 0 ? child 1 : child 2
  otherwise,    ///< child 0 ?: child 1
  array,
  set,
  map,          ///< children: key, value, key, value …
  lambda,       ///< `names` are the parameters, child 0 the body
};

struct Tree {
  TreeKind kind = TreeKind::null_value;
  Position at = {};
  Operator op = Operator::add;
  bool truth = false;
  bool wrapped = false;  ///< a name that stood in `${}`; it may hold unescaped dots
  double number = 0;
  engine::Decimal decimal = {};
  std::string text = {};
  std::vector<std::string> names = {};
  std::vector<Tree> children = {};

  // What the checker found out.
  engine::Type type = engine::Type::any;
  const Function* function = nullptr;
  int column = -1;                    ///< of the source, for a name or a path that reads one
  std::vector<Step> path = {};        ///< steps behind that column
};

/// Parses one expression. Errors: invalid (CONV-1005-400), `where` = "line:column"; also for statements, which are
/// refused by name, and for nesting beyond 64.
Result<Tree> parse(std::string_view expression);

/// The tree as an expression, fully bracketed: parse(print(x)) prints the same.
std::string print(const Tree& tree);
/// `text` as a literal in double quotes.
std::string quoted_text(std::string_view text);

}  // namespace foz::prep
