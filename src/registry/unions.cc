#include "registry/unions.h"

#include <algorithm>

#include "registry/resource.h"
#include "security/digest.h"

namespace foz::registry {
namespace {

constexpr const char* kSegmentationGroup = "https://ns.adobe.com/xdm/context/profile-segmentation";

void add_distinct(std::vector<std::string>& list, const std::string& id) {
  if (std::find(list.begin(), list.end(), id) == list.end()) list.push_back(id);
}

Json reference(std::string_view id) { return {{"$ref", id}, {"type", "object"}, {"meta:xdmType", "object"}}; }

}  // namespace

Json union_of(const Json& class_body, const std::vector<std::shared_ptr<const Json>>& schemas, const PartOf& part_of) {
  const std::string class_id = text_of(class_body, "$id");
  std::vector<std::string> parts = {class_id}, extends;
  for (const auto& schema : schemas) {
    add_distinct(extends, text_of(*schema, "$id"));
    for (const std::string& id : part_refs(*schema)) add_distinct(parts, id);
  }
  Json doc = {{"$id", union_id_of(class_id)}, {"meta:altId", alt_id_of(union_id_of(class_id))}, {"meta:resourceType", "unions"}, {"version", "1.0"},
              {"title", text_of(class_body, "title")}, {"description", text_of(class_body, "description")}, {"type", "object"}, {"allOf", Json::array()}};
  for (const std::string& id : parts) doc["allOf"].push_back(reference(id));
  for (const std::string& id : extends_of(doc, part_of)) add_distinct(extends, id);
  doc["meta:extends"] = extends;
  doc["meta:class"] = class_id;
  doc["meta:xdmType"] = "object";
  doc["meta:containerId"] = "tenant";
  doc["meta:registryMetadata"] = {{"eTag", security::sha256_hex(to_canonical_text(doc))}};
  return doc;
}

Json with_union_fields(const Json& union_body, const PartOf& part_of) {
  Json doc = union_body;
  const std::string class_id = text_of(doc, "meta:class");
  const bool profile = class_id == kProfileClass;
  if (!profile && class_id != kExperienceEventClass) return doc;
  doc["allOf"].push_back(reference(kIdentityMapGroup));
  if (!profile) return doc;
  if (part_of(kSegmentationGroup) != nullptr) doc["allOf"].push_back(reference(kSegmentationGroup));
  doc["properties"]["timeSeriesEvents"] = {{"title", "Time series events"}, {"description", "What happened to the person, as events."}, {"type", "array"},
                                           {"items", reference(kExperienceEventClass)}, {"meta:xdmType", "array"}};
  return doc;
}

}  // namespace foz::registry
