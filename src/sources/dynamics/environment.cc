#include "sources/dynamics/environment.h"

#include "base/json.h"
#include "base/text.h"
#include "sources/dynamics/answers.h"
#include "sources/dynamics/login.h"

namespace foz::sources::dynamics {
namespace {

/// The host without the `api` that some environments show behind their own name.
std::string plain_host(const std::string& host) {
  const size_t dot = host.find('.');
  if (dot == host.npos || !is_environment_host(host) || host.compare(dot, 5, ".api.") != 0) return host;
  return host.substr(0, dot) + host.substr(dot + 4);
}

bool is_redirect(int status) { return status == 301 || status == 302 || status == 307 || status == 308; }

/// What every call carries (3.1). `If-None-Match: null` keeps caches on the way from answering.
void add_headers(http::Request& request) {
  request.headers.set("Accept", "application/json");
  request.headers.set("OData-MaxVersion", "4.0");
  request.headers.set("OData-Version", "4.0");
  request.headers.set("If-None-Match", "null");
}

Error no_table(const std::string& name) {
  return Error{.kind = ErrorKind::not_found, .message = "the Dataverse environment has no table \"" + name + "\" that this user may see", .code = "CONNECTOR-1330-400"};
}

}  // namespace

bool same_environment(const http::Url& a, const http::Url& b) { return a.scheme == b.scheme && a.port == b.port && plain_host(a.host) == plain_host(b.host); }

Environment::Environment(Settings settings, const World& world)
    : settings_(std::move(settings)),
      clock_(world.clock),
      tokens_(world.clock,
              [this](std::stop_token stop) -> Result<http::CachedToken::Fetched> {
                TRY(const std::string where, authority(stop));
                return log_in(settings_, where, calls_, stop);
              }),
      calls_(world, rules(), tokens_) {
  calls_.governor().set_rate("", kRequestsMax, kProtectionWindow);
}

Result<std::string> Environment::authority(std::stop_token stop) {
  {
    std::lock_guard lock(mutex_);
    if (!authority_.empty()) return authority_;
  }
  TRY(std::string found, authority_of(settings_, calls_, stop));
  std::lock_guard lock(mutex_);
  return authority_ = std::move(found);
}

Result<std::string> Environment::url_of_link(const std::string& link) const {
  const auto here = http::Url::parse(settings_.origin), there = http::Url::parse(link);
  if (here && there && same_environment(*here, *there) && there->path.starts_with("/api/data/")) return link;
  return Error{.kind = ErrorKind::corrupt, .message = "Dynamics named a next page that is not in its environment: it is not followed", .code = "CONNECTOR-1308-400"};
}

Result<http::Response> Environment::send(http::Request request, Purpose purpose, std::stop_token stop) {
  add_headers(request);
  auto response = calls_.send(request, purpose, stop);
  if (!response || !is_redirect(response->status)) return response;
  const auto link = url_of_link(std::string(response->header("Location").value_or("")));
  if (!link) return response;
  request.url = *link;
  return calls_.send(std::move(request), purpose, stop);
}

Result<http::Response> Environment::ask(http::Request request, Purpose purpose, std::string_view doing, std::stop_token stop) {
  auto response = send(std::move(request), purpose, stop);
  if (!response) return with_context(std::move(response).error(), doing);
  if (calls_.answer_of(*response).what != AnswerClass::ok) return calls_.error_of(*response, doing);
  return response;
}

Result<Json> Environment::get_json(std::string_view path, std::string_view doing, std::stop_token stop) {
  TRY(const auto response, ask(http::get(url(path)), Purpose::look, doing, stop));
  auto json = parse_json(response.body, {.depth_max = 200});
  if (json) return json;
  return Error{.kind = ErrorKind::corrupt, .message = std::string(doing) + ": Dynamics sent what is no JSON: " + json.error().message, .code = "CONNECTOR-1308-400"};
}

Result<std::vector<Entity>> Environment::entities(std::stop_token stop) {
  TRY(const Json answer, get_json("EntityDefinitions?$select=" + std::string(kEntityMembers), "listing tables", stop));
  TRY_DO(list_in(answer, "value", "listing tables"));
  return entities_of(answer);
}

Result<std::map<std::string, std::string, std::less<>>> Environment::primary_names(std::stop_token stop) {
  {
    std::lock_guard lock(mutex_);
    if (!primary_names_.empty()) return primary_names_;
  }
  TRY(const auto all, entities(stop));
  std::lock_guard lock(mutex_);
  for (const Entity& entity : all) primary_names_[entity.description.table.path] = entity.primary_name;
  return primary_names_;
}

/// What only the attributes' own types tell, asked for where the table has such attributes.
Result<Details> Environment::details_of(const std::string& address, const Json& definition, std::string_view doing, std::stop_token stop) {
  Details details;
  for (const Cast& cast : kCasts) {
    if (!has_attributes(definition, cast)) continue;
    TRY(const Json answer, get_json(address + "/Attributes/Microsoft.Dynamics.CRM." + std::string(cast.type) + "AttributeMetadata?$select=" + std::string(cast.members), doing, stop));
    TRY_DO(list_in(answer, "value", doing));
    add_details(answer, details);
  }
  if (!details.targets.empty()) {
    TRY(details.primary_names, primary_names(stop));
  }
  return details;
}

Result<std::shared_ptr<const Entity>> Environment::describe(const std::string& logical_name, std::stop_token stop) {
  if (!is_logical_name(logical_name)) return no_table(logical_name);
  const std::string doing = "describing " + logical_name;
  const std::string address = "EntityDefinitions(LogicalName='" + logical_name + "')";
  TRY(const auto response, send(http::get(url(address + "?$select=" + std::string(kEntityMembers) + "&$expand=Attributes($select=" + std::string(kAttributeMembers) +
                                              "),ManyToOneRelationships($select=" + std::string(kRelationshipMembers) + ")")),
                                Purpose::look, stop));
  if (response.status == 404) return no_table(logical_name);
  if (!response.ok()) return calls_.error_of(response, doing);
  const auto definition = parse_json(response.body, {.depth_max = 200});
  if (!definition) return Error{.kind = ErrorKind::corrupt, .message = doing + ": the answer is no JSON", .code = "CONNECTOR-1308-400"};
  TRY_DO(list_in(*definition, "Attributes", doing));
  TRY(const Details details, details_of(address, *definition, doing, stop));
  auto entity = std::make_shared<const Entity>(entity_of(*definition, details));
  if (entity->set.empty() || entity->key.empty()) return no_table(logical_name);
  std::lock_guard lock(mutex_);
  return described_[logical_name] = std::move(entity);
}

Result<std::shared_ptr<const Entity>> Environment::known(const std::string& logical_name, std::stop_token stop) {
  {
    std::lock_guard lock(mutex_);
    if (const auto found = described_.find(logical_name); found != described_.end()) return found->second;
  }
  return describe(logical_name, stop);
}

}  // namespace foz::sources::dynamics
