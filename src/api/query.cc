// /foz/v1: what is Foz's own about data. /foz/v1/query: read-only SQL over the data sets of a sandbox, by table name. Foz's own; there is no such call at Adobe.
#include "api/deadline.h"
#include "api/insight.h"
#include "api/routes.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/relation.h"
#include "catalog/system_columns.h"
#include "engine/engine.h"
#include "registry/registry.h"

namespace foz::api {
namespace {

constexpr size_t kQueryRowsMax = 10'000;
constexpr std::chrono::seconds kQueryTimeMax{60};

/// A view for each data set whose name stands in the statement; SHOW TABLES gets all of them.
Status make_views(engine::Engine& engine, Services& services, const Request& request, const std::string& sql) {
  const std::string text = lower(sql);
  const bool all = text.find("show") != text.npos || text.find("information_schema") != text.npos || text.find("describe") != text.npos;
  TRY(const auto datasets, services.catalog->datasets(services.database, request.sandbox.id));
  for (const catalog::Dataset& dataset : datasets) {
    if (!all && text.find(lower(dataset.table_name)) == text.npos) continue;
    if (dataset.schema_id().empty()) continue;
    TRY(const auto schema, services.registry->schema(request.sandbox.id, dataset.schema_id()));
    TRY(const auto files, services.catalog->files_of(services.database, request.sandbox.id, dataset.id));
    std::vector<engine::Field> columns;
    for (const registry::Node& node : schema->root.children) columns.push_back(registry::to_field(node));
    if (catalog::has_change_type(files)) columns.push_back(catalog::change_type_field());
    const std::string view = "CREATE VIEW " + engine::quoted(dataset.table_name) + " AS " +
                             catalog::relation_sql(services.catalog->settings().data_dir, files, columns);
    TRY([[maybe_unused]] const auto made, engine.query(view));
  }
  return {};
}

Result<Response> run_query(Services& services, const Request& request) {
  const std::string sql = text_of(request.body, "sql");
  if (trim(sql).empty()) return Error{.kind = ErrorKind::invalid, .message = "the body is {\"sql\": \"SELECT ...\"}", .where = "/sql"};
  TRY(const auto engine, engine::Engine::open({.memory_bytes = 512u << 20, .threads = 2, .allowed_folders = {services.catalog->settings().data_dir / "tables"}}));
  TRY_DO(make_views(*engine, services, request, sql));
  TRY_DO(engine->check_read_only(sql));
  const Deadline deadline(kQueryTimeMax);
  auto rows = engine->query(sql, deadline.token(), kQueryRowsMax);
  if (!rows && deadline.passed()) {
    return Error{.kind = ErrorKind::invalid, .message = "the statement took longer than " + std::to_string(kQueryTimeMax.count()) + " s: ask for less"};
  }
  if (!rows) return std::move(rows).error();
  Json list = Json::array();
  for (auto& row : rows->rows) {
    Json values = Json::array();
    for (Json& value : row) values.push_back(std::move(value));
    list.push_back(std::move(values));
  }
  return json_response(200, {{"columns", rows->columns}, {"rows", list}, {"cutOff", rows->cut_off}});
}

constexpr Route kQueryRoutes[] = {
    {http::Verb::post, "/query", Right::view_datasets, run_query, "Read-only SQL over the data sets of the sandbox", BodyUse::json, {.gives = "QueryAnswer", .takes = "QueryBody"}},
};

}  // namespace

RouteTable query_routes() {
  static const std::vector<Route> kRoutes = [] {
    std::vector<Route> routes(std::begin(kQueryRoutes), std::end(kQueryRoutes));
    for (const auto rows : {insight_routes(), derive_routes()}) routes.insert(routes.end(), rows.begin(), rows.end());
    return routes;
  }();
  return {Service::catalog, "/foz/v1", true, kRoutes};
}

}  // namespace foz::api
