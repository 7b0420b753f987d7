#pragma once
// What a plan, a part of the table and a position come to in SOQL.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sources/salesforce/metadata.h"
#include "sources/salesforce/soql.h"

namespace foz::sources::salesforce {

/// A part of an object by its rows' creation and by their ids, which never change: half-open, open where nothing stands. Or
/// some records by their ids.
struct Part {
  std::optional<int64_t> from = {}, to = {};       ///< milliseconds
  std::string id_from = {}, id_to = {};            ///< ids in the form of 15 characters
  std::vector<std::string> keys = {};

  friend bool operator==(const Part&, const Part&) = default;
};

/// Fields of the plan's columns, `Id` first where the object has one, each once.
std::vector<std::string> fields_of(const ReadPlan& plan);
bool has_id(const ReadPlan& plan);

/// Window, filter and part as conditions; of a part with keys those alone. Errors: invalid (time zone).
Result<std::vector<std::string>> conditions_of(const ReadPlan& plan, const Part& part);

/// `Column >= from AND Column < to AND Id >= 'a' AND Id < 'b'`; empty where all are open.
std::string span_condition(const std::string& column, const Part& span);
/// A column of moments that a slice can be cut by when it is too heavy, and what of it the slice has: the window's, else
/// the creation; no name: there is none.
std::pair<std::string, Part> times_of(const ReadPlan& plan, const Part& part);

/// The fields in lists that each fit a URL beside `rest_bytes` of other text, and each begin with `Id` (2.4, pain 9).
std::vector<std::vector<std::string>> field_lists(const std::vector<std::string>& fields, size_t rest_bytes);

}  // namespace foz::sources::salesforce
