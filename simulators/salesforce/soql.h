#pragma once
// SOQL, as far as Sources contract 7.2 lists it: text to tree, tree to rows.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "simulators/tables/table.h"

namespace foz::sim {

/// A refusal in Salesforce's words.
struct SoqlError {
  std::string code;  ///< MALFORMED_QUERY, INVALID_FIELD, INVALID_TYPE
  std::string message;
};

/// A literal. A date literal (`TODAY`, `LAST_N_DAYS:7`) is a span of time.
struct SoqlLiteral {
  enum class Type : uint8_t { null, text, number, boolean, instant, date, span };
  Type type = Type::null;
  std::string text = {};
  double number = 0;
  int64_t from = 0;  ///< instant: milliseconds; date: days; span: first millisecond
  int64_t to = 0;    ///< span: behind the last millisecond
};

struct SoqlCondition {
  enum class Op : uint8_t { all_of, any_of, negation, eq, ne, lt, le, gt, ge, in, not_in, like, includes, excludes };
  Op op = Op::all_of;
  std::vector<SoqlCondition> parts = {};
  std::string field = {};
  size_t at = 0;  ///< where the field stands in the text
  std::vector<SoqlLiteral> values = {};
};

struct SoqlOrder {
  std::string field;
  bool descending = false;
  bool nulls_last = false;
};

struct SoqlQuery {
  struct Field {
    std::string name;
    size_t at = 0;
  };
  std::string text;
  std::vector<Field> fields = {};
  bool counts = false;          ///< SELECT COUNT()
  std::string fields_macro = {};  ///< ALL, STANDARD or CUSTOM
  std::string object = {};
  std::optional<SoqlCondition> where = {};
  std::vector<SoqlOrder> order = {};
  std::optional<uint64_t> limit = {};
  uint64_t offset = 0;
  bool all_rows = false;
  /// CALENDAR_YEAR, CALENDAR_MONTH or COUNT of a field, selected or grouped by.
  struct Call {
    std::string function, field;
    std::string name = {};      ///< what the answer calls it
    friend bool operator==(const Call& a, const Call& b) { return a.function == b.function && a.field == b.field; }
  };
  bool grouped = false;         ///< GROUP BY, HAVING or an aggregate function stands in it
  std::vector<Call> calls = {}, group_by = {};
  bool strange_group = false;   ///< grouped in a way that is not offered
};

using SoqlParsed = std::variant<SoqlQuery, SoqlError>;
/// `now` (milliseconds) is what date literals are counted from.
SoqlParsed parse_soql(std::string_view text, int64_t now);

/// A condition with its columns found, ready to judge rows.
class SoqlFilter {
 public:
  /// The error of the first field that is not there.
  static std::variant<SoqlFilter, SoqlError> compile(const SoqlQuery& query, const TableState& table);
  bool accepts(const Row& row, Scratch& scratch) const { return !root_ || judge(*root_, row, scratch); }
  bool accepts_all() const { return !root_.has_value(); }
  /// True when some comparison on `field` by = or IN must hold.
  bool requires_key(std::string_view field) const;

 private:
  struct Node {
    SoqlCondition::Op op;
    std::vector<Node> parts;
    const Column* column;
    std::vector<SoqlLiteral> values;
  };
  static std::optional<SoqlError> build(const SoqlQuery& query, const SoqlCondition& condition, const TableState& table, Node& node);
  static bool judge(const Node& node, const Row& row, Scratch& scratch);
  static bool pins(const Node& node, std::string_view field);
  std::optional<Node> root_;
};

/// The rows a query gives, at one moment, in its order. Positions stay good while the table state is held.
struct SoqlRows {
  TableRef table;
  int64_t as_of = 0;
  bool with_archived = false;
  bool streamed = true;         ///< every row in id order: nothing is stored
  std::vector<uint32_t> rows = {};
  uint64_t size = 0;            ///< after LIMIT and OFFSET
  uint64_t start = 0;           ///< position of the first row
};
SoqlRows run_soql(const SoqlQuery& query, const SoqlFilter& filter, TableRef table, int64_t as_of, bool with_archived);

/// "\nSELECT ...\n       ^\nERROR at Row:1:Column:8\n{what}"
std::string soql_message(std::string_view query, size_t at, std::string_view what);
SoqlError no_such_column(std::string_view query, size_t at, std::string_view name, std::string_view object);

}  // namespace foz::sim
