#include "http/message.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace foz::http {
namespace {

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::string encode(std::string_view text, std::string_view keep) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c) || keep.find(c) != keep.npos) {
      result += c;
    } else {
      result += '%' + upper(to_hex(std::string_view(&c, 1)));
    }
  }
  return result;
}

uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

struct CurlUrlFree {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::string url_part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return "";
  std::string result(text);
  curl_free(text);
  return result;
}

}  // namespace

std::string_view name_of(Verb verb) {
  static constexpr std::string_view kNames[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OTHER"};
  return kNames[static_cast<size_t>(verb)];
}

Verb verb_named(std::string_view name) {
  for (const Verb verb : {Verb::get, Verb::head, Verb::post, Verb::put, Verb::patch, Verb::del}) {
    if (name_of(verb) == name) return verb;
  }
  return Verb::other;
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::get_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : fields_) {
    if (equal_ignoring_case(key, name)) values.push_back(value);
  }
  return values;
}

void Headers::set(std::string_view name, std::string value) {
  remove(name);
  add(name, std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const auto& field) { return equal_ignoring_case(field.first, name); });
}

Query Query::parse(std::string_view raw) {
  Query query;
  if (raw.empty()) return query;
  for (const std::string_view part : split(raw, '&')) {
    if (part.empty()) continue;
    const size_t equals = part.find('=');
    const std::string_view name = part.substr(0, equals);
    const std::string_view value = equals == part.npos ? std::string_view() : part.substr(equals + 1);
    query.add(percent_decode(name, true), percent_decode(value, true));
  }
  return query;
}

std::optional<std::string> Query::get(std::string_view name) const {
  std::optional<std::string> found;
  for (const auto& [key, value] : pairs_) {
    if (key == name) found = value;
  }
  return found;
}

std::vector<std::string> Query::get_all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : pairs_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

std::optional<std::string> Query::value(std::string_view name) const {
  std::optional<std::string> found = get(name);
  if (found && found->empty()) return std::nullopt;
  return found;
}

std::string Query::text() const {
  std::string result;
  for (const auto& [name, value] : pairs_) {
    result += (result.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
  }
  return result;
}

std::string_view Request::path() const { return std::string_view(url).substr(0, url.find('?')); }

std::string_view Request::raw_query() const {
  const size_t at = url.find('?');
  return at == url.npos ? std::string_view() : std::string_view(url).substr(at + 1);
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 207: return "Multi-Status";
    case 304: return "Not Modified";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 413: return "Payload Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return status < 400 ? "OK" : "Error";
  }
}

std::string percent_encode(std::string_view text) { return encode(text, ""); }
std::string percent_encode_path(std::string_view text) { return encode(text, "/"); }

std::string percent_decode(std::string_view text, bool plus_is_blank) {
  std::string result;
  result.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      if (const auto byte = from_hex(text.substr(i + 1, 2))) {
        result += *byte;
        i += 2;
        continue;
      }
    }
    result += plus_is_blank && text[i] == '+' ? ' ' : text[i];
  }
  return result;
}

Result<Url> Url::parse(std::string_view text) {
  const std::unique_ptr<CURLU, CurlUrlFree> parsed(curl_url());
  FOZ_CHECK(parsed != nullptr);
  const Error refused{.kind = ErrorKind::invalid, .message = "this is no http or https URL"};
  if (curl_url_set(parsed.get(), CURLUPART_URL, std::string(text).c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return refused;
  }
  Url url;
  url.scheme = lower(url_part(parsed.get(), CURLUPART_SCHEME));
  url.host = lower(url_part(parsed.get(), CURLUPART_HOST));
  if ((url.scheme != "http" && url.scheme != "https") || url.host.empty()) return refused;
  if (!url_part(parsed.get(), CURLUPART_USER).empty() || !url_part(parsed.get(), CURLUPART_PASSWORD).empty()) {
    return Error{.kind = ErrorKind::invalid, .message = "a URL must not carry a user name or password"};
  }
  if (url.host.starts_with('[') && url.host.ends_with(']')) url.host = url.host.substr(1, url.host.size() - 2);
  const auto port = to_integer(url_part(parsed.get(), CURLUPART_PORT));
  url.port = port ? static_cast<uint16_t>(*port) : default_port(url.scheme);
  url.path = url_part(parsed.get(), CURLUPART_PATH);
  if (url.path.empty()) url.path = "/";
  url.query = url_part(parsed.get(), CURLUPART_QUERY);
  return url;
}

std::string Url::origin() const {
  const bool v6 = host.find(':') != host.npos;
  std::string result = scheme + "://" + (v6 ? "[" + host + "]" : host);
  if (port != default_port(scheme)) result += ":" + std::to_string(port);
  return result;
}

std::string Url::text() const { return origin() + path + (query.empty() ? "" : "?" + query); }

}  // namespace foz::http
