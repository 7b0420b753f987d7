// Cells as the two kinds of answers print them. Follows: Sources contract, 2.3 and 2.6.
#include "simulators/salesforce/salesforce.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

/// `12.50` as `12.5`, `12` as `12.0`: how Salesforce prints doubles.
void append_double(std::string& out, int64_t number, int scale) {
  while (scale > 1 && number % 10 == 0) number /= 10, --scale;
  append_decimal(out, scale == 0 ? number * 10 : number, scale == 0 ? 1 : scale);
}

bool is_double(Kind kind) { return kind == Kind::number || kind == Kind::decimal || kind == Kind::currency || kind == Kind::percent; }

}  // namespace

std::optional<Row> SalesforceWalk::next() {
  if (!rows_.streamed) {
    if (position_ >= rows_.rows.size()) return std::nullopt;
    return Row(*rows_.table, rows_.rows[position_++], rows_.as_of);
  }
  while (position_ < rows_.table->rows()) {
    Row row(*rows_.table, position_++, rows_.as_of);
    if (row.live()) return row;
  }
  return std::nullopt;
}

void append_salesforce_json(std::string& out, const Column& column, const Value& value) {
  switch (value.type) {
    case Value::Type::null: out += "null"; return;
    case Value::Type::text:
      if (value.text.empty()) out += "null";  // the org keeps no empty text
      else append_json_string(out, value.text);
      return;
    case Value::Type::integer:
      if (is_double(column.kind)) return append_double(out, value.number, 0);
      return append_integer(out, value.number);
    case Value::Type::decimal: return append_double(out, value.number, value.scale);
    case Value::Type::boolean: out += value.number != 0 ? "true" : "false"; return;
    case Value::Type::instant:
      out += '"';
      append_instant(out, value.number, InstantForm::millis_offset);
      out += '"';
      return;
    case Value::Type::date:
      out += '"';
      append_date(out, value.number);
      out += '"';
  }
}

void append_salesforce_csv(std::string& out, const Column& column, const Value& value) {
  out += '"';
  switch (value.type) {
    case Value::Type::null: break;
    case Value::Type::text:
      for (size_t from = 0; from <= value.text.size();) {
        const size_t quote = std::min(value.text.find('"', from), value.text.size());
        out.append(value.text.substr(from, quote - from));
        if (quote < value.text.size()) out += "\"\"";
        from = quote + 1;
      }
      break;
    case Value::Type::integer:
      if (is_double(column.kind) || value.number == 0) append_double(out, value.number, 0);  // an int of zero comes as 0.0
      else append_integer(out, value.number);
      break;
    case Value::Type::decimal: append_double(out, value.number, value.scale); break;
    default: append_value_text(out, value, InstantForm::millis_z);
  }
  out += '"';
}

}  // namespace foz::sim
