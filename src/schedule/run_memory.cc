#include "schedule/run_memory.h"

#include <algorithm>

#include "base/log.h"
#include "schedule/landed_windows.h"

namespace foz::schedule {
namespace {

/// Landed runs of a flow that tell how far back a run may look.
constexpr size_t kWindowsLookedAt = 64;

}  // namespace

Status RunMemory::load() {
  TRY(const auto row, database_.first("SELECT file FROM flow_keys WHERE sandbox = ? AND flow_id = ?", {run_.sandbox, run_.flow_id}));
  if (row) {
    in_force_file_ = keys_dir_ / row->text(0);
    TRY(in_force_, read(in_force_file_));
  }
  if (!repeats()) return {};
  TRY(seen_then_file_, seen_rows_.file_for(run_));
  if (!seen_then_file_.empty()) {
    TRY(seen_then_, read(seen_then_file_));
  } else if (in_force_ && knows_all_of(*in_force_, run_)) {  // no later window has landed
    seen_then_ = in_force_;
  }
  return {};
}

Result<std::optional<KeyMemory>> RunMemory::read(const std::filesystem::path& file) const {
  auto memory = KeyMemory::read(files_, file);
  if (memory) return std::optional(std::move(*memory));
  if (memory.error().kind == ErrorKind::unavailable) return std::move(memory).error();
  if (memory.error().kind != ErrorKind::not_found || file == in_force_file_) log::warning("run.no_key_memory", {{"flow", run_.flow_id}, {"error", memory.error()}});
  return std::optional<KeyMemory>();
}

const KeyMemory* RunMemory::seen() const {
  const auto& memory = repeats() ? seen_then_ : in_force_;
  return memory ? &*memory : nullptr;
}

Result<Instant> RunMemory::look_back_limit() {
  TRY(auto landed, flow::RunStore::landed_of(database_, run_.sandbox, run_.flow_id, kWindowsLookedAt));
  look_back_limit_ = schedule::look_back_limit(run_, std::move(landed));
  return seen() == nullptr ? look_back_limit_ : std::max(look_back_limit_, seen()->complete_from());
}

KeyGatherer& RunMemory::gather(Instant keep_from) {
  // A repetition may overtake an earlier window, which looks back further.
  return gatherer_.emplace(repeats() && in_force_ ? std::min(keep_from, in_force_->complete_from()) : keep_from);
}

Result<std::string> RunMemory::write() {
  // A repetition adds to what is in force; alone, it would pass for all that landed.
  if (!gatherer_ || (!in_force_ && run_.trigger != flow::Trigger::tick)) return std::string();
  std::string file = run_.sandbox + "/" + run_.flow_id + "/" + run_.id + ".keys";
  TRY_DO(gatherer_->write(files_, keys_dir_ / file, in_force_.value_or(KeyMemory()), remembered_since()));
  if (in_force_) TRY_DO(seen_rows_.keep_for_others(run_, *in_force_));
  written_ = true;
  return file;
}

/// From which stamp on this run and those before it know every row that landed.
Instant RunMemory::remembered_since() const {
  if (repeats()) return in_force_->complete_from();
  const Instant before = in_force_ ? in_force_->complete_from() : run_.window_from.value_or(Instant::min());
  return std::max({before, look_back_limit_, gatherer_->keep_from()});
}

void RunMemory::forget_replaced() const {
  if (written_ && !in_force_file_.empty()) forget(in_force_file_);
  if (!seen_then_file_.empty()) forget(seen_then_file_);
}

void RunMemory::forget(const std::filesystem::path& file) const {
  if (const Status removed = files_.remove_file(file); !removed) log::warning("run.leftover", {{"run", run_.id}, {"error", removed.error()}});
}

void RunMemory::keep_seen() const {
  if (seen() == nullptr || run_.trigger == flow::Trigger::refresh) return;
  const Status kept = seen_rows_.keep(run_, *seen());
  if (!kept) log::warning("run.no_key_memory", {{"flow", run_.flow_id}, {"error", kept.error()}});
}

}  // namespace foz::schedule
