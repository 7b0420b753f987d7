// Follows: XDM core, 5.
#include "registry/core/core.h"

namespace foz::registry {
namespace {

constexpr std::string_view kPersonDetails = R"json({
  "$id": "https://ns.adobe.com/xdm/context/profile-person-details",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Demographic Details",
  "type": "object",
  "description": "The person as such: name, birth, family, nationality.",
  "meta:extensible": true, "meta:abstract": true,
  "meta:intendedToExtend": ["https://ns.adobe.com/xdm/context/profile", "https://ns.adobe.com/xdm/context/experienceevent"],
  "definitions": {
    "profile-person-details": {
      "properties": {
        "xdm:person": {"title": "Person", "$ref": "https://ns.adobe.com/xdm/context/person", "description": "The person that the profile is about."}
      }
    }
  },
  "allOf": [
    {"$ref": "https://ns.adobe.com/xdm/common/extensible#/definitions/@context"},
    {"$ref": "#/definitions/profile-person-details"}
  ],
  "meta:status": "stable"
})json";

constexpr std::string_view kPersonalDetails = R"json({
  "$id": "https://ns.adobe.com/xdm/context/profile-personal-details",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Personal Contact Details",
  "type": "object",
  "description": "How the person is reached at home: addresses, e-mail, phones.",
  "meta:extensible": true, "meta:abstract": true,
  "meta:intendedToExtend": ["https://ns.adobe.com/xdm/context/profile", "https://ns.adobe.com/xdm/context/experienceevent"],
  "definitions": {
    "profile-personal-details": {
      "properties": {
        "xdm:homeAddress": {"title": "Home Address", "$ref": "https://ns.adobe.com/xdm/common/address", "description": "Where the person lives."},
        "xdm:personalEmail": {"title": "Personal Email", "$ref": "https://ns.adobe.com/xdm/context/emailaddress", "description": "The person's private e-mail address."},
        "xdm:homePhone": {"title": "Home Phone", "$ref": "https://ns.adobe.com/xdm/context/phonenumber", "description": "Phone number at home."},
        "xdm:mobilePhone": {"title": "Mobile Phone", "$ref": "https://ns.adobe.com/xdm/context/phonenumber", "description": "Number of the mobile phone."},
        "xdm:faxPhone": {"title": "Fax Phone", "$ref": "https://ns.adobe.com/xdm/context/phonenumber", "description": "Number of the fax machine."},
        "xdm:shippingAddress": {"title": "Shipping Address", "$ref": "https://ns.adobe.com/xdm/common/address", "description": "Where goods are sent to."},
        "xdm:billingAddress": {"title": "Billing Address", "$ref": "https://ns.adobe.com/xdm/common/address", "description": "Where invoices are sent to."},
        "xdm:mailingAddress": {"title": "Mailing Address", "$ref": "https://ns.adobe.com/xdm/common/address", "description": "Where letters are sent to."},
        "xdm:shippingAddressPhone": {"title": "Shipping Address Phone", "$ref": "https://ns.adobe.com/xdm/context/phonenumber", "description": "Phone number at the shipping address."},
        "xdm:billingAddressPhone": {"title": "Billing Address Phone", "$ref": "https://ns.adobe.com/xdm/context/phonenumber", "description": "Phone number at the billing address."}
      }
    }
  },
  "allOf": [
    {"$ref": "https://ns.adobe.com/xdm/common/extensible#/definitions/@context"},
    {"$ref": "#/definitions/profile-personal-details"}
  ],
  "meta:status": "stable"
})json";

constexpr std::string_view kWorkDetails = R"json({
  "$id": "https://ns.adobe.com/xdm/context/profile-work-details",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Work Contact Details",
  "type": "object",
  "description": "How the person is reached at work.",
  "meta:extensible": true, "meta:abstract": true,
  "meta:intendedToExtend": ["https://ns.adobe.com/xdm/context/profile", "https://ns.adobe.com/xdm/context/experienceevent"],
  "definitions": {
    "profile-work-details": {
      "properties": {
        "xdm:workAddress": {"title": "Work Address", "$ref": "https://ns.adobe.com/xdm/common/address", "description": "Where the person works."},
        "xdm:workEmail": {"title": "Work Email", "$ref": "https://ns.adobe.com/xdm/context/emailaddress", "description": "The person's e-mail address at work."},
        "xdm:workPhone": {"title": "Work Phone", "$ref": "https://ns.adobe.com/xdm/context/phonenumber", "description": "Phone number at work."},
        "xdm:organizations": {"title": "Organizations", "type": "array", "items": {"type": "string"}, "description": "Organizations that the person belongs to."}
      }
    }
  },
  "allOf": [
    {"$ref": "https://ns.adobe.com/xdm/common/extensible#/definitions/@context"},
    {"$ref": "#/definitions/profile-work-details"}
  ],
  "meta:status": "stable"
})json";

// The pattern is the grammar of RFC 5646, 2.1: grandfathered tags, private use, langtag.
constexpr std::string_view kPreferencesDetails = R"json({
  "$id": "https://ns.adobe.com/xdm/context/profile-preferences-details",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Preference Details",
  "type": "object",
  "description": "How the person wants to be addressed: language, time zone, form of mail, consent.",
  "meta:extensible": true, "meta:abstract": true,
  "meta:intendedToExtend": ["https://ns.adobe.com/xdm/context/profile", "https://ns.adobe.com/xdm/context/experienceevent"],
  "definitions": {
    "profile-preferences-details": {
      "properties": {
        "xdm:preferredLanguage": {
          "title": "Preferred Language", "type": "string", "description": "Language tag of RFC 5646, such as en or pt-BR.",
          "pattern": "^(?:en-GB-oed|i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)|sgn-(?:BE-FR|BE-NL|CH-DE)|art-lojban|cel-gaulish|no-(?:bok|nyn)|zh-(?:guoyu|hakka|min-nan|min|xiang)|[xX](?:-[0-9A-Za-z]{1,8})+|(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4}|[A-Za-z]{5,8})(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:-(?:[0-9A-Za-z]{5,8}|[0-9][0-9A-Za-z]{3}))*(?:-[0-9A-WY-Za-wy-z](?:-[0-9A-Za-z]{2,8})+)*(?:-[xX](?:-[0-9A-Za-z]{1,8})+)?)$"
        },
        "xdm:profilePictureLink": {"title": "Profile Picture Link", "type": "string", "description": "Where a picture of the person is found."},
        "xdm:emailFormat": {"title": "Email Format", "type": "string", "description": "Form of e-mail that the person likes.", "meta:enum": {"html": "HTML", "plaintext": "Plain text"}},
        "xdm:timeZone": {"title": "Time Zone", "type": "string", "description": "Name of the time zone that the person mostly stays in, such as Europe/Berlin."},
        "xdm:optInOut": {"title": "Opt-in and opt-out", "$ref": "https://ns.adobe.com/xdm/context/optinout", "description": "What the person agreed to, by channel. Deprecated.", "meta:status": "deprecated"}
      }
    }
  },
  "allOf": [
    {"$ref": "https://ns.adobe.com/xdm/common/extensible#/definitions/@context"},
    {"$ref": "#/definitions/profile-preferences-details"}
  ],
  "meta:status": "stable"
})json";

constexpr std::string_view kIdentityMap = R"json({
  "$id": "https://ns.adobe.com/xdm/context/identitymap",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "IdentityMap",
  "type": "object",
  "description": "All identities of the subject, by namespace.",
  "meta:extensible": true, "meta:abstract": true,
  "meta:intendedToExtend": [],
  "definitions": {
    "identitymap": {
      "properties": {
        "xdm:identityMap": {
          "title": "IdentityMap", "type": "object", "meta:xdmType": "map",
          "description": "Lists of identities; the keys are codes of identity namespaces such as Email, ECID or CRMID.",
          "additionalProperties": {"type": "array", "items": {"$ref": "https://ns.adobe.com/xdm/context/identityitem"}}
        }
      }
    }
  },
  "allOf": [
    {"$ref": "https://ns.adobe.com/xdm/common/extensible#/definitions/@context"},
    {"$ref": "#/definitions/identitymap"}
  ],
  "meta:status": "stable"
})json";

}  // namespace

const std::vector<BuiltIn>& built_in_field_groups() {
  static const std::vector<BuiltIn> kGroups = {{ResourceKind::field_group, kPersonDetails},
                                               {ResourceKind::field_group, kPersonalDetails},
                                               {ResourceKind::field_group, kWorkDetails},
                                               {ResourceKind::field_group, kPreferencesDetails},
                                               {ResourceKind::field_group, kIdentityMap}};
  return kGroups;
}

}  // namespace foz::registry
