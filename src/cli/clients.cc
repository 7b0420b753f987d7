// foz client: API clients, straight in the data directory's database.
#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "base/time_text.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "security/organisation.h"
#include "server/data_dir.h"
#include "server/settings.h"
#include "store/database.h"

namespace foz::cli {
namespace {

/// The database and the organisation in it. A running server may use them at the same time.
struct OpenOrganisation {
  std::unique_ptr<store::Database> database;
  std::unique_ptr<security::Organisation> organisation;
};

Result<OpenOrganisation> open_organisation(const Place& place, Random& random) {
  const server::DataDir dir{.root = place.data_dir};
  if (!std::filesystem::exists(dir.database())) {
    return Error{.kind = ErrorKind::not_found, .message = dir.database().string() + " is not there: start the server once (foz serve --data " + place.data_dir.string() + ")"};
  }
  TRY(const auto settings, server::Settings::load(dir.root / "foz.yaml", server::foz_environment(), {}));
  OpenOrganisation open;
  TRY(open.database, store::open_sqlite({.file = dir.database()}));
  TRY(open.organisation, security::Organisation::open(*open.database, random, settings.text("tenant.id"), settings.text("auth.orgId")));
  return open;
}

Result<std::vector<std::string>> read_files(const std::vector<std::filesystem::path>& files) {
  std::vector<std::string> texts;
  for (const auto& file : files) {
    std::ifstream stream(file);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) return Error{.kind = ErrorKind::not_found, .message = file.string() + " cannot be read"};
    texts.push_back(text.str());
  }
  return texts;
}

Status add(const ClientOptions& options) {
  if (security::role_named(options.role) == nullptr) {
    std::vector<std::string> names;
    for (const auto& role : security::roles()) names.emplace_back(role.name);
    return Error{.kind = ErrorKind::invalid, .message = "there is no role \"" + options.role + "\"; there are " + join(names, ", ")};
  }
  SystemRandom random;
  const Instant now = SystemClock().now();
  TRY(const auto open, open_organisation(options.place, random));
  TRY(auto keys, read_files(options.public_keys));
  std::optional<Instant> expires;
  if (options.expires_days > 0) expires = now + std::chrono::days(options.expires_days);
  TRY(const auto made, open.organisation->add_client(options.name, {{.role = options.role, .sandboxes = options.sandboxes, .labels = options.labels}}, std::move(keys), expires, random, now));
  std::printf("clientId      %s\nclientSecret  %s\n", made.client.client_id.c_str(), made.secret.reveal().c_str());
  std::fprintf(stderr, "The secret is not shown again.\n");
  return {};
}

Status list(const ClientOptions& options) {
  SystemRandom random;
  TRY(const auto open, open_organisation(options.place, random));
  TRY(const auto clients, open.organisation->clients());
  std::vector<std::vector<std::string>> rows;
  for (const security::Client& client : clients) {
    std::string grants;
    for (const auto& grant : client.grants) {
      grants += (grants.empty() ? "" : "; ") + grant.role + " in " + join(grant.sandboxes, ", ") + (grant.labels.empty() ? "" : " with " + join(grant.labels, ", "));
    }
    rows.push_back({client.client_id, client.name, grants, client.expires ? iso_seconds(*client.expires) : "never", client.revoked ? "revoked" : "active"});
  }
  std::fputs(table_text({"client", "name", "roles", "expires", "state"}, rows).c_str(), stdout);
  return {};
}

Status revoke(const ClientOptions& options) {
  SystemRandom random;
  TRY(const auto open, open_organisation(options.place, random));
  return open.organisation->revoke(options.client_id);
}

int ended(const Status& status) { return status ? 0 : fail(status.error()); }

}  // namespace

int client_add(const ClientOptions& options) { return ended(add(options)); }
int client_list(const ClientOptions& options) { return ended(list(options)); }
int client_revoke(const ClientOptions& options) { return ended(revoke(options)); }

}  // namespace foz::cli
