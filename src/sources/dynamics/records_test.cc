// Reading and removals: what is asked of the vendor, and what becomes of its answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"
#include "sources/dynamics/dynamics.h"
#include "sources/dynamics/read.h"
#include "sources/test_simulator.h"

namespace foz::sources::dynamics {
namespace {

using test::keys_of;
using test::path_of;
using test::query_of;
using test::read_all;
using test::Reading;
using test::reply;
using test::SimulatedSource;
using test::TestWorld;
using test::value_of;
using testing::HasSubstr;

constexpr std::string_view kHost = "https://acme.crm4.dynamics.com";

Login principal() {
  return {.auth_spec = "Service Principal Key Based Authentication",
          .parameters = {{"serviceUri", Secret(std::string(kHost))}, {"servicePrincipalId", Secret("app")}, {"servicePrincipalKey", Secret("S3CRET")},
                         {"authorityUrl", Secret("https://login.microsoftonline.com/acme.test")}}};
}

/// A vendor that logs in everybody and describes one table, `thing`; rows are the test's.
test::FakeVendor::Handler vendor(std::function<Result<http::Response>(const http::Request&)> rows, Json attributes = Json::array()) {
  for (const auto& [name, type] : {std::pair("thingid", "Uniqueidentifier"), std::pair("name", "String"), std::pair("modifiedon", "DateTime"), std::pair("createdon", "DateTime")}) {
    attributes.push_back({{"LogicalName", name}, {"AttributeType", type}, {"IsValidForRead", true}});
  }
  const Json definition = {{"LogicalName", "thing"}, {"EntitySetName", "things"}, {"PrimaryIdAttribute", "thingid"}, {"ChangeTrackingEnabled", true}, {"Attributes", attributes}};
  return [rows = std::move(rows), definition](const http::Request& request) -> Result<http::Response> {
    const std::string path = path_of(request);
    if (path.ends_with("/token")) return reply(200, R"({"access_token":"t","expires_in":3599})");
    if (path.find("EntityDefinitions(LogicalName='thing')/") != std::string::npos) return reply(200, R"({"value":[]})");
    if (path.find("EntityDefinitions") != std::string::npos) return reply(200, to_text(definition));
    return rows(request);
  };
}

std::string id_of(int number) {
  std::string digits = std::to_string(number);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}
Json thing(int number) { return {{"thingid", id_of(number)}, {"name", "n" + std::to_string(number)}, {"modifiedon", "2024-01-01T00:00:00Z"}}; }
Json page_of(Json rows, std::string next = "") {
  Json page = {{"value", std::move(rows)}};
  if (!next.empty()) page["@odata.nextLink"] = next;
  return page;
}

ReadPlan plan_of(Source& source, std::vector<std::string> names = {}) {
  ReadPlan plan;
  plan.table = *source.describe("thing", {});
  for (const Column& column : plan.table.columns) {
    const bool wanted = names.empty() ? !column.on_request : std::find(names.begin(), names.end(), column.name) != names.end();
    if (wanted) plan.columns.push_back(column);
  }
  return plan;
}

TEST(DynamicsRead, AsksForColumnsWindowAndOrderInPagesOfTheirSize) {
  TestWorld world(vendor([](const http::Request&) { return reply(200, to_text(page_of(Json::array({thing(1)})))); }));
  const auto source = *kDynamics.open(principal(), world.world());
  ReadPlan plan = plan_of(*source);
  plan.window = Window{.column = "modifiedon", .from = parse_iso_instant("2024-01-01T00:00:00Z"), .to = parse_iso_instant("2024-01-02T00:00:00Z")};
  const Reading reading = read_all(*source, plan);
  ASSERT_FALSE(reading.failure) << reading.failure->message;
  const http::Request request = world.vendor.calls().back();
  EXPECT_EQ(path_of(request), "/api/data/v9.2/things");
  EXPECT_EQ(query_of(request).get("$select"), "thingid,name,modifiedon,createdon");
  EXPECT_EQ(query_of(request).get("$filter"), "(modifiedon ge 2024-01-01T00:00:00Z and modifiedon lt 2024-01-02T00:00:00Z)");
  EXPECT_EQ(query_of(request).get("$orderby"), "modifiedon asc,thingid asc");
  EXPECT_EQ(request.headers.get("Prefer"), "odata.maxpagesize=5000") << "no annotations where nobody wants a label: they triple the payload";
}

// Pain 16: the next link is used byte for byte with the same preferences, on every name of the environment and on no other.
TEST(DynamicsRead, Pain16FollowsNextLinksByteForByte) {
  const std::string tail = "/api/data/v9.2/things?$select=thingid&$skiptoken=%3Ccookie%20pagenumber=%222%22%20pagingcookie=%22%253ccookie%2520page%253d%25221%2522%253e%22%20istracking=%22False%22%20/%3E";
  for (const auto& [link, fine] : {std::pair(std::string(kHost) + tail, true), std::pair("https://acme.api.crm4.dynamics.com" + tail, true), std::pair("https://evil.test" + tail, false),
                                   std::pair("https://other.crm4.dynamics.com" + tail, false), std::pair("http://acme.crm4.dynamics.com" + tail, false), std::pair(std::string(kHost) + "/other?x", false)}) {
    TestWorld world(vendor([&, next = link](const http::Request& request) { return reply(200, to_text(request.url == next ? page_of(Json::array({thing(2)})) : page_of(Json::array({thing(1)}), next))); }));
    const auto source = *kDynamics.open(principal(), world.world());
    const Reading reading = read_all(*source, plan_of(*source));
    if (fine) {
      ASSERT_FALSE(reading.failure) << link << ": " << reading.failure->message;
      EXPECT_EQ(reading.records.size(), 2u);
      EXPECT_EQ(world.vendor.calls().back().url, link);
      EXPECT_EQ(world.vendor.calls().back().headers.get("Prefer"), "odata.maxpagesize=5000");
    } else {
      ASSERT_TRUE(reading.failure) << link;
      EXPECT_EQ(reading.failure->kind, ErrorKind::corrupt) << link;
      EXPECT_EQ(world.vendor.count("evil.test") + world.vendor.count("other.crm4"), 0u) << link;
    }
  }
}

// Pain 9: more columns than fit one URL are read in several lists for the same records; none is dropped.
TEST(DynamicsRead, Pain9ReadsWideTablesInListsThatFit) {
  Json attributes = Json::array();
  for (int i = 0; i < 900; ++i) attributes.push_back({{"LogicalName", "new_" + std::string(50, 'x') + std::to_string(i)}, {"AttributeType", "String"}, {"IsValidForRead", true}});
  size_t longest = 0, lists = 0;
  TestWorld world(vendor(
      [&](const http::Request& request) {
        longest = std::max(longest, request.url.size());
        if (path_of(request).find("RetrieveTotalRecordCount") != std::string::npos) return reply(200, "{}");
        const std::string select = query_of(request).get("$select").value_or(""), filter = query_of(request).get("$filter").value_or("");
        Json rows = Json::array();
        // Row 2 goes and row 4 comes while the lists are read; row 3 has to be asked for by its key.
        const std::vector<int> numbers = filter.find("thingid eq") != std::string::npos ? std::vector{3} : lists++ == 0 ? std::vector{1, 2, 3} : std::vector{1, 4};
        for (const int number : numbers) {
          Json row = {{"thingid", id_of(number)}};
          for (const std::string_view name : split(select, ',')) {
            if (name != "thingid") row[std::string(name)] = "v" + std::to_string(number);
          }
          rows.push_back(std::move(row));
        }
        return reply(200, to_text(page_of(std::move(rows))));
      },
      attributes));
  const auto source = *kDynamics.open(principal(), world.world());
  const ReadPlan plan = plan_of(*source);
  const Reading reading = read_all(*source, plan);
  ASSERT_FALSE(reading.failure) << reading.failure->message;
  EXPECT_EQ(keys_of(reading.records, plan.table), (std::vector<std::string>{id_of(1) + "|", id_of(3) + "|"}));
  for (const Column& column : plan.columns) EXPECT_FALSE(value_of(reading.records[1], column).is_null()) << column.name;
  EXPECT_LT(longest, 32'000u);
  EXPECT_GT(lists, 1u);
}

// Pain 2: a query that runs into the time limit is asked in halves of its time, and no row is lost or doubled.
TEST(DynamicsRead, Pain2HalvesTheTimeOfQueriesThatAreTooHeavy) {
  const SourceSpec& spec = kDynamics;
  SimulatedSource calm({.source = &spec, .auth = &spec.auth[0]}, 900), heavy({.source = &spec, .auth = &spec.auth[0]}, 900);
  ReadPlan plan{.table = *calm.source->describe("contact", {})};
  for (const Column& column : plan.table.columns) {
    if (column.key || column.name == "modifiedon") plan.columns.push_back(column);
  }
  plan.window = Window{.column = "modifiedon", .from = from_seconds(946'684'800), .to = heavy.clock.now() + std::chrono::hours(24)};
  const Reading wanted = read_all(*calm.source, plan);
  heavy.control("settings", {{"queryTimeoutRows", 100}});
  const Reading reading = read_all(*heavy.source, plan);
  ASSERT_FALSE(reading.failure) << reading.failure->message;
  auto keys = keys_of(reading.records, plan.table), all = keys_of(wanted.records, plan.table);
  EXPECT_EQ(keys.size(), all.size());
  std::sort(keys.begin(), keys.end());
  std::sort(all.begin(), all.end());
  EXPECT_EQ(keys, all);
  heavy.control("settings", {{"queryTimeoutRows", 1}});
  plan.window->from = heavy.clock.now() - std::chrono::minutes(90);
  plan.window->to = heavy.clock.now();
  heavy.control("mutate", {{"op", "update"}, {"table", "contact"}, {"from", 1}, {"count", 5}, {"set", {{"jobtitle", "x"}}}});
  heavy.clock.advance(std::chrono::minutes(1));
  plan.window->to = heavy.clock.now();
  const Reading hopeless = read_all(*heavy.source, plan);
  ASSERT_TRUE(hopeless.failure) << "an hour is not cut any more: the run says so";
  EXPECT_EQ(hopeless.failure->kind, ErrorKind::unavailable);
}

// Pain 15: what is asked for by name comes: labels, the tables lookups lead to, names of other records, lists of choices.
TEST(DynamicsRead, Pain15BringsLabelsAndTargetTables) {
  SimulatedSource vendor({.source = &kDynamics, .auth = &kDynamics.auth[0]}, 40);
  ReadPlan plan{.table = *vendor.source->describe("contact", {})};
  for (const char* name : {"contactid", "gendercode", "gendercode_label", "parentcustomerid", "parentcustomerid_label", "parentcustomeridtype", "new_interests", "createdby.fullname", "creditlimit"}) {
    const auto column = resolve_column(plan.table, name);
    ASSERT_TRUE(column) << name;
    plan.columns.push_back(*column);
  }
  const Reading reading = read_all(*vendor.source, plan);
  ASSERT_FALSE(reading.failure) << reading.failure->message;
  ASSERT_EQ(reading.records.size(), 40u);
  for (const Column& column : plan.columns) {
    const bool any = std::any_of(reading.records.begin(), reading.records.end(), [&](const Json& record) { return !value_of(record, column).is_null(); });
    EXPECT_TRUE(any) << column.name;
  }
  for (const Json& record : reading.records) {
    const Json gender = value_of(record, plan.columns[1]), label = value_of(record, plan.columns[2]);
    EXPECT_EQ(label, gender.is_null() ? Json() : Json(gender == 1 ? "Male" : "Female"));
    EXPECT_EQ(value_of(record, plan.columns[5]), value_of(record, plan.columns[3]).is_null() ? Json() : Json("account"));
  }
}

TEST(DynamicsPlan, CutsLargeTablesByCreation) {
  TestWorld world(vendor([](const http::Request& request) {
    if (path_of(request).find("RetrieveTotalRecordCount") != std::string::npos) return reply(200, R"({"EntityRecordCountCollection":{"Count":1,"Keys":["thing"],"Values":[210000]}})");
    const bool last = query_of(request).get("$orderby").value_or("").ends_with("desc");
    return reply(200, last ? R"({"value":[{"createdon":"2024-01-05T00:00:00Z"}]})" : R"({"value":[{"createdon":"2024-01-01T00:00:00Z"}]})");
  }));
  const auto source = *kDynamics.open(principal(), world.world());
  ReadPlan plan = plan_of(*source);
  const auto slices = *source->plan(plan, {});
  ASSERT_EQ(slices.size(), 4u);
  std::vector<Part> parts;
  for (const Slice& slice : slices) parts.push_back(*part_of(slice));
  EXPECT_FALSE(parts.front().created.from);
  EXPECT_FALSE(parts.back().created.to);
  for (size_t i = 1; i < parts.size(); ++i) EXPECT_EQ(parts[i].created.from, parts[i - 1].created.to) << "parts touch";
  plan.rows_wanted = 10;
  EXPECT_EQ(source->plan(plan, {})->size(), 1u) << "a taste is one part";
  plan.rows_wanted = 0;
  plan.window = Window{.column = "modifiedon", .from = from_seconds(0)};
  EXPECT_EQ(source->plan(plan, {})->size(), 1u) << "and so is a window";
  EXPECT_FALSE(part_of({.id = "x", .query = "{}"}));
  EXPECT_FALSE(part_of({.id = "x", .query = R"({"set":"a'b","key":"k"})"}));
}

std::string removed_since(SimulatedSource& vendor, const ReadPlan& plan, std::string& bookmark, bool& gap) {
  std::string keys;
  gap = false;
  for (std::optional<Cursor> cursor = Cursor{}; cursor;) {
    const auto removals = vendor.source->deletes(plan, bookmark, *cursor, {});
    if (!removals) return removals.error().message;
    for (const Removal& one : removals->rows) keys += one.key + " ";
    gap |= removals->gap;
    if (!removals->next) bookmark = removals->bookmark;
    cursor = removals->next;
  }
  return keys;
}

// Pain 16: an expired change token is no error but a gap, and the next look begins with a new token.
TEST(DynamicsRemoved, Pain16BeginsANewTokenWhenTheOldOneHasExpired) {
  SimulatedSource vendor({.source = &kDynamics, .auth = &kDynamics.auth[0]}, 400);
  ReadPlan plan{.table = *vendor.source->describe("contact", {}), .deletes = true};
  plan.columns = {plan.table.columns[0]};
  const auto erase = [&](int row) { vendor.control("mutate", {{"op", "delete"}, {"table", "contact"}, {"from", row}, {"count", 1}}); };
  std::string bookmark;
  bool gap = false;
  EXPECT_EQ(removed_since(vendor, plan, bookmark, gap), "");
  EXPECT_FALSE(gap) << "nothing was read before: there is nothing to compare with";
  erase(3);
  vendor.clock.advance(std::chrono::hours(1));
  const std::string first = removed_since(vendor, plan, bookmark, gap);
  EXPECT_EQ(first.size(), 37u) << first;
  EXPECT_FALSE(gap);
  EXPECT_EQ(removed_since(vendor, plan, bookmark, gap), "") << "told once";
  erase(7);
  vendor.clock.advance(std::chrono::hours(24 * 8));
  EXPECT_EQ(removed_since(vendor, plan, bookmark, gap), "");
  EXPECT_TRUE(gap) << "what was removed meanwhile has to be found out by comparing keys";
  erase(9);
  vendor.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(removed_since(vendor, plan, bookmark, gap).size(), 37u);
  EXPECT_FALSE(gap);
}

TEST(DynamicsRemoved, AreAGapWhereNothingIsTracked) {
  SimulatedSource vendor({.source = &kDynamics, .auth = &kDynamics.auth[0]}, 40);
  const ReadPlan plan{.table = *vendor.source->describe("systemuser", {}), .deletes = true};
  const auto removals = vendor.source->deletes(plan, "", {}, {});
  ASSERT_TRUE(removals);
  EXPECT_TRUE(removals->gap);
  EXPECT_EQ(removals->method, "key reconciliation");
}

// Faults F25: a stored bookmark or cursor is held to the environment as well.
TEST(DynamicsRemoved, FollowNoForgedBookmark) {
  TestWorld world(vendor([](const http::Request&) { return reply(200, R"({"value":[],"@odata.deltaLink":"https://evil.test/api/data/v9.2/things?$deltatoken=1"})"); }));
  const auto source = *kDynamics.open(principal(), world.world());
  const ReadPlan plan = plan_of(*source);
  const auto begin = source->deletes(plan, "", {}, {});
  ASSERT_TRUE(begin);
  const auto next = source->deletes(plan, begin->bookmark, {}, {});
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().kind, ErrorKind::corrupt);
  EXPECT_EQ(world.vendor.count("evil.test"), 0u);
}

TEST(DynamicsLimits, ComeFromTheHeaders) {
  TestWorld world(vendor([](const http::Request&) {
    return reply(200, "{}", {{"x-ms-ratelimit-burst-remaining-xrm-requests", "5900"}, {"x-ms-ratelimit-time-remaining-xrm-requests", "1,199.52"}});
  }));
  const auto source = *kDynamics.open(principal(), world.world());
  const auto limits = *source->limits({});
  ASSERT_EQ(limits.size(), 1u) << "a number that cannot be read is no limit";
  EXPECT_EQ(limits[0].name, "RequestsIn5Minutes");
  EXPECT_EQ(limits[0].remaining, 5900);
}

}  // namespace
}  // namespace foz::sources::dynamics
