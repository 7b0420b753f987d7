#include "schedule/rejected_rows.h"

#include "base/text.h"

namespace foz::schedule {
namespace {

constexpr uint64_t kPageBytes = 1 << 20;
/// A row that could not be parsed has only its raw text.
constexpr std::string_view kCorruptMember = "\"_corrupt_record\":";

Error not_kept() {
  return Error{.kind = ErrorKind::not_found,
               .message = "the rejected rows are no longer kept, or were never: switch errorDiagnosticsEnabled on before a run whose rows are to be replayed",
               .code = "CONNECTOR-1384-400"};
}

Error nothing_to_see() { return Error{.kind = ErrorKind::invalid, .message = "rejected rows are replayed by their run, not explored"}; }

/// The lines of a file from `offset` on that make a page, and where the next one begins.
struct Lines {
  std::string text;       ///< whole lines
  uint64_t next = 0;
  bool at_end = false;
};

Result<Lines> lines_at(lake::FileIo& files, const std::filesystem::path& file, uint64_t offset) {
  for (uint64_t wanted = kPageBytes;; wanted *= 2) {
    TRY(std::string bytes, files.read(file, offset, wanted));
    const bool at_end = bytes.size() < wanted;
    const size_t end = at_end ? bytes.size() : bytes.rfind('\n') + 1;
    if (end == 0 && !at_end) continue;  // one line is longer than the page
    bytes.resize(end);
    return Lines{.text = std::move(bytes), .next = offset + end, .at_end = at_end};
  }
}

}  // namespace

sources::ReadPlan replay_plan(sources::ReadPlan plan) {
  for (sources::Column& column : plan.columns) column.raw_path = {column.name};
  plan.window.reset();
  plan.filter.reset();
  return plan;
}

Status RejectedRows::check(std::stop_token) { return {}; }
Result<std::vector<sources::Table>> RejectedRows::explore(std::stop_token) { return nothing_to_see(); }
Result<sources::Description> RejectedRows::describe(const std::string&, std::stop_token) { return nothing_to_see(); }
Result<std::vector<sources::Limit>> RejectedRows::limits(std::stop_token) { return std::vector<sources::Limit>(); }

Result<std::vector<sources::Slice>> RejectedRows::plan(const sources::ReadPlan&, std::stop_token) {
  TRY(const auto files, files_.list(folder_));
  std::vector<sources::Slice> slices;
  for (const lake::FileEntry& file : files) slices.push_back({.id = file.path.filename().string(), .query = file.path.filename().string()});
  if (slices.empty()) return not_kept();
  return slices;
}

Result<sources::Page> RejectedRows::read(const sources::ReadPlan&, const sources::Slice& slice, const sources::Cursor& from, std::stop_token) {
  const auto offset = static_cast<uint64_t>(to_integer(from.text).value_or(0));
  auto lines = lines_at(files_, folder_ / slice.query, offset);
  if (!lines) return lines.error().kind == ErrorKind::not_found ? not_kept() : std::move(lines).error();
  std::string body = "[";
  for (const std::string_view line : split(lines->text, '\n')) {
    if (line.empty() || line.find(kCorruptMember) != line.npos) continue;
    body += (body.size() > 1 ? ",\n" : "") + std::string(line);
  }
  sources::Page page{.bodies = {body + "]"}};
  if (!lines->at_end) page.next = sources::Cursor{std::to_string(lines->next)};
  return page;
}

}  // namespace foz::schedule
