// The file inside a form, without loading it. Follows: RFC 7578.
#include "base/text.h"
#include "schedule/ingest/uploads.h"

namespace foz::schedule {
namespace {

constexpr uint64_t kHeadBytes = 16u << 10, kCopyBytes = 1u << 20;

std::string boundary_of(std::string_view content_type) {
  const size_t at = content_type.find("boundary=");
  if (at == content_type.npos) return "";
  std::string_view boundary = trim(content_type.substr(at + 9));
  boundary = trim(boundary.substr(0, boundary.find(';')));
  if (boundary.size() >= 2 && boundary.front() == '"') boundary = boundary.substr(1, boundary.size() - 2);
  return std::string(boundary);
}

}  // namespace

Status unwrap_form(lake::FileIo& files, const std::filesystem::path& body, std::string_view content_type) {
  const Error wrong{.kind = ErrorKind::invalid, .message = "The body is no form with one file"};
  const std::string boundary = boundary_of(content_type);
  if (boundary.empty()) return wrong;
  TRY(const uint64_t size, files.size(body));
  TRY(const std::string head, files.read(body, 0, kHeadBytes));
  const std::string opening = "--" + boundary + "\r\n", closing = "\r\n--" + boundary + "--";
  const size_t headers_end = head.find("\r\n\r\n");
  if (!head.starts_with(opening) || headers_end == head.npos) return wrong;
  const uint64_t begin = headers_end + 4;
  const uint64_t tail_at = size - std::min<uint64_t>(size, closing.size() + 64);
  TRY(const std::string tail, files.read(body, tail_at, closing.size() + 64));
  const size_t close = tail.rfind(closing);
  if (close == tail.npos || tail_at + close < begin) return wrong;
  const uint64_t end = tail_at + close;
  const std::filesystem::path inner = body.string() + ".inner";
  TRY(const auto out, files.open_append(inner, 0));
  for (uint64_t at = begin; at < end; at += kCopyBytes) {
    TRY(const std::string block, files.read(body, at, std::min(kCopyBytes, end - at)));
    TRY_DO(out->append(block));
  }
  return files.publish(inner, body);
}

}  // namespace foz::schedule
