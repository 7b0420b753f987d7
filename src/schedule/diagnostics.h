#pragma once
// Rejected rows on disk, with their reasons, and examples of rows that lost a value. Follows: Ingestion contract, 10; Data
// Prep contract, 7.

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "lake/file_io.h"
#include "prep/run.h"
#include "schedule/spool.h"

namespace foz::schedule {

/// A row that does not land, or lands without some of its values.
struct RejectedRow {
  std::string record;   ///< its members as a JSON object ("{...}"), or the raw text when `is_corrupt`
  bool is_corrupt = false;
  std::string filename; ///< the page or file it came from
  std::vector<prep::Reason> reasons;
};

/// Which file a code belongs to: parsing, conversion or validation.
std::string_view kind_of_error(std::string_view code);

/// Counts rejected rows by code and, when files are wanted, writes them as JSON lines:
/// `row_errors/{parsing,conversion,validation}_errors_{k}.json` and a sample of 100 rows; beside it 100 of the rows that
/// landed without a value their mapping could not make. Thread-safe.
class Diagnostics {
 public:
  /// `folder` gets `row_errors/`, `row_errors_sample.json` and `row_warnings_sample.json`; with `keep_rows` false nothing is
  /// written.
  Diagnostics(lake::FileIo& files, std::filesystem::path folder, bool keep_rows)
      : files_(files), folder_(std::move(folder)), keep_rows_(keep_rows) {}

  bool keeps_rows() const { return keep_rows_; }
  /// Counts a row under the code of its first reason. Errors: unavailable (storage).
  Status reject(const RejectedRow& row);
  /// Keeps a row whose mapping gave a warning, as an example.
  void warn(const RejectedRow& row);
  bool has_warned() const;
  /// Makes what was written durable.
  Status finish();

  /// Rows by code, with the code's description.
  struct Kind {
    uint64_t rows = 0;
    std::string description;
  };
  std::map<std::string, Kind> kinds() const;

 private:
  Status write(std::string_view kind, const std::string& line);
  Status write_sample(const char* name, const std::vector<std::string>& lines);

  lake::FileIo& files_;
  const std::filesystem::path folder_;
  const bool keep_rows_;
  mutable std::mutex mutex_;
  std::map<std::string, Kind> kinds_;
  struct Open {
    std::unique_ptr<lake::AppendFile> file;
    uint64_t bytes = 0;
    int number = 0;
    std::vector<std::unique_ptr<lake::AppendFile>> full;
  };
  std::map<std::string, Open, std::less<>> open_;
  std::vector<std::string> sample_, warned_;
};

/// `input_files/fileMetaData1.json` in `folder`: a line for each file that rows came from.
Status keep_input_list(lake::FileIo& files, const std::filesystem::path& folder, const std::vector<std::string>& names);
/// The same for the pages of a run, each with its slice, its number there, its bytes, and the cursors it lies between.
Status keep_page_list(lake::FileIo& files, const std::filesystem::path& folder, const std::vector<SpooledPage>& pages);

/// What diagnostics call a page of a spool: "page-000001.json".
std::string page_name(uint32_t number);

/// The contract's words for a code, naming no row: "A required field is missing or null."
std::string description_of(std::string_view code);

}  // namespace foz::schedule
