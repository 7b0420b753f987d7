#include "flow/property_filter.h"

#include <algorithm>
#include <optional>

#include "base/json.h"
#include "base/text.h"

namespace foz::flow {
namespace {

Error filter_error(std::string_view code, std::string message) {
  return Error{.kind = ErrorKind::invalid, .message = std::move(message), .code = "FLOW-" + std::string(code) + "-400", .where = "property"};
}

bool is_operator_char(char c) { return c == '=' || c == '!' || c == '<' || c == '>' || c == '~'; }

/// Where text stands in quotes. Double quotes count anywhere and know `\"`; a single quote opens only where a value
/// begins and only when its partner ends that value, so that an apostrophe stays one.
class Quotes {
 public:
  explicit Quotes(std::string_view text) : text_(text) {}

  /// True when the character at `at` is outside of quotes. Call for each position in turn.
  bool outside(size_t at) {
    const char c = text_[at];
    if (open_ == '"') {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        open_ = '\0';
      }
      return false;
    }
    if (open_ == '\'') {
      if (at == single_end_) open_ = '\0';
      return false;
    }
    const bool begins_value = value_may_begin_;
    value_may_begin_ = is_operator_char(c) || c == ',' || (c == ' ' && begins_value);
    if (c == '"') {
      open_ = '"';
      return false;
    }
    if (c == '\'' && begins_value && (single_end_ = end_of_single(at)) != text_.npos) {
      open_ = '\'';
      return false;
    }
    return true;
  }

  bool unfinished() const { return open_ == '"'; }

 private:
  size_t end_of_single(size_t at) const {
    for (size_t end = text_.find('\'', at + 1); end != text_.npos; end = text_.find('\'', end + 1)) {
      const size_t next = text_.find_first_not_of(' ', end + 1);
      if (next == text_.npos || text_[next] == ',') return end;
    }
    return text_.npos;
  }

  std::string_view text_;
  char open_ = '\0';
  bool escaped_ = false;
  bool value_may_begin_ = false;
  size_t single_end_ = std::string_view::npos;
};

/// A stretch between commas, and where its first operator stands in it.
struct Piece {
  std::string_view text;
  size_t operator_at = std::string_view::npos;
};

Result<std::vector<Piece>> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  Quotes quotes(text);
  size_t begin = 0, operator_at = text.npos;
  for (size_t i = 0; i <= text.size(); ++i) {
    const bool outside = i == text.size() || quotes.outside(i);
    if (i == text.size() || (outside && text[i] == ',')) {
      pieces.push_back({text.substr(begin, i - begin), operator_at == text.npos ? text.npos : operator_at - begin});
      begin = i + 1;
      operator_at = text.npos;
    } else if (outside && operator_at == text.npos && is_operator_char(text[i])) {
      operator_at = i;
    }
  }
  if (quotes.unfinished()) return filter_error("1453", "the filter \"" + std::string(text) + "\" has a quote that does not end");
  return pieces;
}

/// A value without its quotes.
std::string unquoted(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'') return std::string(text.substr(1, text.size() - 2));
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string value;
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) ++i;
    value += text[i];
  }
  return value;
}

std::string quoted_value(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

Result<Comparison> comparison_named(std::string_view text) {
  if (text == "==" || text == "=") return Comparison::equal;
  if (text == "!=") return Comparison::not_equal;
  if (text == ">=") return Comparison::greater_or_equal;
  if (text == "<=") return Comparison::less_or_equal;
  if (text == ">") return Comparison::greater;
  if (text == "<") return Comparison::less;
  if (text.find('~') != text.npos) return filter_error("1440", "the operator ~ is not supported: use ==, !=, <, <=, > or >=");
  return filter_error("1450", "\"" + std::string(text) + "\" is no operator: use ==, !=, <, <=, > or >=");
}

bool is_ordering(Comparison comparison) { return comparison != Comparison::equal && comparison != Comparison::not_equal; }

/// Fields that always hold a number, so that a wrong value is told even when no document has the field.
bool is_number_field(const Path& path) {
  const std::string& name = path.back().name;
  return name == "createdAt" || name == "updatedAt" || name.ends_with("AtUTC") || name.ends_with("RecordCount") ||
         name.ends_with("FileCount") || name.ends_with("Bytes");
}

bool ignores_case(const Path& path) {
  const std::string name = lower(path.back().name);
  return name == "state" || name.ends_with("status");
}

Status check_clause(const Clause& clause) {
  const std::string shown = print(clause.path);
  if (clause.values.empty()) return filter_error("1453", "the filter on " + shown + " has no value");
  if (is_ordering(clause.comparison)) {
    if (clause.values.size() > 1) return filter_error("1443", "the filter on " + shown + " compares with " + std::string(name_of(clause.comparison)) + ", which takes one value");
    if (shown == "id") return filter_error("1448", "ids have no order: filter them with == or !=");
  }
  for (const std::string& value : clause.values) {
    if (is_number_field(clause.path) && !to_number(value)) return filter_error("1452", shown + " is a number, \"" + value + "\" is not");
  }
  return {};
}

Result<Clause> clause_of(const Piece& piece) {
  const std::string_view left = trim(piece.text.substr(0, piece.operator_at));
  const size_t behind = std::min(piece.text.size(), piece.text.find_first_not_of("=!<>~", piece.operator_at));
  TRY(const Comparison comparison, comparison_named(piece.text.substr(piece.operator_at, behind - piece.operator_at)));
  auto path = parse_path(left);
  if (!path) return filter_error("1450", "\"" + std::string(left) + "\" before the operator is no field");
  Clause clause{.path = std::move(*path), .comparison = comparison, .values = {}};
  if (const std::string_view value = piece.text.substr(behind); !trim(value).empty()) clause.values.push_back(unquoted(value));
  return clause;
}

// -- evaluation ----------------------------------------------------------------------------------------------------

bool ordered(Comparison comparison, int sign) {
  switch (comparison) {
    case Comparison::equal: return sign == 0;
    case Comparison::not_equal: return sign != 0;
    case Comparison::less: return sign < 0;
    case Comparison::less_or_equal: return sign <= 0;
    case Comparison::greater: return sign > 0;
    case Comparison::greater_or_equal: return sign >= 0;
  }
  return false;
}

int sign_of(double a, double b) { return a < b ? -1 : a > b ? 1 : 0; }
int sign_of(int64_t a, int64_t b) { return a < b ? -1 : a > b ? 1 : 0; }

/// How a value of the document stands to a value of the filter; nothing when they cannot be compared.
Result<std::optional<int>> compared(const Clause& clause, const Json& value, const std::string& wanted) {
  if (value.is_number()) {
    if (const auto whole = to_integer(wanted); whole && value.is_number_integer()) return std::optional(sign_of(value.get<int64_t>(), *whole));
    const auto number = to_number(wanted);
    if (!number) return filter_error("1452", print(clause.path) + " is a number, \"" + wanted + "\" is not");
    return std::optional(sign_of(value.get<double>(), *number));
  }
  if (value.is_boolean()) {
    const bool says_true = equal_ignoring_case(wanted, "true"), says_false = equal_ignoring_case(wanted, "false");
    if ((!says_true && !says_false) || is_ordering(clause.comparison)) return std::optional<int>();
    return std::optional(value.get<bool>() == says_true ? 0 : 1);
  }
  if (!value.is_string()) return std::optional<int>();
  const auto& text = value.get_ref<const std::string&>();
  if (is_ordering(clause.comparison)) {
    const auto number = to_number(text), other = to_number(wanted);
    if (number && other) return std::optional(sign_of(*number, *other));
  }
  const int sign = ignores_case(clause.path) ? lower(text).compare(lower(wanted)) : text.compare(wanted);
  return std::optional(sign_of(int64_t{sign}, int64_t{0}));
}

/// True when a value at `step` and below compares as the clause asks; `!=` is asked as `==` and turned round outside.
Result<bool> any_match(const Clause& clause, Comparison comparison, const Json& value, size_t step) {
  if (value.is_array()) {
    for (const Json& element : value) {
      TRY(const bool found, any_match(clause, comparison, element, step));
      if (found) return true;
    }
    return false;
  }
  if (step < clause.path.size()) {
    const Json* below = member(value, clause.path[step].name);
    if (below == nullptr) return false;
    return any_match(clause, comparison, *below, step + 1);
  }
  for (const std::string& wanted : clause.values) {
    TRY(const auto sign, compared(clause, value, wanted));
    if (sign && ordered(comparison, *sign)) return true;
  }
  return false;
}

bool is_name_char(char c) { return isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '$' || c == ':' || c == '@'; }

}  // namespace

std::string_view name_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::equal: return "==";
    case Comparison::not_equal: return "!=";
    case Comparison::less: return "<";
    case Comparison::less_or_equal: return "<=";
    case Comparison::greater: return ">";
    case Comparison::greater_or_equal: return ">=";
  }
  return "==";
}

std::optional<Path> parse_path(std::string_view text) {
  Path path;
  for (std::string_view part : split(text, '.')) {
    const bool each = part.ends_with("[]");
    if (each) part.remove_suffix(2);
    if (part.empty() || !std::all_of(part.begin(), part.end(), is_name_char)) return std::nullopt;
    path.push_back({std::string(part), each});
  }
  return path;
}

std::string print(const Path& path) {
  std::string text;
  for (const PathStep& step : path) text += (text.empty() ? "" : ".") + step.name + (step.each ? "[]" : "");
  return text;
}

Status add_property(Filter& filter, std::string_view text) {
  if (trim(text).empty()) return {};
  TRY(const auto pieces, pieces_of(text));
  Filter next = filter;
  bool in_clause = false;
  for (const Piece& piece : pieces) {
    if (piece.operator_at != piece.text.npos) {
      TRY(Clause clause, clause_of(piece));
      next.clauses.push_back(std::move(clause));
      in_clause = true;
    } else if (trim(piece.text).empty()) {
      continue;  // a comma too many
    } else if (in_clause) {
      next.clauses.back().values.push_back(unquoted(piece.text));
    } else {
      next.projection.emplace_back(unquoted(piece.text));
    }
  }
  for (const Clause& clause : next.clauses) TRY_DO(check_clause(clause));
  filter = std::move(next);
  return {};
}

Result<Filter> parse_properties(const std::vector<std::string>& parameters) {
  Filter filter;
  for (const std::string& parameter : parameters) TRY_DO(add_property(filter, parameter));
  return filter;
}

std::string print(const Filter& filter) {
  std::string text = join(filter.projection, ",");
  for (const Clause& clause : filter.clauses) {
    text += (text.empty() ? "" : ",") + print(clause.path) + std::string(name_of(clause.comparison));
    for (size_t i = 0; i < clause.values.size(); ++i) text += (i == 0 ? "" : ",") + quoted_value(clause.values[i]);
  }
  return text;
}

Result<bool> matches(const Filter& filter, const Json& document) {
  for (const Clause& clause : filter.clauses) {
    const bool negated = clause.comparison == Comparison::not_equal;
    TRY(const bool found, any_match(clause, negated ? Comparison::equal : clause.comparison, document, 0));
    if (found == negated) return false;
  }
  return true;
}

Json projected(const Filter& filter, Json document) {
  if (filter.projection.empty()) return document;
  Json kept = Json::object();
  for (auto& [name, value] : document.items()) {
    const bool wanted = name == "id" || name == "etag" ||
                        std::find(filter.projection.begin(), filter.projection.end(), name) != filter.projection.end();
    if (wanted) kept[name] = std::move(value);
  }
  return kept;
}

}  // namespace foz::flow
