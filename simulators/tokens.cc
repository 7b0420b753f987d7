#include "simulators/tokens.h"

#include "base/text.h"

namespace foz::sim {
namespace {
constexpr size_t kTokensMax = 10'000;
}

void Tokens::add(std::string text, Token token) {
  if (token.lasting) masker_.add(text);
  else masker_.add_passing(text);
  std::lock_guard lock(mutex_);
  if (tokens_.insert_or_assign(text, std::move(token)).second) order_.push_back(std::move(text));
  if (order_.size() > kTokensMax) {
    tokens_.erase(order_.front());
    order_.pop_front();
  }
}

Tokens::State Tokens::check(std::string_view text, int64_t now) {
  std::lock_guard lock(mutex_);
  const auto found = tokens_.find(std::string(text));
  if (found == tokens_.end()) return State::unknown;
  Token& token = found->second;
  if (token.expires_at != 0 && now >= token.expires_at) token.dead = true;
  if (token.idle_ms != 0 && now - token.used_at > token.idle_ms) token.dead = true;
  if (token.dead) return State::expired;
  token.used_at = now;
  return State::valid;
}

std::optional<Tokens::Token> Tokens::find(std::string_view text) const {
  std::lock_guard lock(mutex_);
  const auto found = tokens_.find(std::string(text));
  if (found == tokens_.end()) return std::nullopt;
  return found->second;
}

bool Tokens::revoke(std::string_view text) {
  std::lock_guard lock(mutex_);
  const auto found = tokens_.find(std::string(text));
  if (found == tokens_.end() || found->second.dead) return false;
  found->second.dead = true;
  return true;
}

void Tokens::expire(bool all) {
  std::lock_guard lock(mutex_);
  for (auto& [text, token] : tokens_) token.dead = token.dead || all || !token.lasting;
}

void Tokens::clear() {
  std::lock_guard lock(mutex_);
  tokens_.clear();
  order_.clear();
}

std::string_view bearer_of(const http::Request& request) {
  const std::string_view header = request.headers.get("Authorization").value_or("");
  return starts_with_ignoring_case(header, "bearer ") ? trim(header.substr(7)) : std::string_view();
}

std::optional<std::pair<std::string, std::string>> basic_of(const http::Request& request) {
  const std::string_view header = request.headers.get("Authorization").value_or("");
  if (!starts_with_ignoring_case(header, "basic ")) return std::nullopt;
  const auto text = from_base64(trim(header.substr(6)));
  if (!text || text->find(':') == text->npos) return std::nullopt;
  return std::pair(text->substr(0, text->find(':')), text->substr(text->find(':') + 1));
}

}  // namespace foz::sim
