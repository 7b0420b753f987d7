#pragma once
// A whole Flow Service for tests: a real database, registry, catalog and mapping sets, over a source system in memory.

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/schema_lookup.h"
#include "flow/flow_service.h"
#include "flow/testing.h"
#include "prep/mapping_set_store.h"
#include "registry/registry.h"

namespace foz::flow::testing {

/// The system behind the fake source; one for the process, fresh for each world.
struct FakeSystem {
  std::atomic<bool> down = false;
  std::atomic<bool> hangs = false;         ///< answers only when it is told to stop
  std::atomic<int> logins = 0, looks = 0;
  std::atomic<int> reads = 0, removal_looks = 0;
  std::string password = "right";
  std::vector<sources::Page> pages = {};                        ///< of every table, in order; none: two contacts
  std::optional<size_t> breaks_at = {};                         ///< this page cannot be had, counted from 0
  ErrorKind break_kind = ErrorKind::unavailable;                ///< why
  std::optional<size_t> leads_back_to = {};                     ///< from the last page
  std::vector<sources::Column> more_columns = {};               ///< stand in front of the others
  std::optional<Instant> vendor_now = {};
  std::string version_column = {};                              ///< of every table; one of `more_columns`
  bool has_feed = false;                                        ///< of removed records; nothing is ever in it
  std::string refresh_token = "r1";                             ///< the only one that is good: each login takes it and gives another
  std::string code = "c0de";                                    ///< gives a refresh token once

  static FakeSystem& instance() {
    static FakeSystem system;
    return system;
  }
  void reset() {
    down = hangs = false;
    logins = looks = reads = removal_looks = 0;
    password = "right";
    pages.clear();
    breaks_at.reset();
    break_kind = ErrorKind::unavailable;
    leads_back_to.reset();
    more_columns.clear();
    vendor_now.reset();
    version_column.clear();
    has_feed = false;
    refresh_token = "r1";
    code = "c0de";
  }
};

class FakeSource : public sources::Source {
 public:
  explicit FakeSource(std::string password) : password_(std::move(password)) {}

  Status check(std::stop_token stop) override {
    ++system_.logins;
    TRY_DO(answers(stop));
    if (password_ == system_.password) return {};
    return Error{.kind = ErrorKind::unauthorized, .message = "INVALID_LOGIN: Invalid username, password, security token"};
  }
  Result<std::vector<sources::Table>> explore(std::stop_token stop) override {
    ++system_.looks;
    TRY_DO(check(stop));
    return std::vector<sources::Table>{{.name = "Contact", .path = "Contact"}, {.name = "Account", .path = "Account"}, {.name = "Empty", .path = "Empty"}};
  }
  Result<sources::Description> describe(const std::string& path, std::stop_token stop) override {
    TRY_DO(answers(stop));
    using sources::ColumnType;
    sources::Description table{.table = {.name = path, .path = path}, .modified_column = "SystemModstamp", .version_column = system_.version_column};
    if (path == "Empty") return table;
    table.columns = {{.name = "Id", .raw_path = {"Id"}, .key = true},
                     {.name = "FirstName", .raw_path = {"FirstName"}},
                     {.name = "LastName", .raw_path = {"LastName"}},
                     {.name = "Email", .raw_path = {"Email"}},
                     {.name = "Visits", .type = ColumnType::int32, .raw_path = {"Visits"}},
                     {.name = "LastModifiedDate", .type = ColumnType::timestamp, .raw_path = {"LastModifiedDate"}, .cursor = true},
                     {.name = "SystemModstamp", .type = ColumnType::timestamp, .raw_path = {"SystemModstamp"}, .cursor = true}};
    table.columns.insert(table.columns.begin(), system_.more_columns.begin(), system_.more_columns.end());
    return table;
  }
  Result<std::vector<sources::Slice>> plan(const sources::ReadPlan&, std::stop_token) override { return std::vector<sources::Slice>{{.id = "all", .query = ""}}; }
  Result<sources::Page> read(const sources::ReadPlan&, const sources::Slice&, const sources::Cursor& from, std::stop_token) override {
    ++system_.reads;
    const auto number = static_cast<size_t>(to_integer(from.text).value_or(0));
    if (system_.breaks_at == number) return Error{.kind = system_.break_kind, .message = "the connection was cut off"};
    if (number < system_.pages.size()) {
      sources::Page page = system_.pages[number];
      if (number + 1 < system_.pages.size()) page.next = sources::Cursor{std::to_string(number + 1)};
      else if (system_.leads_back_to) page.next = sources::Cursor{std::to_string(*system_.leads_back_to)};
      return page;
    }
    return sources::Page{.bodies = {R"([{"Id":"0035x01","FirstName":"Ana","LastName":"Reis","Email":"ana@harbour.example","Visits":4},{"Id":"0035x02","FirstName":"Rui","Visits":9}])"}};
  }
  Result<sources::Removals> deletes(const sources::ReadPlan& plan, const std::string& bookmark, const sources::Cursor& from, std::stop_token stop) override {
    if (!system_.has_feed) return Source::deletes(plan, bookmark, from, stop);
    return sources::Removals{.bookmark = std::to_string(++system_.removal_looks), .method = "feed", .lateness = std::chrono::seconds(60)};
  }
  Result<std::vector<sources::Limit>> limits(std::stop_token) override { return std::vector<sources::Limit>(); }
  std::optional<Instant> vendor_now() const override { return system_.vendor_now; }

 private:
  Status answers(std::stop_token stop) const {
    while (system_.hangs && !stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (system_.hangs) return Error{.kind = ErrorKind::cancelled, .message = "stopped"};
    if (system_.down) return Error{.kind = ErrorKind::unavailable, .message = "the host does not answer"};
    return {};
  }
  FakeSystem& system_ = FakeSystem::instance();
  const std::string password_;
};

/// Logs in with each check, and each login renews the refresh token.
class RefreshingSource final : public FakeSource {
 public:
  RefreshingSource(sources::Login login, const sources::World& world) : FakeSource("right"), login_(std::move(login)), world_(world), token_(login_.secret("refreshToken")), code_(login_.secret("code")) {}

  Status check(std::stop_token) override {
    if (const auto kept = world_.kept_secret ? world_.kept_secret("refreshToken") : Result<Secret>(Secret()); kept && !kept->empty()) token_ = *kept;
    const bool by_code = !code_.empty();
    const bool known = by_code ? code_.reveal() == std::exchange(system_.code, "") : token_.reveal() == system_.refresh_token;
    if (!known) return Error{.kind = ErrorKind::unauthorized, .message = "invalid_grant"};
    system_.refresh_token += "+";
    std::vector<sources::RenewedSecret> renewed = {{.parameter = "refreshToken", .was = token_, .now = Secret(system_.refresh_token)}};
    if (by_code) renewed.push_back({.parameter = "code", .was = code_, .now = {}});
    token_ = Secret(system_.refresh_token);
    code_ = Secret();
    TRY_DO(world_.save_secrets(renewed));
    if (login_.text("apiVersion") == "7") return Error{.kind = ErrorKind::invalid, .message = "the version is unknown"};
    return {};
  }

 private:
  FakeSystem& system_ = FakeSystem::instance();
  const sources::Login login_;
  const sources::World world_;
  Secret token_, code_;
};

inline constexpr std::string_view kCrmSpec = "cfc0fee1-7dc0-40ef-b73e-d8b134c436f5";
inline constexpr std::string_view kRecordSchemaTitle = "Harbour contacts";

inline const sources::SourceSpec& fake_spec() {
  static const sources::SourceSpec kSpec{
      .name = "salesforce", .id = kCrmSpec, .title = "Salesforce", .category = "CRM", .about = "A CRM in memory.",
      .auth = {{.name = "Basic Authentication", .type = "Basic_Authentication",
                .parameters = {{"username", "", true, false}, {"password", "", true, true}, {"securityToken", "", true, true}, {"environmentUrl", ""}}},
               {.name = "OAuth2 Client Credential", .type = "OAuth2_Client_Credential",
                .parameters = {{"environmentUrl", "", true, false}, {"clientId", "", true, false}, {"clientSecret", "", true, true}}},
               {.name = "OAuth2 JWT Token Credential", .type = "OAuth2_JWT_Token_Credential", .parameters = {{"jwtToken", "", true, true}, {"clientSecret", "", true, true}}},
               {.name = "OAuth2 Refresh Code", .type = "OAuth2RefreshCode",
                .parameters = {{"clientId", "", true, false}, {"refreshToken", "", false, true}, {"code", "", false, true}, {"apiVersion", ""}}}},
      .filters_at_source = true,
      .open = [](const sources::Login& login, const sources::World& world) -> Result<std::unique_ptr<sources::Source>> {
        if (login.auth_spec == "OAuth2 Refresh Code") return std::unique_ptr<sources::Source>(std::make_unique<RefreshingSource>(login, world));
        const std::string password = login.secret("password").reveal();
        return std::unique_ptr<sources::Source>(std::make_unique<FakeSource>(password.empty() ? login.secret("clientSecret").reveal() : password));
      }};
  return kSpec;
}

/// Keeps what a service tells its listeners.
class Heard final : public FlowObserver, public RunControl {
 public:
  void changed(const SandboxId&, const FlowId& flow) override { note("changed " + flow.text); }
  void wake() override { note("wake"); }
  void cancel(const RunId& run) override { note("cancel " + run.text); }
  std::vector<std::string> take() {
    std::lock_guard lock(mutex_);
    return std::exchange(heard_, {});
  }

 private:
  void note(std::string what) {
    std::lock_guard lock(mutex_);
    heard_.push_back(std::move(what));
  }
  std::mutex mutex_;
  std::vector<std::string> heard_;
};

/// A transport that nothing may use: the fake source has its system in memory.
class NoNetwork final : public http::Transport {
 public:
  Result<http::Response> send(const http::Request& request, std::stop_token) override {
    return Error{.kind = ErrorKind::unavailable, .message = "no network in this test: " + request.url};
  }
};

class ServiceWorld {
 public:
  explicit ServiceWorld(FlowSettings settings = {}) {
    FakeSystem::instance().reset();
    service.emplace(Environment{.database = *store.database, .vault = store.vault, .clock = store.clock, .random = store.random, .transport = network,
                                .registry = registry, .catalog = catalog, .mapping_sets = mapping_sets, .settings = std::move(settings), .sources = kSources});
    service->listeners.flows = &heard;
    service->listeners.runs = &heard;
  }

  FakeSystem& system() { return FakeSystem::instance(); }
  store::Database& database() { return *store.database; }
  const Scope& scope() const { return scope_; }
  Scope other_scope() const { return {.org_id = scope_.org_id, .sandbox = "sandbox-2", .sandbox_name = "dev", .client_id = "client-1", .user_id = "user@techacct.adobe.com"}; }

  // --- What flows stand on ----------------------------------------------------------------------------------------

  std::string schema(const std::string& title = std::string(kRecordSchemaTitle)) {
    const Json body = {{"title", title}, {"type", "object"}, {"allOf", {{{"$ref", "https://ns.adobe.com/xdm/context/profile"}}, {{"$ref", "https://ns.adobe.com/xdm/context/profile-person-details"}}}}};
    const auto made = registry.create({.sandbox = scope_.sandbox, .client = scope_.client_id, .user = scope_.user_id}, registry::ResourceKind::schema, body);
    FOZ_CHECK(made.has_value(), made ? "" : to_string(made.error()));
    return text_of(made->body, "$id");
  }
  std::string dataset(const std::string& schema_id) {
    const Json body = {{"name", "Harbour contacts"}, {"schemaRef", {{"id", schema_id}, {"contentType", "application/vnd.adobe.xed-full+json;version=1"}}}};
    const auto known = catalog.schemas_of(scope_.sandbox, {body});
    const auto made = database().write_value([&](store::Transaction& transaction) {
      return catalog.create_dataset(transaction, {.sandbox = scope_.sandbox, .client = scope_.client_id, .user = scope_.user_id}, body, known);
    });
    FOZ_CHECK(made.has_value(), made ? "" : to_string(made.error()));
    return made->id;
  }
  void delete_dataset(const std::string& id) {
    const auto gone = database().write_value([&](store::Transaction& transaction) {
      return catalog.delete_dataset(transaction, {.sandbox = scope_.sandbox, .client = scope_.client_id, .user = scope_.user_id}, id);
    });
    FOZ_CHECK(gone.has_value());
  }
  /// `pairs`: source attribute and destination.
  prep::MappingSet mapping_set(const std::string& schema_id, const std::vector<std::pair<std::string, std::string>>& pairs = {{"FirstName", "person.name.firstName"}, {"Id", "_id"}}) {
    Json body = {{"version", 0}, {"xdmSchema", schema_id}, {"xdmVersion", "1.0"}, {"id", nullptr}, {"mappings", Json::array()}};
    for (const auto& [from, to] : pairs) body["mappings"].push_back({{"destinationXdmPath", to}, {"sourceAttribute", from}});
    const auto read = prep::read_mapping_set(body);
    FOZ_CHECK(read.has_value(), read ? "" : to_string(read.error()));
    const auto made = mapping_sets.create(scope_.sandbox, *read, "user");
    FOZ_CHECK(made.has_value(), made ? "" : to_string(made.error()));
    return *made;
  }
  /// The next version of a set, unchanged otherwise.
  int64_t next_version(const prep::MappingSet& set) {
    const auto made = mapping_sets.replace(scope_.sandbox, set.id, set, "user");
    FOZ_CHECK(made.has_value(), made ? "" : to_string(made.error()));
    return made->version;
  }

  // --- Bodies -----------------------------------------------------------------------------------------------------

  static Json connection_body(const std::string& password = "right") {
    return {{"name", "Harbour CRM account"}, {"description", "read-only integration user"},
            {"auth", {{"specName", "Basic Authentication"}, {"params", {{"username", "ana"}, {"password", password}, {"securityToken", "t0ken-s3cret"}}}}},
            {"connectionSpec", {{"id", kCrmSpec}, {"version", "1.0"}}}};
  }
  static Json source_body(const std::string& base) {
    return {{"name", "Contacts"}, {"baseConnectionId", base}, {"data", {{"format", "parquet_xdm"}}}, {"params", {{"tableName", "Contact"}}}};
  }
  static Json target_body(const std::string& dataset_id) { return {{"name", "Target"}, {"params", {{"dataSetId", dataset_id}}}}; }

  /// Everything that a flow needs, made once.
  struct Parts {
    std::string schema, dataset, base, source, target;
    prep::MappingSet mappings;
  };
  const Parts& parts() {
    if (parts_) return *parts_;
    Parts made;
    made.schema = schema();
    made.dataset = dataset(made.schema);
    made.mappings = mapping_set(made.schema);
    made.base = must(service->connections.create(scope_, connection_body(), Mode::live)).id;
    made.source = must(service->source_connections.create(scope_, source_body(made.base), Mode::live)).id;
    made.target = must(service->target_connections.create(scope_, target_body(made.dataset), Mode::live)).id;
    parts_ = std::move(made);
    heard.take();
    return *parts_;
  }
  Json flow_body() {
    const Parts& made = parts();
    return {{"name", "Harbour contacts nightly"},
            {"flowSpec", {{"id", kCrmToAep}, {"version", "1.0"}}},
            {"sourceConnectionIds", {made.source}},
            {"targetConnectionIds", {made.target}},
            {"transformations", {{{"name", "Copy"}, {"params", {{"deltaColumn", {{"name", "LastModifiedDate"}}}}}}, {{"name", "Mapping"}, {"params", {{"mappingId", made.mappings.id}, {"mappingVersion", 0}}}}}},
            {"scheduleParams", {{"startTime", kStartSeconds + 3600}, {"frequency", "day"}, {"interval", 1}}}};
  }
  /// A live flow. It begins in an hour.
  std::string flow() { return must(service->flows.create(scope_, flow_body(), Mode::live)).id; }
  Json stored(const std::string& id) {
    const auto found = service->flows.find(database(), scope_.sandbox, id);
    FOZ_CHECK(found.has_value(), id);
    return *found;
  }
  Position position(const std::string& flow_id) { return FlowStore::position(database(), scope_.sandbox, flow_id, {}).value(); }

  static Written must(Result<Written> written) {
    FOZ_CHECK(written.has_value(), written ? "" : to_string(written.error()));
    return *written;
  }

  Store store;
  NoNetwork network;
  registry::Registry registry{*store.database, store.clock, store.random, {.org_id = "0123456789ABCDEF01234567@AdobeOrg"}};
  catalog::Catalog catalog{catalog::schema_lookup(registry), store.clock, store.random, {.data_dir = store.folder.path() / "data", .org_id = "0123456789ABCDEF01234567@AdobeOrg"}};
  prep::MappingSets mapping_sets{*store.database, store.clock, store.random,
                                 {.schema_root = [this](std::string_view sandbox, const prep::TargetSchema& target) -> Result<std::shared_ptr<const registry::Node>> {
                                   TRY(const auto found, registry.schema(sandbox, target.id));
                                   return std::shared_ptr<const registry::Node>(found, &found->root);
                                 }}};
  Heard heard;
  std::optional<FlowService> service;

 private:
  static inline const sources::SourceSpec* const kSources[] = {&fake_spec()};
  Scope scope_{.org_id = "0123456789ABCDEF01234567@AdobeOrg", .sandbox = "sandbox-1", .sandbox_name = "prod", .client_id = "client-1", .user_id = "user@techacct.adobe.com",
               .labels = security::HeldLabels::all()};
  std::optional<Parts> parts_;
};

}  // namespace foz::flow::testing
