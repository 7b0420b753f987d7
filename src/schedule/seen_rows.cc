#include "schedule/seen_rows.h"

#include <algorithm>

#include "flow/run_windows.h"

namespace foz::schedule {
namespace {

/// A run is made after its window began, by clocks that were not set back by more than this since.
constexpr std::chrono::hours kClockSetBackMax{48};

}  // namespace

bool knows_all_of(const KeyMemory& memory, const flow::Run& run) { return run.window_from && memory.complete_from() <= *run.window_from; }

Result<bool> SeenRows::has_file(const std::filesystem::path& file) const {
  const auto size = files_.size(file);
  if (!size && size.error().kind != ErrorKind::not_found) return size.error();
  return size.has_value();
}

Result<std::filesystem::path> SeenRows::file_for(const flow::Run& run) const {
  for (flow::Run repeated = run; !repeated.predecessor.empty();) {
    auto earlier = flow::RunStore::find(database_, run.sandbox, repeated.predecessor);
    if (!earlier && earlier.error().kind == ErrorKind::not_found) break;  // removed, as it was over for long
    if (!earlier) return std::move(earlier).error();
    repeated = std::move(*earlier);
    TRY(const bool kept, has_file(file_of(repeated)));
    if (kept) return file_of(repeated);
  }
  return std::filesystem::path();
}

Status SeenRows::keep(const flow::Run& run, const KeyMemory& memory) const {
  return KeyGatherer(Instant::min()).write(files_, file_of(run), memory, memory.complete_from());
}

Status SeenRows::keep_for_others(const flow::Run& run, const KeyMemory& memory) const {
  const Instant known_from = std::max(memory.complete_from(), Instant());
  TRY(const auto failed, flow::RunStore::failed_since(database_, run.sandbox, run.flow_id, known_from - kClockSetBackMax));
  for (const flow::Run& other : failed) {
    const bool of_sequence = other.trigger == flow::Trigger::tick || other.trigger == flow::Trigger::retrigger;
    if (!of_sequence || other.id == run.predecessor || !knows_all_of(memory, other)) continue;
    TRY(const bool kept, has_file(file_of(other)));
    if (kept) continue;
    if (other.window_returned) {  // and read by the run behind it, unless windows are passed over
      TRY(const auto reader, flow::reader_since(database_, other));
      if (reader) continue;
    }
    TRY_DO(keep(other, memory));
  }
  return {};
}

}  // namespace foz::schedule
