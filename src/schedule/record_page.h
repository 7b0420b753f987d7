#pragma once
// A body of a page as records, whatever its format.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv_rows.h"
#include "base/json_rows.h"
#include "sources/source.h"

namespace foz::schedule {

/// Which values of a record are wanted, by column: a path of member names, or the name of a field.
class RecordPaths {
 public:
  explicit RecordPaths(const std::vector<std::vector<std::string>>& paths) : json_(paths) {
    for (const auto& path : paths) names_.push_back(path.empty() ? "" : path.front());
  }

 private:
  friend class RecordPage;
  JsonPaths json_;
  std::vector<std::string> names_;
};

/// Read once from front to back, as JsonPage and CsvPage are; keep one and open it again.
class RecordPage {
 public:
  /// `records` as in sources::Page. Errors: corrupt.
  Status open(sources::RecordFormat format, std::string body, std::string_view records, const RecordPaths& paths) {
    format_ = format;
    return is_csv() ? csv_.open(std::move(body), paths.names_) : json_.open(std::move(body), records);
  }
  Result<bool> next(const RecordPaths& paths, std::span<JsonSlot> slots) { return is_csv() ? csv_.next(slots) : json_.next(paths.json_, slots); }
  const char* record_begin() const { return is_csv() ? csv_.record_begin() : json_.record_begin(); }
  /// The record that begins at `begin`, as text of a JSON object.
  std::string record_json(const char* begin) const { return is_csv() ? csv_.record_json(begin) : std::string(raw_record(begin)); }

 private:
  bool is_csv() const { return format_ == sources::RecordFormat::csv; }
  sources::RecordFormat format_ = sources::RecordFormat::json;
  JsonPage json_;
  CsvPage csv_;
};

}  // namespace foz::schedule
