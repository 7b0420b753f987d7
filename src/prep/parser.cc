#include <array>
#include <optional>

#include "base/text.h"
#include "prep/tree.h"

namespace foz::prep {
namespace {

/// Brackets, calls, unary operators and lambdas inside each other. Follows: Data Prep contract, 4.7.
constexpr int kNestingMax = 64;
/// `a ? b : c ? d : …`: branches in a row.
constexpr int kBranchesMax = 400;

struct Level {
  std::string_view symbol;
  Operator op;
  int level;  ///< 1 binds loosest
  bool chains = true;
};

constexpr std::array<Level, 23> kBinary = {{
    {"||", Operator::or_else, 1},
    {"&&", Operator::and_also, 2},
    {"|", Operator::bit_or, 3},
    {"^", Operator::bit_xor, 4},
    {"&", Operator::bit_and, 5},
    {"==", Operator::equal, 6, false},
    {"!=", Operator::unequal, 6, false},
    {"<", Operator::less, 7, false},
    {"<=", Operator::less_equal, 7, false},
    {">", Operator::greater, 7, false},
    {">=", Operator::greater_equal, 7, false},
    {"=~", Operator::matches, 7, false},
    {"!~", Operator::matches_not, 7, false},
    {"=^", Operator::starts, 7, false},
    {"!^", Operator::starts_not, 7, false},
    {"=$", Operator::ends, 7, false},
    {"!$", Operator::ends_not, 7, false},
    {"..", Operator::range, 8, false},
    {"+", Operator::add, 9},
    {"-", Operator::subtract, 9},
    {"*", Operator::multiply, 10},
    {"/", Operator::divide, 10},
    {"%", Operator::modulo, 10},
}};

const Level* binary_of(std::string_view symbol) {
  for (const Level& level : kBinary) {
    if (level.symbol == symbol) return &level;
  }
  return nullptr;
}

std::string_view statement_hint(std::string_view word) {
  if (word == "if") return "; write iif(condition, a, b) or condition ? a : b";
  if (word == "for" || word == "while") return "; write transformArray(array, x -> …)";
  return "";
}

std::string described(const Token& token) {
  switch (token.kind) {
    case TokenKind::end: return "the end of the expression";
    case TokenKind::text: return "the text " + quoted_text(token.text.substr(0, 40));
    case TokenKind::wrapped: return "${" + token.text + "}";
    case TokenKind::template_text: return "a text in back quotes";
    default: return token.text;
  }
}

class Parser {
 public:
  Parser(std::vector<Token> tokens, std::string_view source, int depth)
      : tokens_(std::move(tokens)), source_(source), depth_(depth) {}

  Result<Tree> run() {
    if (is(TokenKind::end)) return expression_error(now().at, "the expression is empty");
    TRY(Tree tree, expression());
    if (is(TokenKind::end)) return tree;
    if (is_symbol(";")) return expression_error(now().at, "a mapping is one expression; statements (;) are not taken");
    if (now().kind == TokenKind::symbol && now().text.ends_with("=") && binary_of(now().text) == nullptr) {
      return expression_error(now().at, "an assignment (" + now().text + ") is a statement, and a mapping is one expression");
    }
    if (const Level* level = binary_of(now().text); now().kind == TokenKind::symbol && level != nullptr) {
      return expression_error(now().at, "comparisons do not chain at " + now().text + "; put brackets around one of them");
    }
    return expression_error(now().at, described(now()) + " is not expected here");
  }

 private:
  const Token& now() const { return tokens_[at_]; }
  const Token& ahead(size_t count) const { return tokens_[std::min(at_ + count, tokens_.size() - 1)]; }
  bool is(TokenKind kind) const { return now().kind == kind; }
  bool is_symbol(std::string_view text) const { return symbol_at(0, text); }
  bool symbol_at(size_t count, std::string_view text) const {
    return ahead(count).kind == TokenKind::symbol && ahead(count).text == text;
  }
  bool take_symbol(std::string_view text) {
    if (!is_symbol(text)) return false;
    ++at_;
    return true;
  }
  Status want(std::string_view symbol, std::string_view after) {
    if (take_symbol(symbol)) return {};
    return expression_error(now().at, std::string(symbol) + " is missing " + std::string(after) + ", before " + described(now()));
  }

  static Tree node(TreeKind kind, Position at, std::vector<Tree> children = {}) {
    Tree tree;
    tree.kind = kind;
    tree.at = at;
    tree.children = std::move(children);
    return tree;
  }
  template <class... Children>
  static std::vector<Tree> list(Children&&... children) {
    std::vector<Tree> all;
    (all.push_back(std::forward<Children>(children)), ...);
    return all;
  }

  /// Holds the nesting for as long as it lives.
  struct Deeper {
    explicit Deeper(int& count) : depth(count) { ++depth; }
    ~Deeper() { --depth; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    int& depth;
  };
  Status check_depth() const {
    if (depth_ <= kNestingMax) return {};
    return expression_error(now().at, "the expression is nested deeper than " + std::to_string(kNestingMax));
  }

  Result<Tree> expression() {
    const Deeper deeper(depth_);
    TRY_DO(check_depth());
    if (const auto names = lambda_ahead()) return lambda(*names);
    return branches();
  }

  /// condition ? a : b, condition ?: b; to the right, without recursion through the levels above.
  Result<Tree> branches() {
    const Deeper branch(branches_);
    if (branches_ > kBranchesMax) return expression_error(now().at, "too many ? : in a row");
    TRY(Tree condition, binary(1));
    const Position at = now().at;
    if (take_symbol("?:")) {
      TRY(Tree other, branches());
      return node(TreeKind::otherwise, at, list(std::move(condition), std::move(other)));
    }
    if (!take_symbol("?")) return condition;
    TRY(Tree yes, branches());
    TRY_DO(want(":", "behind the first branch of ?"));
    TRY(Tree no, branches());
    return node(TreeKind::conditional, at, list(std::move(condition), std::move(yes), std::move(no)));
  }

  Result<Tree> binary(int loosest) {
    TRY(Tree left, unary());
    int last_level = 0;
    while (now().kind == TokenKind::symbol) {
      const Level* level = binary_of(now().text);
      if (level == nullptr || level->level < loosest || (level->level == last_level && !level->chains)) break;
      if (last_level != 0 && level->level > last_level) break;  // the right side left it: it does not chain
      const Position at = now().at;
      ++at_;
      TRY(Tree right, binary(level->level + 1));
      Tree joined = node(TreeKind::binary, at, list(std::move(left), std::move(right)));
      joined.op = level->op;
      left = std::move(joined);
      last_level = level->level;
    }
    return left;
  }

  std::optional<Operator> unary_ahead() const {
    if (is_symbol("-")) return Operator::negate;
    if (is_symbol("!")) return Operator::not_true;
    if (is_symbol("~")) return Operator::complement;
    if (!is(TokenKind::word)) return std::nullopt;
    if (now().text == "empty") return Operator::empty;
    if (now().text == "size") return Operator::size;
    return std::nullopt;
  }

  Result<Tree> unary() {
    const auto op = unary_ahead();
    if (!op) return postfix();
    const Deeper deeper(depth_);
    TRY_DO(check_depth());
    const Position at = now().at;
    ++at_;
    TRY(Tree operand, unary());
    Tree tree = node(TreeKind::unary, at, list(std::move(operand)));
    tree.op = *op;
    return tree;
  }

  Result<Tree> postfix() {
    TRY(Tree tree, primary());
    while (true) {
      const Position at = now().at;
      if (take_symbol(".")) {
        TRY(tree, step(std::move(tree), at));
      } else if (take_symbol("[")) {
        if (is_symbol("*") && symbol_at(1, "]")) {
          at_ += 2;
          tree = node(TreeKind::every, at, list(std::move(tree)));
          continue;
        }
        TRY(Tree index, expression());
        TRY_DO(want("]", "behind the index"));
        tree = node(TreeKind::index, at, list(std::move(tree), std::move(index)));
      } else {
        return tree;
      }
    }
  }

  /// What stands behind a point: a member, an index, a method.
  Result<Tree> step(Tree receiver, Position at) {
    const Token token = now();
    if (token.kind == TokenKind::integer) {
      ++at_;
      Tree index = node(TreeKind::integer, token.at);
      index.decimal = token.decimal;
      return node(TreeKind::index, at, list(std::move(receiver), std::move(index)));
    }
    // Words of the language are plain names behind a point: `x.size()`, `x.new`.
    const bool word_operator = token.kind == TokenKind::symbol && is_name_start(static_cast<unsigned char>(source_[token.offset]));
    if (token.kind != TokenKind::name && token.kind != TokenKind::word && token.kind != TokenKind::wrapped && !word_operator) {
      return expression_error(token.at, "a name is missing behind the point, before " + described(token));
    }
    ++at_;
    const std::string name = word_operator ? word_at(token.offset) : token.text;
    if (take_symbol("(")) {
      Tree call = node(TreeKind::method, token.at, list(std::move(receiver)));
      call.text = name;
      TRY_DO(arguments(call));
      return call;
    }
    Tree member = node(TreeKind::member, token.at, list(std::move(receiver)));
    member.text = name;
    member.wrapped = token.kind == TokenKind::wrapped;
    return member;
  }

  std::string word_at(size_t offset) const {
    size_t end = offset;
    while (end < source_.size() && is_name_character(static_cast<unsigned char>(source_[end])) && source_[end] > 0) ++end;
    return std::string(source_.substr(offset, end - offset));
  }

  Status arguments(Tree& call) {
    if (take_symbol(")")) return {};
    do {
      TRY(Tree argument, expression());
      call.children.push_back(std::move(argument));
    } while (take_symbol(","));
    return want(")", "behind the arguments of " + call.text);
  }

  Result<Tree> primary() {
    const Token token = now();
    switch (token.kind) {
      case TokenKind::integer:
      case TokenKind::decimal: {
        ++at_;
        Tree tree = node(token.kind == TokenKind::integer ? TreeKind::integer : TreeKind::decimal, token.at);
        tree.decimal = token.decimal;
        return tree;
      }
      case TokenKind::number: {
        ++at_;
        Tree tree = node(TreeKind::number, token.at);
        tree.number = token.number;
        return tree;
      }
      case TokenKind::text: {
        ++at_;
        Tree tree = node(TreeKind::text, token.at);
        tree.text = token.text;
        return tree;
      }
      case TokenKind::template_text: ++at_; return template_text(token);
      case TokenKind::name:
      case TokenKind::wrapped: return name_or_call();
      case TokenKind::word: return word();
      case TokenKind::end: return expression_error(token.at, "the expression ends where a value is expected");
      case TokenKind::symbol: break;
    }
    if (take_symbol("(")) {
      TRY(Tree inside, expression());
      TRY_DO(want(")", "behind the brackets"));
      return inside;
    }
    if (take_symbol("[")) return array(token.at);
    if (take_symbol("{")) return set_or_map(token.at);
    if (is_symbol("=") || is_symbol(";")) return expression_error(token.at, "a mapping is one expression; statements are not taken");
    return expression_error(token.at, "a value is expected before " + described(token));
  }

  Result<Tree> name_or_call() {
    const Token token = now();
    ++at_;
    if (token.kind == TokenKind::name && take_symbol("(")) {
      Tree call = node(TreeKind::call, token.at);
      call.text = token.text;
      TRY_DO(arguments(call));
      return call;
    }
    Tree name = node(TreeKind::name, token.at);
    name.text = token.text;
    name.wrapped = token.kind == TokenKind::wrapped;
    return name;
  }

  Result<Tree> word() {
    const Token token = now();
    ++at_;
    if (token.text == "null") return node(TreeKind::null_value, token.at);
    if (token.text == "true" || token.text == "false") {
      Tree tree = node(TreeKind::boolean, token.at);
      tree.truth = token.text == "true";
      return tree;
    }
    return expression_error(token.at, "the word " + token.text + " begins a statement, and a mapping is one expression" +
                                          std::string(statement_hint(token.text)) + "; an attribute of that name is written ${" +
                                          token.text + "}");
  }

  Result<Tree> array(Position at) {
    Tree tree = node(TreeKind::array, at);
    if (take_symbol("]")) return tree;
    do {
      TRY(Tree element, expression());
      tree.children.push_back(std::move(element));
    } while (take_symbol(","));
    TRY_DO(want("]", "behind the elements of the array"));
    return tree;
  }

  Result<Tree> set_or_map(Position at) {
    if (take_symbol("}")) return node(TreeKind::set, at);
    if (is_symbol(":") && symbol_at(1, "}")) {
      at_ += 2;
      return node(TreeKind::map, at);
    }
    TRY(Tree first, expression());
    const bool is_map = is_symbol(":");
    Tree tree = node(is_map ? TreeKind::map : TreeKind::set, at, list(std::move(first)));
    while (true) {
      if (is_map) {
        TRY_DO(want(":", "between key and value"));
        TRY(Tree value, expression());
        tree.children.push_back(std::move(value));
      }
      if (!take_symbol(",")) break;
      TRY(Tree next, expression());
      tree.children.push_back(std::move(next));
    }
    TRY_DO(want("}", is_map ? "behind the entries of the map" : "behind the elements of the set"));
    return tree;
  }

  /// The parameters when a lambda begins here: `x ->`, `(x, y) ->`, `() ->`.
  std::optional<std::vector<std::string>> lambda_ahead() const {
    if (is(TokenKind::name) && symbol_at(1, "->")) return std::vector<std::string>{now().text};
    if (!is_symbol("(")) return std::nullopt;
    std::vector<std::string> names;
    size_t i = 1;
    while (ahead(i).kind == TokenKind::name) {
      names.push_back(ahead(i++).text);
      if (!symbol_at(i, ",")) break;
      ++i;
    }
    if (!symbol_at(i, ")") || !symbol_at(i + 1, "->")) return std::nullopt;
    return names;
  }

  Result<Tree> lambda(std::vector<std::string> names) {
    const Position at = now().at;
    while (!take_symbol("->")) ++at_;
    Tree tree = node(TreeKind::lambda, at);
    tree.names = std::move(names);
    // `{ body }` is JEXL's form; `{` may also begin a set or a map, which a body in braces shadows as it does there.
    if (is_symbol("{") && !looks_like_map()) {
      ++at_;
      TRY(Tree body, expression());
      take_symbol(";");
      TRY_DO(want("}", "behind the body of the lambda"));
      tree.children.push_back(std::move(body));
      return tree;
    }
    TRY(Tree body, expression());
    tree.children.push_back(std::move(body));
    return tree;
  }

  bool looks_like_map() const {
    if (symbol_at(1, ":") || symbol_at(1, "}")) return true;
    return (ahead(1).kind == TokenKind::text || ahead(1).kind == TokenKind::integer) && symbol_at(2, ":");
  }

  /// `a${x}b`: texts and expressions, joined. Each expression is parsed where it stands.
  Result<Tree> template_text(const Token& token) {
    Tree tree = node(TreeKind::join, token.at);
    std::string literal;
    const auto flush = [&] {
      Tree text = node(TreeKind::text, token.at);
      text.text = std::move(literal);
      literal.clear();
      tree.children.push_back(std::move(text));
    };
    const std::string& raw = token.text;
    for (size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == '\\' && i + 1 < raw.size() && (raw[i + 1] == '`' || raw[i + 1] == '\\' || raw[i + 1] == '$')) {
        literal += raw[++i];
      } else if (raw[i] == '$' && i + 1 < raw.size() && raw[i + 1] == '{') {
        const size_t end = raw.find('}', i);
        if (end == raw.npos) return expression_error(token.at, "the text in back quotes has an open ${");
        flush();
        const std::string inside = raw.substr(i + 2, end - i - 2);
        auto part = tokens_of(inside);
        if (!part) return expression_error(token.at, "inside ${" + inside + "}: " + part.error().message);
        auto parsed = Parser(*std::move(part), inside, depth_).run();
        if (!parsed) return expression_error(token.at, "inside ${" + inside + "}: " + parsed.error().message);
        tree.children.push_back(*std::move(parsed));
        i = end;
      } else {
        literal += raw[i];
      }
    }
    flush();
    return tree;
  }

  std::vector<Token> tokens_;
  std::string_view source_;
  size_t at_ = 0;
  int depth_ = 0;
  int branches_ = 0;
};

constexpr std::array<std::string_view, 28> kOperatorSymbols = {
    "||", "&&", "|",  "^",  "&",  "==", "!=", "<", "<=", ">", ">=", "=~", "!~", "=^",
    "!^", "=$", "!$", "+",  "-",  "*",  "/",  "%", "..", "-", "!",  "~",  "empty", "size"};

std::string name_text(const Tree& tree) {
  size_t offset = 0;
  bool plain = !tree.text.empty() && !tree.wrapped;
  for (bool first = true; plain && offset < tree.text.size(); first = false) {
    const uint32_t c = utf8::next(tree.text, offset);
    plain = first ? is_name_start(c) : is_name_character(c);
  }
  return plain ? tree.text : "${" + tree.text + "}";
}

std::string printed_list(const std::vector<Tree>& trees, size_t from = 0) {
  std::string text;
  for (size_t i = from; i < trees.size(); ++i) text += (i > from ? ", " : "") + print(trees[i]);
  return text;
}

std::string printed_join(const Tree& tree) {
  std::string text = "`";
  for (size_t i = 0; i < tree.children.size(); ++i) {
    const Tree& part = tree.children[i];
    if (i % 2 == 1) {
      text += "${" + print(part) + "}";
      continue;
    }
    for (const char c : part.text) {
      if (c == '`' || c == '\\' || c == '$') text += '\\';
      text += c;
    }
  }
  return text + "`";
}

std::string printed_number(const Tree& tree) {
  std::string digits;
  engine::Int128 rest = tree.decimal.unscaled;
  int32_t written = 0;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
    if (++written == tree.decimal.scale) digits.insert(digits.begin(), '.');
  } while (rest != 0 || written <= tree.decimal.scale);
  return tree.kind == TreeKind::decimal ? digits + "b" : digits;
}

}  // namespace

std::string_view symbol_of(Operator op) { return kOperatorSymbols[static_cast<size_t>(op)]; }

std::string quoted_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string print(const Tree& tree) {
  const auto child = [&](size_t i) { return print(tree.children[i]); };
  switch (tree.kind) {
    case TreeKind::null_value: return "null";
    case TreeKind::boolean: return tree.truth ? "true" : "false";
    case TreeKind::integer:
    case TreeKind::decimal: return printed_number(tree);
    case TreeKind::number: {
      std::string digits = number_text(tree.number);
      return tree.number == tree.number ? digits + "d" : digits;
    }
    case TreeKind::text: return quoted_text(tree.text);
    case TreeKind::join: return printed_join(tree);
    case TreeKind::name: return name_text(tree);
    case TreeKind::member: return child(0) + "." + name_text(tree);
    case TreeKind::index: return child(0) + "[" + child(1) + "]";
    case TreeKind::every: return child(0) + "[*]";
    case TreeKind::call: return tree.text + "(" + printed_list(tree.children) + ")";
    case TreeKind::method: return child(0) + "." + tree.text + "(" + printed_list(tree.children, 1) + ")";
    case TreeKind::unary: return "(" + std::string(symbol_of(tree.op)) + " " + child(0) + ")";
    case TreeKind::binary: return "(" + child(0) + " " + std::string(symbol_of(tree.op)) + " " + child(1) + ")";
    case TreeKind::conditional: return "(" + child(0) + " ? " + child(1) + " : " + child(2) + ")";
    case TreeKind::otherwise: return "(" + child(0) + " ?: " + child(1) + ")";
    case TreeKind::array: return "[" + printed_list(tree.children) + "]";
    case TreeKind::set: return "{" + printed_list(tree.children) + "}";
    case TreeKind::map: {
      if (tree.children.empty()) return "{:}";
      std::string text = "{";
      for (size_t i = 0; i + 1 < tree.children.size(); i += 2) {
        text += (i > 0 ? ", " : "") + child(i) + ": " + child(i + 1);
      }
      return text + "}";
    }
    case TreeKind::lambda: return "((" + join(tree.names, ", ") + ") -> " + child(0) + ")";
  }
  return "";
}

Result<Tree> parse(std::string_view expression) {
  TRY(auto tokens, tokens_of(expression));
  return Parser(std::move(tokens), expression, 0).run();
}

}  // namespace foz::prep
