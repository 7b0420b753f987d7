#include "sources/salesforce/org.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "sources/salesforce/answers.h"
#include "sources/salesforce/soql.h"

namespace foz::sources::salesforce {

Org::Org(Settings settings, const World& world)
    : settings_(std::move(settings)),
      pages_ahead_(static_cast<size_t>(world.pages_ahead)),
      clock_(world.clock),
      log_in_(settings_, world),
      tokens_(world.clock,
              [this](std::stop_token stop) -> Result<http::CachedToken::Fetched> {
                TRY(Session session, log_in_(calls_, stop));
                std::lock_guard lock(mutex_);
                api_origin_ = std::move(session.api_origin);
                return http::CachedToken::Fetched{.value = std::move(session.token), .life = session.life};
              }),
      calls_(world, rules(), tokens_) {}

Result<std::string> Org::api_origin(std::stop_token stop) {
  TRY(const auto token, tokens_.current(stop));
  std::lock_guard lock(mutex_);
  return api_origin_;
}

Result<std::string> Org::url(std::string_view path, std::stop_token stop) {
  TRY(const std::string origin, api_origin(stop));
  return origin + "/services/data/v" + settings_.version + std::string(path);
}

Result<std::string> Org::url_of_link(std::string_view link, std::stop_token stop) {
  TRY(const std::string origin, api_origin(stop));
  if (link.starts_with(origin + "/")) link.remove_prefix(origin.size());
  if (link.starts_with("/services/")) return origin + std::string(link);
  return Error{.kind = ErrorKind::corrupt, .message = "Salesforce named a next page that is not on its API host: it is not followed", .code = "CONNECTOR-1308-400"};
}

Result<std::string> Org::query_url(std::string_view verb, std::string_view soql, std::stop_token stop) {
  return url("/" + std::string(verb) + "?q=" + http::percent_encode(soql), stop);
}

Result<Json> Org::get_json(std::string_view path, Purpose purpose, std::string_view doing, std::stop_token stop) {
  TRY(std::string address, url(path, stop));
  return calls_.ask_json(http::get(std::move(address)), purpose, doing, stop);
}

http::Request Org::conditional(std::string url, const std::optional<Described>& last) const {
  http::Request request = http::get(std::move(url));
  if (last && !last->etag.empty()) request.headers.set("If-None-Match", last->etag);
  if (last && !last->modified.empty()) request.headers.set("If-Modified-Since", last->modified);
  return request;
}

Result<std::shared_ptr<const Object>> Org::describe(const std::string& object, std::stop_token stop) {
  const auto missing = [&](std::string why) { return Error{.kind = ErrorKind::not_found, .message = "Salesforce has no object \"" + object + "\"" + why, .code = "CONNECTOR-1330-400"}; };
  if (!is_soql_name(object)) return missing("");
  std::optional<Described> last;
  {
    std::lock_guard lock(mutex_);
    if (const auto found = described_.find(object); found != described_.end()) last = found->second;
  }
  TRY(std::string address, url("/sobjects/" + object + "/describe", stop));
  TRY(const auto response, calls_.send(conditional(std::move(address), last), Purpose::look, stop));
  if (response.status == 304 && last) return last->object;
  if (response.status == 404) return missing(" that this user may see");
  const std::string doing = "describing " + object;
  if (!response.ok()) return calls_.error_of(response, doing);
  auto json = parse_json(response.body);
  const auto lie = [&](std::string what) { return Error{.kind = ErrorKind::corrupt, .message = doing + ": the answer " + what, .code = "CONNECTOR-1308-400"}; };
  if (!json) return lie("is no JSON");
  Described fresh{.etag = std::string(response.header("ETag").value_or("")),
                  .modified = std::string(response.header("Last-Modified").value_or("")),
                  .object = std::make_shared<const Object>(object_of(*json))};
  if (!equal_ignoring_case(fresh.object->description.table.path, object)) return lie("describes something else");
  if (fresh.object->description.columns.empty()) return lie("names no fields");
  std::lock_guard lock(mutex_);
  described_[object] = fresh;
  return fresh.object;
}

Result<std::shared_ptr<const Object>> Org::known(const std::string& object, std::stop_token stop) {
  {
    std::lock_guard lock(mutex_);
    if (const auto found = described_.find(object); found != described_.end()) return found->second.object;
  }
  return describe(object, stop);
}

std::vector<std::string> Org::hidden_fields(const std::shared_ptr<const Object>& object, std::stop_token stop) {
  const std::string& name = object->description.table.path;
  {
    std::lock_guard lock(mutex_);
    if (const auto found = hidden_.find(name); found != hidden_.end() && found->second.object == object) return found->second.fields;
  }
  Hidden fresh{.object = object};
  const auto soql = to_soql({.object = "FieldDefinition", .fields = {"QualifiedApiName"}, .conditions = {"EntityDefinition.QualifiedApiName = " + soql_text(name)}});
  const auto address = soql ? query_url("query", *soql, stop) : Result<std::string>(soql.error());
  const auto answer = address ? calls_.ask_json(http::get(*address), Purpose::look, "looking for hidden fields", stop) : Result<Json>(address.error());
  const Json* records = answer ? member(*answer, "records") : nullptr;
  if (records != nullptr && records->is_array()) {
    for (const Json& record : *records) {
      const std::string field = text_of(record, "QualifiedApiName");
      const bool seen = std::find(object->fields.begin(), object->fields.end(), field) != object->fields.end();
      if (!field.empty() && !seen) fresh.fields.push_back(field);
    }
  }
  std::lock_guard lock(mutex_);
  return (hidden_[name] = std::move(fresh)).fields;
}

void Org::learn_no_bulk(const std::string& object) {
  std::lock_guard lock(mutex_);
  no_bulk_.insert(object);
}

bool Org::takes_bulk(const Object& object) {
  std::lock_guard lock(mutex_);
  return object.traits.bulk && !no_bulk_.contains(object.description.table.path);
}

Result<std::optional<int64_t>> Org::count(const std::string& object, std::stop_token stop) {
  const std::string doing = "counting " + object;
  TRY(const std::string soql, to_soql({.object = object, .fields = {"COUNT()"}}));
  TRY(std::string address, query_url("query", soql, stop));
  TRY(const auto response, calls_.send(http::get(std::move(address)), Purpose::collect, stop));
  const AnswerClass what = calls_.answer_of(response).what;
  if (what == AnswerClass::too_heavy) return std::optional<int64_t>();
  if (what != AnswerClass::ok) return calls_.error_of(response, doing);
  const auto json = parse_json(response.body);
  const auto total = json ? integer_of(*json, "totalSize") : std::nullopt;
  if (!total) return Error{.kind = ErrorKind::corrupt, .message = doing + ": the answer has no totalSize", .code = "CONNECTOR-1308-400"};
  return total;
}

}  // namespace foz::sources::salesforce
