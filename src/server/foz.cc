#include "server/foz.h"

#include <thread>

#include "api/gateway.h"
#include "api/routes.h"
#include "api/sandbox_contents.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"
#include "catalog/janitor.h"
#include "catalog/schema_lookup.h"
#include "flow/flow_service.h"
#include "http/allowance.h"
#include "http/client.h"
#include "http/server.h"
#include "prep/mapping_set_store.h"
#include "registry/registry.h"
#include "schedule/ingest/ingestor.h"
#include "schedule/scheduler.h"
#include "schedule/sweeper.h"
#include "security/organisation.h"
#include "security/sandboxes.h"
#include "security/token.h"
#include "security/vault.h"
#include "server/data_dir.h"
#include "store/database.h"

namespace foz::server {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kTidyEvery{60};
/// Looks at every folder of runs and batches, so not with each tidying.
constexpr int kSweepEachTime = 15;
/// What a request may leave in the pool's queue before the next one gets 503.
constexpr size_t kRequestsWaitingMax = 1024;
/// Of each API client, on an address that others reach: a sixth of what two cores answer.
constexpr double kRequestsPerSecond = 1000;

struct Address {
  std::string host;
  uint16_t port = 0;
};

Result<Address> address_of(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  const auto port = colon == listen.npos ? std::nullopt : to_integer(listen.substr(colon + 1));
  if (!port || *port < 0 || *port > 65'535 || colon == 0) {
    return Error{.kind = ErrorKind::invalid, .message = "server.listen is HOST:PORT (port 0: any free one), not \"" + listen + "\""};
  }
  std::string host = listen.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return Address{.host = std::move(host), .port = static_cast<uint16_t>(*port)};
}

bool is_loopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

/// An address that others reach needs TLS, or somebody who says aloud that it does not.
Status check_exposure(const Settings& settings, const Address& address) {
  if (is_loopback(address.host)) return {};
  if (!settings.boolean("auth.jwtVerify")) {
    return Error{.kind = ErrorKind::forbidden, .message = "auth.jwtVerify=false lets anybody in with a forged assertion: it goes with a loopback address only"};
  }
  if (!settings.text("server.tlsCertificate").empty()) return {};
  if (!settings.boolean("server.insecureListen")) {
    return Error{.kind = ErrorKind::forbidden,
                 .message = "listening on " + address.host + " without TLS would send tokens and secrets in the clear: set server.tlsCertificate and server.tlsKey, "
                            "listen on 127.0.0.1, or say --insecure-listen"};
  }
  log::warning("server.insecure_listen", {{"host", address.host}});
  return {};
}

http::ServerOptions server_options(const Settings& settings, const Address& address) {
  return {.host = address.host,
          .port = address.port,
          .io_threads = static_cast<size_t>(settings.integer("server.ioThreads")),
          .body_bytes_max = static_cast<uint64_t>(settings.integer("server.bodyBytesMax")),
          .tls_certificate_file = settings.text("server.tlsCertificate"),
          .tls_key_file = settings.text("server.tlsKey"),
          .lenient_header_names = settings.boolean("gateway.lenientHeaderNames")};
}

api::ApiSettings api_settings(const Settings& settings) {
  return {.api_key_reads_specs = settings.text("auth.apiKeyOnly") == "specs",
          .token_life = hours(settings.integer("auth.tokenHours")),
          .jwt_verify = settings.boolean("auth.jwtVerify"),
          .public_url = settings.text("server.publicUrl"),
          .region = settings.text("server.region"),
          .allow_prod_reset = settings.boolean("sandbox.allowProdReset"),
          .clamp_content_range = settings.text("access.contentRangeEnd") == "clamped",
          .upload_bytes_max = static_cast<uint64_t>(settings.integer("ingest.uploadBytesMax"))};
}

/// Requests of each API client. Whoever reaches a loopback address has the machine, so the default asks nothing of them.
http::AllowanceOptions request_allowance(const Settings& settings, const Address& address) {
  const int64_t wanted = settings.integer("gateway.requestsPerSecond");
  const double standard = is_loopback(address.host) ? 0 : kRequestsPerSecond;
  return {.per_second = wanted < 0 ? standard : static_cast<double>(wanted), .burst = settings.number("gateway.requestBurst")};
}

/// Failed logins of each address: a minute's worth at once.
http::AllowanceOptions login_allowance(const Settings& settings) {
  const double per_minute = settings.number("auth.failedLoginsPerMinute");
  return {.per_second = per_minute / 60, .burst = per_minute};
}

registry::RegistrySettings registry_settings(const Settings& settings, const security::Organisation& organisation) {
  return {.tenant = organisation.tenant(),
          .org_id = organisation.id(),
          .unique_titles = settings.text("registry.uniqueTitles") == "enforce",
          .lenient_accept = settings.boolean("registry.lenientAccept"),
          .leaf_fields_max = static_cast<size_t>(settings.integer("registry.leafFieldsMax"))};
}

catalog::CatalogSettings catalog_settings(const Settings& settings, const DataDir& dir, const security::Organisation& organisation) {
  return {.data_dir = dir.root,
          .org_id = organisation.id(),
          .accept_unknown_schema = settings.text("catalog.unknownSchema") == "accept",
          .loading_max = hours(settings.integer("ingest.loadingHours")),
          .diagnostics_max = hours(24 * settings.integer("ingest.diagnosticsDays"))};
}

flow::FlowSettings flow_settings(const Settings& settings) {
  return {.test_on_create = settings.text("connections.testOnCreate") == "on",
          .schedule = {.minute_interval_min = settings.integer("schedule.minuteIntervalMin")},
          .partial_ingestion_percent_default = settings.number("flows.defaultPartialIngestionPercent"),
          .strict_schema = settings.boolean("flows.strictSchema"),
          .quota_reserve_percent = static_cast<int>(settings.number("sources.quotaReservePercent")),
          .pages_ahead = static_cast<int>(settings.integer("sources.pagesAhead"))};
}

schedule::RunEngineSettings run_settings(const Settings& settings, const DataDir& dir) {
  schedule::RunEngineSettings run;
  run.pipeline.fetchers_max = static_cast<size_t>(settings.integer("runs.slices"));
  run.pipeline.load_workers = static_cast<size_t>(settings.integer("runs.workers"));
  run.pipeline.memory_bytes = static_cast<uint64_t>(settings.integer("runs.memoryMegabytes")) << 20;
  run.pipeline.queue_bytes = run.pipeline.memory_bytes / 16;
  run.pipeline.file_bytes_target = static_cast<uint64_t>(settings.integer("runs.fileMegabytes")) << 20;
  run.spool_dir = dir.spool();
  run.spill_dir = dir.spill();
  run.keys_dir = dir.keys();
  run.spool_days = settings.number("spool.retentionDays");
  run.partial_as_success = settings.boolean("runs.partialAsSuccess");
  run.partial_ingestion_percent_default = settings.number("flows.defaultPartialIngestionPercent");
  return run;
}

schedule::IngestSettings ingest_settings(const Settings& settings) {
  const std::string unknown = settings.text("ingest.unknownFields");
  schedule::IngestSettings ingest{.record_bytes_max = static_cast<uint64_t>(settings.integer("ingest.recordBytesMax")),
                                  .workers = static_cast<size_t>(settings.integer("runs.workers")),
                                  .memory_bytes = static_cast<uint64_t>(settings.integer("runs.memoryMegabytes")) << 20,
                                  .file_bytes_target = static_cast<uint64_t>(settings.integer("runs.fileMegabytes")) << 20};
  if (unknown != "byFormat") ingest.unknown_fields = unknown == "drop" ? schedule::UnknownFields::drop : schedule::UnknownFields::reject;
  return ingest;
}

schedule::CatchUp catch_up_of(const std::string& word) {
  return word == "replay" ? schedule::CatchUp::replay : word == "skip" ? schedule::CatchUp::skip : schedule::CatchUp::coalesce;
}

schedule::SchedulerSettings scheduler_settings(const Settings& settings) {
  schedule::SchedulerSettings scheduler{.runs_concurrent = static_cast<size_t>(settings.integer("runs.concurrent")),
                                        .catch_up = catch_up_of(settings.text("schedule.catchUp")),
                                        .stall = milliseconds(static_cast<int64_t>(settings.number("runs.stallMinutes") * 60'000)),
                                        .partial_ingestion_percent_default = settings.number("flows.defaultPartialIngestionPercent")};
  if (const int64_t settle = settings.integer("schedule.settleSeconds"); settle >= 0) scheduler.settle = seconds(settle);
  return scheduler;
}

/// Looks after what time makes useless: planned removals once a minute, what was left behind every quarter of an hour.
class Housekeeping {
 public:
  Housekeeping(catalog::Janitor janitor, schedule::Sweeper sweeper, const Clock& clock) : janitor_(std::move(janitor)), sweeper_(std::move(sweeper)), clock_(clock) {}

  void start() {
    thread_ = std::jthread([this](std::stop_token stop) {
      name_this_thread("foz-sweep");
      loop(stop);
    });
  }

 private:
  void loop(const std::stop_token& stop) {
    int times = 0;
    do {
      if (const auto tidied = janitor_.sweep(stop); !tidied) log::warning("janitor.failed", {{"error", tidied.error()}});
      if (times++ % kSweepEachTime != 0) continue;
      if (const auto swept = sweeper_.sweep(stop); !swept) log::warning("sweeper.failed", {{"error", swept.error()}});
    } while (clock_.sleep_for(kTidyEvery, stop));
  }

  catalog::Janitor janitor_;
  schedule::Sweeper sweeper_;
  const Clock& clock_;
  std::jthread thread_;
};

prep::Arithmetic arithmetic(const Settings& settings) {
  return settings.text("prep.arithmetic") == "lenient" ? prep::Arithmetic::lenient : prep::Arithmetic::strict;
}

}  // namespace

/// In the order they are built; destroyed in reverse.
struct Foz::Parts {
  Parts(DataDir folders, DataLock held) : dir(std::move(folders)), lock(std::move(held)) {}

  DataDir dir;
  DataLock lock;
  SystemClock clock;
  SystemRandom random;
  lake::LocalFileIo files;
  std::unique_ptr<store::Database> database;
  std::optional<security::Vault> vault;
  std::optional<security::TokenSigner> tokens;
  std::unique_ptr<security::Organisation> organisation;
  std::unique_ptr<security::Sandboxes> sandboxes;
  std::unique_ptr<http::CurlTransport> transport;
  std::unique_ptr<http::Traced> traced;
  std::unique_ptr<registry::Registry> registry;
  std::unique_ptr<catalog::Catalog> catalog;
  std::unique_ptr<prep::MappingSets> mapping_sets;
  std::unique_ptr<flow::FlowService> flows;
  std::unique_ptr<schedule::Planner> planner;
  std::unique_ptr<schedule::RunEngine> engine;
  std::unique_ptr<Pool> run_workers;
  std::unique_ptr<schedule::Scheduler> scheduler;
  std::unique_ptr<schedule::Ingestor> ingestor;
  std::unique_ptr<http::Allowance> requests;
  std::unique_ptr<http::Allowance> failed_logins;
  std::unique_ptr<api::Services> services;
  std::unique_ptr<api::Gateway> gateway;
  std::unique_ptr<Pool> pool;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<Housekeeping> housekeeping;

  Status open_store(const Settings& settings);
  Status build_domain(const Settings& settings);
  void build_runs(const Settings& settings);
  Status listen(const Settings& settings, const Address& address);
  Status write_first_credentials();
};

Status Foz::Parts::open_store(const Settings& settings) {
  TRY(database, store::open_sqlite({.file = dir.database()}));
  TRY(vault, security::Vault::open(dir.key()));
  TRY(tokens, security::TokenSigner::open(dir.signing_key()));
  TRY(organisation, security::Organisation::open(*database, random, settings.text("tenant.id"), settings.text("auth.orgId")));
  TRY(sandboxes, security::Sandboxes::open(*database, clock, random, settings.integer("sandbox.max")));
  return {};
}

Status Foz::Parts::build_domain(const Settings& settings) {
  TRY(auto egress, http::Egress::parse(settings.text("sources.allow"), settings.text("sources.policy") == "allowlist"));
  transport = std::make_unique<http::CurlTransport>(std::move(egress), http::CurlOptions{.user_agent = "Foz/" FOZ_VERSION, .ca_file = settings.text("sources.caFile")});
  traced = std::make_unique<http::Traced>(*transport, "sources");
  registry = std::make_unique<registry::Registry>(*database, clock, random, registry_settings(settings, *organisation), catalog::schema_use_lookup());
  catalog = std::make_unique<catalog::Catalog>(catalog::schema_lookup(*registry), clock, random, catalog_settings(settings, dir, *organisation));
  const auto schema_root = [this](std::string_view sandbox, const prep::TargetSchema& target) -> Result<std::shared_ptr<const registry::Node>> {
    TRY(const auto schema, registry->schema(sandbox, target.id));
    return std::shared_ptr<const registry::Node>(schema, &schema->root);
  };
  mapping_sets = std::make_unique<prep::MappingSets>(*database, clock, random, prep::MappingSetHooks{.schema_root = schema_root, .used_by = flow::enabled_flow_over_mapping, .arithmetic = arithmetic(settings)});
  flows = std::make_unique<flow::FlowService>(flow::Environment{.database = *database, .vault = *vault, .clock = clock, .random = random, .transport = *traced,
                                                                .registry = *registry, .catalog = *catalog, .mapping_sets = *mapping_sets,
                                                                .settings = flow_settings(settings)});
  return {};
}

void Foz::Parts::build_runs(const Settings& settings) {
  const schedule::SchedulerSettings schedules = scheduler_settings(settings);
  const schedule::PlannerSettings plans{.delta_auto = settings.text("flows.deltaDefault") == "auto", .arithmetic = arithmetic(settings), .settle = schedules.settle};
  planner = std::make_unique<schedule::Planner>(*database, flows->connections, *catalog, *registry, *mapping_sets, plans);
  engine = std::make_unique<schedule::RunEngine>(schedule::RunEngineParts{.database = *database, .files = files, .catalog = *catalog, .planner = *planner,
                                                                          .connections = flows->connections, .clock = clock, .random = random},
                                                 run_settings(settings, dir));
  run_workers = std::make_unique<Pool>("foz-run", schedules.runs_concurrent, schedules.runs_concurrent);
  scheduler = std::make_unique<schedule::Scheduler>(
      schedule::SchedulerParts{.database = *database, .engine = *engine, .clock = clock, .random = random, .settle_of = schedule::settle_of,
                               .submit = [this](std::function<void()> job) { return run_workers->submit(std::move(job)); }},
      schedules);
  const auto columns = [this](std::string_view sandbox, std::string_view schema_id) -> Result<std::shared_ptr<const registry::Node>> {
    TRY(const auto schema, registry->schema(sandbox, schema_id));
    return std::shared_ptr<const registry::Node>(schema, &schema->root);
  };
  ingestor = std::make_unique<schedule::Ingestor>(schedule::IngestorParts{.database = *database, .files = files, .catalog = *catalog, .schema_root = columns, .clock = clock},
                                                  ingest_settings(settings));
  flows->listeners.flows = scheduler.get();
  flows->listeners.runs = scheduler.get();
  const schedule::SweeperSettings sweeps{.spool_dir = dir.spool(), .keys_dir = dir.keys(), .tables_dir = dir.root / "tables",
                                         .spool_days = settings.number("spool.retentionDays"), .run_days = settings.number("runs.retentionDays")};
  housekeeping = std::make_unique<Housekeeping>(catalog::Janitor(*database, *catalog, files, clock), schedule::Sweeper(*database, files, clock, sweeps), clock);
}

Status Foz::Parts::listen(const Settings& settings, const Address& address) {
  requests = std::make_unique<http::Allowance>(clock, request_allowance(settings, address));
  failed_logins = std::make_unique<http::Allowance>(clock, login_allowance(settings));
  services = std::make_unique<api::Services>(api::Services{.clock = clock, .random = random, .settings = api_settings(settings), .database = *database,
                                                           .organisation = *organisation, .sandboxes = *sandboxes, .tokens = *tokens, .registry = registry.get(),
                                                           .catalog = catalog.get(), .mapping_sets = mapping_sets.get(), .flows = flows.get(),
                                                           .scheduler = scheduler.get(), .ingestor = ingestor.get(),
                                                           .requests = requests.get(), .failed_logins = failed_logins.get()});
  TRY_DO(api::finish_emptying(*services));
  gateway = std::make_unique<api::Gateway>(*services, api::all_routes());
  pool = std::make_unique<Pool>("foz-api", static_cast<size_t>(settings.integer("server.apiThreads")), kRequestsWaitingMax);
  const uint64_t json_max = static_cast<uint64_t>(settings.integer("server.bodyBytesMax"));
  const uint64_t upload_max = static_cast<uint64_t>(settings.integer("ingest.uploadBytesMax"));
  const auto plan = [this, json_max, upload_max](const http::Request& head) {
    if (!gateway->takes_file(head)) return http::BodyPlan{.bytes_max = json_max};
    return http::BodyPlan{.bytes_max = upload_max, .file = dir.uploads() / ("body-" + random_hex(random, 24))};
  };
  TRY(server, http::Server::start(server_options(settings, address), *pool, [this](http::Request request) { return gateway->handle(std::move(request)); }, plan));
  return {};
}

/// The first start makes one client with all rights; later ones only keep its address true.
Status Foz::Parts::write_first_credentials() {
  if (std::filesystem::exists(dir.credentials())) return update_endpoint(dir, server->url());
  TRY(const auto made, organisation->add_client("first client", {{.role = "admin", .sandboxes = {"*"}}}, {}, {}, random, clock.now()));
  return write_credentials(dir, {.endpoint = server->url(), .org_id = organisation->id(), .tenant = organisation->tenant(), .client_id = made.client.client_id,
                                 .sandbox = "prod", .client_secret = made.secret});
}

Foz::Foz(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Foz::~Foz() { stop(milliseconds(0)); }

Result<std::unique_ptr<Foz>> Foz::start(const Start& start) {
  TRY(const Address address, address_of(start.settings.text("server.listen")));
  TRY_DO(check_exposure(start.settings, address));
  TRY(DataDir dir, DataDir::prepare(start.data_dir));
  TRY(DataLock lock, DataLock::take(dir));
  auto parts = std::make_unique<Parts>(std::move(dir), std::move(lock));
  // What runs of an earlier process spilled; nobody uses it now.
  TRY_DO(parts->files.remove_tree(parts->dir.spill()));
  TRY_DO(parts->files.make_folder(parts->dir.spill()));
  TRY_DO(parts->open_store(start.settings));
  TRY_DO(parts->build_domain(start.settings));
  parts->build_runs(start.settings);
  TRY_DO(parts->listen(start.settings, address));
  TRY_DO(parts->write_first_credentials());
  parts->scheduler->start();
  parts->ingestor->start();
  parts->housekeeping->start();
  return std::unique_ptr<Foz>(new Foz(std::move(parts)));
}

std::string Foz::url() const { return parts_->server->url(); }

void Foz::stop(milliseconds grace) {
  parts_->housekeeping.reset();
  if (parts_->server) parts_->server->stop(std::min(grace, milliseconds(2000)));
  parts_->ingestor->stop();
  parts_->scheduler->stop(grace);
}

}  // namespace foz::server
