// Follows: XDM core, 3.
#include "registry/core/core.h"

namespace foz::registry {
namespace {

constexpr std::string_view kRecord = R"json({
  "$id": "https://ns.adobe.com/xdm/data/record",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Record Schema",
  "type": "object",
  "description": "Behavior of data that states what is known about a subject: a row replaces what an older row with the same identifier said.",
  "meta:extensible": true, "meta:abstract": true,
  "definitions": {
    "record": {
      "properties": {
        "@id": {"title": "Identifier", "type": "string", "format": "uri-reference", "description": "Names the record; unique within its data set."}
      }
    }
  },
  "allOf": [
    {"$ref": "#/definitions/record"},
    {"$ref": "https://ns.adobe.com/xdm/common/extensible#/definitions/@context"}
  ],
  "meta:status": "stable"
})json";

constexpr std::string_view kTimeSeries = R"json({
  "$id": "https://ns.adobe.com/xdm/data/time-series",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Time-series Schema",
  "type": "object",
  "description": "Behavior of data that states what happened, and when: a row is never replaced.",
  "meta:extensible": true, "meta:abstract": true,
  "definitions": {
    "time-series": {
      "properties": {
        "@id": {"title": "Identifier", "type": "string", "format": "uri-reference", "description": "Names the event; unique within its data set."},
        "xdm:timestamp": {"title": "Timestamp", "type": "string", "format": "date-time", "description": "When the event took place."},
        "xdm:eventType": {
          "title": "Event type", "type": "string", "description": "What sort of event it is; the listed values are suggestions.",
          "meta:enum": {
            "advertising.clicks": "Advertising: clicks",
            "advertising.completes": "Advertising: completes",
            "advertising.conversions": "Advertising: conversions",
            "advertising.federated": "Advertising: federated",
            "advertising.firstQuartiles": "Advertising: first quartiles",
            "advertising.impressions": "Advertising: impressions",
            "advertising.midpoints": "Advertising: midpoints",
            "advertising.starts": "Advertising: starts",
            "advertising.thirdQuartiles": "Advertising: third quartiles",
            "advertising.timePlayed": "Advertising: time played",
            "application.close": "Application: close",
            "application.launch": "Application: launch",
            "commerce.backofficeCreditMemoIssued": "Commerce: backoffice credit memo issued",
            "commerce.backofficeOrderCancelled": "Commerce: backoffice order cancelled",
            "commerce.backofficeOrderItemsShipped": "Commerce: backoffice order items shipped",
            "commerce.backofficeOrderPlaced": "Commerce: backoffice order placed",
            "commerce.backofficeShipmentCompleted": "Commerce: backoffice shipment completed",
            "commerce.checkouts": "Commerce: checkouts",
            "commerce.productListAdds": "Commerce: product list adds",
            "commerce.productListOpens": "Commerce: product list opens",
            "commerce.productListRemovals": "Commerce: product list removals",
            "commerce.productListReopens": "Commerce: product list reopens",
            "commerce.productListViews": "Commerce: product list views",
            "commerce.productViews": "Commerce: product views",
            "commerce.purchases": "Commerce: purchases",
            "commerce.saveForLaters": "Commerce: save for laters",
            "decisioning.propositionDismiss": "Decisioning: proposition dismiss",
            "decisioning.propositionDisplay": "Decisioning: proposition display",
            "decisioning.propositionInteract": "Decisioning: proposition interact",
            "decisioning.propositionSend": "Decisioning: proposition send",
            "decisioning.propositionTrigger": "Decisioning: proposition trigger",
            "delivery.feedback": "Delivery: feedback",
            "directMarketing.emailBounced": "Direct marketing: email bounced",
            "directMarketing.emailBouncedSoft": "Direct marketing: email bounced soft",
            "directMarketing.emailClicked": "Direct marketing: email clicked",
            "directMarketing.emailDelivered": "Direct marketing: email delivered",
            "directMarketing.emailOpened": "Direct marketing: email opened",
            "directMarketing.emailSent": "Direct marketing: email sent",
            "directMarketing.emailUnsubscribed": "Direct marketing: email unsubscribed",
            "inappmessageTracking.dismiss": "Inappmessage tracking: dismiss",
            "inappmessageTracking.display": "Inappmessage tracking: display",
            "inappmessageTracking.interact": "Inappmessage tracking: interact",
            "leadOperation.addToCampaign": "Lead operation: add to campaign",
            "leadOperation.callWebhook": "Lead operation: call webhook",
            "leadOperation.changeCampaignStream": "Lead operation: change campaign stream",
            "leadOperation.changeEngagementCampaignCadence": "Lead operation: change engagement campaign cadence",
            "leadOperation.convertLead": "Lead operation: convert lead",
            "leadOperation.interestingMoment": "Lead operation: interesting moment",
            "leadOperation.mergeLeads": "Lead operation: merge leads",
            "leadOperation.newLead": "Lead operation: new lead",
            "leadOperation.revenueStageChanged": "Lead operation: revenue stage changed",
            "leadOperation.scoreChanged": "Lead operation: score changed",
            "leadOperation.statusInCampaignProgressionChanged": "Lead operation: status in campaign progression changed",
            "listOperation.addToList": "List operation: add to list",
            "listOperation.removeFromList": "List operation: remove from list",
            "location.entry": "Location: entry",
            "location.exit": "Location: exit",
            "media.adBreakComplete": "Media: ad break complete",
            "media.adBreakStart": "Media: ad break start",
            "media.adComplete": "Media: ad complete",
            "media.adSkip": "Media: ad skip",
            "media.adStart": "Media: ad start",
            "media.bitrateChange": "Media: bitrate change",
            "media.bufferStart": "Media: buffer start",
            "media.chapterComplete": "Media: chapter complete",
            "media.chapterSkip": "Media: chapter skip",
            "media.chapterStart": "Media: chapter start",
            "media.customTracking": "Media: custom tracking",
            "media.downloaded": "Media: downloaded",
            "media.error": "Media: error",
            "media.pauseStart": "Media: pause start",
            "media.ping": "Media: ping",
            "media.play": "Media: play",
            "media.sessionComplete": "Media: session complete",
            "media.sessionEnd": "Media: session end",
            "media.sessionStart": "Media: session start",
            "media.statesUpdate": "Media: states update",
            "message.feedback": "Message: feedback",
            "message.renderingData": "Message: rendering data",
            "message.tracking": "Message: tracking",
            "opportunityEvent.addToOpportunity": "Opportunity event: add to opportunity",
            "opportunityEvent.opportunityUpdated": "Opportunity event: opportunity updated",
            "opportunityEvent.removeFromOpportunity": "Opportunity event: remove from opportunity",
            "pushTracking.applicationOpened": "Push tracking: application opened",
            "pushTracking.customAction": "Push tracking: custom action",
            "web.formFilledOut": "Web: form filled out",
            "web.webinteraction.linkClicks": "Web: webinteraction link clicks",
            "web.webpagedetails.pageViews": "Web: webpagedetails page views"
          }
        }
      }
    }
  },
  "allOf": [
    {"$ref": "#/definitions/time-series"},
    {"$ref": "https://ns.adobe.com/xdm/common/extensible#/definitions/@context"}
  ],
  "meta:status": "stable"
})json";

constexpr std::string_view kAdhoc = R"json({
  "$id": "https://ns.adobe.com/xdm/data/adhoc",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Ad Hoc Schema",
  "type": "object",
  "description": "Behavior of data that follows a source as it is, with fields of its own and no standard ones.",
  "meta:extensible": true, "meta:abstract": true,
  "meta:status": "stable"
})json";

constexpr std::string_view kAdhocV2 = R"json({
  "$id": "https://ns.adobe.com/xdm/data/adhoc-v2",
  "$schema": "http://json-schema.org/draft-06/schema#",
  "title": "Ad Hoc Schema v2",
  "type": "object",
  "description": "Behavior of relational schemas: fields of their own, keys named by descriptors.",
  "meta:extensible": true, "meta:abstract": true,
  "meta:status": "stable"
})json";

}  // namespace

const std::vector<BuiltIn>& built_in_behaviors() {
  static const std::vector<BuiltIn> kBehaviors = {{ResourceKind::behavior, kRecord}, {ResourceKind::behavior, kTimeSeries},
                                                  {ResourceKind::behavior, kAdhoc}, {ResourceKind::behavior, kAdhocV2}};
  return kBehaviors;
}

}  // namespace foz::registry
