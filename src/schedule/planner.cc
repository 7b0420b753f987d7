#include "schedule/planner.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/system_columns.h"
#include "flow/document.h"
#include "schedule/decode.h"

namespace foz::schedule {
namespace {

const Json& part_of(const Json& document, std::string_view name) {
  static const Json kNothing = Json::object();
  const Json* found = member(document, name);
  return found == nullptr ? kNothing : *found;
}

std::string dataset_of(const Json& target_connection) {
  const Json& params = part_of(target_connection, "params");
  const std::string id = text_of(params, "dataSetId", text_of(params, "datasetId"));
  return catalog::id_of_reference(id);
}

/// The flow's own delta column, else, where there is a window, the one that the source itself moves (13.4).
std::optional<flow::DeltaColumn> delta_column_of(const flow::Flow& flow, const flow::Run& run, const sources::Description& table, bool automatic) {
  if (run.delta_column) return run.delta_column;
  if (flow.transformations.delta_column) return flow.transformations.delta_column;
  const bool windowed = flow.schedule.recurring() || run.window_from || run.window_to;
  if (!windowed || !automatic || table.modified_column.empty()) return std::nullopt;
  return flow::DeltaColumn{.name = table.modified_column};
}

/// True when rows of the table and their versions can be told apart: what look-back needs.
bool can_look_back(const sources::Description& table, const std::string& stamp_column, const std::string& date_format) {
  const bool has_key = std::any_of(table.columns.begin(), table.columns.end(), [](const sources::Column& c) { return c.key; });
  const auto stamp = std::find_if(table.columns.begin(), table.columns.end(), [&](const sources::Column& c) { return c.name == stamp_column; });
  return has_key && stamp != table.columns.end() && tells_versions_apart(*stamp, date_format);
}

/// How far a window is read before its begin, and whether what that brings a second time is known.
struct LookingBack {
  std::chrono::seconds look_back{0};
  bool remembers = false;
  Instant limit = Instant::min();
};

/// No condition at all for one-time runs. The first backfill has no upper bound where a key memory will catch what it
/// read past its window; later windows begin `look_back` earlier where there is such a memory already.
std::optional<sources::Window> window_of(const flow::Run& run, const flow::DeltaColumn& delta, const std::string& stamp_column, const LookingBack& back) {
  if (!run.window_from && !run.window_to) return std::nullopt;
  sources::Window window{.column = stamp_column, .from = run.window_from, .to = run.window_to, .date_format = delta.date_format, .timezone = delta.timezone};
  if (run.first_backfill && run.trigger == flow::Trigger::tick && back.look_back > back.look_back.zero()) window.to.reset();
  if (window.from && back.remembers) window.from = std::max(*window.from - back.look_back, std::min(back.limit, *window.from));
  if (!window.from && !window.to) return std::nullopt;
  return window;
}

Status look_at_table(sources::Source& source, const std::string& name, std::stop_token stop, sources::ReadPlan& read) {
  TRY(const auto tables, source.explore(stop));
  TRY(const sources::Table table, sources::resolve_table(tables, name));
  TRY(read.table, source.describe(table.path, stop));
  return {};
}

/// The name that the table itself has for the column a person means.
Result<std::string> own_name(const sources::Description& table, const std::string& given) {
  TRY(const sources::Column column, sources::resolve_column(table, given));
  const auto own = std::find_if(table.columns.begin(), table.columns.end(), [&](const sources::Column& c) { return c.raw_path == column.raw_path; });
  return own == table.columns.end() ? column.name : own->name;
}

/// What tells two changes apart that have one stamp.
void add_version(sources::ReadPlan& read) {
  const auto named = [&](const sources::Column& column) { return column.name == read.table.version_column; };
  const auto own = std::find_if(read.table.columns.begin(), read.table.columns.end(), named);
  if (own == read.table.columns.end()) return;
  const bool have = std::any_of(read.columns.begin(), read.columns.end(), [&](const sources::Column& column) { return column.raw_path == own->raw_path; });
  if (!have) read.columns.push_back(*own);
}

/// What a filter that is evaluated here looks at must be read.
Status add_filter_columns(const flow::RowFilter& filter, sources::ReadPlan& read) {
  for (const flow::RowFilter& part : filter.parts) TRY_DO(add_filter_columns(part, read));
  if (filter.column.empty()) return {};
  TRY(sources::Column column, sources::resolve_column(read.table, filter.column));
  const bool have = std::any_of(read.columns.begin(), read.columns.end(), [&](const sources::Column& c) { return c.raw_path == column.raw_path && c.constant == column.constant; });
  if (!have) read.columns.push_back(std::move(column));
  return {};
}

/// The window of a flow's sequence is read when the vendor's clock, which dates the rows, has passed its end and the settle
/// time. The first backfill and a window that somebody asked to end now (13.2) do not wait for what the next window looks
/// back to anyway; where our clock is further ahead than that, they do, lest rows dated before their end come after it.
std::optional<Instant> settled_at(const flow::Run& run, const RunPlan& plan, const PlannerSettings& settings) {
  const bool of_sequence = run.trigger == flow::Trigger::tick || run.trigger == flow::Trigger::retrigger;
  if (!of_sequence || !plan.flow.schedule.recurring() || !run.window_to) return std::nullopt;
  const bool ends_now = run.trigger == flow::Trigger::tick && run.client_id != flow::kScheduler;
  if (run.first_backfill || ends_now) return *run.window_to - plan.look_back / 2;
  return *run.window_to + settings.settle.value_or(plan.flow.options.settle.value_or(plan.source->spec->settle));
}

/// Beside what the flow maps: the kind of change goes to a column that no schema has.
void add_change_type(prep::MappingSet& set, std::vector<prep::SourceColumn>& source, registry::Node& root) {
  const std::string name(catalog::kChangeTypeColumn);
  source.push_back({.name = name, .type = engine::Type::string});
  root.children.push_back({.name = name, .kind = engine::Kind::string, .id = catalog::kChangeTypeFieldId});
  set.mappings.push_back({.source_type = prep::SourceType::attribute, .source = name, .destination = name});
}

Planner::Outcome failed(bool promotion, Error error) {
  return {.failure = PlanFailure{.promotion = promotion, .error = std::move(error)}};
}

}  // namespace

Json to_json(const RunSnapshot& snapshot) {
  return {{"flow", snapshot.flow}, {"source", snapshot.source_connection}, {"target", snapshot.target_connection}, {"mappingVersion", snapshot.mapping_version}};
}

RunSnapshot snapshot_of(const Json& json) {
  return {.flow = part_of(json, "flow"), .source_connection = part_of(json, "source"), .target_connection = part_of(json, "target"),
          .mapping_version = integer_of(json, "mappingVersion").value_or(0)};
}

Result<std::vector<sources::Column>> columns_to_read(const sources::Description& table, const std::vector<std::string>& wanted, const std::string& delta_column) {
  std::vector<sources::Column> columns;
  if (wanted.empty()) {
    std::copy_if(table.columns.begin(), table.columns.end(), std::back_inserter(columns), [](const sources::Column& column) { return !column.on_request; });
  }
  for (const std::string& name : wanted) {
    TRY(sources::Column column, sources::resolve_column(table, name));
    columns.push_back(std::move(column));
  }
  const auto have = [&](const sources::Column& column) {
    return std::any_of(columns.begin(), columns.end(), [&](const sources::Column& c) { return c.raw_path == column.raw_path && c.constant == column.constant; });
  };
  for (const sources::Column& column : table.columns) {
    if (column.key && !have(column)) columns.push_back(column);
  }
  if (!delta_column.empty()) {
    TRY(const sources::Column column, sources::resolve_column(table, delta_column));
    if (!have(column)) columns.push_back(column);
  }
  return columns;
}

Result<RunSnapshot> Planner::freeze(const flow::Run& run) const {
  TRY(const flow::Flow flow, flow::FlowStore::find(database_, run.sandbox, run.flow_id));
  RunSnapshot snapshot{.flow = flow.doc};
  TRY(snapshot.source_connection, flow::find_stored(database_, {.collection = "sourceConnections", .table = "source_connections"}, run.sandbox, flow.source_connection_id));
  TRY(snapshot.target_connection, flow::find_stored(database_, {.collection = "targetConnections", .table = "target_connections"}, run.sandbox, flow.target_connection_id));
  if (flow.transformations.mapping) snapshot.mapping_version = flow.transformations.mapping->version.value_or(0);
  return snapshot;
}

Planner::Outcome Planner::plan(flow::Run& run, const RunSnapshot& snapshot, const Ground& ground, std::stop_token stop) const {
  RunPlan plan;
  auto flow = flow::flow_of(snapshot.flow);
  if (!flow) return failed(false, flow.error());
  plan.flow = std::move(*flow);
  plan.dataset_id = dataset_of(snapshot.target_connection);
  const auto connection = flow::source_connection_of(snapshot.source_connection);
  if (!connection) return failed(false, connection.error());
  auto source = connections_.open(run.sandbox, connection->base_connection.text);
  if (!source) return failed(false, source.error());
  plan.source = std::move(*source);
  if (const Status read = plan_reading(run, *connection, ground, stop, plan); !read) return failed(false, read.error());
  if (ground.kept == nullptr) plan.settled_at = settled_at(run, plan, settings_);
  auto program = compile(snapshot, plan.flow, plan.dataset_id, plan.read.columns);
  if (!program) return failed(true, program.error());
  plan.program = std::move(*program);
  return {.plan = std::move(plan)};
}

Status Planner::adapt_to_drift(flow::Run& run, const flow::SourceConnection& connection, const Ground& ground, RunPlan& plan) const {
  TRY(const auto row, database_.first("SELECT doc FROM flow_shapes WHERE sandbox = ? AND flow_id = ?", {run.sandbox, run.flow_id}));
  std::optional<Shape> before;
  if (row) {
    TRY(const Json stored, parse_json(row->text(0)));
    TRY(before, shape_of(stored));
  }
  const std::string reads = to_canonical_text(Json{{"table", connection.table}, {"columns", connection.columns}, {"drift", static_cast<int>(plan.flow.options.drift)}});
  TRY(Adapted adapted, adapt(before, reads, as_described(std::move(plan.read.table)), plan.flow.options));
  plan.read.table = std::move(adapted.table);
  plan.rejects_misfits = adapted.rejects_misfits;
  if (ground.kept == nullptr) run.notes.erase("drift");  // else the first look at the table has told
  if (adapted.drift.any()) run.notes["drift"] = to_json(adapted.drift, plan.flow.options);
  if (!before || !(*before == adapted.shape)) plan.shape = std::move(adapted.shape);
  return {};
}

Status Planner::plan_reading(flow::Run& run, const flow::SourceConnection& connection, const Ground& ground, std::stop_token stop, RunPlan& plan) const {
  if (ground.kept != nullptr) plan.read = *ground.kept;
  else TRY_DO(look_at_table(*plan.source->source, connection.table, stop, plan.read));
  if (run.replay_rejected.empty()) TRY_DO(adapt_to_drift(run, connection, ground, plan));
  run.delta_column = delta_column_of(plan.flow, run, plan.read.table, settings_.delta_auto);
  std::string stamp_column;
  if (run.delta_column) {
    TRY(stamp_column, own_name(plan.read.table, run.delta_column->name));
    const bool of_sequence = run.trigger == flow::Trigger::tick || run.trigger == flow::Trigger::retrigger;
    const bool scheduled = of_sequence && plan.flow.schedule.recurring();
    plan.stamp = {.column = stamp_column, .date_format = run.delta_column->date_format, .timezone = run.delta_column->timezone};
    if (scheduled && can_look_back(plan.read.table, stamp_column, run.delta_column->date_format)) plan.look_back = plan.flow.options.overlap.value_or(plan.source->spec->overlap);
  }
  std::optional<flow::RowFilter> filter;
  if (connection.filter) {
    TRY(filter, flow::resolved(*connection.filter, plan.read.table));
  }
  if (ground.kept == nullptr) {
    if (run.delta_column) plan.read.window = window_of(run, *run.delta_column, stamp_column, {.look_back = plan.look_back, .remembers = ground.remembers, .limit = ground.look_back_limit});
    const bool reads_stamp = plan.read.window.has_value() || plan.look_back > plan.look_back.zero() || run.trigger == flow::Trigger::refresh;
    TRY(plan.read.columns, columns_to_read(plan.read.table, connection.columns, reads_stamp ? stamp_column : ""));
    if (reads_stamp) add_version(plan.read);
    if (filter) plan.read.filter = std::make_shared<const Json>(flow::to_pql(*filter));
    if (filter && !plan.source->spec->filters_at_source) TRY_DO(add_filter_columns(*filter, plan.read));
  }
  if (!plan.source->spec->filters_at_source) plan.filter = std::move(filter);
  return {};
}

Result<std::shared_ptr<const prep::Program>> Planner::compile(const RunSnapshot& snapshot, const flow::Flow& flow, const std::string& dataset_id,
                                                              const std::vector<sources::Column>& columns) const {
  if (!flow.transformations.mapping) return Error{.kind = ErrorKind::invalid, .message = "the flow has no mapping", .code = "CONNECTOR-1370-400"};
  auto dataset = catalog_.dataset(database_, flow.sandbox, dataset_id);
  if (!dataset) {
    Error error = dataset.error();
    if (error.kind == ErrorKind::not_found) error.message = "the data set " + dataset_id + " is gone: the batch could not be created";
    error.code = "CONNECTOR-3001-500";
    return error;
  }
  TRY(const auto schema, registry_.schema(flow.sandbox, dataset->schema_id()));
  TRY(prep::MappingSet set, mapping_sets_.find(flow.sandbox, flow.transformations.mapping->id, snapshot.mapping_version));
  std::vector<prep::SourceColumn> source = source_columns(columns);
  registry::Node root = schema->root;
  if (tells_changes(flow.options)) add_change_type(set, source, root);
  prep::Compiled compiled = prep::compile(set, source, root, {.arithmetic = settings_.arithmetic});
  if (!compiled.program) return prep::to_error(compiled.mistakes);
  return compiled.program;
}

}  // namespace foz::schedule
