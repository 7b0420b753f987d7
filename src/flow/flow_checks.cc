#include "flow/flow_checks.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/catalog.h"
#include "flow/deadline.h"
#include "flow/explore.h"
#include "prep/mapping_set_store.h"
#include "registry/registry.h"

namespace foz::flow {
namespace {

/// Mistakes in the source connection are shown where the flow names it.
constexpr std::string_view kSourcePath = "/sourceConnectionIds/0";

engine::Type type_of(sources::ColumnType type) {
  using sources::ColumnType;
  switch (type) {
    case ColumnType::boolean: return engine::Type::boolean;
    case ColumnType::int32:
    case ColumnType::int64: return engine::Type::integer;
    case ColumnType::decimal: return engine::Type::decimal;
    case ColumnType::number: return engine::Type::number;
    case ColumnType::date: return engine::Type::date;
    case ColumnType::timestamp: return engine::Type::timestamp;
    case ColumnType::string:
    case ColumnType::json:
    case ColumnType::binary: return engine::Type::string;
  }
  return engine::Type::string;
}

Error at(Error error, std::string_view where) {
  error.where = where;
  return error;
}

/// A table or column that is not there: the request's mistake, not a missing resource.
Error as_mistake(Error error, std::string_view where) {
  if (error.kind == ErrorKind::not_found) error.kind = ErrorKind::invalid;
  if (error.kind == ErrorKind::invalid && !error.code.starts_with("FLOW-") && !error.code.starts_with("CONNECTOR-")) error.code = "CONNECTOR-1330-400";
  return at(std::move(error), where);
}

/// What mapping set and schema have against each other.
void check_mappings(const FlowToCheck& flow, const std::vector<sources::Column>& columns, const registry::Node& target, std::vector<Error>& mistakes) {
  const std::vector<prep::SourceColumn> source = as_source_columns(columns);
  for (const prep::Mistake& mistake : prep::check(*flow.mappings, {.columns = &source, .target = &target})) {
    if (mistake.severity != prep::Severity::error) continue;
    mistakes.push_back({.kind = ErrorKind::invalid,
                        .message = "Mapping " + std::to_string(mistake.mapping + 1) + " (" + mistake.source + " to " + mistake.destination + "): " + mistake.message,
                        .code = mistake.code.empty() ? "CONV-1004-400" : mistake.code,
                        .where = flow.mapping_path});
  }
}

/// Windows by a modification stamp read calculated columns, and nothing tells when those change (Sources contract, 6, pain 5).
bool misses_calculations(const FlowToCheck& flow, const sources::Description& table, const std::vector<sources::Column>& columns) {
  const bool windowed = flow.recurring && (flow.transformations.delta_column || !table.modified_column.empty());
  return windowed && !flow.options.calculated_refresh && std::any_of(columns.begin(), columns.end(), [](const sources::Column& column) { return column.calculated; });
}

/// All mistakes as one error; they always stand in `report.errors`, also when there is but one.
Status refused(std::vector<Error> mistakes) {
  if (mistakes.empty()) return {};
  const bool one = mistakes.size() == 1;
  const Error first = mistakes.front();
  Error error = several(std::move(mistakes));
  if (one) error.problems = {{.path = first.where, .code = first.code, .message = first.message}};
  return error;
}

}  // namespace

std::vector<prep::SourceColumn> as_source_columns(const std::vector<sources::Column>& columns) {
  std::vector<prep::SourceColumn> list;
  for (const sources::Column& column : columns) list.push_back({.name = column.name, .type = type_of(column.type), .json = column.type == sources::ColumnType::json});
  return list;
}

std::vector<sources::Column> columns_read(const sources::Description& table, const std::vector<std::string>& wanted, std::vector<Error>& mistakes) {
  std::vector<sources::Column> columns;
  for (const std::string& name : wanted) {
    auto column = sources::resolve_column(table, name);
    if (column) {
      columns.push_back(std::move(*column));
    } else {
      mistakes.push_back(as_mistake(std::move(column).error(), kSourcePath));
    }
  }
  if (!wanted.empty()) return columns;
  std::copy_if(table.columns.begin(), table.columns.end(), std::back_inserter(columns), [](const sources::Column& column) { return !column.on_request; });
  return columns;
}

Result<prep::MappingSet> mapping_set_of(const Environment& environment, std::string_view sandbox, const MappingRef& mapping) {
  auto set = environment.mapping_sets.find(sandbox, mapping.id, mapping.version);
  if (set || set.error().kind != ErrorKind::not_found) return set;
  if (mapping.version && environment.mapping_sets.find(sandbox, mapping.id, std::nullopt)) {
    return flow_error(1412, "The mapping set " + mapping.id + " has no version " + std::to_string(*mapping.version) + ".");
  }
  return flow_error(1419, "There is no mapping set " + mapping.id + " in this sandbox.");
}

Status check_flow(const Environment& environment, const Connections& connections, const FlowToCheck& flow, std::vector<std::string>& warnings) {
  auto opened = connections.open(flow.sandbox, flow.source.base_connection.text);
  if (!opened) return as_mistake(std::move(opened).error(), kSourcePath);
  auto table = within(environment.clock, environment.settings.explore_timeout,
                      [&](std::stop_token stop) { return describe_table(*(*opened)->source, flow.source.table, stop); });
  if (!table && table.error().kind == ErrorKind::unavailable) return std::move(table).error();
  if (!table) return refused({as_mistake(std::move(table).error(), kSourcePath)});

  std::vector<Error> mistakes;
  const std::vector<sources::Column> columns = columns_read(*table, flow.source.columns, mistakes);
  if (flow.transformations.delta_column) {
    auto column = sources::resolve_column(*table, flow.transformations.delta_column->name);
    if (!column) mistakes.push_back(as_mistake(std::move(column).error(), flow.delta_path));
  }
  for (const std::string& name : flow.options.calculated_columns) {
    auto column = sources::resolve_column(*table, name);
    if (!column) mistakes.push_back(as_mistake(std::move(column).error(), "/options/calculatedRefresh/columns"));
  }
  if (misses_calculations(flow, *table, columns)) warnings.emplace_back("calculated-columns");
  if (flow.source.filter) {
    auto filter = resolved(*flow.source.filter, *table);
    if (!filter) mistakes.push_back(at(std::move(filter).error(), kSourcePath));
  }
  if (flow.mappings) {
    TRY(const catalog::Dataset dataset, environment.catalog.dataset(environment.database, flow.sandbox, flow.dataset));
    auto schema = environment.registry.schema(flow.sandbox, dataset.schema_id());
    if (!schema) return at(provider_error(1312, "The data set " + flow.dataset + " has no schema that rows could be mapped into: " + schema.error().message), "/targetConnectionIds/0");
    check_mappings(flow, columns, (*schema)->root, mistakes);
  }
  return refused(std::move(mistakes));
}

}  // namespace foz::flow
