#pragma once
// Which target field a source column may mean.

#include <string>
#include <vector>

#include "prep/compile.h"

namespace foz::prep {

/// A suggested mapping; `destination` is empty for a column without a target.
struct Suggestion {
  std::string source;
  std::string destination = {};
  double score = 0;  ///< 0 … 1
};

/// The best target of each column by the words in both names, their type families and a list of synonyms; a target is
/// used once, and only from a score of 0.5 on. Follows: Data Prep contract, 3.3.
std::vector<Suggestion> suggest(const std::vector<SourceColumn>& columns, const registry::Node& target);

/// The suggestions as a mapping set that is not stored. `exclude_unmapped` leaves columns without target out.
Json suggestion_json(const std::vector<Suggestion>& suggestions, const TargetSchema& target, bool exclude_unmapped);

}  // namespace foz::prep
