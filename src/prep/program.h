#pragma once
// What a program is made of: for the compiler that builds it and the execution that runs it.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "prep/compile.h"
#include "prep/term.h"

namespace foz::prep {

/// One mapping's share of a column.
struct Piece {
  uint32_t mapping = 0;
  TermPtr term = {};         ///< null: the source column `column` as it is
  int column = -1;
  bool unusable = false;     ///< every value is a field error
  Path below = {};           ///< from the column's node to the leaf
  const registry::Node* leaf = nullptr;
  std::string leaf_name = {};  ///< of the source; a wildcard to an object writes {leaf_name: value}
  bool wildcard = false;
  std::string name_space = {};  ///< not empty: the value is an identity of this namespace
  int from_output = -1;         ///< of an identity: the column that its mapping fills, which is read instead of computing twice
  bool primary = false;
};

/// How a column is filled.
struct OutputPlan {
  std::vector<Piece> pieces;  ///< whole objects first, parts of them after; one for scalars
  bool aliases = false;       ///< the source column itself will do
  bool has_identities = false;   ///< filled last
  bool has_inner_rules = false;  ///< required members, rules of arrays: the value is looked through when it is complete
  std::string columns = {};   ///< what its mappings read, joined: for reasons
};

/// Some member must be there once its object is.
struct RequiredMember {
  bool always = false;                    ///< of the root
  std::vector<uint32_t> object_outputs = {};  ///< the object is there when one of these is not null
  std::vector<uint32_t> member_outputs = {};
  std::string destination = {};
  std::string columns = {};               ///< what the mappings of the member read
};

struct ProgramParts {
  registry::Node target;  ///< own copy; nodes below it are pointed to
  std::vector<SourceColumn> source_columns;
  std::vector<uint32_t> columns_read;
  std::vector<MappingInfo> mappings;
  std::vector<Output> outputs;
  std::vector<OutputPlan> plans;  ///< one per output
  std::vector<RequiredMember> required;
  Layout layout;
  Constants constants;
  size_t slots = 0;
  bool strict_mapping = false;
  bool allow_null_values = false;
};

}  // namespace foz::prep
