#pragma once
// Runs as batch conversions of Data Prep: the mapping stage of a run, with the data set it fills and the mapping set it runs.
// Follows: Data Prep contract, 3.8.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "flow/access_labels.h"
#include "flow/run.h"
#include "store/database.h"

namespace foz::schedule {

/// What a client asks of the list; empty: anything.
struct ConversionQuery {
  int64_t start = 0;
  int64_t limit = 10;
  bool by_creation = false;  ///< else by the last change
  bool descending = true;
  std::string dataset = {};
  std::string batch = {};
  std::string status = {};  ///< of a run, in any letter case
  std::vector<std::pair<std::string, std::string>> properties = {};  ///< member, text of its value
  flow::Admits admits = {};  ///< of runs: the others are not there
};

/// The mapping stage of a run.
struct Conversion {
  Json shown;
  std::vector<flow::SliceRead> slices;  ///< of the source, each with its rows; empty: they were not counted one by one
};

struct ConversionPage {
  std::vector<Json> conversions;
  bool more = false;
};

/// Runs whose mapping stage has begun. Errors: those of the database.
Result<ConversionPage> list_conversions(store::Reader& reader, std::string_view sandbox, const ConversionQuery& query);
/// One of them, by the id of its run. Errors: not_found (CONV-1011-404).
Result<Conversion> find_conversion(store::Reader& reader, std::string_view sandbox, std::string_view id, const flow::Admits& admits = {});
/// The activities of a conversion: one for each slice of the source, as far as they are told apart, and one for the rest. One
/// for all where the run ended before its slices were counted.
Json activities_of(const Conversion& conversion);
/// Errors: not_found (CONV-1012-404).
Result<Json> find_activity(const Conversion& conversion, std::string_view activity);

}  // namespace foz::schedule
