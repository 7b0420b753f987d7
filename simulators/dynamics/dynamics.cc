#include "simulators/dynamics/dynamics.h"

#include <algorithm>

#include "base/text.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr int64_t kFiveMinutes = 300'000;
constexpr int64_t kOpen = 1'000'000'000;  // an allowance that nothing uses up
constexpr size_t kUrlMax = 32'768;
constexpr std::string_view kApi = "/api/data/v9.";

http::Response no_resource(std::string_view name) {
  return dynamics_error({.status = 404, .code = "0x8006088a", .message = "Resource not found for the segment '" + std::string(name) + "'."});
}

bool preference(std::string_view part, std::string_view name, std::string_view& value) {
  if (!starts_with_ignoring_case(part, name)) return false;
  value = trim(part.substr(name.size()));
  if (value.starts_with('=')) value = trim(value.substr(1));
  if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
  return true;
}

/// Parts of a Prefer header: commas inside quotes do not split.
std::vector<std::string> preferences_in(const http::Request& request) {
  std::vector<std::string> parts(1);
  for (const std::string_view field : request.headers.get_all("Prefer")) {
    bool quoted = false;
    for (const char c : field) {
      quoted ^= c == '"';
      if (c == ',' && !quoted) parts.emplace_back();
      else parts.back() += c;
    }
    parts.emplace_back();
  }
  return parts;
}

}  // namespace

http::Response dynamics_error(const DynamicsError& error) {
  return json_response(error.status, Json{{"error", {{"code", error.code}, {"message", error.message}}}});
}

DynamicsPreferences dynamics_preferences(const http::Request& request) {
  DynamicsPreferences wanted;
  for (const std::string& part : preferences_in(request)) {
    const std::string_view one = trim(part);
    std::string_view value;
    if (preference(one, "odata.maxpagesize", value)) {
      const int64_t rows = to_integer(value).value_or(0);
      wanted.paged = rows > 0;
      if (wanted.paged) wanted.page_rows = std::min(static_cast<uint64_t>(rows), kDynamicsPageMax);
    } else if (preference(one, "odata.include-annotations", value)) {
      wanted.annotations = !value.empty();
      wanted.annotations_text = std::string(value);
    } else if (preference(one, "odata.track-changes", value)) {
      wanted.track_changes = true;
    } else if (preference(one, "return", value)) {
      wanted.representation = value == "representation";
    }
  }
  return wanted;
}

std::string DynamicsPreferences::applied() const {
  std::vector<std::string> parts;
  if (track_changes) parts.emplace_back("odata.track-changes");
  if (paged) parts.push_back("odata.maxpagesize=" + std::to_string(page_rows));
  if (annotations) parts.push_back("odata.include-annotations=\"" + annotations_text + "\"");
  if (representation) parts.emplace_back("return=representation");
  return join(parts, ",");
}

std::vector<DynamicsSegment> dynamics_path(std::string_view path) {
  std::vector<DynamicsSegment> segments;
  for (const std::string_view raw : split(path, '/')) {
    if (raw.empty()) continue;
    const std::string text = http::percent_decode(raw);
    const size_t open = text.find('(');
    if (open == text.npos || !text.ends_with(')')) segments.push_back({.name = text});
    else segments.push_back({.name = text.substr(0, open), .key = text.substr(open + 1, text.size() - open - 2)});
  }
  return segments;
}

DynamicsError no_property(std::string_view name, const DynamicsEntity& entity) {
  return {.message = "Could not find a property named '" + std::string(name) + "' on type 'Microsoft.Dynamics.CRM." + entity.logical + "'."};
}

const Column* dynamics_column(const TableState& table, std::string_view name) {
  if (const Column* column = table.column(name)) return column->kind == Kind::reference ? nullptr : column;
  if (!name.starts_with('_') || !name.ends_with("_value") || name.size() < 8) return nullptr;
  const Column* column = table.column(name.substr(1, name.size() - 7));
  return column != nullptr && column->kind == Kind::reference ? column : nullptr;
}

Dynamics::Dynamics(World& world)
    : world_(world),
      entities_(dynamics_entities(world)),
      tokens_(world.masker),
      requests_(kFiveMinutes),
      milliseconds_(kFiveMinutes),
      token_life_(world.settings.add("tokenLifeSeconds", 3599, "life of an access token")),
      requests_max_(world.settings.add("requestsIn5Minutes", world.options.vendor_limits ? 6000 : kOpen, "requests of a user in 5 minutes")),
      milliseconds_max_(world.settings.add("millisecondsIn5Minutes", world.options.vendor_limits ? 1'200'000 : kOpen, "combined execution time of a user's requests in 5 minutes")),
      concurrent_max_(world.settings.add("concurrentRequests", world.options.vendor_limits ? 52 : kOpen, "requests under way at once")),
      cost_(world.settings.add("requestMilliseconds", 20, "execution time that every request is said to have cost")),
      tracking_days_(world.settings.add("changeTrackingDays", 7, "delta links die after this many days")),
      timeout_rows_(world.settings.add("queryTimeoutRows", 0, "filtered or sorted queries that find more rows time out; 0: never")),
      needs_second_factor_(world.settings.add("secondFactor", 0, "1: the password grant asks for a second factor")),
      not_a_member_(world.settings.add("notAMember", 0, "1: the application user is not set up in the environment")),
      missing_privilege_(world.settings.add("missingPrivilege", 0, "ObjectTypeCode of a table that the user may not read: 1 account, 2 contact ...")) {
  const uint64_t seed = world.options.seed;
  secrets_ = {.tenant = made_uuid(seed, "tenant"), .client_id = made_uuid(seed, "principal"), .client_secret = "8Q~" + made_secret(seed, "dataverse secret", 37),
              .username = "integration." + std::to_string(seed) + "@crm.example.com", .password = made_secret(seed, "dataverse password", 16),
              .user_id = id_text({.form = IdStyle::Form::guid, .first = 8}, 0), .organization_id = made_uuid(seed, "organization")};
  for (const std::string& secret : {secrets_.client_secret, secrets_.password}) world.masker.add(secret);
  reset();
}

Json Dynamics::credentials() const {
  return {{"tenantId", secrets_.tenant},       {"clientId", secrets_.client_id},
          {"clientSecret", secrets_.client_secret}, {"servicePrincipalId", secrets_.client_id},
          {"servicePrincipalKey", secrets_.client_secret}, {"username", secrets_.username},
          {"password", secrets_.password}};
}

void Dynamics::reset() {
  tokens_.clear();
  requests_.reset();
  milliseconds_.reset();
  std::lock_guard lock(mutex_);
  found_.clear();
}

Json Dynamics::counters() {
  const int64_t now = world_.clock.now();
  return {{"requestsIn5Minutes", requests_.count(now)}, {"millisecondsIn5Minutes", milliseconds_.count(now)}, {"tokensIssued", issued_.load()}};
}

http::Response Dynamics::refusal(int status, const Visit&) {
  switch (status) {
    case 401: return text_response(401, "text/html", "");
    case 403: return dynamics_error({.status = 403, .code = "0x80040220", .message = "Principal user is missing a privilege."});
    case 429: return dynamics_error({.status = 429, .code = "0x80072322", .message = "Number of requests exceeded the limit of 6000 over time window of 300 seconds."});
    case 500: return dynamics_error({.status = 500, .code = "0x80040265", .message = "An unexpected error occurred: the operation has timed out."});
    case 503: return dynamics_error({.status = 503, .code = "0x80044150", .message = "The service is temporarily unavailable."});
    default: return html_response(status, http::reason_of(status));
  }
}

const DynamicsEntity* Dynamics::entity_by(std::string DynamicsEntity::* name, std::string_view value) const {
  const auto found = std::find_if(entities_.begin(), entities_.end(), [&](const DynamicsEntity& entity) { return entity.*name == value; });
  return found == entities_.end() ? nullptr : &*found;
}

std::string Dynamics::service_root(const Visit& visit) const {
  const size_t end = visit.path.find('/', kApi.size());
  return visit.origin + std::string(visit.path.substr(0, end)) + "/";
}

http::Response Dynamics::answer(Visit& visit) {
  if (visit.request.url.size() > kUrlMax) return html_response(414, "URI Too Long");
  const auto segments = dynamics_path(visit.path);
  if (segments.size() >= 3 && segments[1].name == "oauth2" && segments.back().name == "token" && visit.request.verb == http::Verb::post) {
    return token(visit, segments[0].name, segments.size() == 4 && segments[2].name == "v2.0");
  }
  if (!visit.path.starts_with(kApi)) return html_response(404, "Not Found");
  if (auto refused = unauthorized(visit)) return std::move(*refused);
  if (auto refused = over_limit(visit)) return std::move(*refused);
  const size_t end = visit.path.find('/', kApi.size());
  http::Response response = resource(visit, end == visit.path.npos ? "" : visit.path.substr(end + 1));
  response.headers.set("OData-Version", "4.0");
  if (response.headers.get("Content-Type").value_or("").starts_with("application/json")) {
    response.headers.set("Content-Type", "application/json; odata.metadata=minimal");
  }
  add_limit_headers(visit, response);
  return response;
}

http::Response Dynamics::resource(Visit& visit, std::string_view path) {
  const auto segments = dynamics_path(path);
  if (segments.empty()) return service_document(visit);
  const std::string& first = segments[0].name;
  const bool post = visit.request.verb == http::Verb::post;
  if (first == "$batch" && post) return batch(visit);
  if (first == "$metadata") return text_response(200, "application/xml", dynamics_edmx(entities_, world_.tables));
  if (first == "EntityDefinitions") return definitions(visit, segments);
  if (first == "WhoAmI") return who_am_i(visit);
  if (first == "RetrieveTotalRecordCount") return record_count(visit, segments[0].key.value_or(""));
  if (first == "GlobalOptionSetDefinitions") return json_response(200, Json{{"@odata.context", service_root(visit) + "$metadata#GlobalOptionSetDefinitions"}, {"value", Json::array()}});
  const DynamicsEntity* entity = entity_by(&DynamicsEntity::set, first);
  return entity == nullptr ? no_resource(first) : entity_set(visit, *entity, segments);
}

http::Response Dynamics::entity_set(Visit& visit, const DynamicsEntity& entity, const std::vector<DynamicsSegment>& path) {
  if (missing_privilege_ == entity.code) {
    return dynamics_error({.status = 403, .code = "0x80040220", .message = "Principal user (Id=" + secrets_.user_id + ") is missing prvRead" + entity.schema + " privilege."});
  }
  if (path.size() == 2 && path[1].name == "$count") {
    const uint64_t rows = world_.tables.find(entity.logical)->live_rows(visit.now);
    return text_response(200, "text/plain", std::to_string(std::min(rows, kDynamicsPageMax)));
  }
  if (path.size() > 1) return no_resource(path[1].name);
  using enum http::Verb;
  const http::Verb verb = visit.request.verb;
  if (!path[0].key) {
    if (verb == get || verb == head) return list(visit, entity);
    if (verb == post) return create(visit, entity);
  } else {
    if (verb == get || verb == head) return get_one(visit, entity, *path[0].key);
    if (verb == patch) return update(visit, entity, *path[0].key);
    if (verb == del) return remove(visit, entity, *path[0].key);
  }
  return dynamics_error({.status = 405, .code = "0x80060888", .message = "The requested resource does not support http method '" + visit.request.verb_text + "'."});
}

std::unique_ptr<Vendor> make_dynamics(World& world) { return std::make_unique<Dynamics>(world); }

}  // namespace foz::sim
