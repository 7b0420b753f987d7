#pragma once
// Again or not, and when: pure decisions. Follows: Flow Service contract, 13.6; Sources contract, 1.7.

#include <chrono>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"

namespace foz::http {

/// What an answer asks of the caller.
enum class Verdict {
  done,       ///< use it; also: a permanent error that repeating will not change
  transient,  ///< the other side stumbled: try again
  throttled,  ///< the other side asks for time: wait as long as it says
};

struct RetryRules {
  int retries_max = 3;
  std::chrono::milliseconds first_wait{1000};  ///< then four times as long each: 1, 4, 16 s
  double jitter = 0.2;                         ///< waits vary by this share, up or down
  std::chrono::milliseconds asked_wait_max{15 * 60 * 1000};  ///< cap of `Retry-After`
};

/// The verdict by status alone: 429 throttled, 500, 502-504 and 520-530 transient.
Verdict verdict_of(int status);

/// `Retry-After` as a span: seconds or an HTTP date. Nothing when it is missing, negative or unreadable.
std::optional<std::chrono::milliseconds> asked_wait(const Response& response, Instant now);

/// How long to wait before try number `tries + 1`, or nothing: give up. `tries` counts those made (from 1), `chance` is
/// uniform in [0, 1).
std::optional<std::chrono::milliseconds> wait_before_retry(const RetryRules& rules, int tries, Verdict verdict,
                                                           std::optional<std::chrono::milliseconds> asked, double chance);

/// True when a failed call may be repeated: nothing was heard, or less than a whole answer. One that says when to come back is not
/// repeated before.
bool is_retriable(const Error& error);

}  // namespace foz::http
