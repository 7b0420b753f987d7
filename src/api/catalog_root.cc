// The catalog's root: everything at once, and several writes in one transaction. Follows: Catalog contract, 8.
#include <map>

#include "api/catalog_tables.h"
#include "api/catalog_writes.h"
#include "api/error_body.h"
#include "base/text.h"
#include "http/router.h"

namespace foz::api {
namespace {

using catalog::Collection;
using http::Verb;

constexpr size_t kWritesMax = 100;

Result<Response> list_everything(Services& services, const Request& request) {
  TRY(const auto for_datasets, catalog::parse_listing(request.query, Collection::datasets));
  TRY(const auto for_batches, catalog::parse_listing(request.query, Collection::batches));
  const catalog::Outside outside = outside_of(services, request);
  TRY(Json datasets, services.catalog->list_datasets(services.database, request.sandbox.id, for_datasets, outside));
  TRY(Json batches, services.catalog->list_batches(services.database, request.sandbox.id, for_batches, outside));
  return json_response(200, {{"dataSets", std::move(datasets)}, {"batches", std::move(batches)}});
}

Error bad_part(size_t index, std::string message, std::string_view member) {
  return Error{.kind = ErrorKind::invalid, .message = std::move(message), .where = "/" + std::to_string(index) + "/" + std::string(member)};
}

/// Results of earlier writes, by the ids that the request gives them.
using Earlier = std::map<std::string, Written, std::less<>>;

/// What `<<first.id>>` stands for.
Result<std::string> value_of(std::string_view reference, const Earlier& earlier) {
  const size_t dot = reference.find('.');
  const auto found = earlier.find(trim(reference.substr(0, dot)));
  const Error nothing{.kind = ErrorKind::invalid, .message = "<<" + std::string(reference) + ">> refers to nothing that was made before"};
  if (dot == reference.npos || found == earlier.end()) return nothing;
  const std::string_view attribute = trim(reference.substr(dot + 1));
  if (attribute == "id") return found->second.id;
  const auto values = catalog::values_at(found->second.object, attribute);
  if (values.size() != 1 || values[0]->is_structured()) return nothing;
  return as_text(*values[0]);
}

Result<std::string> filled(std::string_view text, const Earlier& earlier) {
  std::string result;
  for (size_t at = 0;;) {
    const size_t begin = text.find("<<", at);
    const size_t end = begin == text.npos ? text.npos : text.find(">>", begin);
    if (end == text.npos) return result + std::string(text.substr(at));
    TRY(const std::string value, value_of(text.substr(begin + 2, end - begin - 2), earlier));
    result += std::string(text.substr(at, begin - at)) + value;
    at = end + 2;
  }
}

Result<Json> filled_json(const Json& json, const Earlier& earlier) {
  if (json.is_string()) {
    TRY(std::string text, filled(json.get_ref<const std::string&>(), earlier));
    return Json(std::move(text));
  }
  Json result = json;
  if (json.is_structured()) {
    for (auto it = result.begin(); it != result.end(); ++it) {
      TRY(*it, filled_json(Json(*it), earlier));
    }
  }
  return result;
}

Result<http::Headers> headers_of(const Json& part, const Earlier& earlier) {
  http::Headers headers;
  const Json* given = member(part, "headers");
  if (given == nullptr || !given->is_object()) return headers;
  for (const auto& [name, value] : given->items()) {
    TRY(std::string text, filled(as_text(value), earlier));
    headers.set(name, std::move(text));
  }
  return headers;
}

/// The writes by verb and path, aliases included.
struct WriteTable {
  http::Router router;
  WriteTable() {
    const auto rows = catalog_writes();
    for (size_t i = 0; i < rows.size(); ++i) {
      router.add(rows[i].verb, rows[i].pattern, i);
      for (const std::string& pattern : alias_patterns(rows[i].pattern)) router.add(rows[i].verb, pattern, i);
    }
  }
};

Result<Written> do_part(CatalogWork& work, const Json& part, size_t index, const Earlier& earlier) {
  static const WriteTable kTable;
  TRY(const std::string resource, filled(text_of(part, "resource"), earlier));
  if (resource.empty()) return bad_part(index, "every part has a resource such as /dataSets", "resource");
  const std::string method = upper(text_of(part, "method"));
  const std::string_view path = std::string_view(resource).substr(0, resource.find('?'));
  const auto match = kTable.router.match(http::verb_named(method), path);
  if (!match.route && !match.allow.empty()) return bad_part(index, "this resource takes " + join(match.allow, ", "), "method");
  if (!match.route) return Error{.kind = ErrorKind::not_found, .message = "nothing can be written at " + resource};
  TRY(const http::Headers headers, headers_of(part, earlier));
  CatalogCall call{.query = http::Query::parse(path.size() == resource.size() ? "" : std::string_view(resource).substr(path.size() + 1)),
                   .precondition = precondition_of(headers)};
  if (const auto id = match.parts.find("id"); id != match.parts.end()) call.id = id->second;
  if (const Json* body = member(part, "body")) {
    TRY(call.body, filled_json(*body, earlier));
  }
  return catalog_writes()[*match.route].write(work, call);
}

Status check_parts(const Json& body) {
  if (!body.is_array() || body.empty() || body.size() > kWritesMax) {
    return Error{.kind = ErrorKind::invalid, .message = "the body is an array of 1 to " + std::to_string(kWritesMax) + " requests: {id, resource, method, body}"};
  }
  for (size_t i = 0; i < body.size(); ++i) {
    if (text_of(body[i], "id").empty()) return bad_part(i, "every part has an id of its own", "id");
    for (size_t j = 0; j < i; ++j) {
      if (text_of(body[j], "id") == text_of(body[i], "id")) return bad_part(i, "two parts have the same id", "id");
    }
  }
  return {};
}

Result<Response> write_everything(Services& services, const Request& request) {
  TRY_DO(check_parts(request.body));
  std::vector<Json> documents;
  for (const Json& part : request.body) {
    if (const Json* body = member(part, "body")) documents.push_back(*body);
  }
  Json results;
  const Status done = in_catalog(services, request, documents, [&](CatalogWork& work) -> Status {
    Earlier earlier;
    results = Json::array();
    for (size_t i = 0; i < request.body.size(); ++i) {
      const std::string id = text_of(request.body[i], "id");
      TRY(Written result, do_part(work, request.body[i], i, earlier));
      results.push_back({{"id", id}, {"code", result.status}, {"body", result.body}});
      earlier[id] = std::move(result);
    }
    return {};
  });
  if (done) return json_response(201, results);
  const bool whole = results.size() == request.body.size();  // then it was the transaction itself that failed
  if (whole || done.error().kind == ErrorKind::internal || done.error().kind == ErrorKind::unavailable) return done.error();
  // The part behind the last result failed, and nothing of the others is kept.
  const std::string id = text_of(request.body[results.size()], "id");
  const Response failed = error_response(Service::catalog, done.error(), {.request_id = request.request_id, .now = services.clock.now()});
  TRY(Json body, parse_json(failed.body));
  results.push_back({{"id", id}, {"code", failed.status}, {"body", std::move(body)}});
  return json_response(failed.status, results);
}

constexpr Route kRootRoutes[] = {
    {Verb::get, "/", Right::view_datasets, list_everything, "List data sets and batches", BodyUse::ignored, {.gives = "Everything", .query = "limit,start,orderBy,property,properties"}},
    {Verb::post, "/", Right::manage_datasets, write_everything, "Several writes in one transaction", BodyUse::json, {.status = 201, .gives = "CallAnswers", .takes = "Calls"}},
};

}  // namespace

std::span<const Route> catalog_root_routes() { return kRootRoutes; }

}  // namespace foz::api
