#include "schedule/diagnostics.h"

#include <algorithm>
#include <cstdio>

#include "base/json.h"
#include "base/text.h"

namespace foz::schedule {
namespace {

constexpr uint64_t kFileBytesMax = 64u << 20;
constexpr size_t kSampleRowsMax = 100;

Json reason_json(const prep::Reason& reason) {
  Json json = {{"code", reason.code}, {"message", reason.message}};
  if (!reason.column.empty()) json["column"] = reason.column;
  if (!reason.destination.empty()) json["destination"] = reason.destination;
  return json;
}

/// Where `path` ("phones[0].number") lies in a record, and its node in the schema.
struct Spot {
  std::string pointer = "#", location = "#";
};

Spot spot_of(std::string_view path) {
  Spot spot;
  for (const std::string_view step : split(path, '.')) {
    const size_t bracket = std::min(step.find('['), step.size());
    if (bracket > 0) {
      const std::string name = replace_all(replace_all(std::string(step.substr(0, bracket)), "~", "~0"), "/", "~1");
      spot.pointer += "/" + name;
      spot.location += "/properties/" + name;
    }
    for (size_t at = bracket; at < step.size();) {
      const size_t end = std::min(step.find(']', at), step.size());
      spot.pointer += "/" + std::string(step.substr(at + 1, end - at - 1));
      spot.location += "/items";
      at = std::min(step.find('[', end), step.size());
    }
  }
  return spot;
}

/// What is missing is missing from the object around it.
std::string_view violated_path(const prep::Reason& reason) {
  const std::string_view path = reason.destination;
  if (reason.keyword != "required" && reason.keyword != "additionalProperties") return path;
  const size_t dot = path.rfind('.');
  return dot == path.npos ? std::string_view() : path.substr(0, dot);
}

Json violations_json(const std::vector<prep::Reason>& reasons) {
  Json violations = Json::array();
  for (const prep::Reason& reason : reasons) {
    if (reason.keyword.empty()) continue;
    const Spot spot = spot_of(violated_path(reason));
    violations.push_back({{"causingExceptions", Json::array()}, {"keyword", reason.keyword}, {"message", reason.message}, {"pointerToViolation", spot.pointer}, {"schemaLocation", spot.location}});
  }
  return violations;
}

/// `member`: what the reasons stand under.
std::string line_of(const RejectedRow& row, const char* member) {
  Json reasons = Json::array();
  for (const prep::Reason& reason : row.reasons) reasons.push_back(reason_json(reason));
  Json tail = {{member, reasons}, {"_filename", row.filename}};
  if (Json violations = violations_json(row.reasons); !violations.empty()) tail["_validationErrors"] = std::move(violations);
  if (row.is_corrupt) {
    tail["_corrupt_record"] = row.record;
    return to_text(tail);
  }
  // The row's own members stand first, as they came.
  const std::string text = to_text(tail);
  const std::string_view members = std::string_view(row.record).substr(1, row.record.size() - 2);
  return "{" + std::string(members) + (members.empty() ? "" : ",") + text.substr(1);
}

}  // namespace

std::string_view kind_of_error(std::string_view code) {
  if (code == "INGEST-1401-400") return "parsing";
  if (code == "INGEST-1558-400" || code.starts_with("MAPPER-") || code.starts_with("DPMAP-")) return "conversion";
  return "validation";
}

std::string description_of(std::string_view code) {
  if (code == "INGEST-1401-400") return "The row has corrupted data and cannot be read or parsed. Fix the corrupted data and try again.";
  if (code == "INGEST-1555-400") return "A required field is either missing or has a value of null. Add the required field to the input row and try again.";
  if (code == "INGEST-1556-400") return "The row has a field that the schema does not have.";
  if (code == "INGEST-1557-400") return "A value breaks a rule of the schema: enum, pattern, format, range or length.";
  if (code == "INGEST-1558-400") return "A value is not of its field's type.";
  if (code == "MAPPER-3700-400") return "The mapping of the row failed.";
  return "The row could not be ingested.";
}

Status Diagnostics::reject(const RejectedRow& row) {
  FOZ_CHECK(!row.reasons.empty());
  const std::string& code = row.reasons.front().code;
  std::lock_guard lock(mutex_);
  Kind& kind = kinds_[code];
  ++kind.rows;
  if (kind.description.empty()) kind.description = description_of(code);
  if (!keep_rows_) return {};
  const std::string line = line_of(row, "_errors");
  if (sample_.size() < kSampleRowsMax) sample_.push_back(line);
  return write(kind_of_error(code), line);
}

void Diagnostics::warn(const RejectedRow& row) {
  std::lock_guard lock(mutex_);
  if (keep_rows_ && warned_.size() < kSampleRowsMax) warned_.push_back(line_of(row, "_warnings"));
}

bool Diagnostics::has_warned() const {
  std::lock_guard lock(mutex_);
  return !warned_.empty();
}

Status Diagnostics::write(std::string_view kind, const std::string& line) {
  Open& open = open_[std::string(kind)];
  if (open.file && open.bytes + line.size() > kFileBytesMax) {
    open.full.push_back(std::move(open.file));
    ++open.number;
  }
  if (!open.file) {
    TRY_DO(files_.make_folder(folder_ / "row_errors"));
    const std::string name = std::string(kind) + "_errors_" + std::to_string(open.number) + ".json";
    TRY(open.file, files_.open_append(folder_ / "row_errors" / name, 0));
    open.bytes = 0;
  }
  open.bytes += line.size() + 1;
  return open.file->append(line + "\n");
}

Status Diagnostics::finish() {
  std::lock_guard lock(mutex_);
  for (auto& [kind, open] : open_) {
    for (const auto& file : open.full) TRY_DO(file->sync());
    if (open.file) TRY_DO(open.file->sync());
  }
  TRY_DO(write_sample("row_errors_sample.json", sample_));
  return write_sample("row_warnings_sample.json", warned_);
}

Status Diagnostics::write_sample(const char* name, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string text = "[";
  for (const std::string& line : lines) text += (text.size() > 1 ? ",\n" : "\n") + line;
  TRY_DO(files_.make_folder(folder_));
  return files_.write_whole(folder_ / name, text + "\n]\n");
}

std::map<std::string, Diagnostics::Kind> Diagnostics::kinds() const {
  std::lock_guard lock(mutex_);
  return kinds_;
}

namespace {

Status keep_lines(lake::FileIo& files, const std::filesystem::path& folder, const std::string& lines) {
  TRY_DO(files.make_folder(folder / "input_files"));
  return files.write_whole(folder / "input_files" / "fileMetaData1.json", lines);
}

}  // namespace

Status keep_input_list(lake::FileIo& files, const std::filesystem::path& folder, const std::vector<std::string>& names) {
  std::string lines;
  for (const std::string& name : names) lines += to_text({{"path", name}}) + "\n";
  return keep_lines(files, folder, lines);
}

Status keep_page_list(lake::FileIo& files, const std::filesystem::path& folder, const std::vector<SpooledPage>& pages) {
  std::string lines;
  for (const SpooledPage& page : pages) {
    if (page.body_bytes == 0) continue;  // a step on the way, without rows
    Json line = {{"path", page_name(page.ordinal)}, {"slice", page.slice}, {"page", page.number}, {"bytes", page.body_bytes}, {"from", page.from}};
    if (page.next) line["next"] = *page.next;
    lines += to_text(line) + "\n";
  }
  return keep_lines(files, folder, lines);
}

std::string page_name(uint32_t number) {
  std::array<char, 32> name;
  std::snprintf(name.data(), name.size(), "page-%06u.json", number);
  return name.data();
}

}  // namespace foz::schedule
