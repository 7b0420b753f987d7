#include "sources/salesforce/ahead.h"

#include <algorithm>
#include <utility>

#include "base/pool.h"

namespace foz::sources::salesforce {

ResultsAhead::~ResultsAhead() {
  for (Entry& entry : entries_) entry.thread.request_stop();  // all at once; their threads join one after the other
}

/// The oldest page that came and that nobody took. False: all are under way.
bool ResultsAhead::make_room_locked(std::list<Entry>& gone) {
  if (entries_.size() < pages_max_) return true;
  const auto idle = std::find_if(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.answer.has_value(); });
  if (idle == entries_.end()) return false;
  gone.splice(gone.end(), entries_, idle);
  return true;
}

void ResultsAhead::begin(const std::string& url, Fetch fetch) {
  std::list<Entry> gone;  // ends behind the lock: its thread does
  std::lock_guard lock(mutex_);
  const bool there = std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.url == url; });
  if (there || !make_room_locked(gone)) return;
  Entry& entry = entries_.emplace_back(Entry{.url = url});
  entry.thread = std::jthread([this, &entry, fetch = std::move(fetch)](std::stop_token stop) {
    name_this_thread("foz-ahead");
    auto answer = fetch(std::move(stop));
    std::lock_guard done(mutex_);
    entry.answer = std::move(answer);
    changed_.notify_all();
  });
}

std::optional<Result<http::Response>> ResultsAhead::take(const std::string& url, std::stop_token stop) {
  std::list<Entry> taken;
  std::unique_lock lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.url == url; });
  if (found == entries_.end()) return std::nullopt;
  taken.splice(taken.end(), entries_, found);  // nobody else takes it; its thread still writes into it
  Entry& entry = taken.front();
  const bool came = changed_.wait(lock, stop, [&] { return entry.answer.has_value(); });
  auto answer = came ? std::move(entry.answer) : std::nullopt;
  lock.unlock();
  entry.thread.request_stop();
  return answer;
}

void ResultsAhead::forget(const std::string& beginning) {
  std::list<Entry> gone;
  std::lock_guard lock(mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto next = std::next(entry);
    if (entry->url.starts_with(beginning)) {
      entry->thread.request_stop();
      gone.splice(gone.end(), entries_, entry);
    }
    entry = next;
  }
}

}  // namespace foz::sources::salesforce
