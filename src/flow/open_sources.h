#pragma once
// Connections that are logged in: one Source for each, shared by explore, tests and runs, so that a token is renewed once
// for all and the vendor's rates are kept together.

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "flow/auth_params.h"
#include "flow/environment.h"
#include "flow/specs.h"

namespace foz::flow {

/// A Source with what it stands on.
struct OpenSource {
  const sources::SourceSpec* spec = nullptr;
  std::unique_ptr<sources::World> world;
  std::unique_ptr<sources::Source> source;  ///< declared last: goes first
};

/// A login with the params of a request, stored or not.
struct LoginAttempt {
  const ConnectionSpec& spec;
  const AuthForm& form;
  const Json& params;  ///< plain
};

/// Secrets that a source renewed while it was tried out, by name; empty: used up.
using RenewedSecrets = std::map<std::string, Secret, std::less<>>;

/// A stored connection.
struct StoredConnection {
  std::string sandbox, id;
};

/// Thread-safe.
class OpenSources {
 public:
  explicit OpenSources(const Environment& environment) : environment_(environment) {}

  /// The Source of a stored connection; opened when it is not yet, or was given another login since. Whoever holds the old
  /// one keeps it. `connection` is the stored document. Errors: CONNECTOR-1312 (not run by this version), those of
  /// SourceSpec::open and of the vault.
  Result<std::shared_ptr<OpenSource>> of(std::string_view sandbox, const ConnectionSpec& spec, const Json& connection);

  /// A login that is not stored. What the source renews goes to `renewed`, which must outlive the source; what it rotates of
  /// `stored`, the connection that it shall become the login of, is kept there at once: the vendor may know the old no more.
  Result<std::shared_ptr<OpenSource>> try_out(const LoginAttempt& attempt, RenewedSecrets& renewed, const std::optional<StoredConnection>& stored) const;

  /// The plain params of a stored connection; null when it has none.
  Result<Json> plain_params(store::Reader& reader, std::string_view sandbox, const Json& connection) const;
  /// Stores the secrets of a connection in the place of those it had. `untouched`: those that the change left alone, as they were
  /// read before it; where another is kept by now, somebody renewed it, and it stays.
  Status store_secrets(store::Transaction& transaction, const StoredConnection& connection,
                       const std::vector<std::pair<std::string, Secret>>& secrets, const std::map<std::string, Secret>& untouched = {}) const;
  /// Forgets an open source; its users keep it.
  void forget(std::string_view sandbox, std::string_view connection);

 private:
  using Save = std::function<Status(const std::vector<sources::RenewedSecret>&)>;
  using Kept = std::function<Result<Secret>(std::string_view)>;
  Result<std::shared_ptr<OpenSource>> open(const LoginAttempt& attempt, Save save, Kept kept) const;
  Status keep_renewed(const StoredConnection& connection, const std::vector<sources::RenewedSecret>& renewed) const;

  struct Shared {
    std::string login;
    std::shared_ptr<OpenSource> source;
    uint64_t used = 0;
  };
  using Key = std::pair<std::string, std::string>;

  const Environment& environment_;
  std::mutex mutex_;
  std::map<Key, Shared> kept_;
  uint64_t uses_ = 0;
};

/// What a source said, as this service tells it: refused logins and requests are CONNECTOR-1308-400, missing things
/// CONNECTOR-1330 and 404, an unreachable system 503. The source's own words stay.
Error as_provider_error(Error error);

inline constexpr Shelf kConnectionShelf{.collection = "connections", .table = "connections"};
/// What the table of connections has as columns of its own.
store::Extras columns_of_connection(const Json& document);
/// Which login a stored connection has: changes when its auth does, not when a source renews a token.
std::string login_generation(const Json& connection);

/// The field of a param in the vault: "auth.params.password".
security::SecretName secret_name(std::string_view sandbox, std::string_view connection, std::string_view path);

}  // namespace foz::flow
