#pragma once
// Pages of bulk results that are fetched while another one is read. Follows: Sources contract, 2.6, parallel results.

#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "http/client.h"

namespace foz::sources::salesforce {

/// Keeps what was fetched until somebody takes it: a few pages at most, of all slices together. What nobody takes makes
/// room for others. Thread-safe.
class ResultsAhead {
 public:
  using Fetch = std::function<Result<http::Response>(std::stop_token stop)>;
  explicit ResultsAhead(size_t pages_max) : pages_max_(pages_max) {}
  /// What is under way is stopped and waited for.
  ~ResultsAhead();

  /// Begins to fetch a page on a thread of its own; not when it is there already, or when there is no room.
  void begin(const std::string& url, Fetch fetch);
  /// The page, waited for when it is under way; nothing when nobody began it, or `stop` is asked for first.
  std::optional<Result<http::Response>> take(const std::string& url, std::stop_token stop);
  /// Nobody wants pages whose address begins so any more.
  void forget(const std::string& beginning);

 private:
  struct Entry {
    std::string url;
    std::optional<Result<http::Response>> answer = {};
    std::jthread thread = {};
  };
  bool make_room_locked(std::list<Entry>& gone);

  const size_t pages_max_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Entry> entries_;  ///< oldest first
};

}  // namespace foz::sources::salesforce
