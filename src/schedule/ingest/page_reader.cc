#include "schedule/ingest/page_reader.h"

namespace foz::schedule {
namespace {

std::unique_ptr<Cutter> cutter_of(InputFile file, const InputFormat& format, const IngestSettings& settings) {
  const CutLimits limits{.record_bytes_max = settings.record_bytes_max};
  if (format.form == InputForm::csv) return cut_csv(std::move(file), limits, format.dialect);
  const bool objects = format.form == InputForm::json && format.multi_line_json;
  return objects ? cut_json_objects(std::move(file), limits) : cut_json_lines(std::move(file), limits);
}

}  // namespace

Result<std::unique_ptr<engine::Engine>> open_engine(const IngestFolders& folders, const IngestSettings& settings) {
  return engine::Engine::open({.memory_bytes = settings.memory_bytes * 5 / 8, .threads = static_cast<int>(settings.workers), .spill_folder = folders.spill,
                               .allowed_folders = {folders.data.parent_path(), folders.uploads, folders.spill}});
}

Status PageReader::read(const std::vector<catalog::KeptFile>& inputs, const Take& take, std::stop_token stop, size_t rows_max) {
  for (const catalog::KeptFile& file : inputs) {
    if (format_.form != InputForm::parquet) {
      TRY_DO(read_cut(file.path, file.name, take, stop));
      continue;
    }
    const std::filesystem::path rows = folders_.spill / (folders_.data.filename().string() + ".json");
    Status done = unpack_parquet(file, rows, stop, rows_max);
    if (done) done = read_cut(rows, file.name, take, stop);
    TRY_DO(files_.remove_file(rows));
    TRY_DO(done);
  }
  return {};
}

/// Parquet passes through JSON lines: its types are known already, so nothing is lost that the schema could want.
Status PageReader::unpack_parquet(const catalog::KeptFile& file, const std::filesystem::path& rows, std::stop_token stop, size_t rows_max) {
  TRY_DO(files_.write_whole(rows, ""));
  const std::string limit = rows_max == SIZE_MAX ? "" : " LIMIT " + std::to_string(rows_max);
  const auto copied = engine_.query("COPY (SELECT * FROM read_parquet(" + engine::sql_text(file.path.string()) + ", binary_as_string = true)" + limit + ") TO " + engine::sql_text(rows.string()) +
                                        " (FORMAT json, ARRAY false)", stop);
  if (copied) return {};
  if (copied.error().kind != ErrorKind::invalid) return copied.error();
  return Error{.kind = ErrorKind::invalid, .message = "The file " + file.name + " is no Parquet file that can be read.", .code = "INGEST-1401-400"};
}

Status PageReader::read_cut(const std::filesystem::path& path, const std::string& name, const Take& take, std::stop_token stop) {
  const auto cutter = cutter_of({.files = files_, .path = path, .name = name}, format_, settings_);
  for (bool wanted = true; wanted;) {
    TRY(auto page, cutter->next());
    if (!page) return {};
    if (!page->records.empty() || page->header) wanted = take(std::move(*page));
    if (stop.stop_requested()) return Error{.kind = ErrorKind::cancelled, .message = "the ingestion was stopped"};
  }
  return {};
}

}  // namespace foz::schedule
