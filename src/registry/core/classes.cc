// Follows: XDM core, 4.
#include "registry/core/core.h"

namespace foz::registry {
namespace {

constexpr std::string_view kProfile = R"json({
  "$id": "https://ns.adobe.com/xdm/context/profile",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "XDM Individual Profile",
  "type": "object",
  "description": "What is known about one person, identified fully or in part.",
  "auditable": true,
  "meta:extensible": true, "meta:abstract": true,
  "meta:extends": ["https://ns.adobe.com/xdm/common/auditable", "https://ns.adobe.com/xdm/data/record"],
  "definitions": {
    "profile": {
      "properties": {
        "xdm:personID": {"title": "Person ID", "type": "string", "description": "Names the person, or the part of a profile, that the record is about."}
      }
    }
  },
  "allOf": [
    {"$ref": "https://ns.adobe.com/xdm/common/extensible#/definitions/@context"},
    {"$ref": "https://ns.adobe.com/xdm/common/auditable"},
    {"$ref": "https://ns.adobe.com/xdm/data/record"},
    {"$ref": "#/definitions/profile"}
  ],
  "meta:status": "stable"
})json";

constexpr std::string_view kExperienceEvent = R"json({
  "$id": "https://ns.adobe.com/xdm/context/experienceevent",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "XDM ExperienceEvent",
  "type": "object",
  "description": "Something that happened to or through a person at one moment, as it was observed.",
  "meta:extensible": true, "meta:abstract": true,
  "meta:extends": ["https://ns.adobe.com/xdm/data/time-series", "https://ns.adobe.com/xdm/context/identitymap"],
  "definitions": {
    "experienceevent": {
      "properties": {
        "xdm:eventMergeId": {"title": "Event merge ID", "type": "string", "description": "Shared by events that were observed apart and belong together."},
        "xdm:producedBy": {
          "title": "Produced by", "type": "string", "default": "self",
          "description": "Who caused the event; the listed values are suggestions.",
          "meta:enum": {"self": "The person", "system": "A system", "salesRef": "A sales representative", "customerRep": "A customer service representative"}
        }
      }
    }
  },
  "allOf": [
    {"$ref": "https://ns.adobe.com/xdm/common/extensible#/definitions/@context"},
    {"$ref": "https://ns.adobe.com/xdm/data/time-series"},
    {"$ref": "https://ns.adobe.com/xdm/context/identitymap"},
    {"$ref": "#/definitions/experienceevent"}
  ],
  "required": ["@id", "xdm:timestamp"],
  "meta:status": "stable"
})json";

}  // namespace

const std::vector<BuiltIn>& built_in_classes() {
  static const std::vector<BuiltIn> kClasses = {{ResourceKind::class_, kProfile}, {ResourceKind::class_, kExperienceEvent}};
  return kClasses;
}

}  // namespace foz::registry
