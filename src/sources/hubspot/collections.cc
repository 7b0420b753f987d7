#include "sources/hubspot/collections.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"

namespace foz::sources::hubspot {
namespace {

constexpr int64_t kPageRows = 100;

using enum ColumnType;
using C = CollectionColumn;

constexpr std::array kOwners = std::to_array<C>({{"id"}, {"email"}, {"firstName"}, {"lastName"}, {"userId"}, {"type"}, {"teams", json}, {"archived", boolean}, {"createdAt", timestamp}, {"updatedAt", timestamp}});
constexpr std::array kPipelines = std::to_array<C>({{"id"}, {"label"}, {"displayOrder", int32}, {"stages", json}, {"archived", boolean}, {"createdAt", timestamp}, {"updatedAt", timestamp}});
constexpr std::array kLists = std::to_array<C>({{"listId"}, {"name"}, {"objectTypeId"}, {"processingType"}, {"processingStatus"}, {"listVersion", int64}, {"createdById"}, {"updatedById"}, {"createdAt", timestamp}, {"updatedAt", timestamp}, {"filtersUpdatedAt", timestamp}, {"additionalProperties", json}});
constexpr std::array kForms = std::to_array<C>({{"id"}, {"name"}, {"formType"}, {"archived", boolean}, {"createdAt", timestamp}, {"updatedAt", timestamp}, {"fieldGroups", json}, {"configuration", json}, {"displayOptions", json}, {"legalConsentOptions", json}});
constexpr std::array kAuthors = std::to_array<C>({{"id"}, {"fullName"}, {"displayName"}, {"name"}, {"email"}, {"slug"}, {"language"}, {"bio"}, {"website"}, {"twitter"}, {"facebook"}, {"linkedin"}, {"avatar"}, {"created", timestamp}, {"updated", timestamp}, {"deletedAt", timestamp}});
constexpr std::array kComments = std::to_array<C>({{"id"}, {"contentId"}, {"contentTitle"}, {"contentPermalink"}, {"comment"}, {"userName"}, {"firstName"}, {"lastName"}, {"userEmail"}, {"userUrl"}, {"state"}, {"parentId"}, {"contentAuthorEmail"}, {"contentAuthorName"}, {"createdAt", timestamp}, {"contentCreatedAt", timestamp}, {"deletedAt", timestamp}});

const std::array kCollections = std::to_array<Collection>({
    {.title = "Owners", .path = "/crm/v3/owners", .query = "archived=false", .records = "results", .key = "id", .columns = kOwners},
    {.title = "Deal_Pipelines", .path = "/crm/v3/pipelines/deals", .records = "results", .key = "id", .paging = Paging::none, .columns = kPipelines},
    {.title = "Ticket_Pipelines", .path = "/crm/v3/pipelines/tickets", .records = "results", .key = "id", .paging = Paging::none, .columns = kPipelines},
    {.title = "Lists", .path = "/crm/v3/lists/search", .records = "lists", .key = "listId", .paging = Paging::list_search, .columns = kLists},
    {.title = "Forms", .path = "/marketing/v3/forms", .query = "archived=false", .records = "results", .key = "id", .columns = kForms},
    {.title = "Blog_Authors", .path = "/cms/v3/blogs/authors", .records = "results", .key = "id", .columns = kAuthors},
    {.title = "Blog_Comments", .path = "/comments/v3/comments", .records = "objects", .key = "id", .paging = Paging::offset, .columns = kComments},
});

/// Where reading stands: the vendor's handle, or how many records came so far.
struct Position {
  std::string after = {};
  std::string first = {};  ///< key of the first record of the page before
  int64_t taken = 0;
};

Position position_of(const Cursor& cursor) {
  const auto json = parse_json(cursor.text);
  if (!json) return {};
  return {.after = text_of(*json, "after"), .first = text_of(*json, "first"), .taken = integer_of(*json, "taken").value_or(0)};
}

http::Request request_of(const Portal& portal, const Collection& collection, const Position& at) {
  std::string path(collection.path);
  if (collection.paging == Paging::list_search) {
    return http::post_json(portal.url(path), to_text(Json{{"query", ""}, {"offset", at.taken}, {"count", kPageRows}}));
  }
  http::Query query = http::Query::parse(collection.query);
  if (collection.paging != Paging::none) query.add("limit", std::to_string(kPageRows));
  if (!at.after.empty()) query.add("after", at.after);
  if (collection.paging == Paging::offset && at.taken > 0) query.add("offset", std::to_string(at.taken));
  return http::get(portal.url(query.empty() ? path : path + "?" + query.text()));
}

/// `values` of the glance: the next handle, "there is more", the total.
const std::vector<std::vector<std::string>> kEnvelope = {{"paging", "next", "after"}, {"hasMore"}, {"total"}};

bool has_more(const Collection& collection, const JsonGlance& glance, int64_t taken) {
  switch (collection.paging) {
    case Paging::none: return false;
    case Paging::after: return glance.values[0].has_value();
    case Paging::offset: return glance.records > 0 && to_integer(glance.values[2].value_or("")).value_or(0) > taken;
    case Paging::list_search: return glance.records > 0 && glance.values[1] == "true";
  }
  return false;
}

}  // namespace

std::span<const Collection> collections() { return kCollections; }

const Collection* collection_titled(std::string_view title) {
  const auto found = std::find_if(kCollections.begin(), kCollections.end(), [&](const Collection& one) { return one.title == title; });
  return found == kCollections.end() ? nullptr : &*found;
}

std::vector<Column> columns_of(const Collection& collection) {
  std::vector<Column> columns;
  for (const CollectionColumn& one : collection.columns) {
    Column column{.name = flat_name({std::string(one.member)}), .type = one.type, .raw_path = {std::string(one.member)}, .key = one.member == collection.key};
    if (one.type == timestamp) column.wire = Wire::millis;
    columns.push_back(std::move(column));
  }
  return columns;
}

Result<Page> read_collection(Portal& portal, const Collection& collection, Purpose purpose, const Cursor& from, std::stop_token stop) {
  const std::string doing = "reading " + std::string(collection.title);
  Position at = position_of(from);
  TRY(auto response, portal.ask(request_of(portal, collection, at), purpose, doing, stop));
  TRY(const auto glance, glance_page(response.body, {.values = kEnvelope, .records = {std::string(collection.records)}, .key = {std::string(collection.key)}}, doing));
  const bool same_records = !glance.keys.empty() && !glance.keys[0].empty() && glance.keys[0] == at.first;
  if (same_records || (collection.paging == Paging::after && glance.values[0] && glance.values[0] == at.after)) {
    return Error{.kind = ErrorKind::unavailable, .message = doing + ": the same page came twice", .code = "CONNECTOR-1308-400"};
  }
  at.taken += static_cast<int64_t>(glance.records);
  at.after = glance.values[0].value_or("");
  if (!glance.keys.empty()) at.first = glance.keys[0];
  Page page{.records = "/" + std::string(collection.records), .total = to_integer(glance.values[2].value_or(""))};
  if (has_more(collection, glance, at.taken)) page.next = Cursor{.text = to_text(Json{{"after", at.after}, {"first", at.first}, {"taken", at.taken}})};
  page.bodies.push_back(std::move(response.body));
  return page;
}

Result<Page> read_properties(Portal& portal, const std::string& type, Purpose purpose, std::stop_token stop) {
  const std::string doing = "reading the properties of " + type;
  TRY(auto response, portal.ask(http::get(portal.url("/crm/v3/properties/" + http::percent_encode(type) + "?archived=false")), purpose, doing, stop));
  if (auto glance = glance_page(response.body, {.records = {"results"}}, doing); !glance) return std::move(glance).error();
  Page page{.records = "/results"};
  page.bodies.push_back(std::move(response.body));
  return page;
}

}  // namespace foz::sources::hubspot
