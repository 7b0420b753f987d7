#include "simulators/vendor.h"

#include <algorithm>

#include "base/text.h"

namespace foz::sim {

uint64_t page_rows(const World& world, uint64_t asked) {
  const int64_t max = world.settings.get("pageRowsMax");
  return max > 0 ? std::min(asked, static_cast<uint64_t>(max)) : asked;
}

std::string Visit::part(std::string_view name) const {
  const auto found = parts.find(name);
  return found == parts.end() ? "" : found->second;
}

std::string Visit::forged_origin() const {
  const FaultRule* forged = effects.find(FaultKind::forge);
  return forged == nullptr ? origin : forged->text;
}

http::Response json_response(int status, const Json& body) { return json_text_response(status, to_text(body)); }

http::Response json_text_response(int status, std::string body) {
  return text_response(status, "application/json;charset=UTF-8", std::move(body));
}

http::Response text_response(int status, std::string type, std::string body) {
  http::Response response{.status = status, .body = std::move(body)};
  response.headers.set("Content-Type", std::move(type));
  return response;
}

http::Response html_response(int status, std::string_view title) {
  const std::string words = std::to_string(status) + " " + std::string(title);
  return text_response(status, "text/html",
                       "<html>\n<head><title>" + words + "</title></head>\n<body><center><h1>" + words +
                           "</h1></center></body>\n</html>\n");
}

std::string made_secret(uint64_t seed, std::string_view name, size_t length) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string text;
  for (uint64_t i = 0, hash = salt_of(name) ^ mixed(seed); text.size() < length; ++i) {
    text += kLetters[mixed(hash + i) % kLetters.size()];
  }
  return text;
}

std::string made_uuid(uint64_t seed, std::string_view name) {
  const uint64_t high = mixed(salt_of(name) ^ mixed(seed)), low = mixed(high + 1);
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(high >> (8 * i));
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(low >> (8 * i));
  std::string text = to_hex(bytes);
  text[12] = '4';
  text[16] = 'a';
  for (const size_t at : {8u, 13u, 18u, 23u}) text.insert(at, "-");
  return text;
}

}  // namespace foz::sim
