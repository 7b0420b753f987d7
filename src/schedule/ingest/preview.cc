#include "schedule/ingest/preview.h"

#include <algorithm>

#include "base/json.h"
#include "schedule/ingest/page_reader.h"

namespace foz::schedule {
namespace {

/// Columns by their names, in the order they come up, and rows by the numbers of their columns.
class Preview {
 public:
  void add_row() { rows_.push_back(Json::object()); }
  size_t rows() const { return rows_.size(); }

  void add(const std::string& name, const Json& value) {
    if (value.is_object()) {
      for (const auto& [member_name, inner] : value.items()) add(name.empty() ? member_name : name + "/" + member_name, inner);
      return;
    }
    const size_t column = column_named(name);
    if (!value.is_null()) rows_.back()[std::to_string(column)] = value;
  }

  size_t column_named(const std::string& name) {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found != names_.end()) return static_cast<size_t>(found - names_.begin());
    names_.push_back(name);
    return names_.size() - 1;
  }

  Json json() const {
    Json columns = Json::array();
    for (size_t i = 0; i < names_.size(); ++i) columns.push_back({{"cid", std::to_string(i)}, {"name", names_[i]}});
    return {{"columns", columns}, {"rows", rows_}};
  }

 private:
  std::vector<std::string> names_;
  Json rows_ = Json::array();
};

void add_cells(Preview& preview, const InputPage& page, const RecordPiece& piece, const CsvDialect& dialect) {
  engine::Arena arena;
  std::vector<std::string_view> cells;
  if (!split_cells(page.text(piece), dialect, arena, cells)) return;
  preview.add_row();
  for (size_t i = 0; i < cells.size() && i < page.header->size(); ++i) preview.add((*page.header)[i], std::string(cells[i]));
}

void add_record(Preview& preview, const InputPage& page, const RecordPiece& piece) {
  const auto record = parse_json(page.text(piece), {.depth_max = 256});
  if (!record || !record->is_object()) return;
  preview.add_row();
  preview.add("", *record);
}

Json format_params(const InputFormat& format) {
  switch (format.form) {
    case InputForm::json: return {{"format", "json"}, {"isMultiLineJson", format.multi_line_json}};
    case InputForm::parquet: return {{"format", "parquet"}};
    case InputForm::csv: break;
  }
  const CsvDialect& dialect = format.dialect;
  const char* charset = dialect.charset == CsvDialect::Charset::latin1 ? "ISO-8859-1" : dialect.charset == CsvDialect::Charset::ascii ? "US-ASCII" : "UTF-8";
  return {{"format", "csv"}, {"delimiter", std::string(1, dialect.delimiter)}, {"quote", std::string(1, dialect.quote)}, {"escape", std::string(1, dialect.escape)},
          {"charset", charset}, {"header", format.header}};
}

}  // namespace

Result<Json> preview_upload(lake::FileIo& files, const std::vector<catalog::KeptFile>& inputs, const InputFormat& format, size_t rows_max,
                            const IngestFolders& folders, const IngestSettings& settings) {
  if (inputs.empty()) return Error{.kind = ErrorKind::not_found, .message = "No file was uploaded for this batch"};
  TRY_DO(files.make_folder(folders.spill));
  TRY(const auto engine, open_engine(folders, settings));
  PageReader reader(files, *engine, format, folders, settings);
  Preview preview;
  TRY_DO(reader.read({inputs.front()}, [&](const InputPage& page) {
    if (page.header) {
      for (const std::string& name : *page.header) preview.column_named(name);
    }
    for (const RecordPiece& piece : page.records) {
      if (preview.rows() == rows_max) return false;
      if (!piece.defect.empty()) continue;
      if (page.header) add_cells(preview, page, piece, format.dialect);
      else add_record(preview, page, piece);
    }
    return preview.rows() < rows_max;
  }, {}, rows_max));
  return Json{{"formatParams", format_params(format)}, {"preview", preview.json()}};
}

}  // namespace foz::schedule
