// `$batch`: several requests in one body. Follows: Sources contract, 7.2.
#include <algorithm>

#include "base/text.h"
#include "simulators/dynamics/dynamics.h"

namespace foz::sim {
namespace {

constexpr size_t kPartsMax = 1000;

/// The boundary of a multipart content type; empty when there is none.
std::string boundary_of(std::string_view type) {
  const size_t at = type.find("boundary=");
  if (at == type.npos) return "";
  std::string_view value = type.substr(at + 9);
  value = value.substr(0, value.find(';'));
  return replace_all(std::string(trim(value)), "\"", "");
}

/// Line by line, whatever ends them.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (const std::string_view line : split(text, '\n')) lines.push_back(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
  return lines;
}

/// The request inside a part: what follows the part's own header.
http::Request request_in(std::string_view part) {
  http::Request request;
  size_t blanks = 0;
  part.remove_prefix(std::min(part.find('\n') + 1, part.size()));  // the rest of the boundary's line
  for (const std::string_view line : lines_of(part)) {
    if (blanks == 2) {
      request.body += std::string(line) + "\n";
    } else if (line.empty()) {
      if (!request.url.empty() || blanks == 0) ++blanks;
    } else if (blanks == 1 && request.url.empty()) {
      const auto words = split(line, ' ');
      request.verb_text = std::string(words[0]);
      request.verb = http::verb_named(words[0]);
      request.url = words.size() > 1 ? std::string(words[1]) : "";
    } else if (const size_t colon = line.find(':'); colon != line.npos && blanks == 1) {
      request.headers.add(line.substr(0, colon), std::string(trim(line.substr(colon + 1))));
    }
  }
  return request;
}

}  // namespace

http::Response Dynamics::batch(Visit& visit) {
  const std::string boundary = boundary_of(visit.request.headers.get("Content-Type").value_or(""));
  if (boundary.empty()) return dynamics_error({.message = "The content type of a batch names its boundary."});
  const std::string mark = "--" + boundary, own = "batchresponse_" + made_uuid(static_cast<uint64_t>(visit.now), "batch");
  std::string body;
  size_t parts = 0;
  for (size_t at = visit.request.body.find(mark); at != std::string::npos;) {
    const size_t from = at + mark.size(), next = visit.request.body.find(mark, from);
    if (next == std::string::npos) break;
    if (++parts > kPartsMax) return dynamics_error({.message = "A batch holds at most 1000 requests."});
    http::Request inner = request_in(std::string_view(visit.request.body).substr(from, next - from));
    if (inner.url.starts_with("http")) inner.url = inner.url.substr(std::min(inner.url.find('/', inner.url.find("//") + 2), inner.url.size()));
    if (!inner.url.starts_with('/')) inner.url = std::string(visit.path.substr(0, visit.path.find("$batch"))) + inner.url;
    Visit sub{.request = inner, .effects = visit.effects, .path = inner.path(), .now = visit.now, .origin = visit.origin, .query = http::Query::parse(inner.raw_query())};
    const size_t api = sub.path.find('/', std::string_view("/api/data/").size());
    const http::Response answered = resource(sub, api == sub.path.npos ? "" : sub.path.substr(api + 1));
    visit.records += sub.records;
    body += "--" + own + "\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 " + std::to_string(answered.status) + " " +
            std::string(http::reason_of(answered.status)) + "\r\n";
    for (const auto& [name, value] : answered.headers) body += name + ": " + value + "\r\n";
    body += "OData-Version: 4.0\r\n\r\n" + answered.body + "\r\n";
    at = next;
  }
  return text_response(200, "multipart/mixed; boundary=" + own, body + "--" + own + "--\r\n");
}

}  // namespace foz::sim
