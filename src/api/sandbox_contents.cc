#include "api/sandbox_contents.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "flow/flow_service.h"
#include "registry/schema_store.h"
#include "security/organisation.h"
#include "store/tables.h"

namespace foz::api {
namespace {

/// Tables with a `sandbox` column that outlive what is in it: removals still to be done, and the number by which caches
/// notice that the registry changed.
constexpr std::string_view kKeptTables[] = {"purges", "registry_generations"};

struct Countable {
  std::string_view table, one, many;
};
constexpr Countable kCountable[] = {{"flows", "flow", "flows"}, {"connections", "connection", "connections"}, {"registry_resources", "registry resource", "registry resources"},
                                    {"datasets", "data set", "data sets"}, {"batches", "batch", "batches"}};

std::string_view state_while(Emptying how) { return how == Emptying::reset ? "resetting" : "deleting"; }
std::string_view state_after(Emptying how) { return how == Emptying::reset ? "active" : "deleted"; }

/// Flows go one by one, each with its unfinished runs, and the scheduler hears of it.
Status stop_flows(Services& services, const security::Sandbox& sandbox, std::string_view user) {
  if (services.flows == nullptr) return {};
  const flow::Scope scope{.org_id = services.organisation.id(), .sandbox = sandbox.id, .sandbox_name = sandbox.name, .client_id = "foz", .user_id = std::string(user),
                          .labels = security::HeldLabels::all()};
  TRY(const auto rows, services.database.query("SELECT id FROM flows WHERE sandbox = ?", {sandbox.id}));
  for (const store::Row& row : rows) {
    const Status removed = services.flows->flows.remove(scope, row.text(0), std::nullopt);
    if (!removed && removed.error().kind != ErrorKind::not_found) return removed;
  }
  return {};
}

Status remove_rows(store::Transaction& transaction, const std::string& sandbox) {
  TRY(const auto tables, store::tables_with_column(transaction, "sandbox"));
  for (const std::string& table : tables) {
    const bool kept = std::find(std::begin(kKeptTables), std::end(kKeptTables), table) != std::end(kKeptTables);
    if (kept) continue;
    TRY([[maybe_unused]] const auto rows, transaction.exec("DELETE FROM " + table + " WHERE sandbox = ?", {sandbox}));
  }
  return registry::raise_generation(transaction, sandbox);
}

/// The second half: the sandbox is out of use already.
Result<security::Sandbox> finish(Services& services, const security::Sandbox& sandbox, Emptying how, std::string_view user) {
  TRY_DO(stop_flows(services, sandbox, user));
  return services.sandboxes.move(sandbox.name, {.to = std::string(state_after(how)), .user = std::string(user),
                                                .with = [&](store::Transaction& transaction, const security::Sandbox& before) -> Status {
    if (before.state != state_while(how)) return Error{.kind = ErrorKind::conflict, .message = "the sandbox \"" + before.name + "\" is " + before.state + " meanwhile"};
    if (services.catalog != nullptr) TRY_DO(services.catalog->discard_sandbox(transaction, before.id));
    return remove_rows(transaction, before.id);
  }});
}

}  // namespace

Result<std::string> contents_of(Services& services, const security::Sandbox& sandbox) {
  std::vector<std::string> parts;
  for (const Countable& kind : kCountable) {
    TRY(const auto row, services.database.first("SELECT count(*) FROM " + std::string(kind.table) + " WHERE sandbox = ?", {sandbox.id}));
    const int64_t count = row ? row->integer(0) : 0;
    if (count > 0) parts.push_back(std::to_string(count) + " " + std::string(count == 1 ? kind.one : kind.many));
  }
  if (parts.empty()) return std::string("nothing");
  const std::string last = parts.back();
  parts.pop_back();
  return parts.empty() ? last : join(parts, ", ") + " and " + last;
}

Result<security::Sandbox> empty_sandbox(Services& services, std::string_view name, Emptying how, std::string_view user) {
  TRY(const auto sandbox, services.sandboxes.move(name, {.to = std::string(state_while(how)), .user = std::string(user),
                                                         .with = [&](store::Transaction&, const security::Sandbox& before) -> Status {
    if (before.state == "deleted") return Error{.kind = ErrorKind::not_found, .message = "the sandbox \"" + before.name + "\" is deleted"};
    if (before.active() || before.state == "failed") return {};
    return Error{.kind = ErrorKind::conflict, .message = "the sandbox \"" + before.name + "\" is " + before.state + ": wait until that ends"};
  }}));
  return finish(services, sandbox, how, user);
}

Status finish_emptying(Services& services) {
  TRY(const auto sandboxes, services.sandboxes.all());
  for (const security::Sandbox& sandbox : sandboxes) {
    for (const Emptying how : {Emptying::reset, Emptying::deletion}) {
      if (sandbox.state != state_while(how)) continue;
      log::info("sandbox.emptying_resumed", {{"sandbox", sandbox.name}, {"state", sandbox.state}});
      TRY([[maybe_unused]] const auto done, finish(services, sandbox, how, sandbox.updated_by));
    }
  }
  return {};
}

}  // namespace foz::api
