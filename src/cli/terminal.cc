#include "cli/terminal.h"

#include <unistd.h>

#include <algorithm>

#include "base/text.h"

namespace foz::cli {
namespace {

std::string cut(const std::string& text, size_t width_max) {
  std::string line = replace_all(text, "\n", " ");
  if (utf8::length(line) <= width_max) return line;
  return line.substr(0, utf8::offset_of(line, static_cast<int64_t>(width_max) - 1)) + "…";
}

std::string row_text(const std::vector<std::string>& cells, const std::vector<size_t>& widths) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    line += cells[i];
    if (i + 1 < cells.size()) line += std::string(widths[i] - utf8::length(cells[i]) + 2, ' ');
  }
  return line + "\n";
}

}  // namespace

int fail(const Error& error) {
  std::string text = error.message;
  if (!error.where.empty()) text += " (at " + error.where + ")";
  std::fprintf(stderr, "foz: %s\n", text.c_str());
  return 1;
}

std::string table_text(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows, size_t width_max) {
  std::vector<std::vector<std::string>> cells = {header};
  cells.insert(cells.end(), rows.begin(), rows.end());
  std::vector<size_t> widths(header.size());
  for (auto& row : cells) {
    row.resize(header.size());
    for (size_t i = 0; i < row.size(); ++i) {
      row[i] = cut(row[i], width_max);
      widths[i] = std::max(widths[i], utf8::length(row[i]));
    }
  }
  std::vector<std::string> rule;
  for (const size_t width : widths) {
    std::string dashes;
    for (size_t i = 0; i < width; ++i) dashes += "─";
    rule.push_back(dashes);
  }
  std::string text = row_text(cells[0], widths) + row_text(rule, widths);
  for (size_t i = 1; i < cells.size(); ++i) text += row_text(cells[i], widths);
  return text;
}

ProgressLine::ProgressLine(std::FILE* out) : out_(out), is_terminal_(isatty(fileno(out)) == 1) {}

void ProgressLine::show(const std::string& text) {
  if (!is_terminal_) return;
  std::fprintf(out_, "\r\x1b[K%s", text.c_str());
  std::fflush(out_);
  shown_ = true;
}

void ProgressLine::clear() {
  if (!shown_) return;
  std::fprintf(out_, "\r\x1b[K");
  std::fflush(out_);
  shown_ = false;
}

}  // namespace foz::cli
