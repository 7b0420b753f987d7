#include "flow/open_sources.h"

#include <algorithm>

namespace foz::flow {
namespace {

/// Sources kept open at once; the one that was not used for longest goes first.
constexpr size_t kKeptMax = 256;

/// Whom a refresh token was given to.
std::string app_of(const Json& connection) {
  const Json* params = member_at(connection, {"auth", "params"});
  return params == nullptr ? "" : text_of(*params, "clientId");
}

}  // namespace

std::string login_generation(const Json& connection) {
  const Json generation = internal_of(connection, "login");
  return generation.is_string() ? generation.get<std::string>() : "";
}

store::Extras columns_of_connection(const Json& document) {
  return {{"state", text_of(document, "state")}, {"spec_id", spec_id_of(document, "connectionSpec")}};
}

security::SecretName secret_name(std::string_view sandbox, std::string_view connection, std::string_view path) {
  return {.sandbox = std::string(sandbox), .object = std::string(connection), .field = "auth.params." + std::string(path)};
}

Error as_provider_error(Error error) {
  if (error.code.starts_with("FLOW-")) return error;
  const bool own_code = error.code.starts_with("CONNECTOR-");
  switch (error.kind) {
    case ErrorKind::not_found:
      if (!own_code) error.code = "CONNECTOR-1330-400";
      break;
    case ErrorKind::invalid:
      if (!own_code) error.code = "CONNECTOR-1308-400";
      break;
    case ErrorKind::unauthorized:
    case ErrorKind::forbidden:
    case ErrorKind::corrupt:
    case ErrorKind::conflict:
      error.kind = ErrorKind::invalid;
      error.code = "CONNECTOR-1308-400";
      break;
    case ErrorKind::rate_limited:
    case ErrorKind::cancelled:
    case ErrorKind::unavailable:
      error.kind = ErrorKind::unavailable;
      error.code = "CONNECTOR-1308-400";
      break;
    case ErrorKind::internal: break;
  }
  return error;
}

Result<std::shared_ptr<OpenSource>> OpenSources::open(const LoginAttempt& attempt, Save save, Kept kept) const {
  if (attempt.spec.source == nullptr) {
    return provider_error(1312, "Sources of the connection spec \"" + attempt.spec.name + "\" are not read by this version.", "/connectionSpec/id");
  }
  auto opened = std::make_shared<OpenSource>();
  opened->spec = attempt.spec.source;
  opened->world = std::make_unique<sources::World>(sources::World{.transport = environment_.transport,
                                                                  .clock = environment_.clock,
                                                                  .random = environment_.random,
                                                                  .save_secrets = std::move(save),
                                                                  .kept_secret = std::move(kept),
                                                                  .quota_reserve_percent = environment_.settings.quota_reserve_percent,
                                                                  .pages_ahead = environment_.settings.pages_ahead});
  TRY(opened->source, attempt.spec.source->open(login_of(attempt.params, attempt.form), *opened->world));
  return opened;
}

Result<std::shared_ptr<OpenSource>> OpenSources::try_out(const LoginAttempt& attempt, RenewedSecrets& renewed, const std::optional<StoredConnection>& stored) const {
  const auto save = [this, &renewed, stored](const std::vector<sources::RenewedSecret>& fresh) -> Status {
    const bool rotated = std::all_of(fresh.begin(), fresh.end(), [](const sources::RenewedSecret& one) { return !one.was.empty() && !one.now.empty(); });
    if (stored && rotated) TRY_DO(keep_renewed(*stored, fresh));
    for (const sources::RenewedSecret& one : fresh) renewed.insert_or_assign(one.parameter, one.now);
    return {};
  };
  return open(attempt, save, {});
}

/// The document changes only where a secret comes or goes: a mask stands for each.
Status OpenSources::keep_renewed(const StoredConnection& connection, const std::vector<sources::RenewedSecret>& renewed) const {
  return environment_.database.write([&](store::Transaction& transaction) -> Status {
    const auto name_of = [&](const sources::RenewedSecret& one) { return secret_name(connection.sandbox, connection.id, one.parameter); };
    TRY(Json document, find_stored(transaction, kConnectionShelf, connection.sandbox, connection.id));
    if (const Json* there = member_at(document, {"auth", "params"}); there == nullptr || !there->is_object()) return {};
    Json& params = document["auth"]["params"];
    for (const sources::RenewedSecret& one : renewed) {
      const auto kept = environment_.vault.get(transaction, name_of(one));
      if (!kept && kept.error().kind != ErrorKind::not_found) return kept.error();
      if ((kept ? kept->reveal() : "") != one.was.reveal()) return {};  // somebody gave the connection another login meanwhile
    }
    bool changed = false;
    for (const sources::RenewedSecret& one : renewed) {
      TRY_DO(one.now.empty() ? environment_.vault.remove(transaction, name_of(one)) : environment_.vault.put(transaction, name_of(one), one.now));
      if (one.now.empty() == params.contains(one.parameter)) changed = true;
      if (one.now.empty()) params.erase(one.parameter);
      else params[one.parameter] = kSecretMask;
    }
    if (!changed) return {};
    const std::string before = text_of(document, "etag"), etag = new_etag(environment_.random, environment_.clock.now());
    document["etag"] = document["version"] = etag;
    return replace_stored(transaction, kConnectionShelf, connection.sandbox, document, before, columns_of_connection(document));
  });
}

Result<Json> OpenSources::plain_params(store::Reader& reader, std::string_view sandbox, const Json& connection) const {
  const Json* params = member_at(connection, {"auth", "params"});
  if (params == nullptr) return Json(nullptr);
  const std::string id = text_of(connection, "id");
  return unmask_params(*params, [&](const std::string& path) { return environment_.vault.get(reader, secret_name(sandbox, id, path)); });
}

Status OpenSources::store_secrets(store::Transaction& transaction, const StoredConnection& connection,
                                  const std::vector<std::pair<std::string, Secret>>& secrets, const std::map<std::string, Secret>& untouched) const {
  std::vector<std::pair<std::string, Secret>> now = secrets;
  for (auto& [path, secret] : now) {
    const auto read = untouched.find(path);
    if (read == untouched.end()) continue;
    auto kept = environment_.vault.get(transaction, secret_name(connection.sandbox, connection.id, path));
    if (!kept && kept.error().kind != ErrorKind::not_found) return std::move(kept).error();
    if (kept && kept->reveal() != read->second.reveal()) secret = *std::move(kept);
  }
  TRY_DO(environment_.vault.forget(transaction, connection.sandbox, connection.id));
  for (const auto& [path, secret] : now) TRY_DO(environment_.vault.put(transaction, secret_name(connection.sandbox, connection.id, path), secret));
  return {};
}

Result<std::shared_ptr<OpenSource>> OpenSources::of(std::string_view sandbox, const ConnectionSpec& spec, const Json& connection) {
  const Key key(sandbox, text_of(connection, "id"));
  const std::string login = login_generation(connection);
  {
    std::lock_guard lock(mutex_);
    const auto found = kept_.find(key);
    if (found != kept_.end() && found->second.login == login) {
      found->second.used = ++uses_;
      return found->second.source;
    }
  }
  const Json* auth = member(connection, "auth");
  const AuthForm* form = spec.auth_form(auth == nullptr ? "" : text_of(*auth, "specName"));
  if (form == nullptr) return provider_error(1301, "The connection " + key.second + " has no way to log in: complete its auth.", "/auth/specName");
  TRY(const Json params, plain_params(environment_.database, sandbox, connection));
  const StoredConnection stored{.sandbox = key.first, .id = key.second};
  const auto save = [this, stored](const std::vector<sources::RenewedSecret>& renewed) { return keep_renewed(stored, renewed); };
  const auto kept = [this, stored, app = app_of(connection)](std::string_view parameter) -> Result<Secret> {
    TRY(const Json now, find_stored(environment_.database, kConnectionShelf, stored.sandbox, stored.id));
    if (app_of(now) != app) return Error{.kind = ErrorKind::not_found, .message = "the connection " + stored.id + " logs in with another app now"};
    return environment_.vault.get(environment_.database, secret_name(stored.sandbox, stored.id, parameter));
  };
  TRY(auto opened, open({.spec = spec, .form = *form, .params = params}, save, kept));
  std::lock_guard lock(mutex_);
  kept_[key] = Shared{.login = login, .source = opened, .used = ++uses_};
  if (kept_.size() > kKeptMax) {
    kept_.erase(std::min_element(kept_.begin(), kept_.end(), [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
  }
  return opened;
}

void OpenSources::forget(std::string_view sandbox, std::string_view connection) {
  std::lock_guard lock(mutex_);
  kept_.erase(Key(sandbox, connection));
}

}  // namespace foz::flow
