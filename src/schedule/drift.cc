#include "schedule/drift.h"

#include <algorithm>

#include "base/text.h"
#include "schedule/plan_json.h"

namespace foz::schedule {
namespace {

using sources::Column;

const Column* named(const std::vector<Column>& columns, std::string_view name) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& column) { return column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

std::string type_text(const Column& column) {
  std::string text(sources::name_of(column.type));
  if (column.type == sources::ColumnType::decimal) text += "(" + std::to_string(column.precision) + "," + std::to_string(column.scale) + ")";
  return text;
}

bool same_type(const Column& a, const Column& b) { return type_text(a) == type_text(b); }

std::string words_of(const Drift& drift) {
  std::vector<std::string> parts;
  if (!drift.added.empty()) parts.push_back("new: " + join(drift.added, ", "));
  if (!drift.gone.empty()) parts.push_back("gone: " + join(drift.gone, ", "));
  if (!drift.retyped.empty()) parts.push_back("of another type: " + join(drift.retyped, ", "));
  return join(parts, "; ");
}

Error refused(const sources::Description& table, const std::string& why) {
  return Error{.kind = ErrorKind::invalid, .message = "the table " + table.table.path + " changed: " + why, .code = "CONNECTOR-1330-400", .where = "/options/drift"};
}

/// Columns that are gone stay, and read as null, for as many runs as the flow tolerates.
Status keep_missing(const Shape& before, int tolerance, Adapted& adapted) {
  for (const Column& column : before.columns) {
    if (named(adapted.table.columns, column.name) != nullptr || column.on_request) continue;
    if (column.key) return refused(adapted.table, "its key " + column.name + " is gone");
    const auto counted = before.missing.find(column.name);
    const int runs = (counted == before.missing.end() ? 0 : counted->second) + 1;
    if (runs > tolerance) return refused(adapted.table, "the column " + column.name + " has been gone for " + std::to_string(runs - 1) + " runs: leave it out of the flow, or bring it back; " + adapted.table.if_missing);
    adapted.shape.missing[column.name] = runs;
    adapted.shape.columns.push_back(column);
    Column null = column;
    null.raw_path.clear();
    null.constant.reset();
    null.cursor = false;
    adapted.table.columns.push_back(std::move(null));
  }
  return {};
}

/// Values are read as what they were, so that those which do not fit any more are found.
void keep_types(const Shape& before, Adapted& adapted) {
  for (Column& column : adapted.table.columns) {
    const Column* was = named(before.columns, column.name);
    if (was == nullptr || same_type(*was, column)) continue;
    column.type = was->type;
    column.wire = was->wire;
    column.precision = was->precision;
    column.scale = was->scale;
    *std::find_if(adapted.shape.columns.begin(), adapted.shape.columns.end(), [&](const Column& one) { return one.name == column.name; }) = *was;
  }
}

}  // namespace

Json to_json(const Shape& shape) {
  Json missing = Json::object();
  for (const auto& [name, runs] : shape.missing) missing[name] = runs;
  return {{"of", shape.of}, {"columns", columns_json(shape.columns)}, {"missing", std::move(missing)}};
}

Result<Shape> shape_of(const Json& json) {
  const Json *columns = member(json, "columns"), *missing = member(json, "missing");
  if (columns == nullptr || !columns->is_array()) return Error{.kind = ErrorKind::corrupt, .message = "what the flow knows of its table cannot be read"};
  Shape shape{.of = text_of(json, "of"), .columns = columns_of(*columns)};
  if (missing != nullptr && missing->is_object()) {
    for (const auto& [name, runs] : missing->items()) shape.missing[name] = static_cast<int>(as_integer(runs).value_or(0));
  }
  return shape;
}

Drift drift_between(const std::vector<Column>& before, const std::vector<Column>& now) {
  Drift drift;
  for (const Column& column : now) {
    const Column* was = named(before, column.name);
    if (was == nullptr) drift.added.push_back(column.name);
    else if (!same_type(*was, column)) drift.retyped.push_back(column.name + ": " + type_text(*was) + ", now " + type_text(column));
  }
  for (const Column& column : before) {
    if (named(now, column.name) == nullptr) drift.gone.push_back(column.name);
  }
  return drift;
}

Json to_json(const Drift& drift, const flow::Options& options) {
  static constexpr std::array<std::string_view, 4> kPolicies = {"none", "evolve", "freeze", "quarantine"};
  Json json = {{"policy", kPolicies[static_cast<size_t>(options.drift)]}};
  if (!drift.added.empty()) json["added"] = drift.added;
  if (!drift.gone.empty()) json["gone"] = drift.gone;
  if (!drift.retyped.empty()) json["retyped"] = drift.retyped;
  return json;
}

sources::Description as_described(sources::Description table) {
  std::erase_if(table.columns, [](const Column& column) { return column.raw_path.empty() && !column.constant; });
  return table;
}

Result<Adapted> adapt(const std::optional<Shape>& before, std::string of, sources::Description now, const flow::Options& options) {
  Adapted adapted{.table = std::move(now), .rejects_misfits = options.drift == flow::Drift::quarantine};
  adapted.shape = {.of = std::move(of), .columns = adapted.table.columns};
  if (!before || before->of != adapted.shape.of) return adapted;
  adapted.drift = drift_between(before->columns, adapted.table.columns);
  switch (options.drift) {
    case flow::Drift::none: break;
    case flow::Drift::freeze:
      if (adapted.drift.any()) return refused(adapted.table, words_of(adapted.drift) + "; the flow's drift policy is freeze: nothing was read");
      break;
    case flow::Drift::evolve: TRY_DO(keep_missing(*before, options.drift_tolerance, adapted)); break;
    case flow::Drift::quarantine: keep_types(*before, adapted); break;
  }
  return adapted;
}

}  // namespace foz::schedule
