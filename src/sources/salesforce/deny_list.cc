// The lists are data taken from public connectors; they must stay sorted.
#include "sources/salesforce/deny_list.h"

#include <algorithm>
#include <array>

namespace foz::sources::salesforce {
namespace {

constexpr std::array<std::string_view, 34> kFiltered = {
    "Announcement", "ApexTypeImplementor", "AppTabMember", "CollaborationGroupRecord", "ColorDefinition", "ContentDocumentLink",
    "ContentFolderItem", "ContentFolderMember", "DataStatistics", "DatacloudAddress", "DatacloudDandBCompany", "EntityParticle",
    "FieldDefinition", "FieldHistoryArchive", "FlexQueueItem", "FlowTestView", "FlowVariableView", "FlowVersionView",
    "IconDefinition", "IdeaComment", "NetworkUserHistoryRecent", "OwnerChangeOptionInfo", "PicklistValueInfo", "PlatformAction",
    "RecordActionHistory", "RelatedListColumnDefinition", "RelatedListDefinition", "RelationshipDomain", "RelationshipInfo",
    "SearchLayout", "SiteDetail", "UserEntityAccess", "UserFieldAccess", "Vote"};

constexpr std::array<std::string_view, 23> kNoQuery = {
    "ActivityHistory", "AggregateResult", "AttachedContentDocument", "AttachedContentNote", "CombinedAttachment", "ContentBody",
    "DataType", "EmailStatus", "FeedLike", "FeedSignal", "FeedTrackedChange", "FolderedContentDocument", "ListViewChartInstance",
    "LookedUpFromActivity", "Name", "NoteAndAttachment", "OpenActivity", "OutgoingEmail", "OutgoingEmailRelation",
    "OwnedContentDocument", "ProcessInstanceHistory", "QuoteTemplateRichTextData", "UserRecordAccess"};

constexpr std::array<std::string_view, 17> kRestOnly = {
    "AcceptedEventRelation", "CaseStatus", "ContractStatus", "DeclinedEventRelation", "FieldSecurityClassification", "OrderStatus",
    "PartnerRole", "RecentlyViewed", "ServiceAppointmentStatus", "ShiftStatus", "SolutionStatus", "TaskPriority", "TaskStatus",
    "UndecidedEventRelation", "WorkOrderLineItemStatus", "WorkOrderStatus", "WorkStepStatus"};

template <size_t N>
bool listed(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::binary_search(names.begin(), names.end(), name);
}

static_assert(std::is_sorted(kFiltered.begin(), kFiltered.end()));
static_assert(std::is_sorted(kNoQuery.begin(), kNoQuery.end()));
static_assert(std::is_sorted(kRestOnly.begin(), kRestOnly.end()));

}  // namespace

Access access_of(std::string_view object) {
  if (object.ends_with("ChangeEvent") || object.ends_with("__e")) return Access::never;
  if (listed(kFiltered, object)) return Access::filtered;
  if (listed(kNoQuery, object)) return Access::no_query;
  if (object.ends_with("__x") || listed(kRestOnly, object)) return Access::rest_only;
  return Access::plain;
}

}  // namespace foz::sources::salesforce
