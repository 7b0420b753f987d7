#include "simulators/tables/csv_file.h"

#include <fstream>
#include <iterator>

namespace foz::sim {

Result<CsvFile> CsvFile::read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{.kind = ErrorKind::not_found, .message = "the file " + path.string() + " cannot be read"};
  return parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

Result<CsvFile> CsvFile::parse(std::string text) {
  CsvFile csv;
  csv.text_ = std::move(text);
  TRY_DO(csv.take_rows(csv.text_.starts_with("\xef\xbb\xbf") ? 3 : 0));
  return csv;
}

Status CsvFile::take_rows(size_t at) {
  std::vector<Field> row;
  for (uint64_t number = 1; at < text_.size(); ++number) {
    row.clear();
    bool more = true;
    while (more) {
      TRY(at, take_field(at, row));
      more = at < text_.size() && text_[at] == ',';
      if (more) ++at;
    }
    if (at < text_.size() && text_[at] == '\r') ++at;
    if (at < text_.size() && text_[at] == '\n') ++at;
    if (number == 1) {
      for (const Field& field : row) header_.emplace_back(text_.data() + field.at, field.bytes);
    } else if (row.size() == header_.size()) {
      fields_.insert(fields_.end(), row.begin(), row.end());
    } else if (row.size() > 1 || row[0].bytes > 0) {  // an empty line is no row
      return Error{.kind = ErrorKind::invalid,
                   .message = "a row has " + std::to_string(row.size()) + " fields where the header has " + std::to_string(header_.size()),
                   .where = "row " + std::to_string(number)};
    }
  }
  if (header_.empty()) return Error{.kind = ErrorKind::invalid, .message = "the CSV file has no header row"};
  return {};
}

Result<size_t> CsvFile::take_field(size_t at, std::vector<Field>& row) {
  if (at < text_.size() && text_[at] == '"') return take_quoted(at + 1, row);
  const size_t end = std::min(text_.find_first_of(",\r\n", at), text_.size());
  row.push_back({.at = at, .bytes = static_cast<uint32_t>(end - at)});
  return end;
}

/// Doubled quotes are made single where they stand: a field only ever gets shorter.
Result<size_t> CsvFile::take_quoted(size_t at, std::vector<Field>& row) {
  const size_t start = at;
  size_t kept = at;
  while (at < text_.size()) {
    if (text_[at] == '"') {
      if (at + 1 >= text_.size() || text_[at + 1] != '"') {
        row.push_back({.at = start, .bytes = static_cast<uint32_t>(kept - start)});
        return at + 1;
      }
      ++at;
    }
    text_[kept++] = text_[at++];
  }
  return Error{.kind = ErrorKind::invalid,
               .message = "a quoted field never closes",
               .where = "byte " + std::to_string(start)};
}

}  // namespace foz::sim
