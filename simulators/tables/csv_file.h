#pragma once
// A CSV file as the rows of a table: `foz-sim --from FILE.csv`.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace foz::sim {

/// The whole file in memory, fields unquoted in place. Immutable after `read`. Follows: RFC 4180; LF and CRLF both end a
/// row, fields may hold newlines, a byte order mark is skipped.
class CsvFile {
 public:
  /// Errors: not_found (no such file), invalid (no header, a row of another width, a quote that never closes), with
  /// the row number in `where`.
  static Result<CsvFile> read(const std::filesystem::path& path);
  static Result<CsvFile> parse(std::string text);

  const std::vector<std::string>& header() const { return header_; }
  uint64_t rows() const { return header_.empty() ? 0 : fields_.size() / header_.size(); }
  std::string_view field(uint64_t row, size_t column) const {
    const Field& field = fields_[row * header_.size() + column];
    return {text_.data() + field.at, field.bytes};
  }

 private:
  struct Field {
    uint64_t at;
    uint32_t bytes;
  };
  Result<size_t> take_field(size_t at, std::vector<Field>& row);
  Result<size_t> take_quoted(size_t at, std::vector<Field>& row);
  Status take_rows(size_t at);
  std::string text_;
  std::vector<std::string> header_;
  std::vector<Field> fields_;
};

}  // namespace foz::sim
