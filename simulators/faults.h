#pragma once
// Trouble on demand: rules that pick requests, and what they do to them. Follows: Sources contract, 7.1.

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/random.h"
#include "base/result.h"

namespace foz::sim {

/// What a rule does to the requests it picks. `name_of` gives their JSON names.
enum class FaultKind : uint8_t {
  latency,          ///< waits `latencyMs` plus up to `jitterMs`
  status,           ///< answers with `status`, `retryAfter` and the vendor's words, `body` or an HTML page
  redirect,         ///< 302 to `location`
  cut,              ///< sends `bytes` of the body it promised, then closes
  cut_gzip,         ///< a gzip body that ends after `bytes`, with a length that fits
  expire_tokens,    ///< every access token given out so far dies before the request is looked at
  repeat_page,      ///< the page before, once more
  empty_page,       ///< no records, and a handle to go on
  loop_page,        ///< the next handle points to the same page
  next_link_host,   ///< next links name `host`
  forge,            ///< instance_url, 401 authorities and their like name `url`
  no_rate_headers,
  mutate,           ///< changes tables (see mutate.h) before the request is looked at
  job_stuck,        ///< a bulk job never ends
  job_failed,       ///< a bulk job fails without saying why
  wrong_total,      ///< counts are off by `by`

  // Answers that no vendor sends on purpose (hostile/tricks.h).
  garble,           ///< two bytes at `bytes` (0: the middle) are overwritten with what is neither UTF-8 nor JSON
  wrong_types,      ///< lists are texts, texts are lists, numbers are texts
  drop_records,     ///< the last `by` records of a page are missing
  double_records,   ///< the first `by` records of a page come again at its end
  deep,             ///< a member nested `by` levels deep
  pad,              ///< `bytes` blanks behind the document
  bomb,             ///< a gzip body with `bytes` blanks behind the document

  // Answers that only `foz-sim hostile` can send.
  trickle,          ///< `bytes` at a time, `latencyMs` apart
  stall,            ///< `bytes` of the body, then silence
  endless,          ///< a chunked body without end
  surplus,          ///< `bytes` more than the promised length
  huge_header,      ///< a header field of `bytes`
};

struct FaultRule {
  FaultKind kind = FaultKind::status;
  std::string method = {};  ///< empty: any
  std::string path = {};    ///< wildcard; empty: any path of the vendor's
  uint64_t skip = 0;        ///< leaves the first ones alone
  uint64_t every = 1;       ///< then picks each n-th
  std::optional<uint64_t> times = {};  ///< picks this many; nothing: for good
  double probability = 1;
  int status = 503;
  std::optional<std::string> retry_after = {};
  std::string body = {};    ///< "html": a gateway's page; empty: the vendor's words; else the text itself
  int64_t latency_ms = 0, jitter_ms = 0;
  uint64_t bytes = 0;
  std::string text = {};    ///< `location`, `host` or `url`
  int64_t by = 0;
  Json mutation = {};

  /// Errors: invalid, naming the member.
  static Result<FaultRule> read(const Json& json);
};

/// All that rules do to one request.
struct Effects {
  std::vector<FaultRule> rules = {};
  const FaultRule* find(FaultKind kind) const;
  bool has(FaultKind kind) const { return find(kind) != nullptr; }
};

/// The rules in force. Thread-safe.
class Faults {
 public:
  explicit Faults(uint64_t seed) : random_(seed) {}
  void add(FaultRule rule);
  void clear();
  bool any() const { return any_; }
  /// What happens to this request; counts it for every rule that it fits.
  Effects draw(std::string_view method, std::string_view path);
  /// The rules with how often each was met.
  Json listed() const;
  uint64_t below(uint64_t bound) { return random_.below(bound); }

 private:
  struct Counted {
    FaultRule rule;
    uint64_t seen = 0;
    uint64_t met = 0;
  };
  SeededRandom random_;
  std::atomic<bool> any_ = false;
  mutable std::mutex mutex_;
  std::vector<Counted> rules_;
};

std::string_view name_of(FaultKind kind);
std::vector<std::string> fault_names();

}  // namespace foz::sim
