#include "prep/mapping_set.h"

#include <algorithm>
#include <map>

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "prep/calls.h"
#include "prep/compile.h"
#include "prep/path.h"

namespace foz::prep {
namespace {

struct SourceWords {
  SourceType type;
  std::string_view word, mime;
};
constexpr SourceWords kSourceWords[] = {{SourceType::attribute, "ATTRIBUTE", "text/x.schema-path"},
                                        {SourceType::expression, "EXPRESSION", "text/x.aep-xl"},
                                        {SourceType::constant, "STATIC", "text/plain"}};

Error mistake(std::string where, std::string_view reason, std::string message) {
  Error error{.kind = ErrorKind::invalid, .message = std::move(message), .code = "CONV-1004-400", .where = std::move(where)};
  error.problems = {{.path = error.where, .code = std::string(reason), .message = error.message}};
  return error;
}

std::string below(std::string_view where, std::string_view name) { return where.empty() ? std::string(name) : std::string(where) + "." + std::string(name); }

/// The new name of a member, or the old one where the new is absent or null.
std::string_view name_in(const Json& body, std::string_view name, std::string_view old_name) {
  const Json* value = member(body, name);
  return value != nullptr && !value->is_null() ? name : old_name;
}

/// A text member that may be absent or null. Errors: another type.
Result<std::string> optional_text(const Json& body, std::string_view name, std::string_view where) {
  const Json* value = member(body, name);
  if (value == nullptr || value->is_null()) return std::string();
  if (value->is_string()) return value->get<std::string>();
  if (value->is_number_integer()) return as_text(*value);
  const std::string path = below(where, name);
  return mistake(path, "TYPE", path + " must be a text");
}

Result<bool> flag(const Json& body, std::string_view name, std::string_view where) {
  const Json* value = member(body, name);
  if (value == nullptr || value->is_null()) return false;
  if (const auto read = boolean_of(body, name)) return *read;
  const std::string path = below(where, name);
  return mistake(path, "TYPE", path + " must be true or false");
}

Result<SourceType> read_source_type(const Json& body, std::string_view where) {
  TRY(const std::string word, optional_text(body, "sourceType", where));
  if (word.empty()) return SourceType::attribute;
  if (const auto type = source_type_of(word)) return *type;
  const std::string path = below(where, "sourceType");
  return mistake(path, "UNKNOWN", path + " is one of ATTRIBUTE, EXPRESSION and STATIC (or their MIME forms), not " + word.substr(0, 40));
}

/// The members of a mapping as they stand; nothing is looked at beyond their types.
Result<Mapping> mapping_members(const Json& body, std::string_view where) {
  if (!body.is_object()) return mistake(std::string(where), "TYPE", (where.empty() ? "the body" : std::string(where)) + " must be an object");
  Mapping mapping;
  TRY(mapping.source_type, read_source_type(body, where));
  TRY(mapping.source, optional_text(body, name_in(body, "source", "sourceAttribute"), where));
  TRY(mapping.destination, optional_text(body, name_in(body, "destination", "destinationXdmPath"), where));
  TRY(mapping.name, optional_text(body, "name", where));
  TRY(mapping.description, optional_text(body, "description", where));
  TRY(mapping.identity, flag(body, "identity", where));
  TRY(mapping.primary_identity, flag(body, "primaryIdentity", where));
  TRY(mapping.identity_group, optional_text(body, "identityGroup", where));
  TRY(mapping.namespace_code, optional_text(body, "namespaceCode", where));
  if (const Json* score = member(body, "matchScore"); score != nullptr && score->is_number()) {
    mapping.match_score = std::clamp(score->get<double>(), 0.0, 1.0);
  }
  return mapping;
}

bool names_type(const Json& body) { return !text_of(body, "sourceType").empty(); }

/// A source without a type that is no path but an expression is taken for one. Follows: Data Prep contract, 2.4.
void guess_type(Mapping& mapping) {
  if (parse_source_path(mapping.source) || !parse(mapping.source)) return;
  mapping.source_type = SourceType::expression;
  mapping.warning = "the source is no path and was taken for an expression; send sourceType EXPRESSION to say so";
}

Status check_expression(const Mapping& mapping, std::string_view where) {
  auto tree = parse_and_bind(mapping.source);
  if (tree) return {};
  Error error = std::move(tree).error();
  error.where = below(where, "source");
  if (!where.empty()) error.message = error.where + ": " + error.message;
  for (Problem& problem : error.problems) problem.path = error.where;
  if (error.problems.empty()) error.problems = {{.path = error.where, .code = error.code, .message = error.message}};
  return error;
}

/// Everything but the mappings.
Result<MappingSet> set_members(const Json& body) {
  if (!body.is_object()) return mistake("", "TYPE", "the body must be a mapping set, an object with a target schema and mappings");
  MappingSet set;
  TRY(set.target, read_target(body));
  TRY(set.name, optional_text(body, "name", ""));
  TRY(set.strict_mapping, flag(body, "strictMapping", ""));
  TRY(set.allow_null_values, flag(body, "allowNullValues", ""));
  TRY(const std::string status, optional_text(body, "status", ""));
  set.draft = equal_ignoring_case(status, "DRAFT");
  if (!status.empty() && !set.draft && !equal_ignoring_case(status, "PUBLISHED")) return mistake("status", "UNKNOWN", "status is DRAFT or PUBLISHED");
  if (const Json* schema = member(body, "outputSchema")) set.output_schema_id = text_of(*schema, "id");
  if (const Json* input = member(body, "inputSchema"); input != nullptr && input->is_object()) set.input_schema = to_text(*input);
  if (const Json* tags = member(body, "tags"); tags != nullptr && tags->is_array() && !tags->empty()) set.tags = to_text(*tags);
  return set;
}

/// The first of several mistakes, which names them all.
Error joined(std::vector<Error> mistakes) {
  Error first = std::move(mistakes.front());
  for (size_t i = 1; i < mistakes.size(); ++i) first.problems.insert(first.problems.end(), mistakes[i].problems.begin(), mistakes[i].problems.end());
  return first;
}

Json reference_json(const TargetSchema& target) {
  const auto text_or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  return {{"id", text_or_null(target.id)}, {"contentType", text_or_null(target.content_type)}};
}

/// Stored texts came from `to_text`.
Json stored_json(const std::string& text) {
  auto json = parse_json(text, {.depth_max = 256});
  return json ? *std::move(json) : Json();
}

Mapping first_stamp(Mapping mapping, const Stamp& stamp) {
  mapping.id = random_hex(stamp.random, 32);
  mapping.version = 0;
  mapping.created_at = mapping.modified_at = stamp.now;
  mapping.created_by = mapping.modified_by = stamp.actor;
  return mapping;
}

MappingSet next_version(MappingSet set, const Stamp& stamp) {
  ++set.version;
  set.modified_at = stamp.now;
  set.modified_by = stamp.actor;
  return set;
}

auto find_in(auto& mappings, std::string_view id) {
  const std::string plain = plain_id(id);
  return std::find_if(mappings.begin(), mappings.end(), [&](const Mapping& mapping) { return mapping.id == plain; });
}

Error unknown_mapping(std::string_view id) {
  return {.kind = ErrorKind::not_found, .message = "the mapping set has no mapping " + std::string(id.substr(0, 64)), .code = "CONV-1002-404"};
}

Instant instant_of(const Json& json, std::string_view name) { return from_millis(integer_of(json, name).value_or(0)); }

}  // namespace

std::string_view mime_of(SourceType type) { return kSourceWords[static_cast<size_t>(type)].mime; }

std::optional<SourceType> source_type_of(std::string_view word) {
  for (const SourceWords& row : kSourceWords) {
    if (equal_ignoring_case(word, row.word) || equal_ignoring_case(word, row.mime)) return row.type;
  }
  return std::nullopt;
}

Result<TargetSchema> read_target(const Json& body) {
  TargetSchema target;
  if (const Json* reference = member_at(body, {"outputSchema", "schemaRef"})) {
    TRY(target.id, optional_text(*reference, "id", "outputSchema.schemaRef"));
    TRY(target.content_type, optional_text(*reference, "contentType", "outputSchema.schemaRef"));
  }
  if (!target.id.empty()) return target;
  TRY(target.id, optional_text(body, "xdmSchema", ""));
  TRY(target.content_type, optional_text(body, "xdmVersion", ""));
  if (target.id.empty()) return mistake("outputSchema.schemaRef.id", "REQUIRED", "outputSchema.schemaRef.id (or xdmSchema) is required");
  if (target.content_type.empty()) target.content_type = "1.0";
  return target;
}

Result<Mapping> read_mapping(const Json& body, std::string_view where) {
  TRY(Mapping mapping, mapping_members(body, where));
  const auto required = [&](std::string_view name) {
    const std::string path = below(where, name);
    return mistake(path, "REQUIRED", path + " is required");
  };
  if (trim(mapping.destination).empty()) return required("destination");
  if (mapping.source_type == SourceType::constant) return mapping;
  if (trim(mapping.source).empty()) return required("source");
  if (!names_type(body)) guess_type(mapping);
  if (mapping.source_type == SourceType::expression) TRY_DO(check_expression(mapping, where));
  return mapping;
}

Result<MappingSet> read_mapping_set(const Json& body) {
  TRY(MappingSet set, set_members(body));
  const Json* mappings = member(body, "mappings");
  if (mappings == nullptr || mappings->is_null()) return mistake("mappings", "REQUIRED", "mappings is required");
  if (!mappings->is_array()) return mistake("mappings", "TYPE", "mappings must be an array");
  std::vector<Error> mistakes;
  for (size_t i = 0; i < mappings->size(); ++i) {
    auto mapping = read_mapping((*mappings)[i], "mappings[" + std::to_string(i) + "]");
    if (mapping) set.mappings.push_back(*std::move(mapping));
    else mistakes.push_back(std::move(mapping).error());
  }
  if (!mistakes.empty()) return joined(std::move(mistakes));
  return set;
}

Json problem_context(const Error& error) {
  Json list = Json::array();
  for (const Problem& problem : error.problems) list.push_back({{"path", problem.path}, {"reason", problem.code}});
  return list;
}

Json to_json(const Mapping& mapping) {
  Json json = {{"id", mapping.id},
               {"version", mapping.version},
               {"createdDate", to_millis(mapping.created_at)},
               {"modifiedDate", to_millis(mapping.modified_at)},
               {"createdBy", mapping.created_by},
               {"modifiedBy", mapping.modified_by},
               {"sourceType", mime_of(mapping.source_type)},
               {"source", mapping.source},
               {"destination", mapping.destination}};
  if (!mapping.name.empty()) json["name"] = mapping.name;
  if (!mapping.description.empty()) json["description"] = mapping.description;
  json["identity"] = mapping.identity;
  json["primaryIdentity"] = mapping.primary_identity;
  if (!mapping.identity_group.empty()) json["identityGroup"] = mapping.identity_group;
  if (!mapping.namespace_code.empty()) json["namespaceCode"] = mapping.namespace_code;
  json["matchScore"] = mapping.match_score;
  json["functionVersion"] = 1;
  if (mapping.source_type == SourceType::expression) json["expressionAttributes"] = attributes_of(mapping.source);
  json["sourceAttribute"] = mapping.source;
  json["destinationXdmPath"] = mapping.destination;
  return json;
}

Json mappings_json(const MappingSet& set) {
  Json list = Json::array();
  for (const Mapping& mapping : set.mappings) list.push_back(to_json(mapping));
  return list;
}

Json to_json(const MappingSet& set, const Json* json_schema) {
  Json json = created_json(set);
  json["supportVersion"] = "1.1";
  if (!set.name.empty()) json["name"] = set.name;
  json["inputSchemaRef"] = reference_json({});
  if (!set.input_schema.empty()) {
    json["inputSchema"] = stored_json(set.input_schema);
    if (const Json* reference = member(json["inputSchema"], "schemaRef"); reference != nullptr && reference->is_object()) json["inputSchemaRef"] = *reference;
  }
  const Json reference = reference_json(set.target);
  json["outputSchemaRef"] = reference;
  json["outputSchema"] = {{"id", set.output_schema_id}, {"version", 0}, {"schemaRef", reference}};
  if (json_schema != nullptr) json["outputSchema"]["jsonSchema"] = *json_schema;
  json["schemaRef"] = reference;
  json["xdmSchema"] = set.target.id;
  json["xdmVersion"] = set.target.content_type;
  json["strictMapping"] = set.strict_mapping;
  json["allowNullValues"] = set.allow_null_values;
  json["status"] = set.draft ? "DRAFT" : "PUBLISHED";
  if (!set.tags.empty()) json["tags"] = stored_json(set.tags);
  json["mappings"] = mappings_json(set);
  return json;
}

Json created_json(const MappingSet& set) {
  return {{"id", set.id},
          {"version", set.version},
          {"createdDate", to_millis(set.created_at)},
          {"modifiedDate", to_millis(set.modified_at)},
          {"createdBy", set.created_by},
          {"modifiedBy", set.modified_by}};
}

Result<MappingSet> stored_mapping_set(const Json& json) {
  TRY(MappingSet set, set_members(json));
  const auto stamps = [](auto& thing, const Json& from) {
    thing.id = text_of(from, "id");
    thing.version = integer_of(from, "version").value_or(0);
    thing.created_at = instant_of(from, "createdDate");
    thing.modified_at = instant_of(from, "modifiedDate");
    thing.created_by = text_of(from, "createdBy");
    thing.modified_by = text_of(from, "modifiedBy");
  };
  stamps(set, json);
  const Json* mappings = member(json, "mappings");
  if (mappings == nullptr || !mappings->is_array()) return mistake("mappings", "REQUIRED", "mappings is required");
  for (const Json& one : *mappings) {
    TRY(Mapping mapping, mapping_members(one, "mappings"));
    stamps(mapping, one);
    set.mappings.push_back(std::move(mapping));
  }
  return set;
}

MappingSet created(MappingSet set, const Stamp& stamp) {
  set.id = random_hex(stamp.random, 32);
  set.version = 0;
  set.created_at = set.modified_at = stamp.now;
  set.created_by = set.modified_by = stamp.actor;
  if (set.output_schema_id.empty()) set.output_schema_id = random_hex(stamp.random, 32);
  for (Mapping& mapping : set.mappings) mapping = first_stamp(std::move(mapping), stamp);
  return set;
}

MappingSet replaced(const MappingSet& stored, MappingSet body, const Stamp& stamp) {
  body.id = stored.id;
  body.version = stored.version;
  body.created_at = stored.created_at;
  body.created_by = stored.created_by;
  if (body.output_schema_id.empty()) body.output_schema_id = stored.output_schema_id;
  if (body.input_schema.empty()) body.input_schema = stored.input_schema;
  for (Mapping& mapping : body.mappings) mapping = first_stamp(std::move(mapping), stamp);
  return next_version(std::move(body), stamp);
}

Result<Mapping> find_mapping(const MappingSet& set, std::string_view id) {
  const auto found = find_in(set.mappings, id);
  if (found == set.mappings.end()) return unknown_mapping(id);
  return *found;
}

MappingChange with_mapping(const MappingSet& set, Mapping mapping, const Stamp& stamp) {
  MappingChange change{.set = next_version(set, stamp), .mapping = first_stamp(std::move(mapping), stamp)};
  change.set.mappings.push_back(change.mapping);
  return change;
}

Result<MappingChange> with_mapping_replaced(const MappingSet& set, std::string_view id, Mapping mapping, const Stamp& stamp) {
  MappingChange change{.set = next_version(set, stamp), .mapping = first_stamp(std::move(mapping), stamp)};
  const auto found = find_in(change.set.mappings, id);
  if (found == change.set.mappings.end()) return unknown_mapping(id);
  change.mapping.id = found->id;
  change.mapping.version = found->version + 1;
  change.mapping.created_at = found->created_at;
  change.mapping.created_by = found->created_by;
  *found = change.mapping;
  return change;
}

Result<MappingSet> without_mapping(const MappingSet& set, std::string_view id, const Stamp& stamp) {
  MappingSet changed = next_version(set, stamp);
  const auto found = find_in(changed.mappings, id);
  if (found == changed.mappings.end()) return unknown_mapping(id);
  changed.mappings.erase(found);
  return changed;
}

std::string plain_id(std::string_view id) {
  std::string plain;
  for (const char c : lower(id)) {
    if (c != '-') plain += c;
  }
  return plain;
}

std::optional<LetterCaseClash> letter_case_clash(const std::vector<Mapping>& mappings) {
  std::map<std::string, std::string> spelled;  // by the lower case of a path's beginning
  for (size_t i = 0; i < mappings.size(); ++i) {
    const std::string& destination = mappings[i].destination;
    for (size_t dot = destination.find('.');; dot = destination.find('.', dot + 1)) {
      std::string path = destination.substr(0, dot);
      const auto [first, is_new] = spelled.emplace(lower(path), path);
      if (!is_new && first->second != path) return LetterCaseClash{.mapping = i, .first = first->second, .second = std::move(path)};
      if (dot == destination.npos) break;
    }
  }
  return std::nullopt;
}

std::string message_of(const LetterCaseClash& clash) {
  return "the fields " + clash.first + " and " + clash.second + " differ in letter case only, and a table cannot hold both: map one of them";
}

}  // namespace foz::prep
