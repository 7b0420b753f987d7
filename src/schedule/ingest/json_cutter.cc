// JSON records, cut without being parsed: braces and quotes are all that is looked at. Follows: Ingestion contract, 7.
#include <algorithm>
#include <cstring>

#include "schedule/ingest/blocks.h"

namespace foz::schedule {
namespace {

constexpr std::string_view kNoObject = "Row is corrupted and cannot be read, please fix and resend.";
constexpr std::string_view kBroken = "The file cannot be read from here on.";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Finds the brace that closes an object; goes on where the last bytes ended.
class BraceScan {
 public:
  /// Bytes of `text` up to and with that brace; nothing when it is not among them.
  std::optional<size_t> close(std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (escaped_) escaped_ = false;
      else if (in_text_) in_text_ = c != '"', escaped_ = c == '\\';
      else if (c == '"') in_text_ = true;
      else if (c == '{') ++depth_;
      else if (c == '}' && --depth_ == 0) return i + 1;
      if (escaped_) in_text_ = true;
    }
    return std::nullopt;
  }

 private:
  int depth_ = 0;
  bool in_text_ = false, escaped_ = false;
};

/// What both forms share: pages are filled while the window lasts.
class JsonCutter : public Cutter {
 public:
  JsonCutter(InputFile file, CutLimits limits) : blocks_(std::move(file), limits) {}

  Result<std::optional<InputPage>> next() override {
    if (done_) return std::optional<InputPage>();
    if (!blocks_.at_end()) TRY_DO(blocks_.grow());
    pieces_.clear();
    size_t at = 0;
    while (at < blocks_.window().size()) {
      const auto used = cut(blocks_.window().substr(at), at);
      if (!used) break;
      at += *used;
    }
    const bool over = blocks_.at_end();
    if (over) at = finish(at);
    done_ = over;
    InputPage page = blocks_.take(at);
    page.records = std::move(pieces_);
    pieces_ = {};
    return std::optional(std::move(page));
  }

 protected:
  /// Takes a record or something between records from the beginning of `rest`, which stands at `at` of the window.
  /// The bytes used; nothing when more are needed.
  virtual std::optional<size_t> cut(std::string_view rest, size_t at) = 0;
  /// The file ends and `cut` wanted more than what is left from `at` on. Bytes used.
  virtual size_t finish(size_t at) = 0;

  void add(size_t at, size_t length, std::string_view defect = {}) {
    if (defect.empty() && length > blocks_.limits().record_bytes_max) defect = kTooLarge;
    if (!defect.empty()) length = std::min(length, kKeptOfDefect);
    pieces_.push_back({.begin = static_cast<uint32_t>(at), .length = static_cast<uint32_t>(length), .defect = defect});
  }
  bool is_too_large(std::string_view rest) const { return rest.size() > blocks_.limits().record_bytes_max; }
  std::string_view window() const { return blocks_.window(); }

 private:
  Blocks blocks_;
  std::vector<RecordPiece> pieces_;
  bool done_ = false;
};

class LineCutter final : public JsonCutter {
 public:
  using JsonCutter::JsonCutter;

 private:
  std::optional<size_t> cut(std::string_view rest, size_t at) override {
    if (passes_line_) return pass_line(rest);
    if (in_array_) return cut_element(rest, at);
    size_t begin = 0;
    while (begin < rest.size() && is_blank(rest[begin])) ++begin;
    if (begin > 0) return begin;
    if (rest[0] == '[') {
      in_array_ = true;
      return 1;
    }
    const size_t end = rest.find('\n');
    if (end != rest.npos) return add_line(at, rest.substr(0, end)), end + 1;
    if (!is_too_large(rest)) return std::nullopt;
    add(at, rest.size(), kTooLarge);
    passes_line_ = true;
    return rest.size();
  }

  void add_line(size_t at, std::string_view line) {
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
    add(at, line.size(), line.front() == '{' ? std::string_view() : kNoObject);
  }

  /// What follows the `[` of a line.
  std::optional<size_t> cut_element(std::string_view rest, size_t at) {
    const char c = rest[0];
    if (c == ' ' || c == '\t' || c == '\r' || c == ',') return 1;
    if (c == ']' || c == '\n') {
      in_array_ = false;
      return 1;
    }
    const size_t line_end = rest.find('\n');
    const std::string_view line = rest.substr(0, line_end);
    if (c == '{') {
      BraceScan scan;
      if (const auto length = scan.close(line)) return add(at, *length), *length;
      if (line_end == rest.npos && !is_too_large(rest)) return std::nullopt;
    } else if (line_end == rest.npos && !is_too_large(rest)) {
      return std::nullopt;
    }
    // No whole object: the rest of the line is lost.
    add(at, line.size(), c == '{' && line_end == rest.npos ? kTooLarge : kNoObject);
    in_array_ = false;
    passes_line_ = line_end == rest.npos;
    return line.size();
  }

  std::optional<size_t> pass_line(std::string_view rest) {
    const size_t end = rest.find('\n');
    passes_line_ = end == rest.npos;
    return passes_line_ ? rest.size() : end + 1;
  }

  size_t finish(size_t at) override {
    if (at < window().size()) add_line(at, window().substr(at));
    return window().size();
  }

  bool in_array_ = false, passes_line_ = false;
};

class ObjectCutter final : public JsonCutter {
 public:
  using JsonCutter::JsonCutter;

 private:
  std::optional<size_t> cut(std::string_view rest, size_t at) override {
    if (broken_) return rest.size();
    if (passing_) return pass_object(rest);
    size_t begin = 0;
    while (begin < rest.size() && is_between(rest[begin])) ++begin;
    if (begin > 0) return begin;
    if (rest[0] != '{') return give_up(rest, at);
    BraceScan scan;
    if (const auto length = scan.close(rest)) return add(at, *length), *length;
    if (!is_too_large(rest)) return std::nullopt;
    add(at, rest.size(), kTooLarge);
    passing_ = scan;
    return rest.size();
  }

  /// One array may stand around the objects.
  bool is_between(char c) {
    if (c == '[' && !opened_) return opened_ = true;
    if (c == ']' && opened_ && !closed_) return closed_ = true;
    return is_blank(c) || c == ',';
  }

  size_t give_up(std::string_view rest, size_t at) {
    add(at, rest.size(), kBroken);
    broken_ = true;
    return rest.size();
  }

  std::optional<size_t> pass_object(std::string_view rest) {
    const auto length = passing_->close(rest);
    if (length) passing_.reset();
    return length ? *length : rest.size();
  }

  size_t finish(size_t at) override {
    if (at < window().size()) add(at, window().size() - at, kBroken);
    return window().size();
  }

  bool opened_ = false, closed_ = false, broken_ = false;
  std::optional<BraceScan> passing_;  ///< inside an object that is too large
};

}  // namespace

std::unique_ptr<Cutter> cut_json_lines(InputFile file, CutLimits limits) { return std::make_unique<LineCutter>(std::move(file), limits); }
std::unique_ptr<Cutter> cut_json_objects(InputFile file, CutLimits limits) { return std::make_unique<ObjectCutter>(std::move(file), limits); }

}  // namespace foz::schedule
