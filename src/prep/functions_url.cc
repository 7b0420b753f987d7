// URLs taken apart and encoded. Follows: Data Prep contract, 6.4.
#include <algorithm>
#include <vector>

#include "base/text.h"
#include "prep/entries.h"
#include "prep/function_tables.h"
#include "prep/text_work.h"

namespace foz::prep {
namespace {

using engine::Member;
using engine::Type;
using engine::Value;
using Text = std::string_view;

constexpr Fault kNoAnchorWord{Trouble::function, "the anchor argument is none of retain, remove, append"};
constexpr Fault kBadEscape{Trouble::parse, "the text has a % without two hexadecimal digits"};
constexpr Fault kNoUtf8{Trouble::parse, "the decoded text is no well-formed UTF-8"};

struct Url {
  Text scheme, host, port, path, query, fragment;
  bool has_query = false, has_fragment = false;
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_scheme_character(char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; }

/// What stands up to one of `ends`; leaves the rest in `text`.
Text take_until(Text& text, Text ends) {
  const size_t end = std::min(text.find_first_of(ends), text.size());
  const Text taken = text.substr(0, end);
  text.remove_prefix(end);
  return taken;
}

void read_authority(Text authority, Url& url) {
  if (const size_t at = authority.rfind('@'); at != authority.npos) authority.remove_prefix(at + 1);
  const size_t bracket = authority.starts_with('[') ? authority.find(']') : authority.npos;
  const size_t colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
  url.host = authority.substr(0, colon);
  if (colon != authority.npos) url.port = authority.substr(colon + 1);
}

/// A scheme and `//`, or nothing.
std::optional<Url> parse_url(Text text) {
  Url url;
  const size_t colon = text.find(':');
  if (colon == text.npos || colon == 0 || !is_letter(text[0])) return std::nullopt;
  url.scheme = text.substr(0, colon);
  if (!std::all_of(url.scheme.begin(), url.scheme.end(), is_scheme_character)) return std::nullopt;
  text.remove_prefix(colon + 1);
  if (!text.starts_with("//")) return std::nullopt;
  text.remove_prefix(2);
  read_authority(take_until(text, "/?#"), url);
  url.path = take_until(text, "?#");
  if (text.starts_with('?')) {
    url.has_query = true;
    text.remove_prefix(1);
    url.query = take_until(text, "#");
  }
  if (text.starts_with('#')) {
    url.has_fragment = true;
    url.fragment = text.substr(1);
  }
  return url;
}

std::optional<Text> protocol(Text text) {
  const size_t colon = text.find(':');
  if (colon == text.npos || colon == 0 || !is_letter(text[0])) return std::nullopt;
  const Text scheme = text.substr(0, colon);
  if (!std::all_of(scheme.begin(), scheme.end(), is_scheme_character)) return std::nullopt;
  return scheme;
}

std::optional<Text> host(Text text) {
  const auto url = parse_url(text);
  if (!url || url->host.empty()) return std::nullopt;
  return url->host;
}

std::optional<int64_t> port(Text text) {
  const auto url = parse_url(text);
  if (!url) return std::nullopt;
  if (!url->port.empty() && std::all_of(url->port.begin(), url->port.end(), is_digit)) return to_integer(url->port);
  struct Known { Text scheme; int64_t port; };
  for (const Known& known : {Known{"http", 80}, Known{"https", 443}, Known{"ftp", 21}, Known{"sftp", 22}, Known{"ssh", 22}}) {
    if (equal_ignoring_case(url->scheme, known.scheme)) return known.port;
  }
  return std::nullopt;
}

std::optional<Text> path(Text text, std::optional<bool> full) {
  const auto url = parse_url(text);
  if (!url) return std::nullopt;
  if (full.value_or(true)) return url->path;
  return url->path.substr(url->path.rfind('/') + 1);
}

Outcome<Value> query(Call& call, Text text, Text anchor) {
  const bool retain = anchor == "retain", append = anchor == "append";
  if (!retain && !append && anchor != "remove") return kNoAnchorWord;
  const auto url = parse_url(text);
  if (!url) return nullptr;
  Text pairs = url->query;
  // The fragment directly follows the query in the text.
  if (retain && url->has_fragment && url->has_query) pairs = {url->query.data(), url->query.size() + 1 + url->fragment.size()};
  size_t count = 1;
  each_piece(pairs, "&", [&](Text) { ++count; });
  Entries entries(call.arena(), count);
  each_piece(pairs, "&", [&](Text pair) {
    if (pair.empty()) return;
    const size_t equal = pair.find('=');
    entries.set(pair.substr(0, equal), Value::of_text(equal == pair.npos ? Text("") : pair.substr(equal + 1)));
  });
  if (append && url->has_fragment) entries.set("_anchor_", Value::of_text(url->fragment));
  return entries.value();
}

Outcome<Text> encode(Call& call, Text text) {
  static constexpr Text kHex = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    if (is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_' || c == '*') {
      result += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      result += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return made_text(call, result);
}

Outcome<Text> decode(Call& call, Text text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      result += ' ';
    } else if (text[i] == '%') {
      const auto byte = i + 2 < text.size() ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
      if (!byte || byte->size() != 1) return kBadEscape;
      result += *byte;
      i += 2;
    } else {
      result += text[i];
    }
  }
  if (!utf8::valid(result)) return kNoUtf8;
  return made_text(call, result);
}

constexpr Parameter kUrl{"url", Type::string, "The URL, with its scheme."};

constexpr Function kFunctions[] = {
    {.name = "get_url_protocol",
     .category = Category::url,
     .parameters = {kUrl},
     .returns = Type::string,
     .kernel = kernel<protocol>,
     .about = "The scheme of a URL, without the colon; null when it has none.",
     .examples = {{R"(get_url_protocol("https://platform.adobe.com/home"))", R"("https")"}, {R"(get_url_protocol("home"))", "null"}}},
    {.name = "get_url_host",
     .category = Category::url,
     .parameters = {kUrl},
     .returns = Type::string,
     .kernel = kernel<host>,
     .about = "The host of a URL, without user and port; null when it is no URL.",
     .examples = {{R"(get_url_host("https://platform.adobe.com/home"))", R"("platform.adobe.com")"},
                  {R"(get_url_host("ftp://me:x@example.com:2121/a"))", R"("example.com")"},
                  {R"(get_url_host("http://[::1]:80/"))", R"("[::1]")"},
                  {R"(get_url_host("platform.adobe.com"))", "null"}}},
    {.name = "get_url_port",
     .category = Category::url,
     .parameters = {kUrl},
     .returns = Type::integer,
     .kernel = kernel<port>,
     .about = "The port of a URL, else the usual one of its scheme (http, https, ftp, sftp, ssh); null when there is none.",
     .examples = {{R"(get_url_port("sftp://example.com//home/joe/employee.csv"))", "22"},
                  {R"(get_url_port("https://example.com:8443/"))", "8443"},
                  {R"(get_url_port("gopher://example.com/"))", "null"}}},
    {.name = "get_url_path",
     .category = Category::url,
     .parameters = {kUrl, {"fullPath", Type::boolean, "false: only the last segment.", true}},
     .returns = Type::string,
     .kernel = kernel<path>,
     .about = "The path of a URL as it is written.",
     .examples = {{R"(get_url_path("sftp://example.com//home/joe/employee.csv"))", R"("//home/joe/employee.csv")"},
                  {R"(get_url_path("sftp://example.com//home/joe/employee.csv", false))", R"("employee.csv")"},
                  {R"(get_url_path("http://example.com"))", R"("")"},
                  {R"(get_url_path("no url"))", "null"}}},
    {.name = "get_url_query_str",
     .category = Category::url,
     .parameters = {kUrl, {"anchor", Type::string, "What becomes of the fragment: retain, remove or append."}},
     .returns = Type::object,
     .kernel = kernel<query>,
     .about = "The query of a URL as a map of texts; a repeated key has its last value.",
     .examples = {{R"(get_url_query_str("foo://example.com:8042/over/there?name=ferret#nose", "retain"))", R"({"name": "ferret#nose"})"},
                  {R"(get_url_query_str("foo://example.com:8042/over/there?name=ferret#nose", "remove"))", R"({"name": "ferret"})"},
                  {R"(get_url_query_str("foo://example.com:8042/over/there?name=ferret#nose", "append"))", R"({"name": "ferret", "_anchor_": "nose"})"},
                  {R"(get_url_query_str("http://example.com/?a=1&a=2&b", "remove"))", R"({"a": "2", "b": ""})"},
                  {R"(get_url_query_str("http://example.com/", "remove"))", "{:}"},
                  {R"(get_url_query_str("http://example.com/", "drop"))", "error"}}},
    {.name = "get_url_encoded",
     .category = Category::url,
     .parameters = {{"text", Type::string, "The text."}},
     .returns = Type::string,
     .kernel = kernel<encode>,
     .about = "The text percent-encoded for a URL: letters, digits and . - _ * stay, a blank becomes %20.",
     .examples = {{R"(get_url_encoded("https://example.com/a b"))", R"("https%3A%2F%2Fexample.com%2Fa%20b")"}, {R"(get_url_encoded("~é*"))", R"("%7E%C3%A9*")"}}},
    {.name = "get_url_decoded",
     .category = Category::url,
     .parameters = {{"text", Type::string, "The encoded text."}},
     .returns = Type::string,
     .kernel = kernel<decode>,
     .about = "The text that was percent-encoded; a + is a blank.",
     .examples = {{R"(get_url_decoded("https%3A%2F%2Fexample.com%2Fa%20b+c"))", R"("https://example.com/a b c")"},
                  {R"(get_url_decoded("100%"))", "error"},
                  {R"(get_url_decoded("%FF"))", "error"}}},
};

}  // namespace

std::span<const Function> url_functions() { return kFunctions; }

}  // namespace foz::prep
