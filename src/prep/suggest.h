#pragma once
// Which target field a source column may mean.

#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "prep/compile.h"

namespace foz::prep {

/// Values of a column that somebody looked at; texts only, others are known by the column's type.
struct SampleValues {
  std::string column;
  std::vector<std::string> texts = {};
};
/// The leaves of sample records as columns, by dotted path, with the types and the texts of their values.
struct SampledColumns {
  std::vector<SourceColumn> columns = {};
  std::vector<SampleValues> values = {};  ///< one per column, in the same order
};
SampledColumns sampled_columns(const Json& records);

/// A suggested mapping; `destination` is empty for a column without a target.
struct Suggestion {
  std::string source;
  std::string destination = {};
  double score = 0;  ///< 0 … 1
};

/// The best target of each column by the words in both names, their type families and a list of synonyms; a target is
/// used once, and only from a score of 0.5 on. Sample values (one per column, or none) tell what a column of texts holds:
/// numbers, dates, booleans, or e-mail addresses and phone numbers, which speak for fields of such.
/// Follows: Data Prep contract, 3.3.
std::vector<Suggestion> suggest(const std::vector<SourceColumn>& columns, const registry::Node& target, const std::vector<SampleValues>& values = {});

/// The suggestions as a mapping set that is not stored. `exclude_unmapped` leaves columns without target out.
Json suggestion_json(const std::vector<Suggestion>& suggestions, const TargetSchema& target, bool exclude_unmapped);

}  // namespace foz::prep
