// What every source does, walked for each row of the source table and each way to log in, against the simulated vendor.
// Follows: Sources contract, 1.1, 1.7 and 7.1; faults F08-F11, F14, F25, F27.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "base/time_text.h"
#include "sources/test_simulator.h"

namespace foz::sources {
namespace {

using test::Form;
using test::keys_of;
using test::read_all;
using test::read_slice;
using test::Reading;
using test::SimulatedSource;
using test::value_of;
using testing::HasSubstr;
using testing::Not;

/// What the walk reads of a vendor: its table, and what the simulator calls it.
struct Subject {
  std::string_view source, table, vendor_table;
};
constexpr Subject kSubjects[] = {{"salesforce", "Contact", "Contact"},
                                 {"salesforce", "Account", "Account"},
                                 {"dynamics-online", "contact", "contact"},
                                 {"dynamics-online", "account", "account"},
                                 {"hubspot", "Hubspot.Contacts", "contacts"},
                                 {"hubspot", "Hubspot.Companies", "companies"},
                                 {"hubspot", "Hubspot.All_Deals", "deals"}};

std::vector<Form> all_forms() {
  std::vector<Form> forms;
  for (const SourceSpec* source : all_sources()) {
    for (const AuthSpec& auth : source->auth) {
      if (auth.name != "OAuth2 JWT Token Credential") forms.push_back({.source = source, .auth = &auth});  // its key lies with the test of the login
    }
  }
  return forms;
}

std::vector<Subject> subjects_of(const SourceSpec& source) {
  std::vector<Subject> subjects;
  for (const Subject& subject : kSubjects) {
    if (subject.source == source.name) subjects.push_back(subject);
  }
  EXPECT_FALSE(subjects.empty()) << "name what to read of " << source.name;
  return subjects;
}

class EverySource : public testing::TestWithParam<Form> {
 protected:
  const SourceSpec& spec() const { return *GetParam().source; }
  std::vector<Subject> subjects() const { return subjects_of(spec()); }
  Subject first() const { return subjects().front(); }

  static ReadPlan whole(Source& source, std::string_view table) {
    const auto description = source.describe(std::string(table), {});
    EXPECT_TRUE(description) << table << ": " << (description ? "" : description.error().message);
    ReadPlan plan;
    if (!description) return plan;
    plan.table = *description;
    for (const Column& column : description->columns) {
      if (!column.on_request) plan.columns.push_back(column);
    }
    return plan;
  }

  /// Few columns, many pages.
  static ReadPlan narrow(Source& source, std::string_view table) {
    ReadPlan plan = whole(source, table);
    std::erase_if(plan.columns, [&](const Column& column) {
      const auto place = std::find(plan.table.columns.begin(), plan.table.columns.end(), column) - plan.table.columns.begin();
      return !column.key && column.name != plan.table.modified_column && place > 15;
    });
    return plan;
  }

  /// The calm reading that readings in trouble are compared with.
  Reading calm() const {
    SimulatedSource vendor(GetParam());
    return read_all(*vendor.source, narrow(*vendor.source, first().table));
  }
};

bool fits(const Column& column, const Json& value) {
  if (value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty())) return true;
  const std::string text = as_text(value);
  const bool millis = column.wire == Wire::millis && as_integer(value);
  switch (column.type) {
    case ColumnType::boolean: return as_boolean(value).has_value();
    case ColumnType::int32: case ColumnType::int64: case ColumnType::decimal: case ColumnType::number: return as_number(value).has_value();
    case ColumnType::date: return millis || parse_iso_date(text) || parse_iso_instant(text);
    case ColumnType::timestamp: return millis || parse_iso_instant(text);
    default: return true;
  }
}

TEST_P(EverySource, LogsInAndTellsItsTables) {
  SimulatedSource vendor(GetParam());
  const Status checked = vendor.source->check({});
  ASSERT_TRUE(checked) << checked.error().message;
  const auto tables = vendor.source->explore({});
  ASSERT_TRUE(tables) << tables.error().message;
  std::set<std::string> paths;
  for (const Table& table : *tables) EXPECT_TRUE(paths.insert(table.path).second) << table.path;
  for (const Subject& subject : subjects()) EXPECT_TRUE(paths.contains(std::string(subject.table))) << subject.table;
}

TEST_P(EverySource, DescribesEveryTableItTells) {
  SimulatedSource vendor(GetParam());
  const auto tables = vendor.source->explore({});
  ASSERT_TRUE(tables);
  for (const Table& table : *tables) {
    if (table.hidden) continue;
    const auto description = vendor.source->describe(table.path, {});
    ASSERT_TRUE(description) << table.path << ": " << description.error().message;
    EXPECT_EQ(description->table.path, table.path);
    EXPECT_FALSE(description->columns.empty()) << table.path;
    std::set<std::string> names;
    for (const Column& column : description->columns) {
      EXPECT_TRUE(names.insert(column.name).second) << table.path << " has two columns " << column.name;
      EXPECT_TRUE(!column.raw_path.empty() || column.constant) << table.path << " " << column.name;
    }
    EXPECT_TRUE(description->modified_column.empty() || names.contains(description->modified_column)) << table.path;
  }
}

TEST_P(EverySource, NamesATableThatIsNotThere) {
  SimulatedSource vendor(GetParam());
  for (const char* name : {"No_Such_Table", "Hubspot.P_Nothing", "../limits", "Account' OR ''='", ""}) {
    const auto description = vendor.source->describe(name, {});
    ASSERT_FALSE(description) << name;
    EXPECT_EQ(description.error().kind, ErrorKind::not_found) << name;
    EXPECT_EQ(description.error().code, "CONNECTOR-1330-400") << name;
  }
}

TEST_P(EverySource, ReadsEveryRowOnceWithValuesOfTheirTypes) {
  SimulatedSource vendor(GetParam());
  for (const Subject& subject : subjects()) {
    const ReadPlan plan = whole(*vendor.source, subject.table);
    const Reading reading = read_all(*vendor.source, plan);
    ASSERT_FALSE(reading.failure) << subject.table << ": " << reading.failure->message;
    EXPECT_EQ(static_cast<int64_t>(reading.records.size()), vendor.live_rows(subject.vendor_table)) << subject.table;
    if (reading.total) {
      EXPECT_EQ(*reading.total, static_cast<int64_t>(reading.records.size())) << subject.table;
    }
    const auto keys = keys_of(reading.records, plan.table);
    EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), keys.size()) << subject.table;
    for (const Column& column : plan.columns) {
      bool any = false;
      for (const Json& record : reading.records) {
        const Json value = value_of(record, column);
        any |= !value.is_null();
        if (!column.lenient) {
          ASSERT_TRUE(fits(column, value)) << subject.table << " " << column.name << " is no " << name_of(column.type);
        }
      }
      if (column.key || column.name == plan.table.modified_column) {
        EXPECT_TRUE(any) << subject.table << " " << column.name;
      }
    }
  }
}

TEST_P(EverySource, ReadsRecordsByTheirKeysAlone) {
  SimulatedSource vendor(GetParam());
  for (const Subject& subject : subjects()) {
    ReadPlan plan = whole(*vendor.source, subject.table);
    const auto key = std::find_if(plan.table.columns.begin(), plan.table.columns.end(), [](const Column& column) { return column.key; });
    const Reading all = read_all(*vendor.source, plan);
    std::vector<Json> wanted;
    for (size_t i = 0; i < all.records.size(); i += 2) {
      wanted.push_back(all.records[i]);
      plan.keys.push_back(as_text(value_of(all.records[i], *key)));
    }
    plan.window = Window{.column = plan.table.modified_column, .from = from_millis(1)};  // says nothing beside keys
    const Reading some = read_all(*vendor.source, plan);
    ASSERT_FALSE(some.failure) << subject.table << ": " << some.failure->message;
    const auto keys = keys_of(some.records, plan.table), expected = keys_of(wanted, plan.table);
    EXPECT_THAT(keys, testing::UnorderedElementsAreArray(expected)) << subject.table;
    for (const Column& column : plan.columns) {
      const auto any = [&](const std::vector<Json>& records) {
        return std::any_of(records.begin(), records.end(), [&](const Json& record) { return !value_of(record, column).is_null(); });
      };
      EXPECT_EQ(any(some.records), any(wanted)) << subject.table << " " << column.name;
    }
  }
}

TEST_P(EverySource, ReadsEveryTableItTells) {
  SimulatedSource vendor(GetParam());
  const auto tables = vendor.source->explore({});
  ASSERT_TRUE(tables);
  std::set<std::string> empty;
  for (const Table& table : *tables) {
    if (table.hidden) continue;
    const ReadPlan plan = whole(*vendor.source, table.path);
    const Reading reading = read_all(*vendor.source, plan, 1);
    ASSERT_FALSE(reading.failure) << table.path << ": " << reading.failure->message;
    if (reading.records.empty()) empty.insert(table.path);
    const auto keys = keys_of(reading.records, plan.table);
    const bool keyed = std::any_of(plan.table.columns.begin(), plan.table.columns.end(), [](const Column& column) { return column.key; });
    if (keyed) {
      EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), keys.size()) << table.path;
    }
    for (const Column& column : plan.columns) {
      const bool any = std::any_of(reading.records.begin(), reading.records.end(), [&](const Json& record) { return !value_of(record, column).is_null(); });
      if (column.key && !reading.records.empty()) {
        EXPECT_TRUE(any) << table.path << " " << column.name;
      }
      for (const Json& record : reading.records) {
        if (!column.lenient) {
          ASSERT_TRUE(fits(column, value_of(record, column))) << table.path << " " << column.name << " is no " << name_of(column.type);
        }
      }
    }
  }
  EXPECT_LT(empty.size(), tables->size() / 2) << "the vendor has rows";
}

TEST_P(EverySource, GoesOnFromEveryCursor) {
  SimulatedSource vendor(GetParam());
  for (const Subject& subject : subjects()) {
    const ReadPlan plan = narrow(*vendor.source, subject.table);
    const auto slices = vendor.source->plan(plan, {});
    ASSERT_TRUE(slices);
    for (const Slice& slice : *slices) {
      const Reading all = read_slice(*vendor.source, plan, slice);
      ASSERT_FALSE(all.failure) << all.failure->message;
      for (size_t i = 0; i < all.cursors.size(); ++i) {
        vendor.open();  // as after a restart
        const Reading rest = read_slice(*vendor.source, plan, slice, all.cursors[i]);
        ASSERT_FALSE(rest.failure) << rest.failure->message;
        const std::vector<Json> wanted(all.records.begin() + static_cast<std::ptrdiff_t>(all.rows_before[i]), all.records.end());
        EXPECT_EQ(rest.records, wanted) << subject.table << ", cursor " << i;
      }
    }
  }
}

TEST_P(EverySource, GivesATasteQuickly) {
  SimulatedSource vendor(GetParam());
  for (const Subject& subject : subjects()) {
    ReadPlan plan = whole(*vendor.source, subject.table);
    plan.rows_wanted = 50;
    const size_t before = vendor.transport->calls;
    const Reading reading = read_all(*vendor.source, plan);
    ASSERT_FALSE(reading.failure) << reading.failure->message;
    EXPECT_GE(reading.records.size(), 50u);
    EXPECT_LE(vendor.transport->calls - before, 2u) << subject.table;
  }
}

// Windows touch and never overlap: every row lands in exactly one (1.6).
TEST_P(EverySource, ReadsEveryRowInExactlyOneWindow) {
  SimulatedSource vendor(GetParam());
  for (const Subject& subject : subjects()) {
    ReadPlan plan = whole(*vendor.source, subject.table);
    const Reading all = read_all(*vendor.source, plan);
    const auto modified = std::find_if(plan.columns.begin(), plan.columns.end(), [&](const Column& column) { return column.name == plan.table.modified_column; });
    ASSERT_NE(modified, plan.columns.end()) << subject.table;
    const auto moment = [&](const Json& record) { return *parse_iso_instant(as_text(value_of(record, *modified))); };
    std::vector<Instant> moments;
    for (const Json& record : all.records) moments.push_back(moment(record));
    std::sort(moments.begin(), moments.end());
    // Bounds on the very moments of rows: that is where half-open shows.
    const std::vector<Instant> bounds = {moments.front(), moments[moments.size() / 3], moments[moments.size() / 2], moments.back(), moments.back() + std::chrono::seconds(1)};
    std::vector<std::string> keys;
    for (size_t i = 1; i < bounds.size(); ++i) {
      plan.window = Window{.column = plan.table.modified_column, .from = bounds[i - 1], .to = bounds[i]};
      const Reading part = read_all(*vendor.source, plan);
      ASSERT_FALSE(part.failure) << part.failure->message;
      for (const Json& record : part.records) {
        EXPECT_GE(moment(record), bounds[i - 1]);
        EXPECT_LT(moment(record), bounds[i]);
      }
      if (part.total) {
        EXPECT_EQ(*part.total, static_cast<int64_t>(part.records.size()));
      }
      for (std::string& key : keys_of(part.records, plan.table)) keys.push_back(std::move(key));
    }
    auto wanted = keys_of(all.records, plan.table);
    std::sort(keys.begin(), keys.end());
    std::sort(wanted.begin(), wanted.end());
    EXPECT_EQ(keys, wanted) << subject.table;
  }
}

struct Trouble {
  std::string name;
  Json rule;
};

std::vector<Trouble> troubles() {
  const auto status = [](int code, Json more) {
    Json rule = {{"kind", "status"}, {"status", code}};
    rule.update(more);
    return rule;
  };
  return {{"a storm of 429", status(429, {{"probability", 0.6}, {"retryAfter", "2"}})},
          {"429 without a word on when", status(429, {{"probability", 0.5}})},
          {"429 until a day of long ago", status(429, {{"probability", 0.5}, {"retryAfter", "-5"}})},
          {"500 now and then", status(500, {{"every", 3}})},
          {"502 of a gateway", status(502, {{"every", 3}, {"body", "html"}})},
          {"503 for a moment", status(503, {{"every", 2}, {"retryAfter", "1"}})},
          {"bodies cut off", {{"kind", "cut"}, {"bytes", 700}, {"every", 3}}},
          {"packed bodies cut off", {{"kind", "cutGzip"}, {"bytes", 90}, {"every", 3}}},
          {"connections that end at once", {{"kind", "cut"}, {"bytes", 0}, {"every", 2}}},
          {"no rate headers", {{"kind", "noRateHeaders"}}},
          {"tokens that expire", {{"kind", "expireTokens"}, {"every", 3}}}};
}

TEST_P(EverySource, ReadsTheSameRowsInTrouble) {
  const Reading wanted = calm();
  ASSERT_FALSE(wanted.failure);
  ASSERT_GT(wanted.pages, 2u) << "trouble finds a page to hit";
  for (const Trouble& trouble : troubles()) {
    SimulatedSource vendor(GetParam());
    const ReadPlan plan = narrow(*vendor.source, first().table);
    vendor.fault(trouble.rule);
    const Reading reading = read_all(*vendor.source, plan, 20);
    ASSERT_FALSE(reading.failure) << trouble.name << ": " << reading.failure->message;
    EXPECT_EQ(reading.records, wanted.records) << trouble.name;
    EXPECT_GT(vendor.faults_met(), 0) << trouble.name;
  }
}

// A run outlives its tokens; of a rotated refresh token only the newest is good for anything (F08).
TEST_P(EverySource, OutlivesItsTokens) {
  SimulatedSource vendor(GetParam());
  const ReadPlan plan = narrow(*vendor.source, first().table);
  if (spec().name != "dynamics-online") vendor.control("settings", {{"rotateRefreshToken", 1}});  // Azure AD gives an app none
  vendor.fault({{"kind", "expireTokens"}, {"every", 3}});
  for (int i = 0; i < 10; ++i) {
    const Reading reading = read_all(*vendor.source, plan);
    ASSERT_FALSE(reading.failure) << reading.failure->message;
  }
  if (vendor.saved.empty()) return;  // this login rotates nothing
  for (auto& [name, value] : vendor.login.parameters) {
    if (const auto kept = vendor.saved.find(name); kept != vendor.saved.end()) value = Secret(kept->second);
  }
  vendor.open();
  EXPECT_TRUE(vendor.source->check({})) << "what was kept logs in after a restart";
}

TEST_P(EverySource, NoticesPagesThatComeTwice) {
  for (const char* kind : {"repeatPage", "loopPage"}) {
    SimulatedSource vendor(GetParam());
    ReadPlan plan = narrow(*vendor.source, first().table);
    const Reading wanted = read_all(*vendor.source, plan);
    vendor.fault({{"kind", kind}});
    const size_t before = vendor.transport->calls;
    const Reading reading = read_all(*vendor.source, plan);
    if (!reading.failure) {
      EXPECT_EQ(reading.records, wanted.records) << kind << " cannot befall this source, or is noticed";
    }
    EXPECT_LE(vendor.transport->calls - before, 12u) << kind;
    EXPECT_GT(vendor.faults_met(), 0) << kind;
  }
}

// A vendor that lies about counts is never believed (issue 6).
TEST_P(EverySource, NoticesCountsThatCannotBeRight) {
  SimulatedSource vendor(GetParam());
  ReadPlan plan = narrow(*vendor.source, first().table);
  plan.window = Window{.column = plan.table.modified_column, .from = from_seconds(0)};
  const Reading wanted = read_all(*vendor.source, plan);
  ASSERT_TRUE(wanted.total) << "windows are counted";
  vendor.fault({{"kind", "wrongTotal"}, {"by", 7}});
  const Reading reading = read_all(*vendor.source, plan);
  EXPECT_GT(vendor.faults_met(), 0);
  EXPECT_TRUE(reading.failure || *reading.total > static_cast<int64_t>(reading.records.size()));
}

TEST_P(EverySource, StopsWhenItIsTold) {
  SimulatedSource vendor(GetParam());
  const ReadPlan plan = narrow(*vendor.source, first().table);
  const auto slices = vendor.source->plan(plan, {});
  std::stop_source stop;
  vendor.fault({{"kind", "status"}, {"status", 429}, {"retryAfter", "240"}});
  vendor.transport->on_send = [&, n = 0]() mutable {
    if (++n == 2) stop.request_stop();
  };
  const size_t before = vendor.transport->calls;
  const Reading reading = read_slice(*vendor.source, plan, slices->front(), {}, 0, stop.get_token());
  ASSERT_TRUE(reading.failure);
  EXPECT_EQ(reading.failure->kind, ErrorKind::cancelled) << reading.failure->message;
  EXPECT_LE(vendor.transport->calls - before, 2u);
}

TEST_P(EverySource, SaysWhichParameterIsWrong) {
  for (const Parameter& parameter : GetParam().auth->parameters) {
    if (!parameter.secret || !parameter.required) continue;
    SimulatedSource vendor(GetParam());
    for (auto& [name, value] : vendor.login.parameters) {
      if (name == parameter.name) value = Secret("wr0ng-" + value.reveal().substr(0, 3));
    }
    vendor.open();
    if (spec().name == "hubspot" && parameter.name != "accessToken") vendor.control("faults", {{"expireTokens", "all"}});
    const Status checked = vendor.source->check({});
    if (spec().name == "hubspot" && GetParam().auth->parameters.size() > 3 && parameter.name == "accessToken") {
      EXPECT_TRUE(checked) << "a stale access token is renewed";
      continue;
    }
    ASSERT_FALSE(checked) << parameter.name;
    EXPECT_EQ(checked.error().kind, ErrorKind::unauthorized) << parameter.name << ": " << checked.error().message;
    EXPECT_THAT(checked.error().message, Not(HasSubstr("wr0ng"))) << parameter.name;
  }
}

// Faults F25: whatever the vendor's answers name, a token goes to the vendor alone.
TEST_P(EverySource, FollowsNoForgedAddress) {
  for (const Json& rule : {Json{{"kind", "forge"}, {"url", "https://evil.test"}}, Json{{"kind", "nextLinkHost"}, {"host", "evil.test"}}, Json{{"kind", "redirect"}, {"location", "https://evil.test/"}}}) {
    SimulatedSource vendor(GetParam());
    vendor.fault(rule);
    const auto description = vendor.source->describe(std::string(first().table), {});
    if (description) {
      ReadPlan plan{.table = *description, .columns = description->columns};
      read_all(*vendor.source, plan);
    }
    const Json journal = vendor.control("journal");
    for (const Json& entry : journal["entries"]) EXPECT_EQ(text_of(entry, "host"), "sim.test") << to_text(rule);
  }
}

TEST_P(EverySource, CallsNoMoreOnceTheAllowanceIsGone) {
  SimulatedSource vendor(GetParam());
  const ReadPlan plan = narrow(*vendor.source, first().table);
  if (spec().name == "dynamics-online") GTEST_SKIP() << "Dataverse protects itself by the minute: there is no daily allowance to be gone";
  const std::string name = spec().name == "salesforce" ? "dailyApiRequests" : "dailyRequests";
  vendor.control("settings", {{name, 1}});
  const Reading reading = read_all(*vendor.source, plan);
  ASSERT_TRUE(reading.failure);
  EXPECT_EQ(reading.failure->kind, ErrorKind::rate_limited) << reading.failure->message;
  EXPECT_TRUE(reading.failure->retry_after);
  const size_t calls = vendor.transport->calls;
  EXPECT_TRUE(read_all(*vendor.source, plan).failure);
  EXPECT_EQ(vendor.transport->calls, calls);
  vendor.control("settings", {{name, 1'000'000}});
  vendor.clock.advance(std::chrono::hours(25));
  EXPECT_FALSE(read_all(*vendor.source, plan, 2).failure) << "and goes on when it is back";
}

TEST_P(EverySource, TellsItsLimits) {
  SimulatedSource vendor(GetParam());
  const auto limits = vendor.source->limits({});
  ASSERT_TRUE(limits) << limits.error().message;
  for (const Limit& limit : *limits) {
    EXPECT_FALSE(limit.name.empty());
    EXPECT_LE(limit.remaining, limit.max) << limit.name;
  }
}

// Removed rows are told by a feed, or as a gap that calls for a comparison of keys (5.2).
TEST_P(EverySource, TellsWhatWasRemoved) {
  SimulatedSource vendor(GetParam());
  const Subject subject = first();
  ReadPlan plan = whole(*vendor.source, subject.table);
  plan.deletes = true;
  const Reading before = read_all(*vendor.source, plan);
  std::string bookmark;
  for (std::optional<Cursor> cursor = Cursor{}; cursor;) {
    const auto begin = vendor.source->deletes(plan, "", *cursor, {});
    ASSERT_TRUE(begin) << begin.error().message;
    EXPECT_TRUE(begin->rows.empty());
    bookmark = begin->bookmark;
    cursor = begin->next;
  }
  vendor.clock.advance(std::chrono::minutes(10));
  const std::string key = as_text(value_of(before.records[3], *std::find_if(plan.columns.begin(), plan.columns.end(), [](const Column& c) { return c.key; })));
  vendor.control("mutate", {{"op", "delete"}, {"table", subject.vendor_table}, {"ids", Json::array({key})}});
  vendor.clock.advance(std::chrono::minutes(10));
  std::vector<std::string> keys;
  bool gap = false;
  for (std::optional<Cursor> cursor = Cursor{}; cursor;) {
    const auto removals = vendor.source->deletes(plan, bookmark, *cursor, {});
    ASSERT_TRUE(removals) << removals.error().message;
    EXPECT_FALSE(removals->method.empty());
    for (const Removal& row : removals->rows) keys.push_back(row.key);
    gap |= removals->gap;
    cursor = removals->next;
  }
  EXPECT_TRUE(gap || keys == std::vector<std::string>{key}) << join(keys, " ");
}

// Faults F27: no secret in an error, a log line, or an address.
TEST_P(EverySource, ShowsNoSecret) {
  log::set_level(log::Level::debug);
  testing::internal::CaptureStderr();
  std::string seen;
  std::set<std::string> secrets;
  bool in_url = false;
  for (const Json& rule : {Json{{"kind", "status"}, {"status", 500}}, Json{{"kind", "status"}, {"status", 401}}, Json{{"kind", "status"}, {"status", 403}}, Json{{"kind", "status"}, {"status", 400}},
                           Json{{"kind", "cut"}, {"bytes", 10}}, Json{{"kind", "noRateHeaders"}}}) {
    SimulatedSource vendor(GetParam());
    http::Traced traced(*vendor.transport, "test");
    World world = vendor.world();
    const World with_log{.transport = traced, .clock = world.clock, .random = world.random, .save_secrets = world.save_secrets};
    const auto source = *spec().open(vendor.login, with_log);
    vendor.fault(rule);
    if (const Status checked = source->check({}); !checked) seen += to_string(checked.error());
    if (const auto tables = source->explore({}); !tables) seen += to_string(tables.error());
    if (const auto description = source->describe(std::string(first().table), {})) {
      const ReadPlan plan{.table = *description, .columns = description->columns};
      const Reading reading = read_all(*source, plan);
      if (reading.failure) seen += to_string(*reading.failure);
      for (const Cursor& cursor : reading.cursors) seen += cursor.text;
    } else {
      seen += to_string(description.error());
    }
    secrets.insert(vendor.secrets().begin(), vendor.secrets().end());
    const Json journal = vendor.control("journal");
    for (const Json& entry : journal["entries"]) in_url |= boolean_of(entry, "secretInUrl").value_or(false);
  }
  seen += testing::internal::GetCapturedStderr();
  log::set_level(log::Level::info);
  EXPECT_FALSE(in_url);
  ASSERT_FALSE(secrets.empty());
  EXPECT_THAT(seen, HasSubstr("http.call"));
  for (const std::string& secret : secrets) {
    EXPECT_THAT(seen, Not(HasSubstr(secret)));
    EXPECT_THAT(seen, Not(HasSubstr(http::percent_encode(secret))));
    EXPECT_THAT(seen, Not(HasSubstr(to_base64(secret))));
  }
}

std::string form_name(const testing::TestParamInfo<Form>& info) {
  std::string name = std::string(info.param.source->name) + "_" + std::string(info.param.auth->name);
  std::replace_if(name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Table, EverySource, testing::ValuesIn(all_forms()), form_name);

TEST(SourceTable, HasOneRowForEachSpec) {
  std::set<std::string_view> ids, names;
  for (const SourceSpec* source : all_sources()) {
    EXPECT_TRUE(ids.insert(source->id).second) << source->name;
    EXPECT_TRUE(names.insert(source->name).second) << source->name;
    EXPECT_EQ(source_with_spec(source->id), source);
    EXPECT_FALSE(source->title.empty() || source->about.empty() || source->category.empty()) << source->name;
    for (const AuthSpec& auth : source->auth) {
      EXPECT_EQ(auth_spec_named(*source, auth.name), &auth);
      for (const Parameter& parameter : auth.parameters) EXPECT_FALSE(parameter.about.empty()) << source->name << " " << parameter.name;
    }
  }
  EXPECT_EQ(source_with_spec("nothing"), nullptr);
}

}  // namespace
}  // namespace foz::sources
