// Rows as Dataverse prints them. Follows: Sources contract, 3.1 and 3.3.
#include "base/text.h"
#include "simulators/dynamics/dynamics.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

/// The part of a column's value that a person reads; empty: there is none.
std::string formatted(const Column& column, const Value& value) {
  std::string text;
  switch (column.kind) {
    case Kind::picklist:
      for (const Option& option : column.options) {
        if (option.value == value.text) return option.label;
      }
      return "";
    case Kind::multipicklist:
      for (const std::string_view one : split(value.text, value.text.find(',') == value.text.npos ? ';' : ',')) {
        for (const Option& option : column.options) {
          if (option.value == one) text += (text.empty() ? "" : "; ") + option.label;
        }
      }
      return text;
    case Kind::boolean: return value.number != 0 ? "Yes" : "No";
    case Kind::currency:
      append_value_text(text, value, InstantForm::seconds_z);
      return "€" + text;
    case Kind::datetime:
    case Kind::date:
    case Kind::integer:
    case Kind::bigint:
    case Kind::number:
    case Kind::decimal: append_value_text(text, value, InstantForm::seconds_z); return text;
    default: return "";
  }
}

}  // namespace

void append_dynamics_json(std::string& out, const Column& column, const Value& value) {
  switch (value.type) {
    case Value::Type::null: out += "null"; return;
    case Value::Type::text:
      if (value.text.empty()) out += "null";
      else if (column.kind == Kind::picklist && to_integer(value.text)) out += value.text;
      else if (column.kind == Kind::multipicklist) append_json_string(out, replace_all(std::string(value.text), ";", ","));
      else append_json_string(out, value.text);
      return;
    case Value::Type::integer: return append_integer(out, value.number);
    case Value::Type::decimal: return append_decimal(out, value.number, value.scale);
    case Value::Type::boolean: out += value.number != 0 ? "true" : "false"; return;
    case Value::Type::instant:
      out += '"';
      append_instant(out, value.number, InstantForm::seconds_z);
      out += '"';
      return;
    case Value::Type::date:
      out += '"';
      append_date(out, value.number);
      out += '"';
  }
}

void Dynamics::append_row(std::string& out, const DynamicsProjection& shown, const Row& row) const {
  Scratch scratch;
  out += "{\"@odata.etag\":\"W/\\\"";
  append_integer(out, static_cast<int64_t>(row.version()));
  out += "\\\"\"";
  const int64_t now = world_.clock.now();
  for (const DynamicsProjection::Member& member : shown.members) {
    const Value value = row.cell(*member.column, scratch);
    if (shown.annotations && !value.is_null()) append_annotations(out, member, value, now);
    out += member.key;
    append_dynamics_json(out, *member.column, value);
  }
  for (const DynamicsExpansion& expansion : shown.expansions) append_expansion(out, expansion, row);
  out += '}';
}

/// `"x@OData.Community.Display.V1.FormattedValue":"...",` and, for lookups, whose id it is.
void Dynamics::append_annotations(std::string& out, const DynamicsProjection::Member& member, const Value& value, int64_t now) const {
  const std::string property = dynamics_property(*member.column);
  const auto add = [&](std::string_view annotation, std::string_view text) {
    out += ",\"" + property + "@" + std::string(annotation) + "\":";
    append_json_string(out, text);
  };
  if (member.column->kind != Kind::reference) {
    const std::string text = formatted(*member.column, value);
    if (!text.empty()) add("OData.Community.Display.V1.FormattedValue", text);
    return;
  }
  if (member.target == nullptr) return;
  add("Microsoft.Dynamics.CRM.associatednavigationproperty", member.column->name);
  add("Microsoft.Dynamics.CRM.lookuplogicalname", member.column->target);
  const auto row = row_of_id(member.target->spec().id, value.text);
  if (!row || *row >= member.target->rows() || member.target_name == nullptr) return;
  Scratch scratch;
  const Value name = Row(*member.target, *row, now).cell(*member.target_name, scratch);
  if (!name.is_null()) add("OData.Community.Display.V1.FormattedValue", name.text);
}

void Dynamics::append_expansion(std::string& out, const DynamicsExpansion& expansion, const Row& row) const {
  Scratch scratch;
  const int64_t now = world_.clock.now();
  out += ",\"" + expansion.name + "\":";
  const Value id = row.cell(*expansion.column, scratch);
  const auto number = id.is_null() ? std::nullopt : row_of_id(expansion.table->spec().id, id.text);
  if (!number || *number >= expansion.table->rows() || !Row(*expansion.table, *number, now).exists()) {
    out += "null";
    return;
  }
  const auto shown = projection(*expansion.entity, *expansion.table, expansion.select, {}, false);
  append_row(out, std::get<DynamicsProjection>(shown), Row(*expansion.table, *number, now));
}

}  // namespace foz::sim
