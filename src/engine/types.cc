#include "engine/types.h"

#include "base/error.h"
#include "base/text.h"

namespace foz::engine {

std::string_view name_of(Kind kind) {
  static constexpr std::string_view kNames[] = {"boolean", "byte", "short", "int",    "long",  "number",
                                                "string",  "date", "date-time", "object", "array", "map"};
  return kNames[static_cast<size_t>(kind)];
}

std::string quoted(std::string_view identifier) {
  return '"' + replace_all(std::string(identifier), "\"", "\"\"") + '"';
}

std::string sql_text(std::string_view text) { return '\'' + replace_all(std::string(text), "'", "''") + '\''; }

std::string sql_type(const Field& field) {
  switch (field.kind) {
    case Kind::boolean: return "BOOLEAN";
    case Kind::int8: return "TINYINT";
    case Kind::int16: return "SMALLINT";
    case Kind::int32: return "INTEGER";
    case Kind::int64: return "BIGINT";
    case Kind::number: return "DOUBLE";
    case Kind::string: return "VARCHAR";
    case Kind::date: return "DATE";
    case Kind::timestamp: return "TIMESTAMPTZ";
    case Kind::list: return sql_type(field.children.at(0)) + "[]";
    case Kind::map: return "MAP(" + sql_type(field.children.at(0)) + ", " + sql_type(field.children.at(1)) + ")";
    case Kind::object: {
      std::string text = "STRUCT(";
      for (size_t i = 0; i < field.children.size(); ++i) {
        text += (i > 0 ? ", " : "") + quoted(field.children[i].name) + " " + sql_type(field.children[i]);
      }
      return text + ")";
    }
  }
  FOZ_CHECK(false, "unknown kind");
  return "";
}

std::string field_ids(const std::vector<Field>& fields) {
  std::string text = "{";
  for (const Field& field : fields) {
    if (text.size() > 1) text += ", ";
    text += (field.name == "element" || field.name == "key" || field.name == "value" ? field.name : quoted(field.name)) + ": ";
    if (field.children.empty()) {
      text += std::to_string(field.id);
    } else {
      text += "{__duckdb_field_id: " + std::to_string(field.id) + ", " + field_ids(field.children).substr(1);
    }
  }
  return text + "}";
}

}  // namespace foz::engine
