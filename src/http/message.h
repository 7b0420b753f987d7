#pragma once
// Requests and responses as values, the same on both sides of the wire.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"

namespace foz::http {

enum class Verb : uint8_t { get, head, post, put, patch, del, other };

std::string_view name_of(Verb verb);
Verb verb_named(std::string_view name);

/// Header fields in the order they came; names compare without case.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

  /// The first field of that name; nothing when there is none.
  std::optional<std::string_view> get(std::string_view name) const;
  std::vector<std::string_view> get_all(std::string_view name) const;
  bool has(std::string_view name) const { return get(name).has_value(); }
  /// Replaces every field of that name.
  void set(std::string_view name, std::string value);
  void add(std::string_view name, std::string value) { fields_.emplace_back(std::string(name), std::move(value)); }
  void remove(std::string_view name);

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  size_t size() const { return fields_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// Decoded query parameters in their order; a name may repeat.
class Query {
 public:
  Query() = default;
  /// Splits `a=1&b=2`, decodes each part once; `+` is a blank. A part without `=` has an empty value.
  static Query parse(std::string_view raw);

  void add(std::string name, std::string value) { pairs_.emplace_back(std::move(name), std::move(value)); }
  /// The last value of a name, as a later parameter overrides an earlier one; nothing when it is absent.
  std::optional<std::string> get(std::string_view name) const;
  std::vector<std::string> get_all(std::string_view name) const;
  /// The last non-empty value: `limit=` counts as absent.
  std::optional<std::string> value(std::string_view name) const;
  bool empty() const { return pairs_.empty(); }
  auto begin() const { return pairs_.begin(); }
  auto end() const { return pairs_.end(); }
  /// `a=1&b=2`, encoded.
  std::string text() const;

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

/// What a server received, or what a client is to send.
struct Request {
  Verb verb = Verb::get;
  std::string verb_text = {};  ///< as received; names an `other` verb
  std::string url = {};        ///< client: absolute. Server: the request target as it came, path and query
  Headers headers = {};
  std::string body = {};

  // Server only.
  std::filesystem::path body_file = {};  ///< where the body lies when it was streamed to disk
  uint64_t body_bytes = 0;               ///< its size, in memory or on disk
  std::string peer = {};                 ///< address of the other side
  bool tls = false;
  std::optional<Error> defect = {};      ///< the body could not be taken (too large, broken): answer with this

  // Client only.
  std::chrono::milliseconds timeout{60'000};
  std::chrono::milliseconds connect_timeout{10'000};
  size_t body_bytes_max = 256u << 20;  ///< a longer answer is refused
  /// Hosts besides the allow list that may be reached (a vendor's own); see egress.h.
  std::vector<std::string> known_hosts = {};

  std::string_view path() const;
  std::string_view raw_query() const;
};

/// Part of a file as a body, sent without loading it.
struct FileSlice {
  std::filesystem::path path;
  uint64_t offset = 0;
  uint64_t length = 0;
};

struct Response {
  int status = 200;
  Headers headers = {};
  std::string body = {};
  std::optional<FileSlice> file = {};  ///< server: takes the place of `body`

  bool ok() const { return status >= 200 && status < 300; }
  std::optional<std::string_view> header(std::string_view name) const { return headers.get(name); }
};

/// "OK", "Not Found", ...
std::string_view reason_of(int status);

std::string percent_encode(std::string_view text);
/// Like percent_encode, and leaves `/` as it is.
std::string percent_encode_path(std::string_view text);
/// Decodes `%xx` once; a stray `%` stays. `plus_is_blank` as in queries and forms.
std::string percent_decode(std::string_view text, bool plus_is_blank = false);

/// The parts of an absolute URL.
struct Url {
  std::string scheme;  ///< lower case
  std::string host;    ///< lower case, no brackets
  uint16_t port = 0;   ///< explicit, or the scheme's own
  std::string path;    ///< begins with `/`
  std::string query;   ///< without `?`

  /// Errors: invalid when the text is no http(s) URL or carries user information.
  static Result<Url> parse(std::string_view text);
  /// `https://host`, with the port where it is not the scheme's own.
  std::string origin() const;
  std::string text() const;
};

}  // namespace foz::http
