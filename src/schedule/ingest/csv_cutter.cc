// Rows of delimited text. Follows: RFC 4180; Ingestion and access contract, 7.
#include <algorithm>

#include "base/text.h"
#include "schedule/ingest/blocks.h"

namespace foz::schedule {
namespace {

constexpr std::string_view kBadText = "the row is not text in the charset of the batch";
constexpr std::string_view kOpenQuote = "the row has a quote that is never closed";

/// Finds the line feed that ends a row; goes on where the last bytes ended. A quote counts at the beginning of a cell only.
class RowScan {
 public:
  std::optional<size_t> end(std::string_view text, size_t from, const CsvDialect& dialect) {
    for (size_t i = from; i < text.size(); ++i) {
      const char c = text[i];
      const bool is_quote = c == dialect.quote;
      switch (at_) {
        case At::escaped: at_ = At::quoted; continue;
        case At::quoted:
          if (c == dialect.escape && dialect.escape != dialect.quote) at_ = At::escaped;
          else if (is_quote) at_ = At::behind_quote;
          continue;
        case At::behind_quote:
        case At::start:
          if (is_quote) {
            at_ = At::quoted;
            continue;
          }
          break;
        case At::plain: break;
      }
      if (c == '\n') return i;
      at_ = c == dialect.delimiter ? At::start : At::plain;
    }
    return std::nullopt;
  }
  bool in_quotes() const { return at_ == At::quoted || at_ == At::escaped; }

 private:
  enum class At : uint8_t { start, plain, quoted, escaped, behind_quote } at_ = At::start;
};

/// `text` of ISO-8859-1 in UTF-8.
std::string from_latin1(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) utf8::append(result, static_cast<unsigned char>(c));
  return result;
}

class CsvCutter final : public Cutter {
 public:
  CsvCutter(InputFile file, CutLimits limits, const CsvDialect& dialect) : dialect_(dialect), blocks_(std::move(file), limits) {}

  Result<std::optional<InputPage>> next() override {
    if (done_) return std::optional<InputPage>();
    if (!blocks_.at_end()) TRY_DO(blocks_.grow());
    InputPage page{.filename = blocks_.file().name};
    size_t at = 0;
    while (const auto end = scan_.end(blocks_.window(), std::max(at, scanned_), dialect_)) {
      TRY_DO(take_row(page, blocks_.window().substr(at, *end - at)));
      at = scanned_ = *end + 1;
      scan_ = {};
    }
    scanned_ = blocks_.window().size();
    const std::string_view rest = blocks_.window().substr(at);
    if (blocks_.at_end()) {
      TRY_DO(take_row(page, rest, scan_.in_quotes() ? kOpenQuote : std::string_view()));
      if (!header_) return no_header();
      at = blocks_.window().size();
      done_ = true;
    } else if (rest.size() > blocks_.limits().record_bytes_max) {
      TRY_DO(take_row(page, rest, kTooLarge));
      passing_ = true;
      at = blocks_.window().size();
    }
    blocks_.drop(at);
    scanned_ -= std::min(scanned_, at);
    page.header = header_;
    page.bytes.reserve(page.bytes.size() + kJsonPadding);
    return std::optional(std::move(page));
  }

 private:
  static Error no_header() { return Error{.kind = ErrorKind::invalid, .message = "CSV file contains empty header row.", .code = "118"}; }

  Status take_row(InputPage& page, std::string_view row, std::string_view defect = {}) {
    if (passing_) {  // the end of a row that was too large
      passing_ = false;
      return {};
    }
    if (row.ends_with('\r')) row.remove_suffix(1);
    if (row.empty() && header_) return {};
    if (!header_) return take_header(row);
    if (defect.empty() && row.size() > blocks_.limits().record_bytes_max) defect = kTooLarge;
    const std::string converted = dialect_.charset == CsvDialect::Charset::latin1 ? from_latin1(row) : "";
    std::string_view text = dialect_.charset == CsvDialect::Charset::latin1 ? std::string_view(converted) : row;
    if (defect.empty() && !is_text(text)) defect = kBadText;
    if (!defect.empty()) text = text.substr(0, kKeptOfDefect);
    page.records.push_back({.begin = static_cast<uint32_t>(page.bytes.size()), .length = static_cast<uint32_t>(text.size()), .defect = defect});
    page.bytes += text;
    return {};
  }

  bool is_text(std::string_view text) const {
    if (dialect_.charset == CsvDialect::Charset::ascii) return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    return utf8::valid(text);
  }

  Status take_header(std::string_view row) {
    engine::Arena arena;
    std::vector<std::string_view> cells;
    const bool whole = split_cells(row, dialect_, arena, cells);
    std::vector<std::string> names;
    for (const std::string_view cell : cells) names.push_back(dialect_.charset == CsvDialect::Charset::latin1 ? from_latin1(trim(cell)) : std::string(trim(cell)));
    const bool any = std::any_of(names.begin(), names.end(), [](const std::string& name) { return !name.empty(); });
    if (!whole || !any) return no_header();
    header_ = std::make_shared<const std::vector<std::string>>(std::move(names));
    return {};
  }

  const CsvDialect dialect_;
  Blocks blocks_;
  RowScan scan_;
  size_t scanned_ = 0;  ///< of the window, by `scan_`
  std::shared_ptr<const std::vector<std::string>> header_;
  bool passing_ = false, done_ = false;
};

}  // namespace

std::unique_ptr<Cutter> cut_csv(InputFile file, CutLimits limits, const CsvDialect& dialect) { return std::make_unique<CsvCutter>(std::move(file), limits, dialect); }

bool split_cells(std::string_view row, const CsvDialect& dialect, engine::Arena& arena, std::vector<std::string_view>& cells) {
  cells.clear();
  const bool own_escape = dialect.escape != dialect.quote;
  for (size_t at = 0;;) {
    if (at == row.size() || row[at] != dialect.quote) {
      const size_t end = std::min(row.find(dialect.delimiter, at), row.size());
      cells.push_back(row.substr(at, end - at));
      if (end == row.size()) return true;
      at = end + 1;
      continue;
    }
    std::string cell;
    for (++at;; ++at) {
      if (at >= row.size()) return false;
      const bool escapes = own_escape && row[at] == dialect.escape && at + 1 < row.size();
      const bool doubled = row[at] == dialect.quote && at + 1 < row.size() && row[at + 1] == dialect.quote;
      if (escapes || doubled) cell += row[++at];
      else if (row[at] == dialect.quote) break;
      else cell += row[at];
    }
    cells.push_back(arena.keep(cell));
    if (++at == row.size()) return true;
    if (row[at++] != dialect.delimiter) return false;
  }
}

}  // namespace foz::schedule
