#pragma once
// Words for people at a terminal: errors, tables, progress that rewrites its line.

#include <cstdio>
#include <string>
#include <vector>

#include "base/error.h"

namespace foz::cli {

/// `foz: <message>` on standard error; 1, to return from main.
int fail(const Error& error);

/// Columns as wide as their widest cell, cut at `width_max` characters.
std::string table_text(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows, size_t width_max = 40);

/// A line that says how far something is; rewrites itself on a terminal, stays quiet in a pipe.
class ProgressLine {
 public:
  explicit ProgressLine(std::FILE* out = stderr);
  ~ProgressLine() { clear(); }
  void show(const std::string& text);
  void clear();

 private:
  std::FILE* out_;
  const bool is_terminal_;
  bool shown_ = false;
};

}  // namespace foz::cli
