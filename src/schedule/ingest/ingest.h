#pragma once
// Uploaded files to Parquet: cut, read against the schema, written, with the rows that do not fit counted and kept.
// Follows: Ingestion and access contract, 7-10.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "catalog/kept_files.h"
#include "lake/parquet.h"
#include "registry/columns.h"
#include "schedule/diagnostics.h"
#include "schedule/ingest/cutter.h"
#include "schedule/ingest/scalar.h"

namespace foz::schedule {

/// `inputFormat` of a batch, read.
struct InputFormat {
  InputForm form = InputForm::parquet;
  bool multi_line_json = false;
  bool header = true;  ///< of csv
  CsvDialect dialect = {};
};
/// Errors: invalid, naming the member ("/inputFormat/delimiter"). Follows: contract, 2.
Result<InputFormat> read_input_format(const Json& input_format);

/// `ingest.unknownFields`.
enum class UnknownFields : uint8_t { by_format, reject, drop };

struct IngestSettings {
  UnknownFields unknown_fields = UnknownFields::by_format;
  uint64_t record_bytes_max = 1u << 20;     ///< `ingest.recordBytesMax`
  size_t workers = 2;
  uint64_t memory_bytes = 512u << 20;       ///< of one batch; DuckDB gets a part of it
  uint64_t queue_bytes = 32u << 20;
  uint64_t file_bytes_target = 256u << 20;
  uint64_t begin_bytes = 4u << 20;          ///< of each file, at least: what they mention becomes columns
};

/// Where a batch's bytes are and go; all absolute.
struct IngestFolders {
  std::filesystem::path uploads;      ///< the files to read
  std::filesystem::path data;         ///< gets the Parquet parts
  std::filesystem::path diagnostics;  ///< gets `row_errors/` and `input_files/`
  std::filesystem::path spill;        ///< temporary files
};

struct IngestInput {
  std::vector<catalog::KeptFile> files;
  InputFormat format;
  const registry::Node& root;      ///< of the data set's schema, with field ids
  bool validates = true;           ///< false: only what cannot be parsed is rejected
  bool keep_rejected_rows = false;
};

/// `read = written + rejected` holds.
struct IngestResult {
  std::vector<engine::Field> layout;  ///< the columns of the files: those of the schema that the records mention
  std::vector<lake::DataFile> files;  ///< complete and durable
  uint64_t read = 0, written = 0, rejected = 0;
  uint64_t input_bytes = 0;
  std::map<std::string, Diagnostics::Kind> rejected_kinds;
};

/// The columns of files without a schema: the whole of them is looked at; `with_times`: dates and instants among texts too.
/// Errors: as ingest.
Result<registry::Node> infer_root(lake::FileIo& files, const std::vector<catalog::KeptFile>& inputs, const InputFormat& format, const IngestFolders& folders,
                                  const IngestSettings& settings, std::stop_token stop, bool with_times = false);

/// Reads all files of a batch. Leaves no data files when it fails.
/// Errors: invalid with code 106 (no rows), 118 (no header), INGEST-1401-400 (a file that cannot be read at all);
/// unavailable (storage), cancelled.
Result<IngestResult> ingest(lake::FileIo& files, const IngestInput& input, const IngestFolders& folders, const IngestSettings& settings, std::stop_token stop);

}  // namespace foz::schedule
