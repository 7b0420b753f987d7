// Mapping sets as bodies of requests, with records, through reading, validation, preview and the printed form, on any bytes.
// The first line of the input is the mapping set, the rest the records, both in JSON.

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "base/json.h"
#include "base/random.h"
#include "prep/mapping_set.h"
#include "prep/preview.h"
#include "prep/validate.h"
#include "registry/columns.h"

namespace {

using namespace foz;

/// A promise that was broken is a crash.
void promise(bool kept) {
  if (!kept) std::abort();
}

/// Every kind of field, rules and nesting, and an identityMap.
const registry::Node& target() {
  static const registry::Node node = registry::node_of(parse_json(R"({"required": ["_id"], "properties": {
    "_id": {"type": "string"}, "flag": {"type": "boolean"}, "tiny": {"type": "integer", "minimum": -128, "maximum": 127},
    "big": {"type": "integer", "meta:xdmType": "long"}, "score": {"type": "number", "maximum": 1000},
    "born": {"type": "string", "format": "date"}, "at": {"type": "string", "format": "date-time"},
    "kind": {"type": "string", "enum": ["a", "b"], "maxLength": 5}, "mail": {"type": "string", "format": "email"},
    "person": {"type": "object", "required": ["last"], "properties": {"first": {"type": "string", "pattern": "^[A-Z]"}, "last": {"type": "string"}}},
    "tags": {"type": "array", "maxItems": 3, "uniqueItems": true, "items": {"type": "string"}},
    "pi": {"type": "array", "items": {"type": "object", "properties": {"v": {"type": "string"}, "n": {"type": "object", "properties": {"x": {"type": "integer"}}}}}},
    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
    "identityMap": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}, "primary": {"type": "boolean"}}}}}}})").value());
  return node;
}

void check_reading(const prep::MappingSet& set) {
  const Json shown = prep::to_json(set);
  const auto again = prep::stored_mapping_set(shown);
  promise(again.has_value());
  promise(to_text(prep::to_json(*again)) == to_text(shown));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static SeededRandom random(1);
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t line = input.find('\n');
  const auto body = parse_json(input.substr(0, line));
  if (!body) return 0;
  const prep::TargetLookup lookup = [](const prep::TargetSchema&) -> Result<std::shared_ptr<const registry::Node>> { return std::make_shared<const registry::Node>(target()); };
  const auto answer = prep::validate(*body, lookup);
  if (!answer) promise(!answer.error().message.empty());
  const auto set = prep::read_mapping_set(*body);
  if (!set) return 0;
  check_reading(*set);
  const auto records = parse_json(line == input.npos ? std::string_view("{}") : input.substr(line + 1));
  const prep::RunContext context{.now = from_millis(1586993661034), .random = &random};
  const auto shown = prep::preview(*set, records ? *records : Json::object(), target(), context);
  if (!shown) promise(!shown.error().message.empty());
  return 0;
}
