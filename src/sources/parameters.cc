#include "sources/parameters.h"

#include "base/text.h"
#include "http/message.h"

namespace foz::sources {

Error bad_parameter(std::string_view name, std::string why) {
  return Error{.kind = ErrorKind::invalid, .message = std::string(name) + ": " + std::move(why), .code = "CONNECTOR-1312-400", .where = "/auth/params/" + std::string(name)};
}

Status require(const Login& login, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (!login.secret(name).empty()) continue;
    return Error{.kind = ErrorKind::invalid,
                 .message = "the parameter " + std::string(name) + " is missing",
                 .code = "CONNECTOR-1304-400",
                 .where = "/auth/params/" + std::string(name)};
  }
  return {};
}

Result<const AuthSpec*> require_auth_spec(const SourceSpec& source, const Login& login) {
  const AuthSpec* spec = auth_spec_named(source, login.auth_spec);
  if (spec != nullptr) return spec;
  std::vector<std::string> names;
  for (const AuthSpec& offered : source.auth) names.push_back("\"" + std::string(offered.name) + "\"");
  return Error{.kind = ErrorKind::invalid,
               .message = std::string(source.title) + " has no authentication \"" + login.auth_spec + "\", but " + join(names, ", "),
               .code = "CONNECTOR-1302-400",
               .where = "/auth/specName"};
}

Result<std::string> origin_parameter(std::string_view name, std::string_view url) {
  std::string text(trim(url));
  if (text.find("://") == text.npos) text = "https://" + text;
  const auto parsed = http::Url::parse(text);
  if (!parsed) return bad_parameter(name, "this is no address such as https://example.com");
  return parsed->origin();
}

}  // namespace foz::sources
