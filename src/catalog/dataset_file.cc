#include "catalog/dataset_file.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace foz::catalog {
namespace {

using engine::Field;
using engine::Kind;

constexpr std::array kKinds = {Kind::boolean, Kind::int8, Kind::int16,     Kind::int32,  Kind::int64, Kind::number,
                               Kind::string,  Kind::date, Kind::timestamp, Kind::object, Kind::list,  Kind::map};

/// A leaf in a schema: `type`, `format` and `meta:xdmType`.
Json leaf_schema(Kind kind) {
  Json leaf = {{"type", "string"}};
  if (kind == Kind::boolean) leaf["type"] = "boolean";
  if (kind == Kind::number) leaf["type"] = "number";
  if (kind >= Kind::int8 && kind <= Kind::int64) leaf["type"] = "integer";
  if (kind == Kind::date || kind == Kind::timestamp) leaf["format"] = engine::name_of(kind);
  leaf["meta:xdmType"] = engine::name_of(kind);
  return leaf;
}

bool holds_values(const Json& statistics, const std::string& path) {
  const Json* leaf = member(statistics, path);
  return leaf != nullptr && integer_of(*leaf, "values").value_or(0) > integer_of(*leaf, "nulls").value_or(0);
}

/// The observed part of `field` at `path`; null when nothing below it ever held a value.
Json observed(const Field& field, const std::string& path, const Json& statistics);

Json observed_members(const std::vector<Field>& fields, const std::string& prefix, const Json& statistics) {
  Json properties = Json::object();
  for (const Field& field : fields) {
    if (Json schema = observed(field, prefix + field.name, statistics); !schema.is_null()) properties[field.name] = std::move(schema);
  }
  return properties;
}

Json observed(const Field& field, const std::string& path, const Json& statistics) {
  if (engine::is_scalar(field.kind)) return holds_values(statistics, path) ? leaf_schema(field.kind) : Json(nullptr);
  if (field.kind == Kind::object) {
    Json properties = observed_members(field.children, path + ".", statistics);
    if (properties.empty()) return nullptr;
    return {{"type", "object"}, {"meta:xdmType", "object"}, {"properties", std::move(properties)}};
  }
  const bool is_list = field.kind == Kind::list;
  const Field& inner_field = field.children.at(is_list ? 0 : 1);
  Json inner = observed(inner_field, path + "." + inner_field.name, statistics);
  if (inner.is_null()) return nullptr;
  return {{"type", is_list ? "array" : "object"}, {"meta:xdmType", engine::name_of(field.kind)}, {is_list ? "items" : "additionalProperties", std::move(inner)}};
}

Error damaged_layout() { return Error{.kind = ErrorKind::corrupt, .message = "the stored columns of a file cannot be read"}; }

Result<Field> field_from_json(const Json& json) {
  Field field{.name = text_of(json, "name"), .id = static_cast<int32_t>(integer_of(json, "id").value_or(0))};
  const std::string kind = text_of(json, "kind");
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](Kind k) { return engine::name_of(k) == kind; });
  if (found == kKinds.end()) return damaged_layout();
  field.kind = *found;
  if (const Json* children = member(json, "children")) {
    TRY(field.children, layout_from_json(*children));
  }
  return field;
}

}  // namespace

Result<std::string> batch_of_file(std::string_view file_id) {
  const size_t dash = file_id.rfind('-');
  if (dash == file_id.npos || dash == 0 || file_id.substr(dash) != "-1") {
    return Error{.kind = ErrorKind::not_found, .message = "File " + std::string(file_id) + " was not found"};
  }
  return std::string(file_id.substr(0, dash));
}

Json layout_to_json(const std::vector<Field>& fields) {
  Json list = Json::array();
  for (const Field& field : fields) {
    Json one = {{"name", field.name}, {"kind", engine::name_of(field.kind)}, {"id", field.id}};
    if (!field.children.empty()) one["children"] = layout_to_json(field.children);
    list.push_back(std::move(one));
  }
  return list;
}

Result<std::vector<Field>> layout_from_json(const Json& json) {
  if (!json.is_array()) return damaged_layout();
  std::vector<Field> fields;
  for (const Json& one : json) {
    TRY(Field field, field_from_json(one));
    fields.push_back(std::move(field));
  }
  return fields;
}

NewFile new_file(const lake::DataFile& written, std::vector<Field> layout, const std::filesystem::path& data_dir) {
  return {.name = written.path.filename().string(),
          .path = written.path.lexically_relative(data_dir),
          .bytes = static_cast<int64_t>(written.bytes),
          .records = written.records,
          .layout = std::move(layout),
          .statistics = lake::to_json(written.columns)};
}

Json observable_schema(const std::vector<Field>& fields, const Json& statistics) {
  return {{"type", "object"}, {"meta:xdmType", "object"}, {"properties", observed_members(fields, "", statistics)}};
}

}  // namespace foz::catalog
