#include "api/openapi.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "api/routes.h"
#include "base/text.h"

namespace foz::api {
namespace {

constexpr std::string_view kSchemas = "#/components/schemas/";
constexpr std::string_view kJson = "application/json";

/// How a service is called, what its errors look like, and which statuses they have.
struct ServiceWords {
  Service service;
  std::string_view tag;
  std::string_view error;
  std::string_view statuses;
  std::vector<std::string_view> media_types = {kJson};  ///< of its answers
};

/// Statuses of the gateway, whatever the service (Sandbox and authentication contract, 2).
constexpr std::string_view kGatewayStatuses = "400,401,403,404,409,413,414,429,503";

const std::vector<ServiceWords>& all_words() {
  static const std::vector<ServiceWords> kWords = {
      {Service::gateway, "Foz", "GatewayError", ""},
      {Service::ims, "Tokens", "ImsError", "400,401,413,414,429,503"},
      {Service::flow, "Flow Service", "FlowError", "412,501", {"application/json;charset=utf-8", kJson}},
      {Service::registry, "Schema Registry", "Problem", "",
       {kJson, "application/vnd.adobe.xed+json;version=1", "application/vnd.adobe.xed-full+json;version=1", "application/vnd.adobe.xed-id+json"}},
      {Service::catalog, "Catalog", "Problem", "412"},
      {Service::dataset, "Data set labels", "LabelsError", "412"},
      {Service::ingestion, "Batch Ingestion", "Problem", "415"},
      {Service::access, "Data Access", "Problem", ""},
      {Service::conversion, "Data Prep", "Problem", ""},
      {Service::sandboxes, "Sandboxes", "Problem", ""},
      {Service::access_control, "Access control", "Problem", "501"},
  };
  return kWords;
}

const ServiceWords& words_of(Service service) {
  for (const ServiceWords& words : all_words()) {
    if (words.service == service) return words;
  }
  FOZ_CHECK(false, "a service without a description");
  return all_words().front();
}

Json ref(std::string_view name) { return {{"$ref", std::string(kSchemas) + std::string(name)}}; }

/// A path variable of a pattern: `{id}`, `{id...}`.
std::optional<std::string> variable_in(std::string_view segment) {
  if (!segment.starts_with('{')) return std::nullopt;
  const std::string_view name = segment.substr(1, segment.size() - 2);
  return std::string(name.substr(0, name.find('.')));
}

Json parameter(std::string_view place, std::string_view name, std::string_view about, bool required, Json schema) {
  return {{"name", name}, {"in", place}, {"description", about}, {"required", required}, {"schema", std::move(schema)}};
}

Json known_parameter(std::string_view place, std::string_view name) {
  const Parameter* known = parameter_named(name);
  FOZ_CHECK(known != nullptr, "a route with an unknown parameter");
  const Json type = {{"type", known->type}};
  return parameter(place, name, known->about, false, known->repeats ? Json{{"type", "array"}, {"items", type}} : type);
}

Json parameters_of(const RouteTable& table, const Route& route) {
  Json parameters = Json::array();
  for (const std::string_view segment : split(route.pattern, '/')) {
    if (const auto name = variable_in(segment)) parameters.push_back(parameter("path", *name, "Of the resource", true, {{"type", "string"}}));
  }
  if (table.sandboxed) parameters.push_back(parameter("header", "x-sandbox-name", "The sandbox; `prod` when it is missing", false, {{"type", "string"}}));
  for (const auto& [place, names] : {std::pair("query", route.shape.query), std::pair("header", route.shape.headers)}) {
    for (const std::string_view name : split(names, ',')) {
      if (!name.empty()) parameters.push_back(known_parameter(place, name));
    }
  }
  return parameters;
}

Json content(const std::vector<std::string_view>& media_types, const Json& schema) {
  Json content = Json::object();
  for (const std::string_view media_type : media_types) content[std::string(media_type)] = {{"schema", schema}};
  return content;
}

Json success_of(const ServiceWords& words, const Route& route, bool first) {
  Json answer = {{"description", std::string(route.summary)}};
  const bool silent = (first && route.shape.status == 204) || route.shape.gives == "Nothing" || route.verb == http::Verb::head;
  if (silent) return answer;
  if (route.shape.gives == "Text") {
    answer["content"] = content({"text/plain"}, {{"type", "string"}});
  } else {
    answer["content"] = content(words.media_types, route.shape.gives.empty() ? Json::object() : ref(route.shape.gives));
    if (route.shape.also.starts_with("206")) answer["content"]["application/octet-stream"] = {{"schema", {{"type", "string"}, {"format", "binary"}}}};
  }
  return answer;
}

/// What an error of a route looks like: the service's own, or the gateway's before it.
Json error_of(const ServiceWords& words, const Route& route) {
  const bool only_own = route.right == Right::open || words.error == "GatewayError";
  Json schema = only_own ? ref(words.error) : Json{{"anyOf", Json::array({ref(words.error), ref("GatewayError"), ref("Problem")})}};
  if (route.shape.gives == "CallAnswers") schema["anyOf"].push_back(ref("CallAnswers"));  // they end with the one that failed
  return {{"description", "The request was refused"}, {"content", content({kJson}, schema)}};
}

void add_statuses(Json& answers, std::string_view statuses, const Json& answer) {
  for (const std::string_view status : split(statuses, ',')) {
    if (!status.empty() && !answers.contains(std::string(status))) answers[std::string(status)] = answer;
  }
}

Json answers_of(const ServiceWords& words, const Route& route) {
  Json answers = Json::object();
  answers[std::to_string(route.shape.status)] = success_of(words, route, true);
  for (const std::string_view also : split(route.shape.also, ',')) {
    if (also.starts_with('2')) answers[std::string(also)] = success_of(words, route, false);
  }
  const Json error = error_of(words, route);
  add_statuses(answers, route.shape.also, error);
  if (route.right != Right::open) add_statuses(answers, kGatewayStatuses, error);
  add_statuses(answers, words.statuses, error);
  return answers;
}

Json body_of(const Route& route) {
  switch (route.body) {
    case BodyUse::ignored: return nullptr;
    case BodyUse::json: return {{"content", content({kJson}, route.shape.takes.empty() ? Json::object() : ref(route.shape.takes))}};
    case BodyUse::raw: return {{"content", content({route.shape.takes == "Form" ? "application/x-www-form-urlencoded" : "multipart/form-data"}, Json{{"type", "object"}})}};
    case BodyUse::file: return {{"content", content({"application/octet-stream"}, {{"type", "string"}, {"format", "binary"}})}};
  }
  return nullptr;
}

/// "get_catalog_dataSets_id": unique because verb and path are.
std::string operation_id(const Route& route, const std::string& path) {
  std::string id = lower(http::name_of(route.verb));
  for (const std::string_view step : split(path, '/')) {
    if (!step.empty()) id += "_" + replace_all(replace_all(std::string(step), "{", ""), "}", "");
  }
  return path.ends_with('/') ? id + "_" : id;
}

Json operation_of(const RouteTable& table, const Route& route, const std::string& path) {
  const ServiceWords& words = words_of(table.service);
  Json operation = {{"tags", Json::array({words.tag})}, {"summary", route.summary}, {"operationId", operation_id(route, path)},
                    {"parameters", parameters_of(table, route)}, {"responses", answers_of(words, route)}};
  if (Json body = body_of(route); !body.is_null()) operation["requestBody"] = std::move(body);
  if (route.right == Right::open) operation["security"] = Json::array();
  if (route.right == Right::specs) operation["security"] = {{{"token", Json::array()}, {"key", Json::array()}, {"organisation", Json::array()}}, {{"key", Json::array()}, {"organisation", Json::array()}}};
  return operation;
}

Json security_schemes() {
  const auto header = [](std::string_view name) { return Json{{"type", "apiKey"}, {"in", "header"}, {"name", name}}; };
  return {{"token", {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}}}, {"key", header("x-api-key")}, {"organisation", header("x-gw-ims-org-id")}};
}

}  // namespace

std::string described_path(const RouteTable& table, const Route& route) {
  std::string path(table.prefix);
  for (const std::string_view segment : split(route.pattern, '/')) {
    if (segment.empty()) continue;
    const auto variable = variable_in(segment);
    path += variable ? "/{" + *variable + "}" : "/" + std::string(segment);
  }
  return route.pattern.ends_with('/') ? path + "/" : path;
}

Json describe(const std::vector<RouteTable>& tables) {
  Json paths = Json::object(), tags = Json::array();
  std::set<std::string_view> tagged;
  for (const RouteTable& table : tables) {
    const std::string_view tag = words_of(table.service).tag;
    if (tagged.insert(tag).second) tags.push_back({{"name", tag}});
    for (const Route& route : table.routes) {
      const std::string path = described_path(table, route);
      paths[path][lower(http::name_of(route.verb))] = operation_of(table, route, path);
    }
  }
  return {{"openapi", "3.0.3"},
          {"info", {{"title", "Foz"}, {"version", FOZ_VERSION}, {"license", {{"name", "Apache 2.0"}, {"url", "https://www.apache.org/licenses/LICENSE-2.0"}}},
                    {"description", "Public APIs of Adobe Experience Platform sources, as Foz serves them."}}},
          {"tags", std::move(tags)},
          {"security", Json::array({{{"token", Json::array()}, {"key", Json::array()}, {"organisation", Json::array()}}})},
          {"paths", std::move(paths)},
          {"components", {{"securitySchemes", security_schemes()}, {"schemas", description_schemas()}}}};
}

}  // namespace foz::api
