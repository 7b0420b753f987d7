// Follows: XDM core, 6.5-6.8 and 6.10.
#include "registry/core/core.h"

namespace foz::registry {
namespace {

constexpr std::string_view kAddress = R"json({
  "$id": "https://ns.adobe.com/xdm/common/address",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Postal address",
  "type": "object",
  "description": "A place that post can be sent to, with its position on the map.",
  "meta:extensible": true,
  "meta:extends": ["http://schema.org/GeoCoordinates", "https://ns.adobe.com/xdm/common/geo", "https://ns.adobe.com/xdm/common/auditable"],
  "definitions": {
    "address": {
      "properties": {
        "xdm:primary": {"title": "Primary", "type": "boolean", "description": "True for the one address to use when there are several."},
        "xdm:label": {"title": "Label", "type": "string", "description": "What the person calls the address."},
        "xdm:street1": {"title": "Street 1", "type": "string", "description": "First line of the address: street and number."},
        "xdm:street2": {"title": "Street 2", "type": "string", "description": "Second line of the address."},
        "xdm:street3": {"title": "Street 3", "type": "string", "description": "Third line of the address."},
        "xdm:street4": {"title": "Street 4", "type": "string", "description": "Fourth line of the address."},
        "xdm:region": {"title": "Region", "type": "string", "description": "Region, county or district."},
        "xdm:postOfficeBox": {"title": "Post office box", "type": "string", "maxLength": 20, "description": "Number of the post office box."},
        "xdm:country": {"title": "Country", "type": "string", "description": "Name of the country; its code has a field of its own."},
        "xdm:state": {"title": "State", "type": "string", "description": "Name of the state; its code has a field of its own."},
        "xdm:status": {
          "title": "Status", "type": "string", "default": "active", "description": "Whether the address can be used; the listed values are suggestions.",
          "meta:enum": {"active": "Active", "incomplete": "Incomplete", "pending_verification": "Pending verification", "blacklisted": "Blacklisted", "blocked": "Blocked"}
        },
        "xdm:statusReason": {"title": "Status reason", "type": "string", "description": "Why the status is what it is."},
        "xdm:lastVerifiedDate": {"title": "Last verified", "type": "string", "format": "date", "description": "Day on which the person was last found at the address."}
      }
    }
  },
  "allOf": [
    {"$ref": "http://schema.org/GeoCoordinates"},
    {"$ref": "https://ns.adobe.com/xdm/common/geo"},
    {"$ref": "https://ns.adobe.com/xdm/common/auditable"},
    {"$ref": "#/definitions/address"}
  ],
  "meta:status": "stable"
})json";

constexpr std::string_view kGeo = R"json({
  "$id": "https://ns.adobe.com/xdm/common/geo",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Geo",
  "type": "object",
  "description": "Where something is, in names and codes.",
  "meta:extensible": true,
  "definitions": {
    "geo": {
      "properties": {
        "xdm:countryCode": {"title": "Country code", "type": "string", "pattern": "^[A-Z]{2}$", "description": "Two letters of ISO 3166-1."},
        "xdm:stateProvince": {"title": "State or province code", "type": "string", "pattern": "([A-Z]{2}-[A-Z0-9]{1,3}|)", "description": "Code of ISO 3166-2, such as US-CA."},
        "xdm:city": {"title": "City", "type": "string", "description": "Name of the city."},
        "xdm:postalCode": {"title": "Postal code", "type": "string", "description": "Postal code of the place, where the country has them."},
        "xdm:dmaID": {"title": "Designated market area", "type": "integer", "meta:xdmType": "int", "description": "Number of the television market area of Nielsen."},
        "xdm:msaID": {"title": "Metropolitan statistical area", "type": "integer", "meta:xdmType": "int", "description": "Number of the metropolitan statistical area of the United States."}
      }
    }
  },
  "allOf": [{"$ref": "#/definitions/geo"}],
  "meta:status": "stable"
})json";

constexpr std::string_view kGeoCoordinates = R"json({
  "$id": "http://schema.org/GeoCoordinates",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Geo Coordinates",
  "type": "object",
  "description": "A position on the globe.",
  "meta:extensible": true,
  "definitions": {
    "geocoordinates": {
      "properties": {
        "@id": {"title": "Coordinates ID", "type": "string", "format": "uri-reference", "description": "Names the position."},
        "schema:description": {"title": "Description", "type": "string", "description": "What is found there."},
        "schema:latitude": {"title": "Latitude", "type": "number", "minimum": -90, "maximum": 90, "description": "Degrees north of the equator, WGS 84."},
        "schema:longitude": {"title": "Longitude", "type": "number", "minimum": -180, "maximum": 180, "description": "Degrees east of Greenwich, WGS 84."},
        "schema:elevation": {"title": "Elevation", "type": "number", "description": "Metres above the WGS 84 ellipsoid."}
      }
    }
  },
  "allOf": [{"$ref": "#/definitions/geocoordinates"}],
  "meta:status": "stable"
})json";

constexpr std::string_view kAuditable = R"json({
  "$id": "https://ns.adobe.com/xdm/common/auditable",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Audit trail",
  "type": "object",
  "description": "Who made and changed a record, and when.",
  "meta:extensible": true,
  "definitions": {
    "auditable": {
      "properties": {
        "xdm:repositoryCreatedBy": {"title": "Created by user identifier", "type": "string", "description": "User who made the record."},
        "xdm:repositoryLastModifiedBy": {"title": "Modified by user identifier", "type": "string", "description": "User who changed the record last."},
        "xdm:createdByBatchID": {"title": "Created by batch identifier", "type": "string", "format": "uri-reference", "description": "Batch that brought the record."},
        "xdm:modifiedByBatchID": {"title": "Modified by batch identifier", "type": "string", "format": "uri-reference", "description": "Batch that changed the record last."}
      }
    }
  },
  "allOf": [
    {"$ref": "https://ns.adobe.com/xdm/common/extensible#/definitions/@context"},
    {"$ref": "http://ns.adobe.com/adobecloud/core/1.0#/definitions/date-properties"},
    {"$ref": "#/definitions/auditable"}
  ],
  "meta:status": "stable"
})json";

constexpr std::string_view kExtensible = R"json({
  "$id": "https://ns.adobe.com/xdm/common/extensible",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Extensibility base schema",
  "type": "object",
  "description": "Names the vocabulary of fields; has no fields of its own.",
  "meta:extensible": true, "meta:abstract": true,
  "definitions": {"@context": {"properties": {}}},
  "meta:status": "stable"
})json";

constexpr std::string_view kCloudCore = R"json({
  "$id": "http://ns.adobe.com/adobecloud/core/1.0",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Repository properties",
  "type": "object",
  "description": "Properties that a repository keeps of what it stores.",
  "meta:extensible": true,
  "definitions": {
    "date-properties": {
      "properties": {
        "repo:createDate": {"title": "Created date", "type": "string", "format": "date-time", "description": "When the resource was made in the repository."},
        "repo:modifyDate": {"title": "Modified date", "type": "string", "format": "date-time", "description": "When the resource was changed last in the repository."},
        "repo:discardDate": {"title": "Discarded date", "type": "string", "format": "date-time", "description": "When the resource was put into the bin."},
        "repo:expires": {"title": "Expires", "type": "string", "format": "date-time", "description": "When the resource stops being valid."},
        "repo:lastPublishedTime": {"title": "Last published time", "type": "string", "description": "When the resource was published last."}
      }
    }
  },
  "meta:status": "stable"
})json";

}  // namespace

const std::vector<BuiltIn>& built_in_address_types() {
  static const std::vector<BuiltIn> kTypes = {{ResourceKind::data_type, kAddress},        {ResourceKind::data_type, kGeo},
                                              {ResourceKind::data_type, kGeoCoordinates}, {ResourceKind::data_type, kAuditable},
                                              {ResourceKind::data_type, kExtensible},     {ResourceKind::data_type, kCloudCore}};
  return kTypes;
}

}  // namespace foz::registry
