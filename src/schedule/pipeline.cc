#include "schedule/pipeline.h"

#include <thread>

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

Error cancelled() { return Error{.kind = ErrorKind::cancelled, .message = "the run was stopped"}; }

/// The copy side: pages that an earlier attempt spooled, then those that the slices still lack. The first error ends it.
class Copy {
 public:
  Copy(const PipelineInput& input, Progress& progress, const Clock& clock)
      : source_(input.source), spool_(input.spool), plan_(*input.spool.plan()), progress_(progress), clock_(clock) {}

  /// A page of the spool, read back.
  Result<LoadPage> spooled(const SpooledPage& entry) {
    TRY(sources::Page page, spool_.read(entry));
    return loaded(entry, std::move(page));
  }

  /// A slice under way, and where it stands.
  struct Reading {
    const sources::Slice* slice = nullptr;
    SliceProgress at;
  };
  /// The next slice that nobody reads yet.
  std::optional<Reading> next_slice() {
    const size_t index = next_slice_++;
    if (index >= plan_.slices.size()) return std::nullopt;
    return Reading{.slice = &plan_.slices[index], .at = spool_.progress(plan_.slices[index].id)};
  }

  /// Fetches the next page of a slice; it is in the spool when this returns. Nothing: the slice is read to its end.
  Result<std::optional<LoadPage>> next_page(Reading& reading) {
    SliceProgress& at = reading.at;
    if (at.ended) return std::optional<LoadPage>();
    const std::string& slice = reading.slice->id;
    crash_point("fetch.before_read");
    TRY(sources::Page page, source_.read(plan_.plan, *reading.slice, at.next, stop_.get_token()));
    progress_.touch(clock_);
    crash_point("fetch.after_read");
    if (page.next && (spool_.has_met(slice, *page.next) || at.pages >= kPagesPerSliceMax)) {
      return Error{.kind = ErrorKind::corrupt, .message = "the source repeats a page handle in slice " + slice + ": it would never end"};
    }
    TRY(const SpooledPage entry, spool_.append(slice, page));
    at = {.pages = entry.number, .next = page.next.value_or(sources::Cursor{}), .ended = !page.next};
    ++progress_.pages_fetched;
    progress_.bytes_fetched += entry.body_bytes;
    progress_.touch(clock_);
    return std::optional(loaded(entry, std::move(page)));
  }

  void stop() { stop_.request_stop(); }
  std::stop_token stopped() const { return stop_.get_token(); }

  /// Ends the copy; the first error is kept.
  void fail(Error error) {
    {
      std::lock_guard lock(mutex_);
      if (error_) return;
      error_ = std::move(error);
    }
    stop_.request_stop();
    failed_.request_stop();
  }
  std::optional<Error> error() const {
    std::lock_guard lock(mutex_);
    return error_;
  }
  /// Asked for when something failed: the load must not wait for pages that will not come.
  std::stop_token failed() const { return failed_.get_token(); }

 private:
  static LoadPage loaded(const SpooledPage& entry, sources::Page page) {
    return {.number = entry.ordinal, .slice = entry.slice, .slice_page = entry.number, .page = std::move(page)};
  }

  sources::Source& source_;
  Spool& spool_;
  const SpoolPlan& plan_;
  Progress& progress_;
  const Clock& clock_;
  std::atomic<size_t> next_slice_ = 0;
  std::stop_source stop_, failed_;
  mutable std::mutex mutex_;
  std::optional<Error> error_;
};

/// Fetches ahead of the load: threads that fill a queue.
class Fetchers {
 public:
  /// Reads all slices, `threads` at a time, beside the pages that lie in the spool. Closes the queue at the end.
  Fetchers(Copy& copy, PageQueue& queue, size_t threads, std::vector<SpooledPage> spooled) : copy_(copy), queue_(queue), alive_(threads + 1) {
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

  void join() { threads_.clear(); }

 private:
  Status feed(const std::vector<SpooledPage>& spooled) {
    for (const SpooledPage& entry : spooled) {
      TRY(LoadPage page, copy_.spooled(entry));
      TRY_DO(hand_on(std::move(page)));
    }
    return {};
  }

  Status fetch_slices() {
    while (auto reading = copy_.next_slice()) {
      for (;;) {
        TRY(auto page, copy_.next_page(*reading));
        if (!page) break;
        TRY_DO(hand_on(std::move(*page)));
        crash_point("fetch.after_hand_on");
      }
    }
    return {};
  }

  Status hand_on(LoadPage page) {
    const uint64_t weight = bytes_of(page.page);
    if (queue_.push(std::move(page), weight, copy_.stopped())) return {};
    return Error{.kind = ErrorKind::cancelled, .message = "the copy was stopped"};
  }

  void done(const Status& status) {
    if (!status) copy_.fail(status.error());
    if (--alive_ == 0) queue_.close();
  }

  Copy& copy_;
  PageQueue& queue_;
  std::atomic<size_t> alive_;
  std::vector<std::jthread> threads_;
};

/// Fetches a page when the load asks for it, on the load's own thread.
class InlineFetcher {
 public:
  InlineFetcher(Copy& copy, std::vector<SpooledPage> spooled) : copy_(copy), spooled_(std::move(spooled)) {}

  std::optional<LoadPage> next() {
    std::lock_guard lock(mutex_);
    auto page = fetch();
    if (page) return std::move(*page);
    copy_.fail(std::move(page).error());
    return std::nullopt;
  }

 private:
  Result<std::optional<LoadPage>> fetch() {
    if (next_spooled_ < spooled_.size()) {
      TRY(LoadPage page, copy_.spooled(spooled_[next_spooled_++]));
      return std::optional(std::move(page));
    }
    for (;;) {
      if (copy_.stopped().stop_requested()) return cancelled();
      if (!reading_) reading_ = copy_.next_slice();
      if (!reading_) return std::optional<LoadPage>();
      TRY(auto page, copy_.next_page(*reading_));
      if (page) return page;
      reading_.reset();
    }
  }

  Copy& copy_;
  const std::vector<SpooledPage> spooled_;
  std::mutex mutex_;
  size_t next_spooled_ = 0;
  std::optional<Copy::Reading> reading_;
};

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

/// Diagnostics and the list of pages, where there will be a batch that shows them.
Status Pipeline::finish(Diagnostics& diagnostics, const Spool& spool, const LoadTotals& totals) {
  TRY_DO(diagnostics.finish());
  if (totals.written + totals.rejected == 0) return {};
  return keep_page_list(files_, folders_.diagnostics, spool.pages());
}

PipelineOutcome Pipeline::run(PipelineInput input, Progress& progress, std::stop_token stop) {
  progress.touch(clock_);
  auto opened = engine::Engine::open({.memory_bytes = settings_.memory_bytes * 5 / 8, .threads = static_cast<int>(settings_.load_workers),
                                      .spill_folder = folders_.spill, .allowed_folders = {folders_.data.parent_path()}});
  if (!opened) return {.failure = PipelineFailure{.stage = Stage::promotion, .error = opened.error()}};
  engine::Engine& engine = **opened;
  if (const Status emptied = files_.remove_tree(folders_.diagnostics); !emptied) {
    return {.failure = PipelineFailure{.stage = Stage::promotion, .error = emptied.error()}};
  }

  Diagnostics diagnostics(files_, folders_.diagnostics, input.keep_rejected_rows);
  Copy copy(input, progress, clock_);
  std::stop_source load_stop;
  const std::stop_callback on_stop(stop, [&] { copy.stop(), load_stop.request_stop(); });
  const std::stop_callback on_failure(copy.failed(), [&] { load_stop.request_stop(); });
  PageQueue queue(settings_.queue_bytes);
  std::optional<Fetchers> fetchers;
  std::optional<InlineFetcher> fetcher;
  const auto next_page = [&](std::stop_token token) { return fetcher ? fetcher->next() : queue.pop(std::move(token)); };
  LoadTable table(input.load, next_page, diagnostics, progress, clock_, load_stop.get_token());
  const size_t threads = std::min(settings_.fetchers_max, input.spool.plan()->slices.size());
  if (settings_.fetchers_max == 0) fetcher.emplace(copy, input.spool.pages());
  else fetchers.emplace(copy, queue, threads, input.spool.pages());
  crash_point("load.before_write");
  const lake::ParquetOptions parquet{.folder = folders_.data, .file_bytes_target = settings_.file_bytes_target,
                                     .row_group_bytes = settings_.memory_bytes / 8 / settings_.load_workers};
  auto files = lake::write_parquet(engine, table, files_, parquet, load_stop.get_token());
  if (!files) copy.stop();
  if (fetchers) fetchers->join();
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
  if (const auto error = copy.error(); error && (files || error->kind != ErrorKind::cancelled)) return fail(Stage::copy, *error);
  if (!files) return fail(table.broken_page() ? Stage::copy : Stage::promotion, files.error());
  if (const Status kept = input.spool.sync(); !kept) return fail(Stage::copy, kept.error());
  if (const auto missing = short_of(input.spool, table.totals())) return fail(Stage::copy, *missing);
  crash_point("load.before_counts");
  if (const Status sound = counts_add_up(engine, *files, table.totals()); !sound) return fail(Stage::promotion, sound.error());
  crash_point("load.after_counts");
  if (const Status finished = finish(diagnostics, input.spool, table.totals()); !finished) return fail(Stage::promotion, finished.error());
  outcome.result = PipelineResult{.files = std::move(*files), .totals = table.totals(), .rejected_kinds = diagnostics.kinds(), .has_warning_sample = diagnostics.has_warned()};
  return outcome;
}

}  // namespace foz::schedule
