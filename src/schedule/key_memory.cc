#include "schedule/key_memory.h"

#include <algorithm>
#include <cstring>

#include "base/checksum.h"
#include "base/words.h"
#include "security/digest.h"

namespace foz::schedule {
namespace {

constexpr std::string_view kKeysMagic = "FZK2";
constexpr size_t kHeadBytes = 4 + 4 + 8 + 8;
constexpr size_t kEntryBytes = 24;

}  // namespace

KeyHash hash_of_row(std::span<const std::string_view> key, int64_t version) {
  std::string text;
  for (const std::string_view value : key) {
    put_word(text, value.size(), 8);
    text += value;
  }
  put_word(text, static_cast<uint64_t>(version), 8);
  const std::string digest = security::sha256_bytes(text);
  KeyHash hash;
  std::memcpy(hash.words.data(), digest.data(), sizeof hash.words);
  return hash;
}

KeyHash hash_of_key(std::span<const std::string_view> key) { return hash_of_row(key, 0); }

Result<KeyMemory> KeyMemory::read(lake::FileIo& files, const std::filesystem::path& file) {
  TRY(const std::string bytes, files.read(file, 0, UINT64_MAX));
  const Error damaged{.kind = ErrorKind::corrupt, .message = "the key memory " + file.filename().string() + " is damaged"};
  if (bytes.size() < kHeadBytes || !bytes.starts_with(kKeysMagic) || crc32_of(std::string_view(bytes).substr(8)) != get_word(bytes, 4, 4)) return damaged;
  const uint64_t count = get_word(bytes, 8, 8);
  if (bytes.size() != kHeadBytes + count * kEntryBytes) return damaged;
  KeyMemory memory;
  memory.complete_from_ = Instant(std::chrono::microseconds(static_cast<int64_t>(get_word(bytes, 16, 8))));
  memory.entries_.reserve(count);
  memory.hashes_.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    const size_t at = kHeadBytes + i * kEntryBytes;
    Entry entry{.hash = {{get_word(bytes, at, 8), get_word(bytes, at + 8, 8)}}, .stamp_us = static_cast<int64_t>(get_word(bytes, at + 16, 8))};
    memory.hashes_.insert(entry.hash);
    memory.entries_.push_back(entry);
  }
  return memory;
}

void KeyGatherer::add(std::vector<KeyMemory::Entry> entries) {
  std::lock_guard lock(mutex_);
  entries_.insert(entries_.end(), entries.begin(), entries.end());
}

Status KeyGatherer::write(lake::FileIo& files, const std::filesystem::path& file, const KeyMemory& before, Instant complete_from) const {
  std::vector<KeyMemory::Entry> all;
  {
    std::lock_guard lock(mutex_);
    all = entries_;
  }
  for (const KeyMemory::Entry& entry : before.entries()) {
    if (wants(entry.stamp_us)) all.push_back(entry);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::string body;
  body.reserve(16 + all.size() * kEntryBytes);
  put_word(body, all.size(), 8);
  put_word(body, static_cast<uint64_t>(complete_from.time_since_epoch().count()), 8);
  for (const KeyMemory::Entry& entry : all) {
    put_word(body, entry.hash.words[0], 8);
    put_word(body, entry.hash.words[1], 8);
    put_word(body, static_cast<uint64_t>(entry.stamp_us), 8);
  }
  std::string text(kKeysMagic);
  put_word(text, crc32_of(body), 4);
  TRY_DO(files.make_folder(file.parent_path()));
  return files.write_whole(file, text + body);
}

}  // namespace foz::schedule
