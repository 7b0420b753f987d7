#pragma once
// Access tokens that a vendor gave out.

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "simulators/journal.h"

namespace foz::sim {

/// Thread-safe. Remembers the last 10,000.
class Tokens {
 public:
  enum class State : uint8_t { unknown, valid, expired };
  struct Token {
    int64_t expires_at = 0;  ///< milliseconds; 0: never
    int64_t idle_ms = 0;     ///< dies when unused for that long; 0: never
    bool lasting = false;    ///< survives an ordinary "expire all"
    int64_t used_at = 0;
    bool dead = false;
    std::string subject = {};
  };

  explicit Tokens(Masker& masker) : masker_(masker) {}
  void add(std::string text, Token token);
  /// Valid ones count as used now.
  State check(std::string_view text, int64_t now);
  /// A copy of what is known; nothing about an unknown one.
  std::optional<Token> find(std::string_view text) const;
  bool revoke(std::string_view text);
  void expire(bool all);
  void clear();

 private:
  Masker& masker_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Token> tokens_;
  std::deque<std::string> order_;
};

/// The token of an `Authorization: Bearer` header; empty when there is none.
std::string_view bearer_of(const http::Request& request);
/// User and password of `Authorization: Basic`; nothing when there is none or it is malformed.
std::optional<std::pair<std::string, std::string>> basic_of(const http::Request& request);

}  // namespace foz::sim
