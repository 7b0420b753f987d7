#include "prep/sample_store.h"

#include "base/id.h"
#include "base/text.h"
#include "prep/sample.h"
#include "store/resource_table.h"

namespace foz::prep {
namespace {

const store::ResourceTable kTable("conversion_documents");

Error required(std::string name) {
  return {.kind = ErrorKind::invalid, .message = name + " is required", .code = "CONV-1004-400", .where = name, .problems = {{.path = name, .code = "REQUIRED", .message = name + " is required"}}};
}

/// `sampleData` as its own text, checked to be records.
Result<std::string> sample_text(const Json& body) {
  const Json* data = member(body, "sampleData");
  if (data == nullptr || data->is_null()) return required("sampleData");
  const std::string text = data->is_string() ? data->get<std::string>() : to_text(*data);
  TRY(const Json records, read_sample(text));
  const std::string_view begin = trim(text);
  return begin.starts_with('{') || begin.starts_with('[') ? text : to_text(records);  // CSV is kept as JSON
}

/// The document beside what every stored one has.
Json with_head(Json doc, const std::string& id, int64_t version) {
  Json head = {{"id", id}, {"version", version}};
  head.update(doc);
  return head;
}

Error unknown(std::string_view kind, std::string_view id) {
  return {.kind = ErrorKind::not_found, .message = "there is no " + std::string(kind.substr(0, kind.size() - 1)) + " " + std::string(id.substr(0, 64)), .code = "CONV-1010-404"};
}

/// A schema as JSON, also where it was sent as text.
Result<Json> json_schema_of(const Json& value) {
  if (!value.is_string()) return value;
  auto parsed = parse_json(value.get_ref<const std::string&>());
  if (parsed) return parsed;
  return Error{.kind = ErrorKind::invalid, .message = "jsonSchema is no JSON: " + parsed.error().message, .code = "CONV-1004-400", .where = "jsonSchema"};
}

}  // namespace

Result<Json> SampleStore::insert(std::string_view sandbox, std::string_view kind, Json doc, std::string_view actor) {
  const int64_t now = to_millis(clock_.now());
  const std::string id = random_hex(random_, 32);
  doc = with_head(std::move(doc), id, 0);
  for (const char* name : {"createdDate", "modifiedDate"}) doc[name] = now;
  for (const char* name : {"createdBy", "modifiedBy"}) doc[name] = actor;
  const store::Resource resource{.sandbox = std::string(sandbox), .id = id, .etag = "0", .created_ms = now, .updated_ms = now, .doc = doc};
  TRY_DO(database_.write([&](store::Transaction& transaction) { return kTable.insert(transaction, resource, {{"kind", std::string(kind)}}); }));
  return doc;
}

Result<Json> SampleStore::find(std::string_view sandbox, std::string_view kind, std::string_view id) const {
  TRY(const auto row, database_.first("SELECT doc FROM conversion_documents WHERE sandbox = ? AND id = ? AND kind = ?", {std::string(sandbox), plain_id(id), std::string(kind)}));
  if (!row) return unknown(kind, id);
  return parse_json(row->text(0), {.depth_max = 256});
}

Result<Json> SampleStore::create_sample(std::string_view sandbox, const Json& body, std::string_view actor) {
  TRY(std::string text, sample_text(body));
  return insert(sandbox, "samples", {{"sampleData", std::move(text)}, {"sampleType", "JSON"}}, actor);
}

Result<Json> SampleStore::replace_sample(std::string_view sandbox, std::string_view id, const Json& body, std::string_view actor) {
  TRY(std::string text, sample_text(body));
  return database_.write_value([&](store::Transaction& transaction) -> Result<Json> {
    auto stored = kTable.find(transaction, sandbox, plain_id(id));
    if (!stored || !stored->doc.contains("sampleData")) return unknown("samples", id);
    Json& doc = stored->doc;
    const int64_t now = to_millis(clock_.now());
    doc["version"] = integer_of(doc, "version").value_or(0) + 1;
    doc["modifiedDate"] = now;
    doc["modifiedBy"] = actor;
    doc["sampleData"] = text;
    stored->updated_ms = now;
    stored->etag = std::to_string(doc["version"].get<int64_t>());
    TRY_DO(kTable.update(transaction, *stored, ""));
    return doc;
  });
}

Result<Json> SampleStore::sample(std::string_view sandbox, std::string_view id) const { return find(sandbox, "samples", id); }
Result<Json> SampleStore::schema(std::string_view sandbox, std::string_view id) const { return find(sandbox, "schemas", id); }

Result<Json> SampleStore::create_schema(std::string_view sandbox, const Json& body, std::string_view actor, const SchemaLookup& lookup) {
  if (const Json* given = member(body, "jsonSchema"); given != nullptr && !given->is_null()) {
    TRY(Json schema, json_schema_of(*given));
    if (!schema.is_object()) return Error{.kind = ErrorKind::invalid, .message = "jsonSchema must be an object", .code = "CONV-1004-400", .where = "jsonSchema"};
    return insert(sandbox, "schemas", {{"jsonSchema", std::move(schema)}, {"schemaRef", nullptr}}, actor);
  }
  if (const std::string id = text_of(body, "sampleId"); !id.empty()) {
    TRY(const Json stored, sample(sandbox, id));
    TRY(const Json records, read_sample(text_of(stored, "sampleData")));
    return insert(sandbox, "schemas", {{"jsonSchema", text_schema_of_records(records, "SampleSchema:" + text_of(stored, "id"))}, {"schemaRef", nullptr}}, actor);
  }
  const Json* reference = member(body, "schemaRef");
  if (reference == nullptr || text_of(*reference, "id").empty()) return required("jsonSchema, sampleId or schemaRef.id");
  auto schema = lookup(text_of(*reference, "id"));
  if (!schema) {
    Error error = std::move(schema).error();
    if (error.kind != ErrorKind::not_found) return error;
    return Error{.kind = ErrorKind::invalid, .message = "the schema " + text_of(*reference, "id") + " is not in this sandbox", .code = "CONV-1004-400", .where = "schemaRef.id"};
  }
  return insert(sandbox, "schemas", {{"name", text_of(body, "name")}, {"jsonSchema", to_text(*schema)}, {"schemaRef", *reference}}, actor);
}

Result<Json> SampleStore::create_schema_of_file(std::string_view sandbox, std::string_view text, std::string_view actor) {
  if (const auto json = parse_json(trim(text)); json && json->is_object() && (json->contains("properties") || json->contains("$schema"))) {
    return insert(sandbox, "schemas", {{"jsonSchema", *json}, {"schemaRef", nullptr}}, actor);
  }
  TRY(const Json records, read_sample(text));
  return insert(sandbox, "schemas", {{"jsonSchema", schema_of_records(records, "Uploaded sample")}, {"schemaRef", nullptr}}, actor);
}

Result<DocumentPage> SampleStore::list(std::string_view sandbox, std::string_view kind, const MappingSetList& wanted) const {
  const std::string column = wanted.order == MappingSetList::Order::created ? "created_ms" : "updated_ms";
  const std::string direction = wanted.descending ? " DESC" : "";
  DocumentPage page;
  Status damage;
  TRY_DO(database_.each("SELECT doc FROM conversion_documents WHERE sandbox = ? AND kind = ? ORDER BY " + column + direction + ", id" + direction + " LIMIT ? OFFSET ?",
                        {std::string(sandbox), std::string(kind), wanted.limit + 1, wanted.start}, [&](const store::Row& row) {
                          page.more = static_cast<int64_t>(page.documents.size()) == wanted.limit;
                          if (page.more) return false;
                          auto doc = parse_json(row.text(0), {.depth_max = 256});
                          if (doc) page.documents.push_back(*std::move(doc));
                          else damage = Error{.kind = ErrorKind::corrupt, .message = "a stored document cannot be read"};
                          return doc.has_value();
                        }));
  TRY_DO(std::move(damage));
  return page;
}

}  // namespace foz::prep
