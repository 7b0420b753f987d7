#pragma once
// The search of HubSpot: a request body to the rows that it finds.

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "simulators/vendor.h"

namespace foz::sim {

/// One filter, its column found and its values read by the column's type.
struct HubspotFilter {
  enum class Op : uint8_t {
    eq, neq, lt, lte, gt, gte, between, in, not_in, has_property, not_has_property, contains_token, not_contains_token
  };
  struct Operand {
    bool numeric = false;  ///< numbers, and moments in milliseconds
    double number = 0;
    std::string text = {};  ///< lower case
  };
  Op op = Op::eq;
  const Column* column = nullptr;
  std::vector<Operand> operands = {};
};

/// What a search body asks for. Columns belong to the table it was read for.
struct HubspotSearch {
  std::vector<std::vector<HubspotFilter>> groups = {};  ///< any of all of
  std::string query = {};                               ///< lower case; looked for in `searched`
  std::vector<const Column*> searched = {};
  const Column* sort = nullptr;
  bool descending = false;
  std::vector<std::string> properties = {};
  uint64_t limit = 10;
  uint64_t after = 0;
  std::string key = {};  ///< equal for searches that find the same rows in the same order

  /// The error message of the first member that is wrong.
  static std::variant<HubspotSearch, std::string> read(const Json& body, const TableState& table, const std::vector<std::string>& searched);
  bool accepts(const Row& row, Scratch& scratch) const;
  /// Every live row that fits, in the order asked for.
  std::vector<uint32_t> run(const TableState& table, int64_t as_of) const;

 private:
  std::pair<uint64_t, uint64_t> rows_possible(const TableState& table) const;
};

}  // namespace foz::sim
