// What a portal has besides records: owners, pipelines, lists, forms, blogs. Follows: Sources contract, 4.4 and 4.6.
#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"
#include "simulators/hubspot/hubspot.h"
#include "simulators/tables/text_out.h"
#include "simulators/tables/words.h"

namespace foz::sim {
namespace {

constexpr uint64_t kOwners = 12, kLists = 7, kListPageMax = 500;
constexpr int64_t kListsWall = 10'000;
constexpr uint64_t kAuthors = 9, kPosts = 14, kComments = 40, kForms = 6;

http::Response invalid(std::string_view message) { return hubspot_error(400, "VALIDATION_ERROR", message); }

std::string moment(uint64_t number) { return iso_millis(from_millis(made_created(RowSeed(17, number), 1))); }
std::string later(uint64_t number) { return iso_millis(from_millis(made_modified(RowSeed(17, number), 1))); }

const Name& first_name(uint64_t number) { return first_names()[number * 7 % first_names().size()]; }
const Name& last_name(uint64_t number) { return last_names()[number * 5 % last_names().size()]; }

Json owner(uint64_t number) {
  return {{"id", std::to_string(500 + number)},
          {"email", std::string(first_name(number).ascii) + "." + std::string(last_name(number).ascii) + "@crm.example.com"},
          {"type", "PERSON"},
          {"firstName", first_name(number).display},
          {"lastName", last_name(number).display},
          {"userId", 9000 + number},
          {"userIdIncludingInactive", 9000 + number},
          {"createdAt", moment(number)},
          {"updatedAt", later(number)},
          {"archived", number == kOwners},
          {"teams", Json::array({{{"id", "1"}, {"name", "Sales"}, {"primary", true}}})}};
}

Json stage(const std::string& id, const std::string& label, int order, Json metadata) {
  return {{"id", id}, {"label", label}, {"displayOrder", order}, {"metadata", std::move(metadata)}, {"createdAt", moment(1)}, {"updatedAt", later(1)}, {"archived", false}};
}

Json deal_stages() {
  Json stages = Json::array();
  int order = 0;
  for (const auto& [id, label, probability] : {std::tuple("appointmentscheduled", "Appointment Scheduled", "0.2"), std::tuple("qualifiedtobuy", "Qualified To Buy", "0.4"),
                                               std::tuple("contractsent", "Contract Sent", "0.9"), std::tuple("closedwon", "Closed Won", "1.0"),
                                               std::tuple("closedlost", "Closed Lost", "0.0")}) {
    const bool closed = std::string_view(id).starts_with("closed");
    stages.push_back(stage(id, label, order++, {{"isClosed", closed ? "true" : "false"}, {"probability", probability}}));
  }
  return stages;
}

Json ticket_stages() {
  Json stages = Json::array();
  int order = 0;
  for (const char* label : {"New", "Waiting on contact", "Closed"}) {
    const std::string state = order == 2 ? "CLOSED" : "OPEN";
    stages.push_back(stage(std::to_string(order + 1), label, order, {{"ticketState", state}, {"isClosed", order == 2 ? "true" : "false"}}));
    ++order;
  }
  return stages;
}

Json list_json(uint64_t number, uint64_t members) {
  return {{"listId", std::to_string(number)},
          {"listVersion", 1},
          {"name", "List " + std::to_string(number)},
          {"objectTypeId", "0-1"},
          {"processingStatus", "COMPLETE"},
          {"processingType", number % 2 == 0 ? "MANUAL" : "DYNAMIC"},
          {"createdAt", moment(number)},
          {"updatedAt", later(number)},
          {"additionalProperties", {{"hs_list_size", std::to_string(members)}}}};
}

Json blog_json(std::string_view what, uint64_t number) {
  const std::string id = std::to_string(30'000 + number);
  if (what == "authors") {
    return {{"id", id}, {"name", std::string(first_name(number).display) + " " + std::string(last_name(number).display)}, {"slug", std::string(first_name(number).ascii) + "-" + id},
            {"email", std::string(first_name(number).ascii) + "@blog.example.com"}, {"bio", ""}, {"created", moment(number)}, {"updated", later(number)}, {"deletedAt", "1970-01-01T00:00:00Z"}};
  }
  return {{"id", id}, {"name", "Post " + std::to_string(number)}, {"slug", "blog/post-" + std::to_string(number)}, {"state", "PUBLISHED"}, {"currentlyPublished", true},
          {"blogAuthorId", std::to_string(30'001 + number % kAuthors)}, {"postBody", "<p>" + std::string(plain_words()[number % plain_words().size()]) + "</p>"},
          {"publishDate", moment(number)}, {"created", moment(number)}, {"updated", later(number)}, {"archivedAt", "1970-01-01T00:00:00Z"}};
}

Json comment_json(uint64_t number) {
  return {{"id", 70'000 + number}, {"portalId", 0}, {"contentId", 30'001 + number % kPosts}, {"userName", first_name(number).display},
          {"userEmail", std::string(first_name(number).ascii) + "@example.com"}, {"comment", plain_words()[number % plain_words().size()]}, {"state", "APPROVED"},
          {"createdAt", made_created(RowSeed(17, number), 1)}, {"contentTitle", "Post " + std::to_string(1 + number % kPosts)}};
}

Json form_json(uint64_t number) {
  return {{"id", made_uuid(number, "form")}, {"formType", "hubspot"}, {"name", "Form " + std::to_string(number)}, {"createdAt", moment(number)}, {"updatedAt", later(number)},
          {"archived", false}, {"fieldGroups", Json::array({{{"groupType", "default_group"}, {"richTextType", "text"}, {"fields", Json::array({{{"objectTypeId", "0-1"}, {"name", "email"}, {"label", "Email"}, {"required", true}, {"hidden", false}, {"fieldType", "email"}}})}}})},
          {"configuration", {{"language", "en"}}}};
}

}  // namespace

/// Entries 1 to `count` in pages of `limit`, with v3 paging.
http::Response Hubspot::numbered_page(Visit& visit, uint64_t count, int64_t limit_usual, int64_t limit_max, const std::function<Json(uint64_t)>& entry) {
  const int64_t limit = to_integer(visit.query.value("limit").value_or(std::to_string(limit_usual))).value_or(0);
  const int64_t after = to_integer(visit.query.value("after").value_or("0")).value_or(-1);
  if (limit < 1 || limit > limit_max || after < 0) return invalid("limit lies between 1 and " + std::to_string(limit_max) + ", after is the handle of a page");
  Json results = Json::array();
  auto number = static_cast<uint64_t>(after);
  while (number < count && results.size() < static_cast<size_t>(limit)) results.push_back(entry(++number));
  visit.records += results.size();
  std::string body = "{\"results\":" + to_text(results);
  if (visit.path.starts_with("/cms/")) body += ",\"total\":" + std::to_string(count);
  if (number < count) append_paging(body, visit, std::to_string(number));
  return json_text_response(200, body + "}");
}

http::Response Hubspot::owners(Visit& visit) {
  const bool archived = visit.query.get("archived") == "true";
  if (archived) return numbered_page(visit, 1, 100, 500, [](uint64_t) { return owner(kOwners); });
  return numbered_page(visit, kOwners - 1, 100, 500, owner);
}

http::Response Hubspot::pipelines(Visit& visit) {
  const auto objects = objects_of(visit.part("type"));
  if (!objects) return hubspot_no_type(visit.part("type"));
  const bool deals = objects->type->plural == "deals";
  Json list = Json::array();
  if (deals || objects->type->plural == "tickets") {
    list.push_back({{"id", deals ? "default" : "0"}, {"label", deals ? "Sales Pipeline" : "Support Pipeline"}, {"displayOrder", 0}, {"stages", deals ? deal_stages() : ticket_stages()},
                    {"createdAt", moment(1)}, {"updatedAt", later(1)}, {"archived", false}});
  }
  visit.records += list.size();
  return json_response(200, Json{{"results", std::move(list)}});
}

/// Members of list `n`: every n-th contact.
http::Response Hubspot::lists_search(Visit& visit) {
  const auto body = parse_json(visit.request.body.empty() ? "{}" : visit.request.body);
  if (!body) return invalid("Invalid input JSON");
  const int64_t offset = integer_of(*body, "offset").value_or(0), count = integer_of(*body, "count").value_or(20);
  if (offset < 0 || count < 1 || count > 500 || offset + count > kListsWall) return invalid("count lies between 1 and 500, offset and count within 10000");
  const uint64_t contacts = world_.tables.find("contacts")->live_rows(visit.now);
  const auto from = std::min<uint64_t>(static_cast<uint64_t>(offset), kLists), to = std::min<uint64_t>(from + static_cast<uint64_t>(count), kLists);
  Json lists = Json::array();
  for (uint64_t number = from + 1; number <= to; ++number) lists.push_back(list_json(number, (contacts + number - 1) / number));
  visit.records += lists.size();
  return json_response(200, Json{{"offset", to}, {"hasMore", to < kLists}, {"lists", std::move(lists)}, {"total", kLists}});
}

http::Response Hubspot::list_members(Visit& visit) {
  const auto list = to_integer(visit.part("list"));
  if (!list || *list < 1 || static_cast<uint64_t>(*list) > kLists) return hubspot_error(404, "OBJECT_NOT_FOUND", "List does not exist with ID " + visit.part("list") + ".");
  const auto contacts = *objects_of("contacts");
  const IdStyle& id = contacts.table->spec().id;
  const int64_t limit = to_integer(visit.query.value("limit").value_or("100")).value_or(0);
  if (limit < 1 || static_cast<uint64_t>(limit) > kListPageMax) return invalid("limit lies between 1 and 500");
  const auto step = static_cast<uint64_t>(*list);
  const auto last = row_of_id(id, visit.query.value("after").value_or(""));
  Json members = Json::array();
  uint64_t row = last ? *last / step * step + step : 0;
  for (; row < contacts.table->rows() && members.size() < static_cast<size_t>(limit); row += step) {
    const Row member(*contacts.table, row, visit.now);
    if (member.live()) members.push_back({{"recordId", id_text(id, row)}, {"membershipTimestamp", iso_millis(from_millis(member.created()))}});
  }
  visit.records += members.size();
  std::string body = "{\"results\":" + to_text(members);
  if (row < contacts.table->rows() && !members.empty()) append_paging(body, visit, text_of(members.back(), "recordId"));
  return json_text_response(200, body + "}");
}

http::Response Hubspot::blog(Visit& visit) {
  const std::string what = visit.part("what");
  if (what != "authors" && what != "posts") return html_response(404, "Resource not found");
  return numbered_page(visit, what == "authors" ? kAuthors : kPosts, 20, 100, [&](uint64_t number) { return blog_json(what, number); });
}

http::Response Hubspot::blog_comments(Visit& visit) {
  const int64_t limit = to_integer(visit.query.value("limit").value_or("10")).value_or(0), offset = to_integer(visit.query.value("offset").value_or("0")).value_or(-1);
  if (limit < 1 || limit > 1000 || offset < 0) return invalid("limit lies between 1 and 1000");
  Json objects = Json::array();
  for (auto number = static_cast<uint64_t>(offset); number < kComments && objects.size() < static_cast<size_t>(limit);) {
    Json comment = comment_json(++number);
    comment["portalId"] = portal_;
    objects.push_back(std::move(comment));
  }
  visit.records += objects.size();
  return json_response(200, Json{{"objects", std::move(objects)}, {"limit", limit}, {"offset", offset}, {"total", kComments}, {"totalCount", kComments}});
}

http::Response Hubspot::forms(Visit& visit) { return numbered_page(visit, kForms, 20, 500, form_json); }

/// Email events, four for each email: sent, delivered, opened, clicked.
http::Response Hubspot::email_events(Visit& visit) {
  static constexpr std::string_view kTypes[] = {"SENT", "DELIVERED", "OPEN", "CLICK"};
  const auto emails = *objects_of("emails");
  const int64_t limit = to_integer(visit.query.value("limit").value_or("10")).value_or(0), offset = to_integer(visit.query.value("offset").value_or("0")).value_or(-1);
  if (limit < 1 || limit > 1000 || offset < 0) return invalid("limit lies between 1 and 1000");
  const int64_t from = to_integer(visit.query.value("startTimestamp").value_or("0")).value_or(0);
  const int64_t to = to_integer(visit.query.value("endTimestamp").value_or(std::to_string(INT64_MAX))).value_or(INT64_MAX);
  const std::string wanted = visit.query.value("eventType").value_or("");
  Json events = Json::array();
  const uint64_t count = emails.table->made_rows() * std::size(kTypes);
  auto number = static_cast<uint64_t>(offset);
  for (; number < count && events.size() < static_cast<size_t>(limit); ++number) {
    const uint64_t email = number / std::size(kTypes), step = number % std::size(kTypes);
    const int64_t created = made_created(RowSeed(emails.table->seed(), email), 1) + static_cast<int64_t>(step) * 60'000;
    if (created < from || created >= to || (!wanted.empty() && wanted != kTypes[step])) continue;
    events.push_back({{"appId", 20'053}, {"appName", "Batch"}, {"created", created}, {"emailCampaignId", 4000 + email}, {"id", made_uuid(number, "event")},
                      {"portalId", portal_}, {"recipient", std::string(first_name(email).ascii) + "@example.com"}, {"type", kTypes[step]},
                      {"sentBy", {{"created", created}, {"id", made_uuid(email * std::size(kTypes), "event")}}}});
  }
  visit.records += events.size();
  return json_response(200, Json{{"hasMore", number < count}, {"offset", std::to_string(number)}, {"events", std::move(events)}});
}

}  // namespace foz::sim
