// /sandboxes: separate environments. Follows: Sandbox and authentication contract, 5.
#include <algorithm>

#include "api/routes.h"
#include "api/sandbox_contents.h"
#include "base/text.h"
#include "base/time_text.h"
#include "catalog/catalog.h"

namespace foz::api {
namespace {

/// "2019-09-04 04:57:24"
std::string sandbox_time(int64_t millis) { return replace_all(iso_seconds(from_millis(millis)).substr(0, 19), "T", " "); }

Json sandbox_json(const security::Sandbox& sandbox, const ApiSettings& settings) {
  return {{"id", sandbox.id},
          {"name", sandbox.name},
          {"title", sandbox.title},
          {"state", sandbox.state},
          {"type", sandbox.type},
          {"region", settings.region},
          {"isDefault", sandbox.is_default},
          {"eTag", sandbox.etag},
          {"etag", sandbox.etag},
          {"createdDate", sandbox_time(sandbox.created_ms)},
          {"lastModifiedDate", sandbox_time(sandbox.updated_ms)},
          {"createdBy", sandbox.created_by},
          {"lastModifiedBy", sandbox.updated_by},
          {"modifiedBy", sandbox.updated_by}};
}

Json short_json(const security::Sandbox& sandbox, std::string_view state, const ApiSettings& settings) {
  return {{"id", sandbox.id}, {"name", sandbox.name}, {"title", sandbox.title}, {"state", state}, {"type", sandbox.type}, {"region", settings.region}};
}

Error bad_sandbox_parameter(std::string message) { return Error{.kind = ErrorKind::invalid, .message = std::move(message), .code = "SMS-2000-400"}; }

struct Window {
  int64_t limit = 50;
  int64_t offset = 0;
};

Result<Window> window_of(const Request& request) {
  const auto limit = request.query.value("limit"), offset = request.query.value("offset");
  if (!limit && !offset) return Window{};
  if (!limit || !offset) return bad_sandbox_parameter("limit and offset go together");
  const auto count = to_integer(*limit), start = to_integer(*offset);
  if (!count || *count < 1 || *count > 1000) return bad_sandbox_parameter("limit is a number from 1 to 1000");
  if (!start || *start < 0) return bad_sandbox_parameter("offset is a number from 0");
  return Window{*count, *start};
}

/// `type==development`, `name!=x`, `title~part`.
Result<bool> keeps(const Json& sandbox, const std::string& filter) {
  for (const std::string_view op : {"==", "!=", "~"}) {
    const size_t at = filter.find(op);
    if (at == filter.npos || at == 0) continue;
    const std::string_view name = std::string_view(filter).substr(0, at);
    const std::string_view wanted = std::string_view(filter).substr(at + op.size());
    const Json* value = member(sandbox, name);
    const std::string text = value == nullptr ? "" : as_text(*value);
    if (op == "~") return text.find(wanted) != text.npos;
    return (text == wanted) == (op == "==");
  }
  return bad_sandbox_parameter("a property filter looks like type==development");
}

void sort_sandboxes(std::vector<Json>& sandboxes, const std::string& order) {
  const auto fields = split(order, ',');
  for (size_t i = fields.size(); i-- > 0;) {  // the first field counts most: sort by it last
    std::string_view field = trim(fields[i]);
    const bool descending = field.starts_with('-');
    if (descending || field.starts_with('+')) field.remove_prefix(1);
    std::stable_sort(sandboxes.begin(), sandboxes.end(), [&](const Json& a, const Json& b) {
      const Json *x = member(a, field), *y = member(b, field);
      if (x != nullptr && y != nullptr && x->is_number_integer() && y->is_number_integer()) return descending ? y->get<int64_t>() < x->get<int64_t>() : x->get<int64_t>() < y->get<int64_t>();
      const std::string p = x == nullptr ? "" : as_text(*x), q = y == nullptr ? "" : as_text(*y);
      return descending ? q < p : p < q;
    });
  }
}

Result<Response> list(Services& services, const Request& request, bool only_usable) {
  TRY(const Window window, window_of(request));
  TRY(const auto all, services.sandboxes.all());
  std::vector<Json> kept;
  for (const security::Sandbox& sandbox : all) {
    const bool usable = sandbox.active() && !security::permissions_in(request.caller.grants, sandbox.name).empty();
    if (only_usable && !usable) continue;
    Json shown = sandbox_json(sandbox, services.settings);
    bool keep = true;
    for (const std::string& filter : request.query.get_all("property")) {
      if (filter.empty()) continue;
      TRY(const bool passes, keeps(shown, filter));
      keep = keep && passes;
    }
    if (keep) kept.push_back(std::move(shown));
  }
  if (const auto order = request.query.value("orderBy")) sort_sandboxes(kept, *order);
  const std::string base = request.public_url + "/data/foundation/sandbox-management/sandboxes";
  Json page = Json::array();
  for (size_t i = static_cast<size_t>(window.offset); i < kept.size() && page.size() < static_cast<size_t>(window.limit); ++i) page.push_back(kept[i]);
  Json links = {{"page", {{"href", base + "?limit={limit}&offset={offset}"}, {"templated", true}}}};
  if (static_cast<size_t>(window.offset + window.limit) < kept.size()) {
    links["next"] = {{"href", base + "?limit=" + std::to_string(window.limit) + "&offset=" + std::to_string(window.offset + window.limit)}};
  }
  const size_t count = page.size();
  return json_response(200, {{"sandboxes", page}, {"_page", {{"limit", window.limit}, {"count", count}}}, {"_links", links}});
}

Result<Response> list_usable(Services& services, const Request& request) { return list(services, request, true); }
Result<Response> list_all(Services& services, const Request& request) { return list(services, request, false); }

Result<Response> get_types(Services&, const Request&) {
  return json_response(200, {{"sandboxTypes", {"production", "development"}}});
}

Result<Response> get_sandbox(Services& services, const Request& request) {
  TRY(const auto sandbox, services.sandboxes.named(request.part("name")));
  return json_response(200, sandbox_json(sandbox, services.settings));
}

Result<Response> create_sandbox(Services& services, const Request& request) {
  if (!request.body.is_object()) return bad_sandbox_parameter("the body is an object with name, title and type");
  auto sandbox = services.sandboxes.create({.name = text_of(request.body, "name"), .title = text_of(request.body, "title"),
                                            .type = text_of(request.body, "type"), .user = request.caller.user_id},
                                           [&](store::Reader& reader, const security::Sandbox& deleted) -> Result<bool> {
    if (services.catalog == nullptr) return true;
    TRY(const bool leftovers, services.catalog->has_leftovers(reader, deleted.id));
    return !leftovers;
  });
  if (!sandbox) return std::move(sandbox).error();
  return json_response(202, short_json(*sandbox, "creating", services.settings));
}

Result<Response> update_sandbox(Services& services, const Request& request) {
  const std::string title = text_of(request.body, "title");
  if (!request.body.is_object() || request.body.size() != 1 || title.empty()) {
    return bad_sandbox_parameter("only the title of a sandbox can be changed: {\"title\": \"...\"}");
  }
  TRY(const auto sandbox, services.sandboxes.retitle(request.part("name"), title, request.caller.user_id));
  return json_response(200, short_json(sandbox, sandbox.state, services.settings));
}

/// `?validationOnly=true`: what would happen, and nothing does.
bool validates_only(const Request& request) {
  const auto flag = request.query.value("validationOnly");
  return flag && as_boolean(*flag).value_or(false);
}

Result<Response> warn_only(Services& services, const security::Sandbox& sandbox) {
  TRY(const std::string contents, contents_of(services, sandbox));
  return json_response(200, {{"message", "The sandbox " + sandbox.name + " holds " + contents + (contents == "nothing" ? "." : "; all of it would be removed.")}});
}

/// A sandbox that is there to be changed.
Result<security::Sandbox> living_sandbox(Services& services, const Request& request) {
  TRY(const auto sandbox, services.sandboxes.named(request.part("name")));
  if (sandbox.state == "deleted") return Error{.kind = ErrorKind::not_found, .message = "the sandbox \"" + sandbox.name + "\" is deleted"};
  return sandbox;
}

Result<Response> reset_sandbox(Services& services, const Request& request) {
  if (text_of(request.body, "action") != "reset") return bad_sandbox_parameter("the body is {\"action\": \"reset\"}");
  TRY(const auto sandbox, living_sandbox(services, request));
  if (sandbox.is_default && !services.settings.allow_prod_reset) {
    return Error{.kind = ErrorKind::invalid, .message = "the default production sandbox is not reset, unless the setting sandbox.allowProdReset allows it", .code = "SMS-2074-400"};
  }
  if (validates_only(request)) return warn_only(services, sandbox);
  TRY([[maybe_unused]] const auto done, empty_sandbox(services, sandbox.name, Emptying::reset, request.caller.user_id));
  return json_response(202, short_json(sandbox, "resetting", services.settings));
}

Result<Response> delete_sandbox(Services& services, const Request& request) {
  TRY(const auto sandbox, living_sandbox(services, request));
  if (sandbox.is_default) return Error{.kind = ErrorKind::invalid, .message = "the default production sandbox is never deleted", .code = "SMS-2073-400"};
  if (validates_only(request)) return warn_only(services, sandbox);
  TRY(const auto deleted, empty_sandbox(services, sandbox.name, Emptying::deletion, request.caller.user_id));
  return json_response(202, short_json(deleted, deleted.state, services.settings));
}

constexpr Route kSandboxRoutes[] = {
    {http::Verb::get, "/", Right::any, list_usable, "List the active sandboxes that the caller may use", BodyUse::ignored, {.gives = "SandboxList", .query = "limit,offset,property,orderBy"}},
    {http::Verb::get, "/sandboxTypes", Right::view_sandboxes, get_types, "List the types of sandboxes", BodyUse::ignored, {.gives = "SandboxTypes"}},
    {http::Verb::get, "/sandboxes", Right::view_sandboxes, list_all, "List all sandboxes", BodyUse::ignored, {.gives = "SandboxList", .query = "limit,offset,property,orderBy"}},
    {http::Verb::get, "/sandboxes/{name}", Right::view_sandboxes, get_sandbox, "Look up a sandbox", BodyUse::ignored, {.gives = "Sandbox"}},
    {http::Verb::post, "/sandboxes", Right::manage_sandboxes, create_sandbox, "Create a sandbox", BodyUse::json, {.status = 202, .gives = "Sandbox", .takes = "SandboxBody"}},
    {http::Verb::patch, "/sandboxes/{name}", Right::manage_sandboxes, update_sandbox, "Update a sandbox", BodyUse::json, {.gives = "Sandbox", .takes = "SandboxChange"}},
    {http::Verb::put, "/sandboxes/{name}", Right::reset_sandboxes, reset_sandbox, "Reset a sandbox: all that it holds goes", BodyUse::json, {.status = 202, .gives = "SandboxOrWarning", .takes = "SandboxAction", .query = "validationOnly", .also = "200"}},
    {http::Verb::del, "/sandboxes/{name}", Right::manage_sandboxes, delete_sandbox, "Delete a sandbox and all that it holds", BodyUse::ignored, {.status = 202, .gives = "SandboxOrWarning", .query = "validationOnly", .also = "200"}},
};

}  // namespace

RouteTable sandbox_routes() { return {Service::sandboxes, "/data/foundation/sandbox-management", false, kSandboxRoutes}; }

}  // namespace foz::api
