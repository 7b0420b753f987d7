#include "schedule/ingest/ingest.h"

#include <algorithm>
#include <thread>

#include "base/json.h"
#include "base/metrics.h"
#include "base/pool.h"
#include "schedule/ingest/infer.h"
#include "schedule/ingest/ingest_table.h"
#include "schedule/ingest/page_reader.h"

namespace foz::schedule {
namespace {

Error no_rows() { return {.kind = ErrorKind::invalid, .message = "Dataset file is empty. Please upload file with data.", .code = "106"}; }

bool rejects_unknown(UnknownFields rule, InputForm form) { return rule == UnknownFields::by_format ? form == InputForm::json : rule == UnknownFields::reject; }

/// Reads the files into the queue, on a thread of its own.
class Feeder {
 public:
  Feeder(PageReader& reader, const std::vector<catalog::KeptFile>& inputs, InputQueue& queue) : reader_(reader), inputs_(inputs), queue_(queue) {}

  void start() {
    thread_ = std::jthread([this] {
      name_this_thread("foz-cut");
      status_ = reader_.read(inputs_, [this](InputPage page) {
        const size_t weight = page.bytes.size();
        return page.records.empty() || queue_.push(std::move(page), weight, stop_.get_token());
      }, stop_.get_token());
      if (!status_) failed_.request_stop();
      queue_.close();
    });
  }
  void stop() { stop_.request_stop(); }
  /// How it ended. The thread is gone then.
  Status join() {
    if (thread_.joinable()) thread_.join();
    return status_;
  }
  std::stop_token failed() const { return failed_.get_token(); }

 private:
  PageReader& reader_;
  const std::vector<catalog::KeptFile>& inputs_;
  InputQueue& queue_;
  std::stop_source stop_, failed_;
  Status status_;
  std::jthread thread_;
};

Status keep_file_list(lake::FileIo& files, const std::vector<catalog::KeptFile>& inputs, const std::filesystem::path& diagnostics) {
  std::vector<std::string> names;
  for (const catalog::KeptFile& input : inputs) names.push_back(input.name);
  return keep_input_list(files, diagnostics, names);
}

/// Fields that rows without a schema may have. Follows: contract, 17.
constexpr size_t kFieldsMax = 10'000;

/// How far into each file is looked before the columns are chosen.
enum class Look : uint8_t { begin, whole };
constexpr size_t kBeginRows = 10'000;  ///< of Parquet

/// The part of the schema that the records mention, as far as they are looked at.
Result<registry::Node> mentioned_root(PageReader& reader, const IngestInput& input, uint64_t begin_bytes, Look look, std::stop_token stop) {
  Presence presence(input.root);
  const auto look_at = [&](const catalog::KeptFile& file) {
    size_t bytes = 0;
    return reader.read({file}, [&](const InputPage& page) {
      if (page.header) {  // names what all rows of the file can mention
        CellRecordReader(input.root, {}, *page.header, {}).mention(presence);
        return false;
      }
      for (const RecordPiece& piece : page.records) {
        if (piece.defect.empty()) presence.look_at(page.text(piece));
      }
      bytes += page.bytes.size();
      return look == Look::whole || bytes < begin_bytes;
    }, stop, look == Look::whole ? SIZE_MAX : kBeginRows);
  };
  for (const catalog::KeptFile& file : input.files) TRY_DO(look_at(file));
  return presence.mentioned_root();
}

/// Rows that may be gathered before they are written, so that all threads together keep to half of the memory.
size_t row_group_rows(const registry::Node& root, const IngestSettings& settings) {
  constexpr size_t kRowsMost = 122'880, kRowsLeast = 2 * engine::kChunkRows, kBytesOfValue = 24;
  const size_t leaves = std::max<size_t>(registry::leaf_paths(root).size(), 1);
  const size_t rows = settings.memory_bytes / 4 / settings.workers / (leaves * kBytesOfValue);
  return std::clamp(rows / engine::kChunkRows * engine::kChunkRows, kRowsLeast, kRowsMost);
}

std::vector<engine::Field> layout_of(const registry::Node& root) {
  std::vector<engine::Field> fields;
  for (const registry::Node& child : root.children) fields.push_back(registry::to_field(child));
  return fields;
}

/// Every row is in a footer, was rejected, or the batch fails.
Status add_up(engine::Engine& engine, const std::vector<lake::DataFile>& files, const IngestTotals& totals) {
  uint64_t in_files = 0;
  for (const lake::DataFile& file : files) {
    TRY(const int64_t records, lake::footer_records(engine, file.path));
    in_files += static_cast<uint64_t>(records);
  }
  if (in_files == totals.written && totals.read == totals.written + totals.rejected) return {};
  return Error{.kind = ErrorKind::corrupt,
               .message = "the counts do not add up: read " + std::to_string(totals.read) + ", written " + std::to_string(totals.written) + " (in files " +
                          std::to_string(in_files) + "), rejected " + std::to_string(totals.rejected)};
}

}  // namespace

Result<registry::Node> infer_root(lake::FileIo& files, const std::vector<catalog::KeptFile>& inputs, const InputFormat& format, const IngestFolders& folders,
                                  const IngestSettings& settings, std::stop_token stop, bool with_times) {
  TRY_DO(files.make_folder(folders.spill));
  TRY(const auto engine, open_engine(folders, settings));
  PageReader reader(files, *engine, format, folders, settings);
  Inference inference(with_times);
  const auto goes_on = [&] { return !stop.stop_requested() && inference.fields() <= kFieldsMax; };
  TRY_DO(reader.read(inputs, [&](const InputPage& page) {
    if (page.header) {
      for (const std::string& name : *page.header) inference.add_text(name);
      return goes_on();
    }
    for (const RecordPiece& piece : page.records) {
      if (piece.defect.empty() && goes_on()) inference.look_at(page.text(piece));
    }
    return goes_on();
  }, stop));
  if (inference.fields() > kFieldsMax) {
    return Error{.kind = ErrorKind::invalid, .message = "The rows have more than " + std::to_string(kFieldsMax) + " fields: give the data set a schema, or the rows fewer names"};
  }
  return inference.root();
}

namespace {

/// What one reading of a batch works with.
struct Work {
  lake::FileIo& files;
  engine::Engine& engine;
  PageReader& reader;
  const IngestInput& input;
  const IngestFolders& folders;
  const IngestSettings& settings;
};

/// Reads all rows into columns for what `look` shows of the files. Nothing: a record mentions a field of the schema beyond
/// those. Leaves no data files then, nor when it fails.
Result<std::optional<IngestResult>> read_all(const Work& work, Look look, std::stop_token stop) {
  const auto& [files, engine, reader, input, folders, settings] = work;
  TRY_DO(files.remove_tree(folders.diagnostics / "row_errors"));
  InputQueue queue(settings.queue_bytes);
  Diagnostics diagnostics(files, folders.diagnostics, input.keep_rejected_rows);
  TRY(const registry::Node root, mentioned_root(reader, input, settings.begin_bytes, look, stop));
  Feeder feeder(reader, input.files, queue);
  std::stop_source load_stop;
  const std::stop_callback on_stop(stop, [&] { feeder.stop(), load_stop.request_stop(); });
  const std::stop_callback on_failure(feeder.failed(), [&] { load_stop.request_stop(); });
  const RecordRules rules{.form = input.format.form, .reject_unknown = rejects_unknown(settings.unknown_fields, input.format.form), .validates = input.validates};
  IngestTable table({.root = root, .whole = look == Look::begin ? &input.root : nullptr, .rules = rules, .dialect = input.format.dialect, .pages = queue,
                     .diagnostics = diagnostics, .workers = settings.workers, .stop = load_stop.get_token()});
  feeder.start();
  auto written = lake::write_parquet(engine, table, files, {.folder = folders.data, .file_bytes_target = settings.file_bytes_target, .row_group_rows = row_group_rows(root, settings)},
                                     load_stop.get_token());
  if (!written) feeder.stop();
  const Status fed = feeder.join();
  const auto fail = [&](Error error) -> Result<std::optional<IngestResult>> {
    TRY_DO(files.remove_tree(folders.data));
    return error;
  };
  if (!fed && (written || fed.error().kind != ErrorKind::cancelled)) return fail(fed.error());
  if (!written && table.lacks_columns() && !stop.stop_requested()) {
    TRY_DO(files.remove_tree(folders.data));
    return std::optional<IngestResult>();
  }
  if (!written) return fail(written.error());
  const IngestTotals totals = table.totals();
  if (totals.read == 0) return fail(no_rows());
  if (const Status sound = add_up(engine, *written, totals); !sound) return fail(sound.error());
  if (const Status finished = diagnostics.finish(); !finished) return fail(finished.error());
  IngestResult result{.layout = layout_of(root), .files = std::move(*written), .read = totals.read, .written = totals.written, .rejected = totals.rejected, .rejected_kinds = diagnostics.kinds()};
  for (const catalog::KeptFile& file : input.files) result.input_bytes += file.bytes;
  return std::optional(std::move(result));
}

}  // namespace

/// The begin of each file tells which columns there will be. A record that tells more sends all of it back to the start, with
/// the whole of the files looked at first: two readings, which is what every batch would cost if none were taken at its word.
Result<IngestResult> ingest(lake::FileIo& files, const IngestInput& input, const IngestFolders& folders, const IngestSettings& settings, std::stop_token stop) {
  if (input.files.empty()) return no_rows();
  TRY_DO(keep_file_list(files, input.files, folders.diagnostics));
  TRY_DO(files.make_folder(folders.spill));
  TRY(const auto engine, open_engine(folders, settings));
  PageReader reader(files, *engine, input.format, folders, settings);
  const Work work{.files = files, .engine = *engine, .reader = reader, .input = input, .folders = folders, .settings = settings};
  TRY(auto result, read_all(work, Look::begin, stop));
  if (!result) {
    metrics::count("foz_ingest_repeated_total");
    TRY(result, read_all(work, Look::whole, stop));
  }
  if (!result) return Error{.kind = ErrorKind::internal, .message = "the whole of the files was looked at, and a record mentions more"};
  return std::move(*result);
}

}  // namespace foz::schedule
