#include "http/retry.h"

#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"

namespace foz::http {

using std::chrono::milliseconds;

Verdict verdict_of(int status) {
  if (status == 429) return Verdict::throttled;
  if (status == 500 || (status >= 502 && status <= 504) || (status >= 520 && status <= 530)) return Verdict::transient;
  return Verdict::done;
}

std::optional<milliseconds> asked_wait(const Response& response, Instant now) {
  const auto text = response.header("Retry-After");
  if (!text) return std::nullopt;
  if (const auto seconds = to_integer(trim(*text))) {
    if (*seconds < 0) return std::nullopt;
    return milliseconds(std::min<int64_t>(*seconds, 10'000'000) * 1000);
  }
  const auto date = parse_http_date(trim(*text));
  if (!date || *date < now) return std::nullopt;
  return std::chrono::ceil<milliseconds>(*date - now);
}

std::optional<milliseconds> wait_before_retry(const RetryRules& rules, int tries, Verdict verdict,
                                              std::optional<milliseconds> asked, double chance) {
  if (verdict == Verdict::done || tries > rules.retries_max) return std::nullopt;
  if (asked) return std::min(*asked, rules.asked_wait_max);
  milliseconds wait = rules.first_wait;
  for (int i = 1; i < tries; ++i) wait *= 4;
  const double factor = 1 + rules.jitter * (2 * chance - 1);
  return milliseconds(static_cast<int64_t>(static_cast<double>(wait.count()) * factor));
}

bool is_retriable(const Error& error) { return error.kind == ErrorKind::unavailable && !error.retry_after; }

}  // namespace foz::http
