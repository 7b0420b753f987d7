#pragma once
// Uploaded files cut into records, block by block: what a record means is read later, by many workers.
// Follows: Ingestion and access contract, 7.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_walk.h"
#include "base/result.h"
#include "engine/chunk.h"
#include "lake/file_io.h"

namespace foz::schedule {

/// How the text of a table is written.
struct CsvDialect {
  char delimiter = ',', quote = '"', escape = '\\';
  std::vector<std::string> null_markers = {"null"};  ///< beside the empty cell
  enum class Charset : uint8_t { utf8, ascii, latin1 } charset = Charset::utf8;
};

/// A record inside a page.
struct RecordPiece {
  uint32_t begin = 0, length = 0;
  std::string_view defect = {};  ///< not empty: why it cannot be read; static words
};

/// Some records of one file, with kJsonPadding bytes behind them.
struct InputPage {
  std::string filename;  ///< as it was uploaded
  std::string bytes;
  std::vector<RecordPiece> records;
  /// Of a table: the names in its header. Shared by the pages of a file.
  std::shared_ptr<const std::vector<std::string>> header = {};

  std::string_view text(const RecordPiece& piece) const { return std::string_view(bytes).substr(piece.begin, piece.length); }
};

struct CutLimits {
  uint64_t block_bytes = 1u << 20;       ///< at least 3
  uint64_t record_bytes_max = 1u << 20;  ///< `ingest.recordBytesMax`; of a longer record only the beginning is kept
};

/// The file that is cut. One thread.
struct InputFile {
  lake::FileIo& files;
  std::filesystem::path path;
  std::string name;
};

class Cutter {
 public:
  virtual ~Cutter() = default;
  /// The next page; nothing at the end of the file. A page may hold no record.
  /// Errors: unavailable (storage); invalid with code 118 (a table without names in its header).
  virtual Result<std::optional<InputPage>> next() = 0;
};

/// An object in each line; a line that is an array counts as its elements. Blank lines are passed over.
std::unique_ptr<Cutter> cut_json_lines(InputFile file, CutLimits limits);
/// An array of objects, or one object after the other. What is neither ends the file: its rest is one unreadable record.
std::unique_ptr<Cutter> cut_json_objects(InputFile file, CutLimits limits);
/// The first row is the header.
std::unique_ptr<Cutter> cut_csv(InputFile file, CutLimits limits, const CsvDialect& dialect);

/// The cells of a row, unquoted; texts stand in `row` or in `arena`. False when the quotes do not fit.
bool split_cells(std::string_view row, const CsvDialect& dialect, engine::Arena& arena, std::vector<std::string_view>& cells);

}  // namespace foz::schedule
