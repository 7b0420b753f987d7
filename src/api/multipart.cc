#include "api/multipart.h"

#include "base/text.h"

namespace foz::api {
namespace {

/// Where `name="` begins in a part's head; `filename="` is another parameter.
size_t name_in(std::string_view part) {
  size_t at = part.find("name=\"");
  while (at != part.npos && at >= 4 && part.substr(at - 4, 4) == "file") at = part.find("name=\"", at + 1);
  return at;
}

}  // namespace

http::Query multipart_fields(std::string_view body, std::string_view content_type) {
  http::Query fields;
  const size_t at = content_type.find("boundary=");
  if (at == content_type.npos) return fields;
  std::string_view boundary = trim(content_type.substr(at + 9));
  boundary = boundary.substr(0, boundary.find(';'));
  if (boundary.size() >= 2 && boundary.front() == '"') boundary = boundary.substr(1, boundary.size() - 2);
  const std::string mark = "--" + std::string(boundary);
  for (size_t begin = body.find(mark); begin != body.npos;) {
    const size_t end = body.find(mark, begin + mark.size());
    if (end == body.npos) break;
    const std::string_view part = body.substr(begin + mark.size(), end - begin - mark.size());
    const size_t split_at = part.find("\r\n\r\n");
    const size_t name_at = name_in(part);
    if (split_at != part.npos && name_at != part.npos && name_at < split_at) {
      const size_t name_end = part.find('"', name_at + 6);
      std::string_view value = part.substr(split_at + 4);
      if (value.ends_with("\r\n")) value.remove_suffix(2);
      fields.add(std::string(part.substr(name_at + 6, name_end - name_at - 6)), std::string(value));
    }
    begin = end;
  }
  return fields;
}

}  // namespace foz::api
