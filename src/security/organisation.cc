#include "security/organisation.h"

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "security/password.h"

namespace foz::security {
namespace {

Json to_json(const Client& client) {
  Json grants = Json::array();
  for (const Grant& grant : client.grants) grants.push_back({{"role", grant.role}, {"sandboxes", grant.sandboxes}, {"labels", grant.labels}});
  return {{"name", client.name}, {"grants", grants}, {"publicKeys", client.public_keys}};
}

constexpr std::string_view kClientColumns = "client_id, user_id, revoked, expires_ms, doc, secret_hash";

Result<Client> client_of(const store::Row& row) {
  TRY(const Json doc, parse_json(row.text(4)));
  Client client{.client_id = row.text(0), .user_id = row.text(1), .name = text_of(doc, "name"),
                .public_keys = texts_of(doc, "publicKeys"), .revoked = row.integer(2) != 0};
  if (const auto expires = row.maybe_integer(3)) client.expires = from_millis(*expires);
  for (const Json& grant : doc.at("grants")) {
    client.grants.push_back({.role = text_of(grant, "role"), .sandboxes = texts_of(grant, "sandboxes"), .labels = texts_of(grant, "labels")});
  }
  return client;
}

bool usable(const Client& client, Instant now) { return !client.revoked && (!client.expires || *client.expires > now); }

/// The stored setting, or `made`, stored now.
Result<std::string> setting(store::Transaction& transaction, const std::string& name, const std::string& made) {
  TRY(const auto row, transaction.first("SELECT value FROM settings WHERE name = ?", {name}));
  if (row) return row->text(0);
  TRY([[maybe_unused]] const auto changed, transaction.exec("INSERT INTO settings VALUES (?, ?)", {name, made}));
  return made;
}

}  // namespace

Result<std::unique_ptr<Organisation>> Organisation::open(store::Database& database, Random& random, const std::string& tenant,
                                                         const std::string& org) {
  std::unique_ptr<Organisation> organisation(new Organisation(database));
  TRY_DO(database.write([&](store::Transaction& transaction) -> Status {
    TRY(organisation->id_, setting(transaction, "org.id", org.empty() ? upper(random_hex(random, 24)) + "@AdobeOrg" : org));
    TRY(organisation->tenant_, setting(transaction, "tenant.id", tenant));
    return {};
  }));
  if (!org.empty() && org != organisation->id_) {
    return Error{.kind = ErrorKind::invalid, .message = "auth.orgId is " + org + ", but this data directory belongs to " + organisation->id_};
  }
  if (tenant != organisation->tenant_) {
    return Error{.kind = ErrorKind::invalid,
                 .message = "tenant.id is " + tenant + ", but this data directory was made for the tenant " + organisation->tenant_};
  }
  return organisation;
}

Result<NewClient> Organisation::add_client(std::string name, std::vector<Grant> grants, std::vector<std::string> public_keys,
                                           std::optional<Instant> expires, Random& random, Instant now) {
  NewClient made{.client = {.client_id = random_hex(random, 32),
                            .user_id = upper(random_hex(random, 24)) + "@techacct.adobe.com",
                            .name = std::move(name),
                            .grants = std::move(grants),
                            .public_keys = std::move(public_keys),
                            .expires = expires},
                 .secret = Secret("p8e-" + random_hex(random, 40))};
  const Client& client = made.client;
  const store::Value expires_ms = expires ? store::Value(to_millis(*expires)) : store::Value();
  TRY_DO(database_.write([&](store::Transaction& transaction) -> Status {
    TRY([[maybe_unused]] const auto changed,
        transaction.exec("INSERT INTO clients (client_id, secret_hash, user_id, expires_ms, created_ms, doc) VALUES (?, ?, ?, ?, ?, ?)",
                         {client.client_id, hash_password(made.secret), client.user_id, expires_ms, to_millis(now),
                          to_text(to_json(client))}));
    return {};
  }));
  return made;
}

Result<std::optional<Client>> Organisation::client(std::string_view client_id, Instant now) {
  TRY(const auto row, database_.first("SELECT " + std::string(kClientColumns) + " FROM clients WHERE client_id = ?",
                                      {std::string(client_id)}));
  if (!row) return std::optional<Client>();
  TRY(Client found, client_of(*row));
  if (!usable(found, now)) return std::optional<Client>();
  return std::optional(std::move(found));
}

Result<Client> Organisation::authenticate(std::string_view client_id, const Secret& secret, Instant now) {
  const Error refused{.kind = ErrorKind::unauthorized, .message = "the client id or its secret is wrong"};
  TRY(const auto row, database_.first("SELECT " + std::string(kClientColumns) + " FROM clients WHERE client_id = ?",
                                      {std::string(client_id)}));
  // An unknown client costs as much as a wrong secret, so that ids cannot be told apart by time.
  static const std::string kNobody = hash_password(Secret("nobody"));
  const bool matches = verify_password(row ? row->text(5) : kNobody, secret);
  if (!row || !matches) return refused;
  TRY(Client found, client_of(*row));
  if (!usable(found, now)) return refused;
  return found;
}

Result<std::vector<Client>> Organisation::clients() {
  TRY(const auto rows, database_.query("SELECT " + std::string(kClientColumns) + " FROM clients ORDER BY created_ms, client_id"));
  std::vector<Client> clients;
  for (const store::Row& row : rows) {
    TRY(Client client, client_of(row));
    clients.push_back(std::move(client));
  }
  return clients;
}

Status Organisation::revoke(std::string_view client_id) {
  TRY(const int64_t changed, database_.write_value([&](store::Transaction& transaction) {
    return transaction.exec("UPDATE clients SET revoked = 1 WHERE client_id = ?", {std::string(client_id)});
  }));
  if (changed == 0) return Error{.kind = ErrorKind::not_found, .message = "there is no client " + std::string(client_id)};
  return {};
}

}  // namespace foz::security
