#pragma once
// The pages of a run, kept before they count. Follows: docs/formats/spool.md; Flow Service contract, 13.5.

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "lake/file_io.h"
#include "sources/source.h"

namespace foz::schedule {

/// A page in the spool's log.
struct SpooledPage {
  std::string slice;
  uint32_t number = 0;   ///< from 1, in its slice
  uint32_t ordinal = 0;  ///< from 1, in the log: what diagnostics call the page
  uint64_t offset = 0;   ///< of the record in the log
  uint64_t length = 0;   ///< of the record
  uint64_t body_bytes = 0;
  std::string from = {};                  ///< the cursor it was asked for with; empty: the begin of the slice
  std::optional<std::string> next = {};   ///< the cursor that it led to; nothing: the end of the slice
};

/// How far a slice has been read.
struct SliceProgress {
  uint32_t pages = 0;
  sources::Cursor next = {};  ///< where to go on; empty at the begin
  bool ended = false;
  std::optional<int64_t> total = {};
};

/// What a refresh of calculated columns found before it read rows.
struct RefreshReport {
  std::vector<std::string> columns = {};  ///< compared
  int64_t compared = 0;                   ///< records
  int64_t changed = 0;                    ///< of them: read whole
  int64_t memory = 0;                     ///< number of the newest file that it compared with (`flow_calculated`)
};

/// What a run reads, as it was planned: survives a restart, so that cursors keep their meaning.
struct SpoolPlan {
  sources::ReadPlan plan;
  std::vector<sources::Slice> slices;
  std::optional<RefreshReport> refresh = {};
  std::string removal_look = {};  ///< the flow's last look for removals before (see last_removal_look)
};

/// Thread-safe: slices append side by side and share a sync.
class Spool {
 public:
  /// Opens the spool in `folder`, or makes it; torn records at its end are cut off.
  /// Errors: unavailable (storage), corrupt (the plan cannot be read).
  static Result<std::unique_ptr<Spool>> open(lake::FileIo& files, const Clock& clock, const std::filesystem::path& folder);

  /// Nothing before `keep_plan`.
  const std::optional<SpoolPlan>& plan() const { return plan_; }
  Status keep_plan(SpoolPlan plan);

  /// Appends the next page of a slice, which one thread reads at a time. It is the file system's when this returns: a killed
  /// process loses nothing of it. Every tenth of a second, or every few megabytes, what was appended is synced, so that a
  /// power cut costs no more.
  Result<SpooledPage> append(const std::string& slice, const sources::Page& page);
  /// All that was appended survives a power cut when this returns.
  Status sync();

  SliceProgress progress(const std::string& slice) const;
  /// True when a page of the slice has led to `cursor` before: reading on from there would go round in circles.
  bool has_met(const std::string& slice, const sources::Cursor& cursor) const;
  /// All pages in the order they came.
  std::vector<SpooledPage> pages() const;
  Result<sources::Page> read(const SpooledPage& page) const;
  uint64_t bytes() const;

  /// Forgets the last `count` pages of a slice: they turned out to be broken. Pages of other slices behind them are
  /// kept. Rewrites the log.
  Status drop_last(const std::string& slice, uint32_t count);
  /// Removes the folder; the spool is dead afterwards.
  Status remove();

 private:
  Spool(lake::FileIo& files, const Clock& clock, std::filesystem::path folder) : files_(files), clock_(clock), folder_(std::move(folder)) {}
  Status recover();
  Status sync_up_to(uint64_t offset);
  uint64_t durable() const;
  bool is_sync_due() const;
  void note(SpooledPage page, const sources::Page& content);

  lake::FileIo& files_;
  const Clock& clock_;
  const std::filesystem::path folder_;
  std::optional<SpoolPlan> plan_;
  mutable std::mutex mutex_;
  std::condition_variable synced_;
  std::unique_ptr<lake::AppendFile> log_;
  uint64_t appended_ = 0;  ///< bytes in the log
  uint32_t records_ = 0;   ///< in the log
  uint64_t durable_ = 0;   ///< of them synced
  bool syncing_ = false;
  std::optional<Tick> last_sync_ = {};
  std::optional<Error> failed_;  ///< after a failed write or sync nothing more is taken
  std::vector<SpooledPage> pages_;
  std::map<std::string, SliceProgress> progress_;
  std::map<std::string, std::unordered_set<std::string>> met_;  ///< cursors that pages of a slice led to
};

}  // namespace foz::schedule
