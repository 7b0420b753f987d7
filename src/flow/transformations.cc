#include "flow/transformations.h"

#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "flow/document.h"

namespace foz::flow {
namespace {

/// Reads one entry after the other and collects what is wrong.
class TransformationReader {
 public:
  void read(const Json& entry, const std::string& where) {
    if (!entry.is_object()) return refuse(provider_error(1312, "A transformation is an object with a name and params.", where));
    const Json* params = member(entry, "params");
    const Json nothing = Json::object();
    if (params == nullptr || params->is_null()) params = &nothing;
    const std::string name = text_of(entry, "name");
    const bool unnamed_mapping = name.empty() && member(*params, "mappingId") != nullptr;
    if (equal_ignoring_case(name, "Copy")) return copy(*params, where + "/params");
    if (equal_ignoring_case(name, "Mapping") || unnamed_mapping) return mapping(*params, where + "/params");
    if (equal_ignoring_case(name, "Encryption")) {
      return refuse(provider_error(1312, "Encrypted files are not available in this version: leave the transformation Encryption out.", where + "/name"));
    }
    refuse(provider_error(1312, "There is no transformation \"" + name + "\": use Copy or Mapping.", where + "/name"));
  }

  Result<Transformations> take() {
    if (!mistakes_.empty()) return several(std::move(mistakes_));
    return std::move(result_);
  }

 private:
  void copy(const Json& params, const std::string& where) {
    if (const Json* mode = member(params, "mode"); mode != nullptr && !mode->is_null() && !equal_ignoring_case(as_text(*mode), "append")) {
      refuse(provider_error(1368, "The mode \"" + as_text(*mode) + "\" is not allowed: rows are appended.", where + "/mode"));
    }
    const Json* column = member(params, "deltaColumn");
    if (column == nullptr || column->is_null()) return;
    auto delta = read_delta_column(*column, where + "/deltaColumn");
    if (!delta) return refuse(std::move(delta).error());
    result_.delta_column = std::move(*delta);
  }

  void mapping(const Json& params, const std::string& where) {
    MappingRef mapping{.id = text_of(params, "mappingId")};
    if (mapping.id.empty()) return refuse(provider_error(1304, "The mandatory field mappingId is missing.", where + "/mappingId"));
    if (result_.mapping) return refuse(provider_error(1312, "A flow has one Mapping; this is a second one.", where));
    if (const Json* version = member(params, "mappingVersion"); version != nullptr && !version->is_null()) {
      mapping.version = as_integer(*version);
      if (!mapping.version || *mapping.version < 0) {
        return refuse(provider_error(1312, "mappingVersion is a whole number from 0.", where + "/mappingVersion"));
      }
    }
    result_.mapping = std::move(mapping);
  }

  void refuse(Error mistake) { mistakes_.push_back(std::move(mistake)); }

  Transformations result_;
  std::vector<Error> mistakes_;
};

}  // namespace

Result<DeltaColumn> read_delta_column(const Json& value, const std::string& where) {
  DeltaColumn column;
  if (value.is_string()) {
    column.name = value.get<std::string>();
  } else if (value.is_object()) {
    column = {.name = text_of(value, "name"), .date_format = text_of(value, "dateFormat"), .timezone = text_of(value, "timezone")};
  }
  if (trim(column.name).empty()) return provider_error(1304, "The mandatory field name of deltaColumn is missing.", where + "/name");
  if (!column.timezone.empty() && !Zone::named(column.timezone)) {
    return provider_error(1312, "\"" + column.timezone + "\" is no time zone: use an IANA name such as Europe/Lisbon, or UTC.", where + "/timezone");
  }
  return column;
}

Json to_json(const DeltaColumn& column) {
  Json json = {{"name", column.name}};
  if (!column.date_format.empty()) json["dateFormat"] = column.date_format;
  if (!column.timezone.empty()) json["timezone"] = column.timezone;
  return json;
}

Result<Transformations> read_transformations(const Json& transformations) {
  if (transformations.is_null()) return Transformations{};
  if (!transformations.is_array()) return provider_error(1312, "transformations is an array.", "/transformations");
  TransformationReader reader;
  for (size_t i = 0; i < transformations.size(); ++i) reader.read(transformations[i], "/transformations/" + std::to_string(i));
  return reader.take();
}

Json with_delta_column(Json transformations, const DeltaColumn& column) {
  if (!transformations.is_array()) transformations = Json::array();
  for (Json& entry : transformations) {
    if (!equal_ignoring_case(text_of(entry, "name"), "Copy")) continue;
    if (!entry.contains("params") || !entry["params"].is_object()) entry["params"] = Json::object();
    entry["params"]["deltaColumn"] = to_json(column);
    return transformations;
  }
  transformations.insert(transformations.begin(), Json{{"name", "Copy"}, {"params", {{"deltaColumn", to_json(column)}}}});
  return transformations;
}

}  // namespace foz::flow
