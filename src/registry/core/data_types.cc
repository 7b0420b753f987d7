// Follows: XDM core, 6.1-6.4, 6.9 and 6.10.
#include "registry/core/core.h"

namespace foz::registry {
namespace {

constexpr std::string_view kPerson = R"json({
  "$id": "https://ns.adobe.com/xdm/context/person",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Person",
  "type": "object",
  "description": "A human being: name, birth, family, nationality.",
  "meta:extensible": true,
  "definitions": {
    "person": {
      "properties": {
        "xdm:name": {"title": "Full name", "$ref": "https://ns.adobe.com/xdm/context/person-name", "description": "The name of the person, whole and in parts."},
        "xdm:birthDate": {"title": "Birth date", "type": "string", "format": "date", "description": "Day on which the person was born."},
        "xdm:birthDayAndMonth": {"title": "Birth day", "type": "string", "pattern": "[0-1][0-9]-[0-9][0-9]", "description": "Month and day of birth as MM-DD, where the year is not known or not wanted."},
        "xdm:birthYear": {"title": "Birth year", "type": "integer", "minimum": 1, "maximum": 32767, "meta:xdmType": "short", "description": "Year of birth, with the century."},
        "xdm:gender": {
          "title": "Gender", "type": "string", "enum": ["male", "female", "not_specified", "non_specific"], "default": "not_specified",
          "description": "The gender that the person states.",
          "meta:enum": {"male": "Male", "female": "Female", "not_specified": "Not specified", "non_specific": "Non-specific"}
        },
        "xdm:maritalStatus": {
          "title": "Marital status", "type": "string", "enum": ["married", "single", "divorced", "widowed", "not_specified"], "default": "not_specified",
          "description": "Whether the person is married.",
          "meta:enum": {"married": "Married", "single": "Single", "divorced": "Divorced", "widowed": "Widowed", "not_specified": "Not specified"}
        },
        "xdm:nationality": {"title": "Nationality", "type": "string", "pattern": "^[A-Z]{2}$", "description": "Country whose citizen the person is, two letters of ISO 3166-1."},
        "xdm:type": {"title": "Type", "type": "string", "description": "What sort of person it is to the business, such as prospect or customer."},
        "xdm:taxId": {"title": "Tax ID", "type": "string", "description": "Number under which the person pays taxes. Deprecated.", "meta:status": "deprecated"}
      }
    }
  },
  "allOf": [{"$ref": "#/definitions/person"}],
  "meta:status": "stable"
})json";

constexpr std::string_view kPersonName = R"json({
  "$id": "https://ns.adobe.com/xdm/context/person-name",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Person name",
  "type": "object",
  "description": "The name of a person. Which part comes first differs between cultures; the fields name their role.",
  "meta:extensible": true,
  "definitions": {
    "person-name": {
      "properties": {
        "xdm:firstName": {"title": "First name", "type": "string", "description": "The given name that is used most."},
        "xdm:lastName": {"title": "Last name", "type": "string", "description": "The family name, with prefixes where they belong to it."},
        "xdm:middleName": {"title": "Middle name", "type": "string", "description": "Names between the first and the last one."},
        "xdm:courtesyTitle": {"title": "Courtesy title", "type": "string", "description": "What stands before the name: Mrs, Dr, Sir."},
        "xdm:suffix": {"title": "Suffix", "type": "string", "description": "What stands behind the name: Jr., III, PhD."},
        "xdm:fullName": {"title": "Full name", "type": "string", "description": "The whole name as it is written."}
      }
    }
  },
  "allOf": [{"$ref": "#/definitions/person-name"}],
  "meta:status": "stable"
})json";

constexpr std::string_view kEmailAddress = R"json({
  "$id": "https://ns.adobe.com/xdm/context/emailaddress",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Email address",
  "type": "object",
  "description": "An e-mail address and what is known about it.",
  "meta:extensible": true,
  "definitions": {
    "emailaddress": {
      "properties": {
        "xdm:primary": {"title": "Primary", "type": "boolean", "description": "True for the one address to use when there are several."},
        "xdm:address": {"title": "Address", "type": "string", "format": "email", "description": "The address itself: name@domain."},
        "xdm:label": {"title": "Label", "type": "string", "description": "The name to show beside the address."},
        "xdm:type": {"title": "Type", "type": "string", "description": "What the address is for; the listed values are suggestions.", "meta:enum": {"unknown": "Unknown", "personal": "Personal", "work": "Work", "education": "Education"}},
        "xdm:status": {
          "title": "Status", "type": "string", "default": "active", "description": "Whether the address can be used; the listed values are suggestions.",
          "meta:enum": {"active": "Active", "incomplete": "Incomplete", "pending_verification": "Pending verification", "blacklisted": "Blacklisted", "blocked": "Blocked"}
        },
        "xdm:statusReason": {"title": "Status reason", "type": "string", "description": "Why the status is what it is."}
      }
    }
  },
  "allOf": [{"$ref": "#/definitions/emailaddress"}],
  "meta:status": "stable"
})json";

constexpr std::string_view kPhoneNumber = R"json({
  "$id": "https://ns.adobe.com/xdm/context/phonenumber",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Phone number",
  "type": "object",
  "description": "A phone number and what is known about it.",
  "meta:extensible": true,
  "definitions": {
    "phonenumber": {
      "properties": {
        "xdm:primary": {"title": "Primary", "type": "boolean", "description": "True for the one number to use when there are several."},
        "xdm:countryCode": {"title": "Country code", "type": "string", "minLength": 1, "maxLength": 3, "pattern": "^[0-9]{1,3}?$", "description": "Calling code of the country, digits only."},
        "xdm:number": {"title": "Number", "type": "string", "description": "The number as it is dialled; signs between the digits do no harm."},
        "xdm:extension": {"title": "Extension", "type": "string", "description": "Number behind a switchboard."},
        "xdm:status": {
          "title": "Status", "type": "string", "default": "active", "description": "Whether the number can be used; the listed values are suggestions.",
          "meta:enum": {"active": "Active", "incomplete": "Incomplete", "blacklisted": "Blacklisted", "blocked": "Blocked"}
        },
        "xdm:statusReason": {"title": "Status reason", "type": "string", "description": "Why the status is what it is."},
        "xdm:validity": {
          "title": "Validity", "type": "string", "description": "How well the number is known to be right; the listed values are suggestions.",
          "meta:enum": {"consistent": "Consistent", "inconsistent": "Inconsistent", "incomplete": "Incomplete", "successfullyUsed": "Successfully used"}
        }
      }
    }
  },
  "allOf": [{"$ref": "#/definitions/phonenumber"}],
  "meta:status": "stable"
})json";

constexpr std::string_view kIdentityItem = R"json({
  "$id": "https://ns.adobe.com/xdm/context/identityitem",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Identity item",
  "type": "object",
  "description": "One identity of a subject within a namespace.",
  "meta:extensible": true,
  "definitions": {
    "identityitem": {
      "properties": {
        "xdm:id": {"title": "Identifier", "type": "string", "description": "The identity within its namespace."},
        "xdm:authenticatedState": {
          "title": "Authenticated state", "type": "string", "enum": ["ambiguous", "authenticated", "loggedOut"], "default": "ambiguous",
          "description": "Whether the subject proved the identity.",
          "meta:enum": {"ambiguous": "Ambiguous", "authenticated": "Authenticated", "loggedOut": "Logged out"}
        },
        "xdm:primary": {"title": "Primary", "type": "boolean", "default": false, "description": "True for the identity that names the subject first."}
      }
    }
  },
  "allOf": [{"$ref": "#/definitions/identityitem"}],
  "meta:status": "stable"
})json";

constexpr std::string_view kOptInOut = R"json({
  "$id": "https://ns.adobe.com/xdm/context/optinout",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Opt-in and opt-out preferences",
  "type": "object",
  "description": "What a person agreed to, by channel. Deprecated: newer resources keep consent.",
  "meta:extensible": true,
  "definitions": {
    "choice": {
      "type": "string", "enum": ["not_provided", "pending", "in", "out"], "default": "not_provided",
      "description": "Whether the person agreed to be addressed through the channel.",
      "meta:enum": {"not_provided": "Not provided", "pending": "Pending verification", "in": "Opted in", "out": "Opted out"}
    },
    "details": {
      "type": "object",
      "description": "When and why the person left the channel.",
      "properties": {
        "xdm:optOutReason": {"title": "Opt-out reason", "type": "string", "description": "Why the person opted out."},
        "xdm:optOutDate": {"title": "Opt-out date", "type": "string", "format": "date-time", "description": "When the person opted out."}
      }
    },
    "optinout": {
      "properties": {
        "https://ns.adobe.com/xdm/channels/adm": {"title": "Amazon Device Messaging", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/agency": {"title": "Agency", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/apns": {"title": "Apple Push Notification Service", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/application": {"title": "Application", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/baidu": {"title": "Baidu", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/channel": {"title": "Channel", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/direct-mail": {"title": "Direct mail", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/email": {"title": "Email", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/facebook-feed": {"title": "Facebook feed", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/fax": {"title": "Fax", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/gcm": {"title": "Google Cloud Messaging", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/line": {"title": "LINE", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/mobile-app": {"title": "Mobile app", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/mpns": {"title": "Microsoft Push Notification Service", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/phone": {"title": "Phone", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/sms": {"title": "SMS", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/twitter-feed": {"title": "Twitter feed", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/web": {"title": "Web", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/webpage": {"title": "Webpage", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/wechat": {"title": "WeChat", "$ref": "#/definitions/choice"},
        "https://ns.adobe.com/xdm/channels/wns": {"title": "Windows Notification Service", "$ref": "#/definitions/choice"},
        "xdm:globalOptout": {"title": "Global opt-out", "type": "boolean", "default": false, "description": "True when the person wants to hear nothing through any channel."},
        "xdm:optOutDetails": {
          "title": "Opt-out details", "type": "object", "description": "When and why the person opted out, by channel.",
          "properties": {
            "xdm:email": {"title": "Email", "$ref": "#/definitions/details"},
            "xdm:phone": {"title": "Phone", "$ref": "#/definitions/details"},
            "xdm:fax": {"title": "Fax", "$ref": "#/definitions/details"},
            "xdm:direct-mail": {"title": "Direct mail", "$ref": "#/definitions/details"}
          }
        }
      }
    }
  },
  "allOf": [{"$ref": "#/definitions/optinout"}],
  "meta:status": "deprecated"
})json";

}  // namespace

const std::vector<BuiltIn>& built_in_data_types() {
  static const std::vector<BuiltIn> kTypes = {{ResourceKind::data_type, kPerson},       {ResourceKind::data_type, kPersonName},
                                              {ResourceKind::data_type, kEmailAddress}, {ResourceKind::data_type, kPhoneNumber},
                                              {ResourceKind::data_type, kIdentityItem}, {ResourceKind::data_type, kOptInOut}};
  return kTypes;
}

}  // namespace foz::registry
