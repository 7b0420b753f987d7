#include "flow/options.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"
#include "flow/document.h"

namespace foz::flow {
namespace {

constexpr int64_t kSecondsMax = 30LL * 86'400;

constexpr std::array<std::string_view, 3> kSwitches = {"errorDiagnosticsEnabled", "deletes", "replaySafeIds"};
constexpr std::array<std::string_view, 4> kNumbers = {"partialIngestionPercent", "settleSeconds", "overlapSeconds", "driftTolerance"};

/// Reads members of `options` and collects what is wrong with them.
class OptionReader {
 public:
  explicit OptionReader(const Json& options) : options_(options) {}

  void percent(std::string_view name, double& value) {
    const Json* json = given(name);
    if (json == nullptr) return;
    const auto number = as_number(*json);
    if (!number || *number < 0 || *number > 100) return refuse(name, "is a number from 0 to 100");
    value = *number;
  }
  void boolean(std::string_view name, bool& value) {
    const Json* json = given(name);
    if (json == nullptr) return;
    const auto given_value = as_boolean(*json);
    if (!given_value) return refuse(name, "is true or false");
    value = *given_value;
  }
  void seconds(std::string_view name, std::optional<std::chrono::seconds>& value) {
    const Json* json = given(name);
    if (json == nullptr) return;
    const auto number = as_integer(*json);
    if (!number || *number < 0 || *number > kSecondsMax) return refuse(name, "is a whole number of seconds from 0 to " + std::to_string(kSecondsMax));
    value = std::chrono::seconds(*number);
  }
  void tolerance(std::string_view name, int& value) {
    const Json* json = given(name);
    if (json == nullptr) return;
    const auto number = as_integer(*json);
    if (!number || *number < 0 || *number > 1000) return refuse(name, "is a whole number from 0 to 1000");
    value = static_cast<int>(*number);
  }
  void drift(std::string_view name, Drift& value) {
    const Json* json = given(name);
    if (json == nullptr) return;
    const std::string word = as_text(*json);
    if (equal_ignoring_case(word, "evolve")) {
      value = Drift::evolve;
    } else if (equal_ignoring_case(word, "freeze")) {
      value = Drift::freeze;
    } else if (equal_ignoring_case(word, "quarantine")) {
      value = Drift::quarantine;
    } else {
      refuse(name, "is evolve, freeze or quarantine");
    }
  }
  void every(std::string_view name, std::optional<Every>& value) {
    const Json* json = given(name);
    if (json == nullptr) return;
    auto read = read_every(*json);
    if (!read) return mistakes_.push_back(std::move(read).error());
    value = *read;
  }
  void names_in(std::string_view name, std::string_view list, std::vector<std::string>& value) {
    const Json* json = given(name);
    const Json* names = json == nullptr ? nullptr : member(*json, list);
    if (names == nullptr || names->is_null()) return;
    const bool texts = names->is_array() && std::all_of(names->begin(), names->end(), [](const Json& one) { return one.is_string() && !one.get_ref<const std::string&>().empty(); });
    if (!texts) return refuse(name, "." + std::string(list) + " is an array of column names");
    value = names->get<std::vector<std::string>>();
  }

  std::vector<Error> take_mistakes() { return std::move(mistakes_); }

 private:
  const Json* given(std::string_view name) const {
    const Json* value = member(options_, name);
    return value != nullptr && !value->is_null() ? value : nullptr;
  }
  void refuse(std::string_view name, const std::string& rule) {
    const std::string glue = rule.starts_with('.') ? "" : " ";
    mistakes_.push_back(provider_error(1312, std::string(name) + glue + rule + ".", "/options/" + std::string(name)));
  }

  const Json& options_;
  std::vector<Error> mistakes_;
};

}  // namespace

Result<Options> read_options(const Json& json, double partial_ingestion_percent_default) {
  Options options{.partial_ingestion_percent = partial_ingestion_percent_default};
  if (json.is_null()) return options;
  if (!json.is_object()) return provider_error(1312, "options is an object.", "/options");
  OptionReader reader(json);
  reader.percent("partialIngestionPercent", options.partial_ingestion_percent);
  reader.boolean("errorDiagnosticsEnabled", options.error_diagnostics);
  reader.seconds("settleSeconds", options.settle);
  reader.seconds("overlapSeconds", options.overlap);
  reader.boolean("deletes", options.deletes);
  reader.every("calculatedRefresh", options.calculated_refresh);
  reader.names_in("calculatedRefresh", "columns", options.calculated_columns);
  reader.drift("drift", options.drift);
  reader.tolerance("driftTolerance", options.drift_tolerance);
  reader.boolean("replaySafeIds", options.replay_safe_ids);
  if (auto mistakes = reader.take_mistakes(); !mistakes.empty()) return several(std::move(mistakes));
  return options;
}

Json normalised_options(const Json& options) {
  Json normal = options;
  for (const std::string_view name : kSwitches) {
    Json* value = member(normal, name);
    if (value == nullptr || !value->is_string()) continue;
    if (const auto boolean = as_boolean(*value)) *value = *boolean;
  }
  for (const std::string_view name : kNumbers) {
    Json* value = member(normal, name);
    if (value == nullptr || !value->is_string()) continue;
    if (const auto whole = as_integer(*value)) {
      *value = *whole;
    } else if (const auto number = as_number(*value)) {
      *value = *number;
    }
  }
  return normal;
}

}  // namespace foz::flow
