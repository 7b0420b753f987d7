#include "catalog/dataset.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/retention.h"

namespace foz::catalog {
namespace {

constexpr std::string_view kTableTag = "adobe/pqs/table";
constexpr std::string_view kFormatTag = "adobe/siphon/table/format";
constexpr std::string_view kDefaultMediaType = "application/vnd.adobe.xed+json;version=1";

/// Members that Foz makes or keeps itself: ignored when a client sends them. Follows: Catalog contract, 3.1.
constexpr std::string_view kOwnMembers[] = {
    "id",          "viewId",     "basePath",    "imsOrg",  "sandboxId",  "version",     "created",         "updated",
    "createdClient", "createdUser", "updatedUser", "files", "persistence", "statsCache",  "lastBatchId",     "lastBatchStatus",
    "lastSuccessfulBatch", "lastFailedBatch"};

Error wrong_dataset(std::string message, std::string where) {
  return Error{.kind = ErrorKind::invalid, .message = std::move(message), .where = std::move(where)};
}

bool is_text_list(const Json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& v) { return v.is_string(); });
}

bool is_text_or_list(const Json& value) { return value.is_string() || is_text_list(value); }

struct MemberRule {
  std::string_view name;
  bool (*fits)(const Json&);
  std::string_view wanted;
};

bool is_text(const Json& v) { return v.is_string(); }
bool is_object(const Json& v) { return v.is_object(); }
bool is_flag(const Json& v) { return as_boolean(v).has_value(); }

constexpr MemberRule kDatasetRules[] = {
    {"name", is_text, "a text"},
    {"schemaRef", is_object, "an object with id and contentType"},
    {"schema", is_text, "a text"},
    {"description", is_text, "a text"},
    {"fileDescription", is_object, "an object"},
    {"tags", is_object, "an object of arrays of texts"},
    {"enableErrorDiagnostics", is_flag, "true or false"},
    {"observableSchema", is_object, "an object"},
    {"unifiedTags", is_text_list, "an array of texts"},
    {"systemLabels", is_text_list, "an array of texts"},
    {"classification", is_object, "an object"},
    {"dataSourceId", [](const Json& v) { return as_integer(v).has_value(); }, "an integer"},
    {"extensions", is_object, "an object"},
    {"aspect", is_text, "a text"},
    {"status", is_text, "a text"},
    {"state", is_text, "a text"},
};

constexpr MemberRule kFileDescriptionRules[] = {
    {"persisted", is_flag, "true or false"},   {"containerFormat", is_text, "a text"},
    {"format", is_text, "a text"},             {"delimiters", is_text_or_list, "a text or an array of texts"},
    {"quotes", is_text_or_list, "a text or an array of texts"},
    {"escapes", is_text_or_list, "a text or an array of texts"},
    {"nullMarkers", is_text_or_list, "a text or an array of texts"},
    {"header", is_flag, "true or false"},      {"charset", is_text, "a text"},
};

template <size_t N>
Status check_members(const Json& object, const MemberRule (&rules)[N], const std::string& at) {
  for (const MemberRule& rule : rules) {
    const Json* value = member(object, rule.name);
    if (value == nullptr || rule.fits(*value)) continue;
    return wrong_dataset(std::string(rule.name) + " must be " + std::string(rule.wanted), at + "/" + std::string(rule.name));
  }
  return {};
}

/// A plain text is a list of one.
Result<Json> checked_tag_lists(const Json& tags) {
  Json result = Json::object();
  for (const auto& [name, value] : tags.items()) {
    const Json list = value.is_array() ? value : Json::array({value});
    for (const Json& one : list) {
      if (one.is_string()) continue;
      return wrong_dataset("the tag \"" + name + "\" must hold texts", "/tags/" + pointer_step(name));
    }
    result[name] = list;
  }
  return result;
}

Status check_schema_ref(const Json& body) {
  const Json* ref = member(body, "schemaRef");
  if (ref == nullptr) return {};
  if (text_of(*ref, "id").empty()) return wrong_dataset("schemaRef needs the id of a schema", "/schemaRef/id");
  const Json* type = member(*ref, "contentType");
  if (type != nullptr && !type->is_string()) return wrong_dataset("contentType must be a media type", "/schemaRef/contentType");
  return {};
}

Status check_file_description(const Json& body) {
  const Json* description = member(body, "fileDescription");
  if (description == nullptr) return {};
  TRY_DO(check_members(*description, kFileDescriptionRules, "/fileDescription"));
  const std::string format = lower(text_of(*description, "format", "parquet"));
  if (format == "parquet" || format == "json" || format == "csv" || format == "delta") return {};
  return wrong_dataset("the format \"" + format + "\" is none of parquet, json, csv", "/fileDescription/format");
}

Status check_ttl(const Json& body) {
  const Json* ttl = member_at(body, {"extensions", "adobe_lakeHouse", "rowExpiration", "ttlValue"});
  if (ttl == nullptr || ttl->is_null()) return {};
  const std::string where = "/extensions/adobe_lakeHouse/rowExpiration/ttlValue";
  if (!ttl->is_string()) return wrong_dataset("ttlValue must be a duration such as P3Y", where);
  if (auto parsed = parse_ttl(ttl->get<std::string>()); !parsed) return wrong_dataset(parsed.error().message, where);
  return {};
}

bool asks_for_profile(const Json& doc) {
  const Json* tag = member_at(doc, {"tags", "unifiedProfile"});
  if (tag == nullptr) return false;
  return std::any_of(tag->begin(), tag->end(), [](const Json& v) { return replace_all(as_text(v), " ", "") == "enabled:true"; });
}

Json default_of(const Json& doc, std::string_view name, Json otherwise) {
  const Json* value = member(doc, name);
  return value == nullptr || value->is_null() ? otherwise : *value;
}

Json default_file_description() { return {{"persisted", true}, {"containerFormat", "parquet"}, {"format", "parquet"}}; }

std::string files_reference(const Dataset& dataset) { return "@/dataSets/" + dataset.id + "/views/" + dataset.view_id + "/files"; }

/// The client's extensions with our row count and size among them.
Json shown_extensions(const Dataset& dataset) {
  const auto measured = [](int64_t value) { return Json{{"value", value}, {"valueStatus", {{"message", "UPDATED"}}}}; };
  Json extensions = default_of(dataset.doc, "extensions", Json::object());
  extensions["adobe_lakeHouse"]["metrics"] = {{"rowCount", measured(dataset.state.records)}, {"storageSize", measured(dataset.state.bytes)}};
  return extensions;
}

Json shown_tags(const Dataset& dataset) {
  Json tags = default_of(dataset.doc, "tags", Json::object());
  tags[std::string(kTableTag)] = {dataset.table_name};
  if (!tags.contains(kFormatTag)) tags[std::string(kFormatTag)] = {"parquet"};
  return tags;
}

void show_last_batches(const TableState& state, Json& object) {
  if (state.last_batch.empty()) return;
  object["lastBatchId"] = state.last_batch;
  object["lastBatchStatus"] = state.last_status;
  if (!state.last_success.empty()) object["lastSuccessfulBatch"] = state.last_success;
  if (!state.last_failure.empty()) object["lastFailedBatch"] = state.last_failure;
}

}  // namespace

std::string Dataset::schema_id() const {
  const auto ref = schema_ref_of(doc);
  return ref ? ref->id : "";
}

std::string Dataset::content_type() const {
  const auto ref = schema_ref_of(doc);
  return ref ? ref->content_type : "";
}

bool Dataset::validates_rows() const {
  const Json* context = member_at(doc, {"tags", "acp_validationContext"});
  const bool disabled = context != nullptr && std::any_of(context->begin(), context->end(), [](const Json& v) { return as_text(v) == "disabled"; });
  return !disabled && !schema_id().empty();
}

std::string Dataset::format() const {
  const Json* description = member(doc, "fileDescription");
  return description == nullptr ? "parquet" : lower(text_of(*description, "format", "parquet"));
}

Result<Json> checked_dataset(const Json& body) {
  if (!body.is_object()) return wrong_dataset("a data set is a JSON object", "");
  Json doc = Json::object();
  for (const auto& [name, value] : body.items()) {
    const bool ours = std::find(std::begin(kOwnMembers), std::end(kOwnMembers), name) != std::end(kOwnMembers);
    if (!ours && !value.is_null()) doc[name] = value;
  }
  TRY_DO(check_members(doc, kDatasetRules, ""));
  if (const Json* ref = member(doc, "schemaRef"); ref != nullptr && ref->empty()) doc.erase("schemaRef");
  TRY_DO(check_schema_ref(doc));
  TRY_DO(check_file_description(doc));
  TRY_DO(check_ttl(doc));
  if (const Json* tags = member(doc, "tags")) {
    TRY(doc["tags"], checked_tag_lists(Json(*tags)));
  }
  if (const auto flag = boolean_of(doc, "enableErrorDiagnostics")) doc["enableErrorDiagnostics"] = *flag;
  if (Json* description = member(doc, "fileDescription")) {
    for (const char* name : {"persisted", "header"}) {
      if (const auto flag = boolean_of(*description, name)) (*description)[name] = *flag;
    }
  }
  if (Json* lake_house = member(doc, "extensions") == nullptr ? nullptr : member(doc["extensions"], "adobe_lakeHouse")) {
    if (lake_house->is_object()) lake_house->erase("metrics");
  }
  return doc;
}

std::optional<SchemaRef> schema_ref_of(const Json& checked) {
  const Json* ref = member(checked, "schemaRef");
  if (ref == nullptr) return std::nullopt;
  return SchemaRef{.id = text_of(*ref, "id"), .content_type = text_of(*ref, "contentType", kDefaultMediaType)};
}

Result<Json> with_schema(Json checked, const std::optional<SchemaFacts>& facts, int64_t created_ms) {
  if (facts) checked["schemaRef"]["id"] = facts->id;
  if (const auto ref = schema_ref_of(checked)) checked["schemaRef"]["contentType"] = ref->content_type;
  if (asks_for_profile(checked) && !(facts && facts->in_union)) {
    return wrong_dataset("To enable profile datasets the schema should be valid", "/tags/unifiedProfile");
  }
  if (text_of(checked, "name").empty()) {
    checked["name"] = (facts ? facts->title : std::string("Dataset")) + " - " + std::to_string(created_ms);
  }
  Json classification = default_of(checked, "classification", Json::object());
  classification["dataBehavior"] = facts ? facts->behavior : "adhoc";
  if (!classification.contains("managedBy")) classification["managedBy"] = "CUSTOMER";
  checked["classification"] = std::move(classification);
  return checked;
}

std::string table_name_for(std::string_view name) {
  std::string result;
  for (size_t at = 0; at < name.size();) {
    const uint32_t point = utf8::next(name, at);
    const bool plain = point < 0x80 && isalnum(static_cast<int>(point)) != 0;
    result += plain ? static_cast<char>(tolower(static_cast<int>(point))) : '_';
  }
  if (result.empty() || isdigit(static_cast<unsigned char>(result[0])) != 0) result.insert(0, 1, '_');
  return result;
}

std::string wanted_table_name(const Json& checked) {
  const Json* tag = member_at(checked, {"tags", kTableTag});
  if (tag == nullptr || tag->empty() || as_text((*tag)[0]).empty()) return "";
  return table_name_for(as_text((*tag)[0]));
}

std::string storage_uri(const Dataset& dataset) { return "foz://tables/" + dataset.sandbox + "/" + dataset.id; }

Json shown(const Dataset& dataset, const Outside& outside) {
  const Json& doc = dataset.doc;
  const std::string uri = storage_uri(dataset);
  Json object = {{"name", dataset.name()},
                 {"description", text_of(doc, "description")},
                 {"imsOrg", outside.org_id},
                 {"sandboxId", dataset.sandbox},
                 {"version", dataset.version},
                 {"created", dataset.created_ms},
                 {"updated", dataset.updated_ms},
                 {"createdClient", text_of(doc, "createdClient")},
                 {"createdUser", text_of(doc, "createdUser")},
                 {"updatedUser", text_of(doc, "updatedUser")},
                 {"schemaRef", default_of(doc, "schemaRef", Json::object())},
                 {"schema", text_of(doc, "schema")},
                 {"viewId", dataset.view_id},
                 {"aspect", text_of(doc, "aspect", "production")},
                 {"status", text_of(doc, "status", "enabled")},
                 {"state", text_of(doc, "state", "DRAFT")},
                 {"fileDescription", default_of(doc, "fileDescription", default_file_description())},
                 {"files", files_reference(dataset)},
                 {"basePath", uri},
                 {"persistence", {{"adls", {{"location", uri}, {"adlsType", "local"}, {"credentials", "@/dataSets/" + dataset.id + "/credentials"}}}}},
                 {"tags", shown_tags(dataset)},
                 {"dule", default_of(doc, "dule", Json::object())},
                 {"statsCache", Json::object()},
                 {"enableErrorDiagnostics", dataset.error_diagnostics()},
                 {"observableSchema", dataset.state.observed.empty() ? default_of(doc, "observableSchema", Json::object()) : dataset.state.observed},
                 {"classification", default_of(doc, "classification", Json::object())},
                 {"extensions", shown_extensions(dataset)}};
  if (dataset.state.snapshot > 0) object["statsCache"] = {{"recordCount", dataset.state.records}, {"size", dataset.state.bytes}};
  for (const auto& [name, value] : doc.items()) {
    if (!object.contains(name)) object[name] = value;
  }
  show_last_batches(dataset.state, object);
  return object;
}

Json shown_view(const Dataset& dataset, const Outside& outside) {
  const std::string reference = "@/dataSets/" + dataset.id + "/views/" + dataset.view_id;
  return {{"version", "1.0.0"},
          {"imsOrg", outside.org_id},
          {"sandboxId", dataset.sandbox},
          {"dataSetId", dataset.id},
          {"created", dataset.created_ms},
          {"updated", dataset.created_ms},
          {"createdClient", text_of(dataset.doc, "createdClient")},
          {"createdUser", text_of(dataset.doc, "createdUser")},
          {"updatedUser", text_of(dataset.doc, "createdUser")},
          {"status", "enabled"},
          {"isLookup", false},
          {"fileDescription", default_of(dataset.doc, "fileDescription", default_file_description())},
          {"files", files_reference(dataset)},
          {"basePath", storage_uri(dataset)},
          {"transforms", reference + "/transforms"}};
}

}  // namespace foz::catalog
