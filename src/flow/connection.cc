#include "flow/connection.h"

#include <array>
#include <map>

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "flow/access_labels.h"
#include "flow/deadline.h"
#include "flow/patch.h"

namespace foz::flow {
namespace {

constexpr auto kPatchable = std::to_array<std::string_view>({"/name", "/description", "/labels", "/auth/params", "/auth/specName"});

const Json& params_in(const Json& document) {
  static const Json kNone;
  const Json* params = member_at(document, {"auth", "params"});
  return params == nullptr ? kNone : *params;
}

std::string spec_name_in(const Json& document) {
  const Json* auth = member(document, "auth");
  return auth == nullptr ? "" : text_of(*auth, "specName");
}

/// Secrets that a change leaves alone, by dotted path.
std::map<std::string, Secret> untouched_secrets(const Json& before, const Json& after) {
  std::map<std::string, Secret> sent, untouched;
  for (const auto& [path, secret] : mask_params(after, nullptr).secrets) sent.emplace(path, secret);
  for (const auto& [path, secret] : mask_params(before, nullptr).secrets) {
    if (const auto found = sent.find(path); found != sent.end() && found->second.reveal() == secret.reveal()) untouched.emplace(path, secret);
  }
  return untouched;
}

/// A connection whose token exchange goes on beyond the request (5.4).
bool starts_initializing(const AuthForm* form) { return form != nullptr && form->name.find("JWT") != std::string::npos; }

/// A login test that went wrong, as the creation of a connection tells it.
Error as_login_error(Error error) {
  if (error.kind == ErrorKind::not_found) error.kind = ErrorKind::unauthorized;
  return as_provider_error(std::move(error));
}

/// Paths that a patch of this document may touch.
Status check_paths(const Json& document, const PatchRequest& request) {
  const std::string where = where_of(kConnectionShelf, text_of(document, "id"));
  const bool draft = text_of(document, "state") == "draft";
  for (const PatchOperation& operation : request.operations) {
    const std::string_view first = split(operation.path, '/')[1];
    if (draft && !is_server_owned(first)) continue;
    if (is_at_or_below(operation.path, "/connectionSpec")) {
      return flow_error(1414, "The connectionSpec of a connection cannot be changed: create another connection.", where);
    }
    if (operation.path == "/auth/specName") {
      const bool same = operation.op != "remove" && operation.value != nullptr && *operation.value == Json(spec_name_in(document));
      if (!same) return provider_error(1302, "The kind of login of a connection cannot be changed: create another connection.", where);
    }
  }
  if (draft) {
    for (const PatchOperation& operation : request.operations) {
      if (is_server_owned(split(operation.path, '/')[1])) return flow_error(1455, "The path " + operation.path + " cannot be patched.", operation.path);
    }
    return {};
  }
  return check_patch_paths(request, kPatchable);
}

bool touches_auth(const PatchRequest& request) {
  for (const PatchOperation& operation : request.operations) {
    if (is_at_or_below(operation.path, "/auth") || is_at_or_below(operation.path, "/connectionSpec")) return true;
  }
  return false;
}

/// Flows that reach a connection through their source or target connection.
Result<std::vector<std::string>> flows_over(store::Reader& reader, const std::string& sandbox, const std::string& id) {
  TRY(const auto rows, reader.query(
      "SELECT f.id FROM flows f JOIN source_connections s ON s.sandbox = f.sandbox AND s.id = f.source_connection_id "
      "WHERE s.sandbox = ? AND s.base_connection_id = ? "
      "UNION SELECT f.id FROM flows f JOIN target_connections t ON t.sandbox = f.sandbox AND t.id = f.target_connection_id "
      "WHERE t.sandbox = ? AND t.base_connection_id = ? ORDER BY 1 LIMIT 20", {sandbox, id, sandbox, id}));
  std::vector<std::string> ids;
  for (const store::Row& row : rows) ids.push_back(row.text(0));
  return ids;
}

}  // namespace

/// A document whose login was looked at: masked, with its secrets beside it.
struct Connections::Checked {
  Json document;
  std::vector<std::pair<std::string, Secret>> secrets;
};

Connection connection_of(const Json& stored) {
  return {.id = ConnectionId(text_of(stored, "id")), .name = text_of(stored, "name"), .state = text_of(stored, "state"),
          .spec_id = spec_id_of(stored, "connectionSpec")};
}

Result<ConnectionSpec> Connections::spec_of(store::Reader& reader, std::string_view sandbox, const Json& document) const {
  const std::string id = spec_id_of(document, "connectionSpec");
  if (id.empty()) return provider_error(1304, "The mandatory field connectionSpec.id is missing.", "/connectionSpec/id");
  TRY(auto spec, specs_.find_connection_spec(reader, sandbox, id));
  if (!spec) return flow_error(1413, "There is no connection spec " + id + ": GET /connectionSpecs lists them.", "/connectionSpec/id");
  return std::move(*spec);
}

/// Logs in within the time there is; what the source renews meanwhile replaces the params.
Status Connections::try_login(const ConnectionSpec& spec, const AuthForm& form, Json& plain, const std::optional<StoredConnection>& stored) const {
  if (spec.source == nullptr) return {};  // nothing to test
  RenewedSecrets renewed;
  auto opened = sources_.try_out({.spec = spec, .form = form, .params = plain}, renewed, stored);
  if (!opened) return as_login_error(std::move(opened).error());
  Status tested = within(environment_.clock, environment_.settings.test_timeout, [&](std::stop_token stop) { return (*opened)->source->check(stop); });
  opened->reset();
  for (const auto& [name, secret] : renewed) {
    if (secret.empty()) plain.erase(name);
    else plain[name] = secret.reveal();
  }
  if (!tested) return as_login_error(std::move(tested).error());
  return {};
}

/// `document` with its login checked and, if asked, tried out. `plain` are its params without masks; `stored`: the connection
/// that has them, or some of them, already.
Result<Connections::Checked> Connections::checked_login(const Scope& scope, const Json& document, const Json& plain, const Trial& trial) const {
  Checked checked{.document = document, .secrets = {}};
  const bool draft = text_of(document, "state") == "draft";
  auto spec = spec_of(environment_.database, scope.sandbox, document);
  if (!spec && !draft) return std::move(spec).error();
  if (spec && draft && !spec->draft_mode) return provider_error(1312, "The connection spec \"" + spec->name + "\" has no drafts.", "mode");
  if (member(document, "connectionSpec") != nullptr) checked.document["connectionSpec"] = spec_reference(document["connectionSpec"]);

  const std::string spec_name = spec_name_in(document);
  const AuthForm* form = spec ? spec->auth_form(spec_name) : nullptr;
  Json params = plain;
  if (!draft && spec->auth.empty() && !spec_name.empty()) {
    return provider_error(1301, "The connection spec \"" + spec->name + "\" needs no login: leave auth out.", "/auth/specName");
  }
  if (!draft && !spec->auth.empty()) {
    if (form == nullptr && spec_name.empty()) return provider_error(1304, "The mandatory field auth.specName is missing.", "/auth/specName");
    if (form == nullptr) {
      std::vector<std::string> names;
      for (const AuthForm& one : spec->auth) names.push_back(one.name);
      return flow_error(1415, "\"" + spec->name + "\" has no login \"" + spec_name + "\": use one of " + join(names, ", ") + ".", "/auth/specName");
    }
    TRY_DO(check_params(params, *form));
    if (trial.wanted) TRY_DO(try_login(*spec, *form, params, trial.stored));
  }
  if (params.is_object()) {
    MaskedParams masked = mask_params(params, form);
    checked.document["auth"]["params"] = std::move(masked.params);
    checked.secrets = std::move(masked.secrets);
  }
  return checked;
}

Result<Written> Connections::create(const Scope& scope, const Json& body, Mode mode) const {
  if (!body.is_object()) return flow_error(1405, "The body is not an object: send the connection.");
  TRY_DO(check_name(body));
  const Instant begun = environment_.clock.now();
  const std::string etag = new_etag(environment_.random, begun);
  Json document = new_document(scope, body, new_uuid(environment_.random), etag, begun);
  TRY_DO(check_forms(document));
  document["state"] = mode == Mode::draft ? "draft" : "enabled";
  TRY(const Json plain, merge_params(params_in(document), nullptr));
  TRY(Checked checked, checked_login(scope, document, plain, {.wanted = mode == Mode::live && environment_.settings.test_on_create}));

  if (mode == Mode::live && !environment_.settings.test_on_create) {
    TRY(const ConnectionSpec spec, spec_of(environment_.database, scope.sandbox, document));
    if (starts_initializing(spec.auth_form(spec_name_in(document)))) checked.document["state"] = "initializing";
  }
  checked.document["lastOperation"] = operation_json("create", begun, environment_.clock.now());
  set_internal(checked.document, "login", etag);
  const std::string id = text_of(checked.document, "id");
  TRY_DO(environment_.database.write([&](store::Transaction& transaction) -> Status {
    TRY_DO(store::ResourceTable(kConnectionShelf.table).insert(transaction, resource_of(scope.sandbox, checked.document), columns_of_connection(checked.document)));
    return sources_.store_secrets(transaction, {scope.sandbox, id}, checked.secrets);
  }));
  return Written{id, etag};
}

Result<Json> Connections::find(store::Reader& reader, std::string_view sandbox, std::string_view id) const {
  return find_stored(reader, kConnectionShelf, sandbox, id);
}

Result<Written> Connections::patch(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match, const Json& body) const {
  TRY(const Json before, find_reachable(environment_.database, kConnectionShelf, scope, id, Use::change));
  const std::string where = where_of(kConnectionShelf, id);
  const std::string before_etag = text_of(before, "etag");
  TRY_DO(check_if_match(if_match, before_etag, true, where));
  TRY(const PatchRequest request, read_flow_patch(body));
  const std::string state = text_of(before, "state");
  if (state == "initializing") return flow_error(1416, "The connection is still logging in for the first time: wait until it is enabled.", where);
  TRY_DO(check_paths(before, request));
  if (state != "draft") {
    TRY(const ConnectionSpec spec, spec_of(environment_.database, scope.sandbox, before));
    const Json* allowed = member_at(spec.doc, {"attributes", "isPatchSupported"});
    if (allowed != nullptr && as_boolean(*allowed) == false) return provider_error(1300, "Connections of \"" + spec.name + "\" cannot be patched.", where);
  }
  const Instant begun = environment_.clock.now();
  TRY(Json after, apply_flow_patch(before, request));
  drop_nulls(after);
  TRY_DO(check_name(after));
  TRY_DO(check_forms(after));

  const std::string etag = new_etag(environment_.random, begun);
  const bool new_login = touches_auth(request);
  const StoredConnection stored{.sandbox = scope.sandbox, .id = std::string(id)};
  Checked checked{.document = std::move(after), .secrets = {}};
  std::map<std::string, Secret> untouched;
  if (new_login) {
    TRY(const Json plain_before, sources_.plain_params(environment_.database, scope.sandbox, before));
    TRY(const Json plain, merge_params(params_in(checked.document), plain_before));
    untouched = untouched_secrets(plain_before, plain);
    TRY(checked, checked_login(scope, checked.document, plain, {.wanted = state != "draft" && environment_.settings.test_on_create, .stored = stored}));
    set_internal(checked.document, "login", etag);
    if (state == "disabled") checked.document["state"] = "enabled";
  }
  const Instant now = environment_.clock.now();
  const Json ops = masked_ops(request.body);
  stamp(checked.document, scope, etag, now);
  checked.document["lastOperation"] = operation_json("update", begun, now, &ops);
  TRY_DO(environment_.database.write([&](store::Transaction& transaction) -> Status {
    TRY_DO(replace_stored(transaction, kConnectionShelf, scope.sandbox, checked.document, before_etag, columns_of_connection(checked.document)));
    return new_login ? sources_.store_secrets(transaction, stored, checked.secrets, untouched) : Status();
  }));
  return Written{std::string(id), etag};
}

Result<Written> Connections::publish(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const {
  TRY(Json document, find_reachable(environment_.database, kConnectionShelf, scope, id, Use::change));
  const std::string where = where_of(kConnectionShelf, id);
  const std::string before_etag = text_of(document, "etag");
  TRY_DO(check_if_match(if_match, before_etag, false, where));
  if (text_of(document, "state") != "draft") return flow_error(1409, "Only a draft can be published; this connection is " + text_of(document, "state") + ".", where);
  const Instant begun = environment_.clock.now();
  document["state"] = "enabled";
  TRY(const Json plain, sources_.plain_params(environment_.database, scope.sandbox, document));
  const StoredConnection stored{.sandbox = scope.sandbox, .id = std::string(id)};
  const std::map<std::string, Secret> untouched = untouched_secrets(plain, plain);
  TRY(Checked checked, checked_login(scope, document, plain, {.wanted = environment_.settings.test_on_create, .stored = stored}));
  const Instant now = environment_.clock.now();
  const std::string etag = new_etag(environment_.random, now);
  stamp(checked.document, scope, etag, now);
  set_internal(checked.document, "login", etag);
  checked.document["lastOperation"] = operation_json("publish", begun, now);
  TRY_DO(environment_.database.write([&](store::Transaction& transaction) -> Status {
    TRY_DO(replace_stored(transaction, kConnectionShelf, scope.sandbox, checked.document, before_etag, columns_of_connection(checked.document)));
    return sources_.store_secrets(transaction, stored, checked.secrets, untouched);
  }));
  return Written{std::string(id), etag};
}

Status Connections::remove(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const {
  const std::string where = where_of(kConnectionShelf, id);
  TRY_DO(environment_.database.write([&](store::Transaction& transaction) -> Status {
    TRY(const Json document, find_reachable(transaction, kConnectionShelf, scope, id, Use::change));
    TRY_DO(check_if_match(if_match, text_of(document, "etag"), false, where));
    if (text_of(document, "state") == "initializing") {
      return flow_error(1417, "The connection is still logging in for the first time: wait until it is enabled.", where);
    }
    TRY(const auto flows, flows_over(transaction, scope.sandbox, std::string(id)));
    if (!flows.empty()) return flow_error(1418, "Flows use this connection: " + join(flows, ", ") + ". Delete them first.", where);
    TRY_DO(store::ResourceTable(kConnectionShelf.table).remove(transaction, scope.sandbox, id));
    return environment_.vault.forget(transaction, scope.sandbox, id);
  }));
  sources_.forget(scope.sandbox, id);
  return {};
}

/// Moves a connection from one state to another; nothing happens when it is in a third one.
Status Connections::set_state(std::string_view sandbox, std::string_view id, std::string_view from, std::string_view to) const {
  return environment_.database.write([&](store::Transaction& transaction) -> Status {
    TRY(Json document, find(transaction, sandbox, id));
    if (text_of(document, "state") != from) return {};
    const std::string before = text_of(document, "etag"), etag = new_etag(environment_.random, environment_.clock.now());
    document["state"] = to;
    document["etag"] = document["version"] = etag;
    return replace_stored(transaction, kConnectionShelf, sandbox, document, before, columns_of_connection(document));
  });
}

Status Connections::mark_login(std::string_view sandbox, std::string_view id, bool works) const {
  TRY(const Json document, find(environment_.database, sandbox, id));
  const std::string state = text_of(document, "state");
  if (works && (state == "initializing" || state == "disabled")) return set_state(sandbox, id, state, "enabled");
  if (!works && (state == "initializing" || state == "enabled")) return set_state(sandbox, id, state, "disabled");
  return {};
}

Result<std::shared_ptr<OpenSource>> Connections::open(std::string_view sandbox, std::string_view id) const {
  TRY(const Json document, find(environment_.database, sandbox, id));
  TRY(const ConnectionSpec spec, spec_of(environment_.database, sandbox, document));
  return sources_.of(sandbox, spec, document);
}

Result<Json> Connections::test(const Scope& scope, std::string_view id) const {
  TRY(const Json document, find_reachable(environment_.database, kConnectionShelf, scope, id, Use::read));
  Status tested;
  const auto spec = spec_of(environment_.database, scope.sandbox, document);
  if (!spec) {
    tested = spec.error();
  } else if (spec->source != nullptr) {
    auto opened = sources_.of(scope.sandbox, *spec, document);
    tested = !opened ? Status(std::move(opened).error())
                     : within(environment_.clock, environment_.settings.test_timeout, [&](std::stop_token stop) { return (*opened)->source->check(stop); });
  }
  if (!tested && tested.error().code == "FLOW-1104-504") return tested.error();
  const bool refused = !tested && tested.error().kind != ErrorKind::unavailable && tested.error().kind != ErrorKind::rate_limited;
  const std::string state = text_of(document, "state");
  if (tested && state != "enabled") TRY_DO(mark_login(scope.sandbox, id, true));
  if (refused && state == "initializing") TRY_DO(mark_login(scope.sandbox, id, false));
  if (tested) return Json{{"result", true}};
  const Error error = as_login_error(std::move(tested).error());
  return Json{{"result", false}, {"errors", Json::array({{{"code", error.code}, {"message", error.message}}})}};
}

Result<Json> Connections::explore(const Scope& scope, std::string_view id, const ExploreRequest& request) const {
  TRY([[maybe_unused]] const Json document, find_reachable(environment_.database, kConnectionShelf, scope, id, Use::read));
  TRY(const auto opened, open(scope.sandbox, id));
  return within(environment_.clock, environment_.settings.explore_timeout, [&](std::stop_token stop) { return explore_tables(*opened->source, request, stop); });
}

Result<Json> Connections::configs(const Scope& scope, std::string_view id, std::string_view table) const {
  TRY(const Json document, find_reachable(environment_.database, kConnectionShelf, scope, id, Use::read));
  if (table.empty()) return Json{{"items", Json::array()}};
  TRY(const auto opened, open(scope.sandbox, id));
  return within(environment_.clock, environment_.settings.explore_timeout, [&](std::stop_token stop) { return delta_columns(*opened->source, std::string(table), stop); });
}

}  // namespace foz::flow
