#pragma once
// What the vendor was asked: every request, without its secrets.

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "http/message.h"

namespace foz::sim {

struct JournalEntry {
  uint64_t number = 0;  ///< from 1
  int64_t at = 0;       ///< by the simulator's clock, milliseconds
  std::string method = {};
  std::string path = {};
  std::string query = {};
  std::string host = {};
  std::string prefer = {};
  std::string user_agent = {};
  int status = 0;
  uint64_t bytes = 0;
  uint64_t micros = 0;
  int concurrency = 0;          ///< requests under way, this one included
  bool authorization = false;   ///< an Authorization header (or its like) was there
  bool secret_in_url = false;
  std::vector<std::string> faults = {};
};

/// The last `entries_max` requests, and sums over all of them. Thread-safe.
class Journal {
 public:
  explicit Journal(size_t entries_max) : entries_max_(entries_max) {}

  void add(JournalEntry entry, uint64_t records);
  /// Entries behind number `since`, at most `limit`, whose path matches the wildcard: `{"entries", "last", "dropped"}`.
  Json read(uint64_t since, size_t limit, std::string_view path_pattern) const;
  /// `{"requests", "records", "bytes", "status": {...}, "paths": {...}}`.
  Json sums() const;
  void clear();

 private:
  const size_t entries_max_;
  mutable std::mutex mutex_;
  std::deque<JournalEntry> entries_;
  uint64_t requests_ = 0, records_ = 0, bytes_ = 0, secrets_in_urls_ = 0;
  std::map<int, uint64_t> by_status_;
};

/// Masks secrets in what is written down. Thread-safe.
class Masker {
 public:
  /// Remembers a secret for good. Very short texts are left alone.
  void add(std::string secret);
  /// Remembers a token until many newer ones have come.
  void add_passing(std::string secret);
  /// True when something was masked.
  bool mask(std::string& text) const;
  void clear();

 private:
  mutable std::mutex mutex_;
  std::deque<std::string> secrets_, passing_;
};

}  // namespace foz::sim
