// Storms in virtual time: vendors that are busy, stumble or drop tokens for thousands of pages. What is read must be what a calm
// reading gives, no call may come before its time, and no vendor is asked more often than it allows.
// Follows: Sources contract, 1.7; faults F08, F09, F10. FOZ_CHAOS_SCALE multiplies the sizes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <thread>

#include "base/text.h"
#include "base/time_text.h"
#include "sources/calls.h"
#include "sources/test_simulator.h"

namespace foz::sources {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Form;
using test::keys_of;
using test::read_all;
using test::read_slice;
using test::reply;
using test::SimulatedSource;
using test::TestWorld;

int sized(int count) {
  const char* scale = std::getenv("FOZ_CHAOS_SCALE");
  return std::max(1, static_cast<int>(count * (scale == nullptr ? 1.0 : to_number(scale).value_or(1))));
}

Form form_of(std::string_view source, std::string_view auth) {
  for (const SourceSpec* spec : all_sources()) {
    if (spec->name != source) continue;
    for (const AuthSpec& one : spec->auth) {
      if (one.name == auth) return {.source = spec, .auth = &one};
    }
  }
  throw std::runtime_error("no such form");
}
Form hubspot_app() { return form_of("hubspot", "Basic Authentication"); }
const 
ReadPlan plan_of(Source& source, std::string_view table) {
  ReadPlan plan;
  plan.table = source.describe(std::string(table), {}).value();
  for (const Column& column : plan.table.columns) {
    if (column.key || column.name == plan.table.modified_column) plan.columns.push_back(column);
  }
  return plan;
}

/// A busy answer, and the least and most that may pass before the next call.
struct Busy {
  http::Response response;
  milliseconds least, most;
};

/// Retry-After in every form: seconds, a date, missing, negative.
Busy busy(uint64_t drawn, Instant now) {
  const auto span = seconds(1 + drawn % 7);
  switch (drawn % 4) {
    case 0: return {reply(429, "{}", {{"Retry-After", std::to_string(span.count())}}), span, span + seconds(1)};
    case 1: return {reply(429, "{}", {{"Retry-After", http_date(now + span)}}), span - seconds(1), span + seconds(1)};
    case 2: return {reply(429, "{}", {{"Retry-After", "-3"}}), seconds(1), seconds(17)};
    default: return {reply(429, "{}"), seconds(1), seconds(17)};
  }
}

Answer plain_answer(const http::Response& response) {
  if (response.ok()) return {};
  return {.what = response.status == 429 ? AnswerClass::throttled : AnswerClass::transient};
}

// F11: where a length lies, the page itself tells: no prefix of it is taken for one.
TEST(Storms, NoPrefixOfAPageIsTakenForIt) {
  std::string page = R"({"results":[)";
  while (page.size() < 4000) page += R"({"id":")" + std::to_string(page.size()) + R"(","properties":{"a":[1,2],"b":{"c":"}]"}}},)";
  page.back() = ']';
  page += R"(,"paging":{"next":{"after":"7"}}})";
  const GlanceWish wish{.values = {{"paging", "next", "after"}}, .records = {"results"}};
  for (size_t bytes = 0; bytes < page.size(); ++bytes) {
    std::string prefix = page.substr(0, bytes);
    const bool seen = is_cut_json(reply(200, prefix)) || !glance_page(prefix, wish, "reading");
    ASSERT_TRUE(seen) << bytes << ": " << prefix;
  }
  EXPECT_TRUE(glance_page(page, wish, "reading"));
}

// F09: six answers in ten are 429.
TEST(Storms, AVendorThatIsBusyIsWaitedForAsItAsks) {
  const int pages = sized(1000);
  constexpr int kPerSecond = 20;
  SeededRandom chance(9);
  std::vector<Instant> sent;
  std::optional<Busy> before;
  Instant answered{};
  TestWorld world([](const http::Request&) { return reply(200, "{}"); });
  world.vendor.answer_with([&](const http::Request&) -> Result<http::Response> {
    const Instant now = world.clock.now();
    sent.push_back(now);
    if (before) {
      EXPECT_GE(now - answered, before->least);
      EXPECT_LE(now - answered, before->most);
    }
    before.reset();
    if (chance.unit() >= 0.6) return reply(200, "{}");
    answered = now;
    before = busy(chance.below(1000), now);
    return before->response;
  });
  http::CachedToken tokens(world.clock, [](std::stop_token) -> Result<http::CachedToken::Fetched> { return http::CachedToken::Fetched{.value = Secret("t")}; });
  Calls calls(world.world(), {.vendor = "V", .known_hosts = {"v.test"}, .answer = plain_answer}, tokens);
  calls.governor().set_rate("", kPerSecond, seconds(1));
  for (int i = 0; i < pages; ++i) {
    const auto page = calls.ask(http::get("https://v.test/" + std::to_string(i)), Purpose::collect, "reading", {});
    ASSERT_TRUE(page) << i << ": " << page.error().message;
  }
  EXPECT_GT(sent.size(), static_cast<size_t>(pages) * 2);
  for (size_t i = kPerSecond; i < sent.size(); ++i) ASSERT_GE(sent[i] - sent[i - kPerSecond], seconds(1)) << i;
}

/// A line on which one call in five fails: refused by name, cut, reset, timed out, or answered with 5xx.
class Flaky final : public http::Transport {
 public:
  Flaky(http::Transport& next, uint64_t seed) : next_(next), chance_(seed) {}
  Result<http::Response> send(const http::Request& request, std::stop_token stop) override {
    tries_ = request.url == last_ ? tries_ + 1 : 1;
    last_ = request.url;
    tries_most = std::max(tries_most, tries_);
    if (chance_.unit() >= 0.2) return next_.send(request, stop);
    ++failures;
    const uint64_t kind = chance_.below(8);
    if (kind < 3) return reply(kind == 0 ? 500 : kind == 1 ? 502 : 503, "<html>busy</html>");
    constexpr std::array<std::string_view, 5> kWords = {"no such host", "the TLS handshake was broken off", "the connection was reset", "timed out", "the body was cut off"};
    return Error{.kind = ErrorKind::unavailable, .message = std::string(kWords[kind - 3])};
  }
  int failures = 0, tries_most = 0;

 private:
  http::Transport& next_;
  SeededRandom chance_;
  std::string last_;
  int tries_ = 0;
};

// F10: 200 pages for each seed.
TEST(Storms, AVendorThatStumblesLosesNothing) {
  SimulatedSource calm(hubspot_app(), 20'000);
  const ReadPlan plan = plan_of(*calm.source, "Hubspot.Contacts");
  const auto wanted = keys_of(read_all(*calm.source, plan).records, plan.table);
  ASSERT_EQ(wanted.size(), 20'000u);
  std::set<milliseconds> first_waits;
  for (int seed = 0; seed < sized(5); ++seed) {
    SimulatedSource vendor(hubspot_app(), 20'000);
    Flaky flaky(*vendor.transport, static_cast<uint64_t>(seed));
    World world = vendor.world();
    const World shaky{.transport = flaky, .clock = world.clock, .random = world.random, .save_secrets = world.save_secrets};
    const auto source = *hubspot_app().source->open(vendor.login, shaky);
    const auto reading = read_all(*source, plan, 1000);
    ASSERT_FALSE(reading.failure) << "seed " << seed << ": " << reading.failure->message;
    EXPECT_EQ(keys_of(reading.records, plan.table), wanted) << "seed " << seed;
    EXPECT_GT(flaky.failures, 20) << "seed " << seed;
    EXPECT_LE(flaky.tries_most, 8) << "three retries for a call, and the stage once more";
    for (const milliseconds wait : vendor.clock.slept()) {
      if (wait >= milliseconds(800) && wait <= milliseconds(1200)) first_waits.insert(wait);
    }
  }
  EXPECT_GT(first_waits.size(), 10u) << "waits vary";
}

// F08: tokens that live for 30 s, eight workers; the renewals are counted by the vendor.
TEST(Storms, OneRenewalForEachTokenThatDies) {
  SimulatedSource vendor(hubspot_app(), 450);
  vendor.control("settings", {{"tokenLifeSeconds", 30}, {"rotateRefreshToken", 1}});
  // An access token as the tutorials print it: the first one is fetched. The app's own does not die.
  for (auto& [name, value] : vendor.login.parameters) {
    if (name == "accessToken") value = Secret("{ACCESS_TOKEN}");
  }
  vendor.open();
  const ReadPlan plan = plan_of(*vendor.source, "Hubspot.Contacts");
  const auto wanted = keys_of(read_all(*vendor.source, plan).records, plan.table);
  const Slice slice = vendor.source->plan(plan, {}).value().front();
  vendor.control("faults", Json::array({{{"kind", "expireTokens"}, {"path", "/crm/v3/objects/*"}, {"every", 150}}}));
  const int64_t before = *integer_of(vendor.control("counters"), "requests");
  std::atomic<int> wrong = 0;
  const int rounds = sized(20);
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 8; ++i) {
      workers.emplace_back([&] {
        for (int round = 0; round < rounds; ++round) {
          const auto reading = read_slice(*vendor.source, plan, slice);
          if (reading.failure || keys_of(reading.records, plan.table) != wanted) ++wrong;
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
  const int64_t deaths = vendor.faults_met();
  vendor.control("faults", {{"clear", true}});
  int64_t renewals = 0, refused = 0;
  const Json journal = vendor.control("journal?limit=1000000&since=" + std::to_string(before));
  for (const Json& call : *member(journal, "entries")) {
    renewals += text_of(call, "path").starts_with("/oauth/") ? 1 : 0;
    refused += integer_of(call, "status") == 401 ? 1 : 0;
  }
  EXPECT_GE(deaths, rounds / 4);
  EXPECT_EQ(renewals, deaths);
  EXPECT_LE(refused, 8 * deaths);
}

}  // namespace
}  // namespace foz::sources
