#include "schedule/ingest/file_columns.h"

#include <fstream>
#include <set>

#include "base/json.h"

namespace foz::schedule {
namespace {

using engine::Kind;

/// Of a CSV file, as much as is looked at.
constexpr size_t kHeadBytes = 4u << 20;

Json schema_of(const registry::Node& node) {
  switch (node.kind) {
    case Kind::boolean: return {{"type", "boolean"}};
    case Kind::int8:
    case Kind::int16:
    case Kind::int32:
    case Kind::int64: return {{"type", "integer"}, {"meta:xdmType", "long"}};
    case Kind::number: return {{"type", "number"}};
    case Kind::string: return {{"type", "string"}};
    case Kind::date: return {{"type", "string"}, {"format", "date"}};
    case Kind::timestamp: return {{"type", "string"}, {"format", "date-time"}};
    case Kind::list: return {{"type", "array"}, {"items", schema_of(node.children.front())}};
    case Kind::map: return {{"type", "object"}, {"additionalProperties", schema_of(node.children.back())}};
    case Kind::object: break;
  }
  Json properties = Json::object();
  for (const registry::Node& child : node.children) properties[child.name] = schema_of(child);
  return {{"type", "object"}, {"properties", std::move(properties)}};
}

void collect(const registry::Node& node, const std::string& path, std::set<std::string>& taken, std::vector<registry::DerivedColumn>& columns) {
  for (const registry::Node& child : node.children) {
    const std::string here = path.empty() ? child.name : path + "." + child.name;
    if (child.kind == Kind::object) {
      collect(child, here, taken, columns);
      continue;
    }
    Json schema = {{"title", here}};
    schema.update(schema_of(child));
    columns.push_back({.name = here, .field = registry::field_name(here, taken), .schema = std::move(schema)});
  }
}

/// The begin of a text file, up to a line's end.
Result<std::string> head_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(kHeadBytes, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return Error{.kind = ErrorKind::unavailable, .message = "the file cannot be read"};
  text.resize(static_cast<size_t>(stream.gcount()));
  if (text.size() == kHeadBytes) text.resize(text.rfind('\n') == text.npos ? 0 : text.rfind('\n') + 1);
  return text;
}

}  // namespace

std::vector<registry::DerivedColumn> columns_below(const registry::Node& root) {
  std::vector<registry::DerivedColumn> columns;
  std::set<std::string> taken;
  collect(root, "", taken, columns);
  return columns;
}

Result<std::vector<registry::DerivedColumn>> file_columns(lake::FileIo& files, const std::filesystem::path& file, const InputFormat& format,
                                                          const IngestFolders& folders, const IngestSettings& settings) {
  if (format.form == InputForm::csv) {
    TRY(const std::string head, head_of(file));
    return registry::csv_columns(head);
  }
  TRY(const uint64_t bytes, files.size(file));
  TRY(const registry::Node root, infer_root(files, {{.name = file.filename().string(), .path = file, .bytes = bytes}}, format, folders, settings, {}, true));
  if (root.children.empty()) return Error{.kind = ErrorKind::invalid, .message = "The file holds no records with members: nothing to make a schema of"};
  return columns_below(root);
}

}  // namespace foz::schedule
