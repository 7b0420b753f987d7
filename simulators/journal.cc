#include "simulators/journal.h"

#include "base/json.h"
#include "base/text.h"

namespace foz::sim {
namespace {

constexpr size_t kPassingMax = 32;
constexpr size_t kSecretBytesMin = 6;

Json journal_line(const JournalEntry& entry) {
  Json line = {{"number", entry.number}, {"at", entry.at},           {"method", entry.method},
               {"path", entry.path},     {"query", entry.query},     {"status", entry.status},
               {"bytes", entry.bytes},   {"micros", entry.micros},   {"concurrency", entry.concurrency},
               {"host", entry.host},     {"authorization", entry.authorization}, {"secretInUrl", entry.secret_in_url}};
  if (!entry.prefer.empty()) line["prefer"] = entry.prefer;
  if (!entry.user_agent.empty()) line["userAgent"] = entry.user_agent;
  if (!entry.faults.empty()) line["faults"] = entry.faults;
  return line;
}

}  // namespace

void Journal::add(JournalEntry entry, uint64_t records) {
  std::lock_guard lock(mutex_);
  entry.number = ++requests_;
  records_ += records;
  bytes_ += entry.bytes;
  secrets_in_urls_ += entry.secret_in_url ? 1u : 0u;
  ++by_status_[entry.status];
  entries_.push_back(std::move(entry));
  if (entries_.size() > entries_max_) entries_.pop_front();
}

Json Journal::read(uint64_t since, size_t limit, std::string_view path_pattern) const {
  std::lock_guard lock(mutex_);
  Json lines = Json::array();
  for (const JournalEntry& entry : entries_) {
    if (entry.number <= since || lines.size() >= limit) continue;
    if (!path_pattern.empty() && !matches_wildcard(path_pattern, entry.path)) continue;
    lines.push_back(journal_line(entry));
  }
  return {{"entries", std::move(lines)}, {"last", requests_}, {"dropped", requests_ - entries_.size()}};
}

Json Journal::sums() const {
  std::lock_guard lock(mutex_);
  Json by_status = Json::object();
  for (const auto& [status, count] : by_status_) by_status[std::to_string(status)] = count;
  return {{"requests", requests_}, {"records", records_}, {"bytes", bytes_}, {"secretsInUrls", secrets_in_urls_},
          {"status", std::move(by_status)}};
}

void Journal::clear() {
  std::lock_guard lock(mutex_);
  entries_.clear();
  by_status_.clear();
  requests_ = records_ = bytes_ = secrets_in_urls_ = 0;
}

void Masker::add(std::string secret) {
  if (secret.size() < kSecretBytesMin) return;
  std::lock_guard lock(mutex_);
  secrets_.push_back(std::move(secret));
}

void Masker::add_passing(std::string secret) {
  if (secret.size() < kSecretBytesMin) return;
  std::lock_guard lock(mutex_);
  passing_.push_back(std::move(secret));
  if (passing_.size() > kPassingMax) passing_.pop_front();
}

bool Masker::mask(std::string& text) const {
  std::lock_guard lock(mutex_);
  bool masked = false;
  for (const auto* secrets : {&secrets_, &passing_}) {
    for (const std::string& secret : *secrets) {
      for (size_t at = text.find(secret); at != text.npos; at = text.find(secret, at)) {
        text.replace(at, secret.size(), "********");
        masked = true;
      }
    }
  }
  return masked;
}

void Masker::clear() {
  std::lock_guard lock(mutex_);
  secrets_.clear();
  passing_.clear();
}

}  // namespace foz::sim
