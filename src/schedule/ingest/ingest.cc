#include "schedule/ingest/ingest.h"

#include <algorithm>
#include <thread>

#include "base/json.h"
#include "base/pool.h"
#include "schedule/ingest/infer.h"
#include "schedule/ingest/ingest_table.h"
#include "schedule/ingest/page_reader.h"

namespace foz::schedule {
namespace {

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

/// The part of the schema that the records mention: the files are read twice, which costs less than empty columns.
Result<registry::Node> mentioned_root(PageReader& reader, const IngestInput& input, std::stop_token stop) {
  Presence presence(input.root);
  std::shared_ptr<const std::vector<std::string>> header;
  TRY_DO(reader.read(input.files, [&](const InputPage& page) {
    if (page.header && page.header != header) CellRecordReader(input.root, {}, *page.header, {}).mention(presence);
    header = page.header;
    for (const RecordPiece& piece : page.records) {
      if (!page.header && piece.defect.empty()) presence.look_at(page.text(piece));
    }
    return !stop.stop_requested();
  }, stop));
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
  TRY_DO(reader.read(inputs, [&](const InputPage& page) {
    if (page.header) {
      for (const std::string& name : *page.header) inference.add_text(name);
      return !stop.stop_requested();
    }
    for (const RecordPiece& piece : page.records) {
      if (piece.defect.empty()) inference.look_at(page.text(piece));
    }
    return !stop.stop_requested();
  }, stop));
  return inference.root();
}

Result<IngestResult> ingest(lake::FileIo& files, const IngestInput& input, const IngestFolders& folders, const IngestSettings& settings, std::stop_token stop) {
  const Error empty{.kind = ErrorKind::invalid, .message = "Dataset file is empty. Please upload file with data.", .code = "106"};
  if (input.files.empty()) return empty;
  TRY_DO(files.remove_tree(folders.diagnostics / "row_errors"));
  TRY_DO(keep_file_list(files, input.files, folders.diagnostics));
  TRY_DO(files.make_folder(folders.spill));
  TRY(const auto engine, open_engine(folders, settings));
  InputQueue queue(settings.queue_bytes);
  Diagnostics diagnostics(files, folders.diagnostics, input.keep_rejected_rows);
  PageReader reader(files, *engine, input.format, folders, settings);
  TRY(const registry::Node root, mentioned_root(reader, input, stop));
  Feeder feeder(reader, input.files, queue);
  std::stop_source load_stop;
  const std::stop_callback on_stop(stop, [&] { feeder.stop(), load_stop.request_stop(); });
  const std::stop_callback on_failure(feeder.failed(), [&] { load_stop.request_stop(); });
  const RecordRules rules{.form = input.format.form, .reject_unknown = rejects_unknown(settings.unknown_fields, input.format.form), .validates = input.validates};
  IngestTable table({.root = root, .rules = rules, .dialect = input.format.dialect, .pages = queue, .diagnostics = diagnostics, .workers = settings.workers,
                     .stop = load_stop.get_token()});
  feeder.start();
  auto written = lake::write_parquet(*engine, table, files, {.folder = folders.data, .file_bytes_target = settings.file_bytes_target, .row_group_rows = row_group_rows(root, settings)},
                                     load_stop.get_token());
  if (!written) feeder.stop();
  const Status fed = feeder.join();
  const auto fail = [&](Error error) -> Result<IngestResult> {
    TRY_DO(files.remove_tree(folders.data));
    return error;
  };
  if (!fed && (written || fed.error().kind != ErrorKind::cancelled)) return fail(fed.error());
  if (!written) return fail(written.error());
  const IngestTotals totals = table.totals();
  if (totals.read == 0) return fail(empty);
  if (const Status sound = add_up(*engine, *written, totals); !sound) return fail(sound.error());
  if (const Status finished = diagnostics.finish(); !finished) return fail(finished.error());
  IngestResult result{.layout = layout_of(root), .files = std::move(*written), .read = totals.read, .written = totals.written, .rejected = totals.rejected, .rejected_kinds = diagnostics.kinds()};
  for (const catalog::KeptFile& file : input.files) result.input_bytes += file.bytes;
  return result;
}

}  // namespace foz::schedule
