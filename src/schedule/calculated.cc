#include "schedule/calculated.h"

#include <algorithm>
#include <cstring>

#include "base/checksum.h"
#include "base/log.h"
#include "base/words.h"
#include "prep/decimal.h"
#include "security/digest.h"

namespace foz::schedule {
namespace {

using engine::Type;

constexpr std::string_view kMagic = "FZC1";
constexpr size_t kHeadBytes = 4 + 4 + 8;
constexpr size_t kEntryBytes = 32;

void put_text(std::string& out, std::string_view text) {
  put_word(out, text.size() + 1, 8);  // a text of no length is another value than none
  out += text;
}

/// A decoded value; nulls are a zero.
void put_value(std::string& out, const engine::Column& column, size_t row) {
  if (column.is_null(row)) return put_word(out, 0, 8);
  switch (column.type()) {
    case Type::boolean: return put_text(out, column.booleans()[row] != 0 ? "1" : "0");
    case Type::integer:
    case Type::date:
    case Type::timestamp: return put_text(out, std::to_string(column.integers()[row]));
    case Type::number: {
      const double number = column.numbers()[row] + 0.0;  // no negative zero
      return put_text(out, std::string_view(reinterpret_cast<const char*>(&number), sizeof number));
    }
    case Type::decimal: {
      prep::DecimalBuffer buffer;
      return put_text(out, prep::decimal_text(column.decimals()[row], buffer));
    }
    case Type::string: return put_text(out, column.texts()[row]);
    case Type::null:
    case Type::array:
    case Type::object:
    case Type::any: return put_word(out, 0, 8);  // no source column is decoded to one
  }
}

/// Sorts, the newest version of each key alone; of one version with several values nobody can tell which landed last.
void settle(std::vector<LandedValues>& entries) {
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  size_t kept = 0;
  for (size_t i = 0; i < entries.size();) {
    size_t next = i + 1;
    while (next < entries.size() && entries[next].key == entries[i].key) ++next;
    const LandedValues& newest = entries[next - 1];
    const bool twice = next > i + 1 && entries[next - 2].version == newest.version;
    entries[kept++] = {.key = newest.key, .version = newest.version, .values = twice ? kNotSure : newest.values};
    i = next;
  }
  entries.resize(kept);
}

/// `newer` over `older`, both settled.
std::vector<LandedValues> laid_over(const std::vector<LandedValues>& older, const std::vector<LandedValues>& newer) {
  std::vector<LandedValues> all;
  all.reserve(older.size() + newer.size());
  auto at = newer.begin();
  for (const LandedValues& entry : older) {
    while (at != newer.end() && at->key < entry.key) all.push_back(*at++);
    const bool both = at != newer.end() && at->key == entry.key;
    // Whoever repeats an old window lands an old version behind the newest one.
    if (both && at->version < entry.version) ++at;
    else if (both) continue;
    all.push_back(entry);
  }
  all.insert(all.end(), at, newer.end());
  return all;
}

Result<std::vector<LandedValues>> read_file(lake::FileIo& files, const std::filesystem::path& file) {
  TRY(const std::string bytes, files.read(file, 0, UINT64_MAX));
  const Error damaged{.kind = ErrorKind::corrupt, .message = "the memory of calculated columns " + file.filename().string() + " is damaged"};
  if (bytes.size() < kHeadBytes || !bytes.starts_with(kMagic) || crc32_of(std::string_view(bytes).substr(8)) != get_word(bytes, 4, 4)) return damaged;
  const uint64_t count = get_word(bytes, 8, 8);
  if (count > bytes.size() / kEntryBytes || bytes.size() != kHeadBytes + count * kEntryBytes) return damaged;
  std::vector<LandedValues> entries;
  entries.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    const size_t at = kHeadBytes + i * kEntryBytes;
    entries.push_back({.key = {{get_word(bytes, at, 8), get_word(bytes, at + 8, 8)}}, .version = static_cast<int64_t>(get_word(bytes, at + 16, 8)), .values = get_word(bytes, at + 24, 8)});
  }
  return entries;
}

}  // namespace

CalculatedColumns CalculatedColumns::of(const sources::ReadPlan& plan, const prep::Program& program, const flow::Options& options) {
  std::vector<std::vector<std::string>> named;
  for (const std::string& name : options.calculated_columns) {
    if (const auto column = sources::resolve_column(plan.table, name)) named.push_back(column->raw_path);
  }
  CalculatedColumns found;
  for (const uint32_t index : program.columns_read()) {
    if (index >= plan.columns.size()) continue;  // the kind of change, which no source has
    const sources::Column& column = plan.columns[index];
    const bool calculated = column.calculated || std::find(named.begin(), named.end(), column.raw_path) != named.end();
    if (calculated && !column.raw_path.empty() && !column.key) found.indices_.push_back(index);
  }
  std::sort(found.indices_.begin(), found.indices_.end());
  for (const uint32_t index : found.indices_) found.names_.push_back(plan.columns[index].name);
  return found;
}

CalculatedColumns CalculatedColumns::side_by_side(std::vector<std::string> names, uint32_t first) {
  CalculatedColumns columns;
  columns.names_ = std::move(names);
  for (size_t i = 0; i < columns.names_.size(); ++i) columns.indices_.push_back(first++);
  return columns;
}

uint64_t CalculatedColumns::hash(const engine::Chunk& source, size_t row) const {
  std::string text;
  for (size_t i = 0; i < indices_.size(); ++i) {
    put_text(text, names_[i]);
    put_value(text, source.columns[indices_[i]], row);
  }
  const std::string digest = security::sha256_bytes(text);
  const uint64_t hash = get_word(digest, 0, 8);
  return hash == kNotSure ? 1 : hash;
}

Result<CalculatedMemory> CalculatedMemory::read(lake::FileIo& files, std::span<const std::filesystem::path> paths) {
  CalculatedMemory memory;
  for (const std::filesystem::path& path : paths) {
    TRY(const auto newer, read_file(files, path));
    memory.entries_ = laid_over(memory.entries_, newer);
  }
  return memory;
}

Result<CalculatedMemory> CalculatedMemory::read_or_empty(lake::FileIo& files, std::span<const std::filesystem::path> paths) {
  auto memory = read(files, paths);
  if (memory || memory.error().kind == ErrorKind::unavailable) return memory;
  log::warning("run.no_calculated_memory", {{"file", paths.empty() ? "" : paths.back().string()}, {"error", memory.error()}});
  return CalculatedMemory();
}

const LandedValues* CalculatedMemory::find(const KeyHash& key) const {
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), key, [](const LandedValues& entry, const KeyHash& wanted) { return entry.key < wanted; });
  return found == entries_.end() || found->key != key ? nullptr : &*found;
}

std::optional<uint64_t> CalculatedMemory::of(const KeyHash& key) const {
  const LandedValues* found = find(key);
  return found == nullptr ? std::nullopt : std::optional(found->values);
}

bool CalculatedMemory::holds(const KeyHash& key, int64_t version) const {
  const LandedValues* found = find(key);
  return found != nullptr && version != INT64_MIN && found->version == version;
}

void CalculatedGatherer::add(std::vector<LandedValues> entries) {
  std::lock_guard lock(mutex_);
  entries_.insert(entries_.end(), entries.begin(), entries.end());
}

bool CalculatedGatherer::empty() const {
  std::lock_guard lock(mutex_);
  return entries_.empty();
}

Status CalculatedGatherer::write(lake::FileIo& files, const std::filesystem::path& file, const CalculatedMemory& before) const {
  std::vector<LandedValues> own;
  {
    std::lock_guard lock(mutex_);
    own = entries_;
  }
  settle(own);
  const std::vector<LandedValues> all = laid_over(before.entries(), own);
  std::string body;
  body.reserve(8 + all.size() * kEntryBytes);
  put_word(body, all.size(), 8);
  for (const LandedValues& entry : all) {
    put_word(body, entry.key.words[0], 8);
    put_word(body, entry.key.words[1], 8);
    put_word(body, static_cast<uint64_t>(entry.version), 8);
    put_word(body, entry.values, 8);
  }
  std::string text(kMagic);
  put_word(text, crc32_of(body), 4);
  TRY_DO(files.make_folder(file.parent_path()));
  return files.write_whole(file, text + body);
}

bool RefreshRule::takes(const Record& record) const {
  const auto then = values->of(hash_of_key(std::span(&record.key, 1)));
  if (then && *then == record.values) return false;
  return landed->holds(std::span(&record.key, 1)) && !comes_by_window(record);
}

/// Of a record that was changed since, too, its window brings the new version: a second one here would double it.
bool RefreshRule::comes_by_window(const Record& record) const {
  const auto us = [](Instant instant) { return instant.time_since_epoch().count(); };
  const auto& stamp_us = record.stamp_us;
  const auto lies_in = [&](const flow::Span& window) {
    if (!stamp_us) return !window.from;
    return (!window.from || *stamp_us >= us(*window.from)) && (!window.to || *stamp_us < us(*window.to));
  };
  if (std::any_of(waiting.begin(), waiting.end(), lies_in)) return true;
  // The next window looks back to here, and takes what is not known.
  if (seen != nullptr && stamp_us && *stamp_us >= us(seen->complete_from())) return !seen->holds(std::span(&record.key, 1), record.version, *stamp_us);
  return lies_in({.from = covered});
}

}  // namespace foz::schedule
