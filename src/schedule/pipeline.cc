#include "schedule/pipeline.h"

#include <thread>
#include <unordered_set>

#include "base/crash_point.h"
#include "base/log.h"
#include "base/pool.h"

namespace foz::schedule {
namespace {

constexpr uint32_t kPagesPerSliceMax = 10'000'000;

uint64_t bytes_of(const sources::Page& page) {
  uint64_t bytes = 0;
  for (const std::string& body : page.bodies) bytes += body.size();
  return bytes;
}

/// The fetching side: slices that wait, the threads that read them, the first error.
class Fetchers {
 public:
  Fetchers(const PipelineInput& input, PageQueue& queue, Progress& progress, const Clock& clock)
      : source_(input.source), spool_(input.spool), plan_(*input.spool.plan()), queue_(queue), progress_(progress), clock_(clock) {}

  /// Reads all slices, `threads` at a time, after `spooled` pages were handed to the queue. Closes the queue at the end.
  void start(size_t threads, std::vector<SpooledPage> spooled) {
    alive_ = threads + 1;
    threads_.emplace_back([this, spooled = std::move(spooled)] {
      name_this_thread("foz-spool");
      done(feed(spooled));
    });
    for (size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this] {
        name_this_thread("foz-fetch");
        done(fetch_slices());
      });
    }
  }

  void stop() { stop_.request_stop(); }
  void join() { threads_.clear(); }
  std::optional<Error> error() const {
    std::lock_guard lock(mutex_);
    return error_;
  }
  /// Asked for when something failed: the load must not wait for pages that will not come.
  std::stop_token failed() const { return failed_.get_token(); }

 private:
  /// Pages that an earlier attempt left behind.
  Status feed(const std::vector<SpooledPage>& spooled) {
    for (const SpooledPage& entry : spooled) {
      TRY(sources::Page page, spool_.read(entry));
      TRY_DO(hand_on(entry, std::move(page)));
    }
    return {};
  }

  Status fetch_slices() {
    for (;;) {
      const size_t index = next_slice_++;
      if (index >= plan_.slices.size()) return {};
      TRY_DO(fetch(plan_.slices[index]));
    }
  }

  Status fetch(const sources::Slice& slice) {
    SliceProgress at = spool_.progress(slice.id);
    std::unordered_set<std::string> seen;
    while (!at.ended) {
      crash_point("fetch.before_read");
      TRY(sources::Page page, source_.read(plan_.plan, slice, at.next, stop_.get_token()));
      progress_.touch(clock_);
      crash_point("fetch.after_read");
      if (page.next && (page.next->text == at.next.text || !seen.insert(page.next->text).second || at.pages >= kPagesPerSliceMax)) {
        return Error{.kind = ErrorKind::corrupt, .message = "the source repeats a page handle in slice " + slice.id + ": it would never end"};
      }
      TRY(const SpooledPage entry, spool_.append(slice.id, page));
      at = {.pages = entry.number, .next = page.next.value_or(sources::Cursor{}), .ended = !page.next};
      ++progress_.pages_fetched;
      progress_.bytes_fetched += entry.body_bytes;
      progress_.touch(clock_);
      TRY_DO(hand_on(entry, std::move(page)));
      crash_point("fetch.after_hand_on");
    }
    return {};
  }

  Status hand_on(const SpooledPage& entry, sources::Page page) {
    const uint64_t weight = bytes_of(page);
    LoadPage loaded{.number = entry.ordinal, .slice = entry.slice, .slice_page = entry.number, .page = std::move(page)};
    if (queue_.push(std::move(loaded), weight, stop_.get_token())) return {};
    return Error{.kind = ErrorKind::cancelled, .message = "the copy was stopped"};
  }

  void done(const Status& status) {
    std::lock_guard lock(mutex_);
    if (!status && !error_) {
      error_ = status.error();
      stop_.request_stop();
      failed_.request_stop();
    }
    if (--alive_ == 0) queue_.close();
  }

  sources::Source& source_;
  Spool& spool_;
  const SpoolPlan& plan_;
  PageQueue& queue_;
  Progress& progress_;
  const Clock& clock_;
  std::atomic<size_t> next_slice_ = 0;
  std::stop_source stop_, failed_;
  mutable std::mutex mutex_;
  std::optional<Error> error_;
  size_t alive_ = 0;
  std::vector<std::jthread> threads_;
};

Error cancelled() { return Error{.kind = ErrorKind::cancelled, .message = "the run was stopped"}; }

/// Rows that the vendor announced and that did not come.
std::optional<Error> short_of(const Spool& spool, const LoadTotals& totals) {
  int64_t announced = 0;
  for (const sources::Slice& slice : spool.plan()->slices) {
    const auto total = spool.progress(slice.id).total;
    if (!total) return std::nullopt;
    announced += *total;
  }
  if (static_cast<uint64_t>(announced) <= totals.read) return std::nullopt;
  return Error{.kind = ErrorKind::corrupt,
               .message = "the source announced " + std::to_string(announced) + " records and delivered " + std::to_string(totals.read)};
}

/// Counts every row again, from the files themselves (13.5: input = output + failed + skipped, or the run fails).
Status counts_add_up(engine::Engine& engine, const std::vector<lake::DataFile>& files, const LoadTotals& totals) {
  uint64_t in_footers = 0;
  for (const lake::DataFile& file : files) {
    TRY(const int64_t records, lake::footer_records(engine, file.path));
    if (records != file.records) {
      return Error{.kind = ErrorKind::corrupt, .message = "the data file " + file.path.filename().string() + " holds another number of rows than were written to it"};
    }
    in_footers += static_cast<uint64_t>(records);
  }
  if (in_footers == totals.written && totals.read == totals.written + totals.rejected + totals.skipped) return {};
  return Error{.kind = ErrorKind::corrupt,
               .message = "the counts do not add up: read " + std::to_string(totals.read) + ", written " + std::to_string(totals.written) + " (in files " +
                          std::to_string(in_footers) + "), rejected " + std::to_string(totals.rejected) + ", skipped " + std::to_string(totals.skipped)};
}

}  // namespace

PipelineOutcome Pipeline::run(PipelineInput input, Progress& progress, std::stop_token stop) {
  progress.touch(clock_);
  auto opened = engine::Engine::open({.memory_bytes = settings_.memory_bytes * 5 / 8, .threads = static_cast<int>(settings_.load_workers),
                                      .spill_folder = folders_.spill, .allowed_folders = {folders_.data.parent_path()}});
  if (!opened) return {.failure = PipelineFailure{.stage = Stage::promotion, .error = opened.error()}};
  engine::Engine& engine = **opened;
  if (const Status emptied = files_.remove_tree(folders_.diagnostics / "row_errors"); !emptied) {
    return {.failure = PipelineFailure{.stage = Stage::promotion, .error = emptied.error()}};
  }

  PageQueue queue(settings_.queue_bytes);
  Diagnostics diagnostics(files_, folders_.diagnostics, input.keep_rejected_rows);
  Fetchers fetchers(input, queue, progress, clock_);
  std::stop_source load_stop;
  const std::stop_callback on_stop(stop, [&] { fetchers.stop(), load_stop.request_stop(); });
  const std::stop_callback on_failure(fetchers.failed(), [&] { load_stop.request_stop(); });
  LoadTable table(input.load, queue, diagnostics, progress, clock_, load_stop.get_token());
  const size_t threads = std::min(settings_.fetchers_max, input.spool.plan()->slices.size());
  fetchers.start(threads, input.spool.pages());
  crash_point("load.before_write");
  auto files = lake::write_parquet(engine, table, files_, {.folder = folders_.data, .file_bytes_target = settings_.file_bytes_target}, load_stop.get_token());
  if (!files) fetchers.stop();
  fetchers.join();
  progress.touch(clock_);

  PipelineOutcome outcome;
  const auto fail = [&](Stage stage, Error error) {
    if (files) {
      if (const Status removed = files_.remove_tree(folders_.data); !removed) log::warning("pipeline.leftover", {{"error", removed.error()}});
    }
    outcome.failure = PipelineFailure{.stage = stage, .error = std::move(error), .broken_page = table.broken_page()};
    return outcome;
  };
  if (stop.stop_requested()) return fail(Stage::copy, cancelled());
  if (const auto error = fetchers.error(); error && (files || error->kind != ErrorKind::cancelled)) return fail(Stage::copy, *error);
  if (!files) return fail(table.broken_page() ? Stage::copy : Stage::promotion, files.error());
  if (const Status kept = input.spool.sync(); !kept) return fail(Stage::copy, kept.error());
  if (const auto missing = short_of(input.spool, table.totals())) return fail(Stage::copy, *missing);
  crash_point("load.before_counts");
  if (const Status sound = counts_add_up(engine, *files, table.totals()); !sound) return fail(Stage::promotion, sound.error());
  crash_point("load.after_counts");
  if (const Status finished = diagnostics.finish(); !finished) return fail(Stage::promotion, finished.error());
  outcome.result = PipelineResult{.files = std::move(*files), .totals = table.totals(), .rejected_kinds = diagnostics.kinds()};
  return outcome;
}

}  // namespace foz::schedule
