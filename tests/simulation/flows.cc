#include "tests/simulation/flows.h"

#include <algorithm>
#include <map>

namespace foz::simulation {
namespace {

using std::chrono::minutes;

template <class T>
T must(Result<T> result) {
  FOZ_CHECK(result.has_value(), result ? "" : to_string(result.error()));
  return std::move(*result);
}

class FlowMaker {
 public:
  FlowMaker(Core& core, Vendors& vendors, Random& script) : core_(core), vendors_(vendors), script_(script) {}

  FlowCase make(const TableRow& table, size_t number) {
    FlowCase made{.table = &table, .recurring = script_.below(10) > 0};
    const std::string schema = schema_id();
    made.dataset = dataset(schema, number);
    const std::string base = connection(table.vendor);
    const sources::Description& described = description(table, base);
    const std::string token = column_of(described, table.token);
    const std::string key = std::find_if(described.columns.begin(), described.columns.end(), [](const auto& column) { return column.key; })->name;
    const std::string stamp = described.modified_column;
    const std::string source = must(core_.service.source_connections.create(core_.scope(), {{"name", table.path}, {"baseConnectionId", base}, {"data", {{"format", "tabular"}}},
        {"params", {{"tableName", table.path}, {"columns", {{{"name", key}}, {{"name", token}}, {{"name", stamp}}}}}}}, flow::Mode::live)).id;
    const std::string target = must(core_.service.target_connections.create(core_.scope(), {{"name", "Target"}, {"params", {{"dataSetId", made.dataset}}}}, flow::Mode::live)).id;
    const std::string mapping = mapping_set(schema, {{key, "_id"}, {token, "person.name.lastName"}, {stamp, "repositoryLastModifiedBy"}});
    made.backfill = !made.recurring || script_.below(4) > 0;
    made.start = std::chrono::floor<std::chrono::seconds>(core_.clock.now()) + minutes(static_cast<int64_t>(script_.below(180)) - 120);
    Json body = {{"name", "Flow " + std::to_string(number)}, {"flowSpec", {{"id", "14518937-270c-4525-bdec-c2ba7cce3860"}, {"version", "1.0"}}},
                 {"sourceConnectionIds", {source}}, {"targetConnectionIds", {target}}, {"scheduleParams", schedule(made)},
                 {"transformations", {{{"name", "Mapping"}, {"params", {{"mappingId", mapping}, {"mappingVersion", 0}}}}}}};
    // The column that tells versions apart passes for a calculated one: what a refresh brings must not come by a window, too.
    if (made.recurring && number % 2 == 1) body["options"]["calculatedRefresh"] = {{"frequency", "hour"}, {"interval", 1 + number % 3}, {"columns", {token}}};
    made.deletes = made.recurring && (number % 4 == 1 || number % 4 == 2);
    if (made.deletes) body["options"]["deletes"] = true;
    made.id = must(core_.service.flows.create(core_.scope(), body, flow::Mode::live)).id;
    return made;
  }

 private:
  Json schedule(const FlowCase& made) {
    Json schedule = {{"startTime", to_seconds(made.start)}, {"frequency", "once"}};
    if (!made.recurring) return schedule;
    const bool by_minute = script_.below(4) > 0;
    schedule["frequency"] = by_minute ? "minute" : "hour";
    schedule["interval"] = by_minute ? std::array{15, 20, 30, 45}[script_.below(4)] : 1 + static_cast<int>(script_.below(2));
    schedule["backfill"] = made.backfill;
    return schedule;
  }

  std::string schema_id() {
    if (!schema_.empty()) return schema_;
    const Json body = {{"title", "People"}, {"type", "object"}, {"allOf", {{{"$ref", "https://ns.adobe.com/xdm/context/profile"}}, {{"$ref", "https://ns.adobe.com/xdm/context/profile-person-details"}}}}};
    const auto made = must(core_.registry.create({.sandbox = core_.scope().sandbox, .client = "client-1", .user = "user-1"}, registry::ResourceKind::schema, body));
    return schema_ = text_of(made.body, "$id");
  }

  std::string dataset(const std::string& schema, size_t number) {
    const Json body = {{"name", "People " + std::to_string(number)}, {"schemaRef", {{"id", schema}, {"contentType", "application/vnd.adobe.xed-full+json;version=1"}}}};
    const auto known = core_.catalog.schemas_of(core_.scope().sandbox, {body});
    return must(core_.database.write_value([&](store::Transaction& transaction) {
             return core_.catalog.create_dataset(transaction, {.sandbox = core_.scope().sandbox, .client = "client-1", .user = "user-1"}, body, known);
           })).id;
  }

  /// One login for each vendor, shared by its flows.
  std::string connection(std::string_view vendor) {
    std::string& id = connections_[vendor];
    if (!id.empty()) return id;
    const auto all = sources::all_sources();
    const sources::SourceSpec& spec = **std::find_if(all.begin(), all.end(), [&](const auto* one) { return one->name == vendor; });
    const sources::AuthSpec& auth = vendor == "salesforce" ? *sources::auth_spec_named(spec, "OAuth2 Client Credential") : spec.auth.front();
    const Json known = vendors_.vendor(vendor).credentials();
    Json params = Json::object();
    for (const sources::Parameter& parameter : auth.parameters) {
      const bool origin = parameter.name == "environmentUrl" || parameter.name == "serviceUri" || parameter.name == "baseUrl";
      const std::string value = origin ? vendors_.vendor(vendor).origin() : text_of(known, parameter.name);
      if (!value.empty()) params[std::string(parameter.name)] = value;
    }
    const Json body = {{"name", vendor}, {"connectionSpec", {{"id", spec.id}, {"version", "1.0"}}}, {"auth", {{"specName", auth.name}, {"params", params}}}};
    return id = must(core_.service.connections.create(core_.scope(), body, flow::Mode::live)).id;
  }

  const sources::Description& description(const TableRow& table, const std::string& connection) {
    auto& known = descriptions_[table.path];
    if (!known) known = must(must(core_.service.connections.open(core_.scope().sandbox, connection))->source->describe(std::string(table.path), {}));
    return *known;
  }

  static std::string column_of(const sources::Description& table, std::string_view vendor_name) {
    for (const sources::Column& column : table.columns) {
      if (std::find(column.raw_path.begin(), column.raw_path.end(), vendor_name) != column.raw_path.end()) return column.name;
    }
    FOZ_CHECK(false, "no column " + std::string(vendor_name));
    return "";
  }

  std::string mapping_set(const std::string& schema, const std::vector<std::pair<std::string, std::string>>& pairs) {
    Json body = {{"version", 0}, {"xdmSchema", schema}, {"xdmVersion", "1.0"}, {"id", nullptr}, {"mappings", Json::array()}};
    for (const auto& [from, to] : pairs) body["mappings"].push_back({{"destinationXdmPath", to}, {"sourceAttribute", from}});
    return must(core_.mapping_sets.create(core_.scope().sandbox, must(prep::read_mapping_set(body)), "user")).id;
  }

  Core& core_;
  Vendors& vendors_;
  Random& script_;
  std::string schema_;
  std::map<std::string_view, std::string> connections_;
  std::map<std::string_view, std::optional<sources::Description>> descriptions_;
};

}  // namespace

std::vector<FlowCase> make_flows(Core& core, Vendors& vendors, Random& script, size_t count) {
  FlowMaker maker(core, vendors, script);
  std::vector<FlowCase> flows;
  for (size_t i = 0; i < count; ++i) flows.push_back(maker.make(table_rows()[i % table_rows().size()], i));
  return flows;
}

}  // namespace foz::simulation
