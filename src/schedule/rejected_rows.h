#pragma once
// The rejected rows of a run as a source: read again from its diagnostics, to be mapped once more.
// Follows: Flow Service contract, 11.3 (`replayRejected`); Ingestion contract, 10.

#include <filesystem>
#include <string>
#include <vector>

#include "lake/file_io.h"
#include "sources/source.h"

namespace foz::schedule {

/// `plan` for rows as diagnostics keep them: values under the names of their columns, as the vendor wrote them.
sources::ReadPlan replay_plan(sources::ReadPlan plan);

/// Plans a slice for each file of rejected rows and reads it in pages. Explores nothing and logs in nowhere. Rows whose
/// bytes could not even be parsed are left out: no mapping can mend them. Thread-safe.
class RejectedRows final : public sources::Source {
 public:
  /// `folder` is `row_errors/` of the run's batch.
  RejectedRows(lake::FileIo& files, std::filesystem::path folder) : files_(files), folder_(std::move(folder)) {}

  Status check(std::stop_token stop) override;
  Result<std::vector<sources::Table>> explore(std::stop_token stop) override;
  Result<sources::Description> describe(const std::string& path, std::stop_token stop) override;
  /// Errors: not_found, CONNECTOR-1384 (the rows are no longer kept).
  Result<std::vector<sources::Slice>> plan(const sources::ReadPlan& plan, std::stop_token stop) override;
  /// Errors: corrupt (a line that is no JSON), unavailable, not_found.
  Result<sources::Page> read(const sources::ReadPlan& plan, const sources::Slice& slice, const sources::Cursor& from, std::stop_token stop) override;
  Result<std::vector<sources::Limit>> limits(std::stop_token stop) override;

 private:
  lake::FileIo& files_;
  const std::filesystem::path folder_;
};

}  // namespace foz::schedule
