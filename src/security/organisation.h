#pragma once
// The one organisation of an installation: its id and tenant, its API clients.
// Follows: Sandbox and authentication contract, 3-4.

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/secret.h"
#include "security/access.h"
#include "store/database.h"

namespace foz::security {

struct Client {
  std::string client_id;  ///< 32 hex digits; what `x-api-key` carries
  std::string user_id;    ///< `{hex}@techacct.adobe.com`
  std::string name;
  std::vector<Grant> grants;
  std::vector<std::string> public_keys;  ///< PEM; for the JWT exchange
  bool revoked = false;
  std::optional<Instant> expires;
};

struct NewClient {
  Client client;
  Secret secret;  ///< shown once
};

/// Reads are cached; thread-safe.
class Organisation {
 public:
  /// Makes org id and tenant on first start; `tenant` is the setting `tenant.id`, `org` the setting `auth.orgId` (empty: random).
  static Result<std::unique_ptr<Organisation>> open(store::Database& database, Random& random, const std::string& tenant,
                                                    const std::string& org);

  const std::string& id() const { return id_; }        ///< `0123456789ABCDEF01234567@AdobeOrg`
  const std::string& tenant() const { return tenant_; }  ///< without underscore

  /// A client with a random secret.
  Result<NewClient> add_client(std::string name, std::vector<Grant> grants, std::vector<std::string> public_keys,
                               std::optional<Instant> expires, Random& random, Instant now);
  /// Nothing when there is none, or it is revoked or expired.
  Result<std::optional<Client>> client(std::string_view client_id, Instant now);
  /// The client when the secret is its own. Errors: unauthorized.
  Result<Client> authenticate(std::string_view client_id, const Secret& secret, Instant now);
  Result<std::vector<Client>> clients();
  /// Errors: not_found.
  Status revoke(std::string_view client_id);

 private:
  explicit Organisation(store::Database& database) : database_(database) {}
  store::Database& database_;
  std::string id_;
  std::string tenant_;
};

}  // namespace foz::security
