#include "api/request.h"

namespace foz::api {

const std::string& Request::part(std::string_view name) const {
  const auto found = parts.find(name);
  FOZ_CHECK(found != parts.end(), name);
  return found->second;
}

Result<std::string> Request::header(std::string_view name) const {
  const auto value = http.headers.get(name);
  if (!value || value->empty()) {
    return Error{.kind = ErrorKind::invalid, .message = "the header " + std::string(name) + " is missing", .where = std::string(name)};
  }
  return std::string(*value);
}

Response json_response(int status, const Json& body) {
  return Response{.status = status, .headers = {{"Content-Type", "application/json"}}, .body = to_text(body)};
}

Response no_content() { return Response{.status = 204}; }

}  // namespace foz::api
