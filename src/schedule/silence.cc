#include "schedule/silence.h"

#include <algorithm>

namespace foz::schedule {
namespace {

constexpr size_t kWindowsLookedAt = 10;
constexpr size_t kWindowsLeast = 3;

}  // namespace

std::optional<std::string> unusual_silence(std::span<const int64_t> new_rows) {
  const auto recent = new_rows.first(std::min(new_rows.size(), kWindowsLookedAt));
  if (recent.size() < kWindowsLeast) return std::nullopt;
  const auto with_rows = static_cast<size_t>(std::count_if(recent.begin(), recent.end(), [](int64_t rows) { return rows > 0; }));
  if (with_rows * 5 < recent.size() * 4) return std::nullopt;
  return "The window has no new rows, though " + std::to_string(with_rows) + " of the last " + std::to_string(recent.size()) + " windows had some: look whether the source is in order.";
}

int64_t new_rows_of(const flow::Run& run) { return run.promotion ? run.promotion->input_records - run.promotion->skipped_records : 0; }

Result<std::vector<int64_t>> rows_of_earlier_windows(store::Reader& reader, const flow::Run& run) {
  // Runs on demand and replays stand between the windows: so a few more than are wanted.
  TRY(const auto runs, flow::RunStore::landed_of(reader, run.sandbox, run.flow_id, kWindowsLookedAt * 2));
  std::vector<int64_t> rows;
  for (const flow::Run& earlier : runs) {
    const bool scheduled = earlier.trigger == flow::Trigger::tick && !earlier.first_backfill && earlier.window_to && earlier.id != run.id;
    if (scheduled) rows.push_back(new_rows_of(earlier));
  }
  return rows;
}

}  // namespace foz::schedule
