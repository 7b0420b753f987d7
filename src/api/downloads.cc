#include "api/downloads.h"

#include <algorithm>

#include "api/byte_range.h"
#include "api/error_body.h"
#include "base/text.h"
#include "security/digest.h"

namespace foz::api {
namespace {

std::string_view media_type_of(std::string_view name) {
  if (name.ends_with(".parquet")) return "application/parquet";
  if (name.ends_with(".json")) return "application/json";
  if (name.ends_with(".csv")) return "application/csv";
  return "application/octet-stream";
}

/// `attachment; filename="part-00000.parquet"`: what a header cannot carry becomes `_`.
std::string disposition_of(std::string_view name) {
  std::string plain(name.substr(name.rfind('/') + 1));
  for (char& c : plain) {
    if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') c = '_';
  }
  return "attachment; filename=\"" + plain + "\"";
}

/// The range that counts: none on HEAD, nor when If-Range names another state of the file.
std::optional<ByteRange> wanted_range(const Request& request, const std::string& etag) {
  if (request.http.verb != http::Verb::get) return std::nullopt;
  if (const auto condition = request.http.headers.get("If-Range"); condition && trim(*condition) != etag) return std::nullopt;
  if (const auto header = request.http.headers.get("Range")) return parse_byte_range(*header);
  const auto parameter = request.query.value("range");
  return parameter ? parse_byte_range(*parameter) : std::nullopt;
}

Response not_satisfiable(const Services& services, const Request& request, uint64_t total) {
  const Error error{.kind = ErrorKind::invalid, .message = "the range begins behind the end of the file", .code = "ACCESS-1000-416"};
  Response response = error_response(Service::access, error, {.request_id = request.request_id, .now = services.clock.now()});
  response.headers.set("Content-Range", "bytes */" + std::to_string(total));
  return response;
}

Error bad_page(std::string message) { return Error{.kind = ErrorKind::invalid, .message = std::move(message)}; }

}  // namespace

std::string download_etag(std::string_view batch, std::string_view name, uint64_t bytes) {
  return security::sha256_hex(std::string(batch) + "\n" + std::string(name) + "\n" + std::to_string(bytes)).substr(0, 32);
}

Response send_file(const Services& services, const Request& request, const Download& download) {
  const std::string etag = "\"" + download.etag + "\"";
  Response response{.headers = {{"Content-Type", std::string(media_type_of(download.name))},
                                {"Accept-Ranges", "bytes"},
                                {"ETag", etag},
                                {"Content-Disposition", disposition_of(download.name)}}};
  uint64_t offset = 0, length = download.bytes;
  if (const auto range = wanted_range(request, etag)) {
    const auto slice = slice_of(*range, download.bytes, !services.settings.clamp_content_range);
    if (!slice) return not_satisfiable(services, request, download.bytes);
    response.status = 206;
    response.headers.set("Content-Range", slice->content_range);
    offset = slice->offset;
    length = slice->length;
  }
  if (!download.file.empty()) response.file = http::FileSlice{.path = download.file, .offset = offset, .length = length};
  return response;
}

Result<ListWindow> list_window(const Request& request, const std::vector<std::string>& names) {
  ListWindow window;
  if (const auto text = request.query.value("limit")) {
    const auto limit = to_integer(*text);
    if (!limit || *limit < 1 || *limit > 100) return bad_page("The parameter limit is a number from 1 to 100");
    window.limit = static_cast<size_t>(*limit);
  }
  if (const auto text = request.query.value("start")) {
    const auto last_seen = std::find(names.begin(), names.end(), *text);
    const auto start = to_integer(*text);
    if (last_seen != names.end()) {
      window.begin = static_cast<size_t>(last_seen - names.begin()) + 1;
    } else if (start && *start >= 0) {
      window.begin = static_cast<size_t>(*start);
    } else {
      return bad_page(names.empty() ? "The parameter start is a number from 0" : "The parameter start is a number from 0, or the name of a file in the list");
    }
  }
  return window;
}

Json paged(const std::vector<Json>& entries, const ListWindow& window, const std::string& self) {
  Json data = Json::array();
  for (size_t i = window.begin; i < entries.size() && data.size() < window.limit; ++i) data.push_back(entries[i]);
  const size_t count = data.size(), next = window.begin + count;
  Json answer = {{"data", std::move(data)}, {"_page", {{"limit", window.limit}, {"count", count}}}};
  if (count > 0 && next < entries.size()) {
    const std::string separator = self.find('?') == self.npos ? "?" : "&";
    answer["_links"]["next"]["href"] = self + separator + "start=" + std::to_string(next) + "&limit=" + std::to_string(window.limit);
  }
  return answer;
}

Json listed_file(const std::string& name, uint64_t bytes, const std::string& href) {
  return {{"name", name}, {"length", std::to_string(bytes)}, {"_links", {{"self", {{"href", href}}}}}};
}

}  // namespace foz::api
