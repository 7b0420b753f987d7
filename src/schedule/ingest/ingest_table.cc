#include "schedule/ingest/ingest_table.h"

#include <algorithm>

#include "base/crash_point.h"
#include "base/json.h"
#include "prep/compile.h"

namespace foz::schedule {
namespace {

using engine::Chunk;
using engine::kChunkRows;

/// Memory that a chunk may take before it is handed on with fewer rows.
constexpr size_t kChunkBytesMax = 16u << 20;

prep::Reason unreadable(std::string_view why) { return {.code = "INGEST-1401-400", .message = std::string(why)}; }

/// The column of a table, and where its values come from.
engine::Slot slot_of(const Places& places) {
  engine::Slot slot{.field = registry::to_field(*places.node)};
  if (!places.is_spread()) slot.column = static_cast<int>(places.begin);
  for (const Places& child : places.children) slot.members.push_back(slot_of(child));
  return slot;
}

void add_columns(const Places& places, Chunk& chunk) {
  if (!places.is_spread()) return void(chunk.columns.emplace_back(engine::column_type(places.node->kind)));
  for (const Places& child : places.children) add_columns(child, chunk);
}

/// A record on one line: a raw line break stands between values only.
std::string on_one_line(std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::replace(line.begin(), line.end(), '\r', ' ');
  return line;
}

}  // namespace

class IngestTable::Reader final : public engine::ChunkReader {
 public:
  explicit Reader(IngestTable& table) : table_(table), parts_(table.parts_), json_(parts_.root, parts_.rules, parts_.whole) {
    for (const Places& child : Places(parts_.root).children) add_columns(child, chunk_);
  }
  ~Reader() override { hand_in(); }

  Result<const Chunk*> next() override {
    chunk_.rows = 0;
    chunk_.arena.clear();
    while (chunk_.rows < kChunkRows && chunk_.arena.used() < kChunkBytesMax) {
      if (!page_ || at_ == page_->records.size()) {
        TRY(const bool more, open_page());
        if (!more) break;
        continue;
      }
      TRY_DO(take(page_->records[at_++]));
    }
    if (chunk_.rows > 0) return &chunk_;
    hand_in();
    return nullptr;
  }

 private:
  Result<bool> open_page() {
    page_ = parts_.pages.pop(parts_.stop);
    at_ = 0;
    crash_point("ingest.after_page");
    if (parts_.stop.stop_requested()) return Error{.kind = ErrorKind::cancelled, .message = "the ingestion was stopped"};
    if (!page_) return false;
    if (page_->header && page_->header != header_) {
      header_ = page_->header;
      cells_reader_.emplace(parts_.root, parts_.rules, *header_, parts_.dialect.null_markers);
    }
    return true;
  }

  Status take(const RecordPiece& piece) {
    ++totals_.read;
    if (!piece.defect.empty()) return reject(piece, {unreadable(piece.defect)}, true);
    const Status read = page_->header ? read_cells(piece) : json_.read(page_->text(piece), chunk_.arena, record_);
    if (!read) return reject(piece, {unreadable("Row is corrupted and cannot be read, please fix and resend.")}, true);
    if (json_.met_left_out()) return lack_columns();
    if (!record_.is_good()) return reject(piece, record_.reasons, false);
    for (size_t i = 0; i < chunk_.columns.size(); ++i) chunk_.columns[i].put(chunk_.rows, record_.values[i]);
    ++chunk_.rows;
    ++totals_.written;
    return {};
  }

  Status lack_columns() {
    table_.lacks_columns_ = true;
    return Error{.kind = ErrorKind::cancelled, .message = "a record mentions a field that the columns lack"};
  }

  Status read_cells(const RecordPiece& piece) {
    if (!split_cells(page_->text(piece), parts_.dialect, chunk_.arena, cells_)) return Error{.kind = ErrorKind::corrupt};
    return cells_reader_->read(cells_, chunk_.arena, record_);
  }

  Status reject(const RecordPiece& piece, std::vector<prep::Reason> reasons, bool is_corrupt) {
    ++totals_.rejected;
    RejectedRow row{.is_corrupt = is_corrupt, .filename = page_->filename, .reasons = std::move(reasons)};
    if (parts_.diagnostics.keeps_rows()) {
      const bool is_row_of_cells = page_->header && !is_corrupt;
      row.record = is_corrupt ? std::string(page_->text(piece)) : is_row_of_cells ? cells_json() : on_one_line(page_->text(piece));
    }
    return parts_.diagnostics.reject(row);
  }

  std::string cells_json() const {
    Json json = Json::object();
    for (size_t i = 0; i < cells_.size() && i < header_->size(); ++i) json[(*header_)[i]] = std::string(cells_[i]);
    return to_text(json);
  }

  void hand_in() {
    std::lock_guard lock(table_.mutex_);
    table_.totals_.read += totals_.read;
    table_.totals_.written += totals_.written;
    table_.totals_.rejected += totals_.rejected;
    totals_ = {};
  }

  IngestTable& table_;
  const Parts& parts_;
  JsonRecordReader json_;
  std::optional<CellRecordReader> cells_reader_;
  std::shared_ptr<const std::vector<std::string>> header_;
  std::vector<std::string_view> cells_;
  std::optional<InputPage> page_;
  size_t at_ = 0;  ///< the next record of the page
  ReadRecord record_;
  Chunk chunk_;
  IngestTotals totals_;
};

IngestTable::IngestTable(Parts parts) : parts_(std::move(parts)) {
  for (const Places& child : Places(parts_.root).children) slots_.push_back(slot_of(child));
}

IngestTable::~IngestTable() = default;

Result<std::unique_ptr<engine::ChunkReader>> IngestTable::open_reader() { return std::unique_ptr<engine::ChunkReader>(new Reader(*this)); }

IngestTotals IngestTable::totals() const {
  std::lock_guard lock(mutex_);
  return totals_;
}

}  // namespace foz::schedule
