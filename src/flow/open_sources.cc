#include "flow/open_sources.h"

#include <algorithm>

namespace foz::flow {
namespace {

/// Sources kept open at once; the one that was not used for longest goes first.
constexpr size_t kKeptMax = 256;

}  // namespace

std::string login_generation(const Json& connection) {
  const Json generation = internal_of(connection, "login");
  return generation.is_string() ? generation.get<std::string>() : "";
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

Result<std::shared_ptr<OpenSource>> OpenSources::open(const LoginAttempt& attempt, std::function<Status(std::string_view, const Secret&)> save) const {
  if (attempt.spec.source == nullptr) {
    return provider_error(1312, "Sources of the connection spec \"" + attempt.spec.name + "\" are not read by this version.", "/connectionSpec/id");
  }
  auto opened = std::make_shared<OpenSource>();
  opened->spec = attempt.spec.source;
  opened->world = std::make_unique<sources::World>(sources::World{.transport = environment_.transport,
                                                                  .clock = environment_.clock,
                                                                  .random = environment_.random,
                                                                  .save_secret = std::move(save),
                                                                  .quota_reserve_percent = environment_.settings.quota_reserve_percent,
                                                                  .pages_ahead = environment_.settings.pages_ahead});
  TRY(opened->source, attempt.spec.source->open(login_of(attempt.params, attempt.form), *opened->world));
  return opened;
}

Result<std::shared_ptr<OpenSource>> OpenSources::try_out(const LoginAttempt& attempt, RenewedSecrets& renewed) const {
  return open(attempt, [&renewed](std::string_view parameter, const Secret& value) -> Status {
    renewed.insert_or_assign(std::string(parameter), value);
    return {};
  });
}

Result<Json> OpenSources::plain_params(store::Reader& reader, std::string_view sandbox, const Json& connection) const {
  const Json* params = member_at(connection, {"auth", "params"});
  if (params == nullptr) return Json(nullptr);
  const std::string id = text_of(connection, "id");
  return unmask_params(*params, [&](const std::string& path) { return environment_.vault.get(reader, secret_name(sandbox, id, path)); });
}

Status OpenSources::store_secrets(store::Transaction& transaction, std::string_view sandbox, std::string_view connection,
                                  const std::vector<std::pair<std::string, Secret>>& secrets) const {
  TRY_DO(environment_.vault.forget(transaction, sandbox, connection));
  for (const auto& [path, secret] : secrets) TRY_DO(environment_.vault.put(transaction, secret_name(sandbox, connection, path), secret));
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
  const auto save = [this, key, login](std::string_view parameter, const Secret& value) {
    return environment_.database.write([&](store::Transaction& transaction) -> Status {
      TRY(const Json now, find_stored(transaction, kConnectionShelf, key.first, key.second));
      if (login_generation(now) != login) return {};  // somebody gave the connection another login meanwhile
      return environment_.vault.put(transaction, secret_name(key.first, key.second, parameter), value);
    });
  };
  TRY(auto opened, open({.spec = spec, .form = *form, .params = params}, save));
  std::lock_guard lock(mutex_);
  kept_[key] = Kept{.login = login, .source = opened, .used = ++uses_};
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
