#include "tests/simulation/vendors.h"

#include "base/time_text.h"

namespace foz::simulation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TableRow kTables[] = {
    {.vendor = "salesforce", .name = "Contact", .path = "Contact", .token = "LastName"},
    {.vendor = "salesforce", .name = "Lead", .path = "Lead", .token = "LastName"},
    {.vendor = "salesforce", .name = "Account", .path = "Account", .token = "Name"},
    {.vendor = "hubspot", .name = "contacts", .path = "Hubspot.Contacts", .token = "lastname"},
    {.vendor = "hubspot", .name = "companies", .path = "Hubspot.Companies", .token = "name"},
    {.vendor = "hubspot", .name = "deals", .path = "Hubspot.Deals", .token = "dealname"},
};

/// Rows of each vendor's main table; pages are small, so that there are several.
constexpr uint64_t kRows = 60;
constexpr int64_t kPageRows = 17;
/// How late a changed row may be seen: less than every source's settle time.
constexpr uint64_t kLateSecondsMax = 90;

struct TroubleRow {
  std::string_view kind;
  uint64_t weight;
};
/// What may become of a request, by weight.
constexpr TroubleRow kTroubles[] = {{"reset", 4},      {"lost answer", 4}, {"throttled", 6},  {"stumbled", 6},     {"cut", 4},
                                    {"cutGzip", 1},    {"slow", 2},        {"expireTokens", 2}, {"repeatPage", 1}, {"emptyPage", 1},
                                    {"loopPage", 1},   {"garble", 1},      {"noRateHeaders", 1}, {"wrongTypes", 1}};

Error broken(std::string message) { return {.kind = ErrorKind::unavailable, .message = std::move(message)}; }

/// The forms that vendors say "later" in, some of them absurd.
std::optional<std::string> retry_after(Random& random, Instant now) {
  switch (random.below(8)) {
    case 0: return "7";
    case 1: return "0";
    case 2: return "-5";
    case 3: return "86400";
    case 4: return http_date(now + seconds(30));
    case 5: return http_date(now - hours(5));
    case 6: return "soon";
    default: return std::nullopt;
  }
}

}  // namespace

std::span<const TableRow> table_rows() { return kTables; }

class Vendor::TrueClock final : public Clock {
 public:
  explicit TrueClock(Timeline& timeline) : timeline_(timeline) {}
  Instant now() const override { return timeline_.now(); }
  Tick tick() const override { return timeline_.tick(); }
  bool sleep_until(Instant, std::stop_token) const override { return true; }
  bool sleep_for(milliseconds, std::stop_token) const override { return true; }

 private:
  Timeline& timeline_;
};

Vendor::Vendor(std::string name, Timeline& timeline, uint64_t seed, uint64_t rows) : name_(std::move(name)), clock_(std::make_unique<TrueClock>(timeline)) {
  auto made = sim::Simulator::make({.vendor = name_, .rows = rows, .seed = seed, .journal_max = 10}, *clock_);
  FOZ_CHECK(made.has_value(), made ? "" : made.error().message);
  simulator_ = std::move(*made);
  control("settings", {{"pageRowsMax", kPageRows}});
}

Json Vendor::control(const std::string& what, const Json& body) {
  const http::Request request{.verb = http::Verb::post, .verb_text = "POST", .url = "/_sim/" + what, .body = to_text(body)};
  const http::Response response = simulator_->answer(request);
  FOZ_CHECK(response.status == 200, response.body);
  return *parse_json(response.body);
}

Vendors::Vendors(Timeline& timeline, Fate& fate, Random& script, uint64_t seed)
    : timeline_(timeline), fate_(fate), script_(script), egress_(http::Egress::parse("http://salesforce.test,http://hubspot.test").value()) {
  for (const TableRow& table : kTables) {
    auto& vendor = vendors_[std::string(table.vendor)];
    if (vendor == nullptr) vendor = std::make_unique<Vendor>(std::string(table.vendor), timeline, seed, kRows);
    seed_rows(table);
  }
}

/// Every row gets a version of its own, some time ago.
void Vendors::seed_rows(const TableRow& table) {
  auto& rows = rows_[&table];
  for (uint64_t row = 0; row < kRows; ++row) {
    const Instant stamp = std::chrono::floor<seconds>(timeline_.now() - hours(1) - seconds(script_.below(40 * 86'400)));
    const std::string token = next_token();
    const Json done = vendor(table.vendor).control("mutate", {{"op", "update"}, {"table", table.name}, {"from", row}, {"count", 1}, {"at", to_millis(stamp)}, {"set", {{table.token, token}}}});
    if (done["ids"].empty()) return;
    rows[done["ids"][0].get<std::string>()] = {.token = token, .stamp = stamp};
  }
}

void Vendors::update(const TableRow& table, const std::string& key, int64_t visible_after) {
  Version& version = rows_.at(&table).at(key);
  // Two changes in the same second have the same stamp at some vendors: nobody could tell them apart.
  if (version.gone || std::chrono::floor<seconds>(timeline_.now()) <= std::chrono::floor<seconds>(version.stamp)) return;
  version.token = next_token();
  version.stamp = timeline_.now();
  const Json done = vendor(table.vendor).control("mutate", {{"op", "update"}, {"table", table.name}, {"ids", {key}}, {"set", {{table.token, version.token}}}, {"visibleAfterSeconds", visible_after}});
  FOZ_CHECK(done.at("changed") == 1, done.dump());
  fate_.note("rows", std::string(table.name) + " " + key + "/" + version.token + (visible_after > 0 ? " seen in " + std::to_string(visible_after) + " s" : ""));
}

void Vendors::change_rows(const TableRow& table) {
  auto& rows = rows_.at(&table);
  const uint64_t count = 1 + script_.below(6);
  const int64_t visible_after = script_.below(3) == 0 ? static_cast<int64_t>(script_.below(kLateSecondsMax)) : 0;
  for (uint64_t i = 0; i < count; ++i) {
    auto row = rows.begin();
    std::advance(row, script_.below(rows.size()));
    switch (script_.below(10)) {
      case 0: {
        const std::string token = next_token();
        const Json done = vendor(table.vendor).control("mutate", {{"op", "insert"}, {"table", table.name}, {"count", 1}, {"set", {{table.token, token}}}, {"visibleAfterSeconds", visible_after}});
        rows[done["ids"][0].get<std::string>()] = {.token = token, .stamp = timeline_.now()};
        break;
      }
      case 1:
        if (rows.size() < kRows || row->second.gone) break;
        vendor(table.vendor).control("mutate", {{"op", "delete"}, {"table", table.name}, {"ids", {row->first}}});
        row->second.gone = true;
        fate_.note("rows", std::string(table.name) + " " + row->first + " gone");
        break;
      default: update(table, row->first, visible_after);
    }
  }
  fate_.note("rows", std::string(table.name) + " changed");
}

void Vendors::set_quota(std::string_view name, bool gone) {
  const std::string setting = name == "salesforce" ? "dailyApiRequests" : "dailyRequests";
  vendor(name).control("settings", {{setting, gone ? 1 : 100'000'000}});
  fate_.note("quota", std::string(name) + (gone ? " gone" : " back"));
}

void Vendors::expire_tokens(std::string_view name) {
  vendor(name).control("faults", {{"expireTokens", true}});
  fate_.note("tokens", std::string(name) + " expire");
}

/// What goes wrong with one request; the simulator is told where it is the vendor's doing.
std::string_view Vendors::spoil(Vendor& vendor) {
  uint64_t weights = 0;
  for (const TroubleRow& row : kTroubles) weights += row.weight;
  uint64_t pick = fate_.random().below(weights);
  const TroubleRow* trouble = kTroubles;
  while (pick >= trouble->weight) pick -= (trouble++)->weight;
  const std::string_view kind = trouble->kind;
  if (kind == "reset" || kind == "lost answer") return kind;
  if (kind == "slow") {
    timeline_.pass_until(timeline_.now() + seconds(5 + fate_.random().below(200)));
    return kind;
  }
  Json rule = {{"kind", kind}, {"times", 1}};
  if (kind == "throttled" || kind == "stumbled") {
    const bool throttled = kind == "throttled";
    rule["kind"] = "status";
    rule["status"] = throttled ? 429 : std::array{500, 502, 503, 504}[fate_.random().below(4)];
    if (fate_.random().below(3) == 0) rule["body"] = "html";
    if (const auto later = retry_after(fate_.random(), timeline_.now()); later && (throttled || fate_.random().below(2) == 0)) rule["retryAfter"] = *later;
  }
  if (kind == "cut" || kind == "cutGzip") rule["bytes"] = fate_.random().below(400);
  vendor.control("faults", {{"clear", true}, {"rules", {rule}}});
  return kind;
}

Result<http::Response> Vendors::answer_of(Vendor& vendor, const http::Request& request, const http::Url& url) {
  http::Request received = request;
  received.verb_text = std::string(http::name_of(request.verb));
  received.url = url.query.empty() ? url.path : url.path + "?" + url.query;
  received.headers.set("Host", url.host);
  http::Response response = vendor.answer(received);
  if (response.file) return broken("the connection was cut off");
  if (response.header("Content-Encoding").value_or("") == "gzip") return broken("the packed body was cut off");
  return response;
}

Result<http::Response> Vendors::send(const http::Request& request, std::stop_token stop) {
  TRY(const auto url, http::Url::parse(request.url));
  TRY_DO(egress_.check_url(url, request.known_hosts));
  timeline_.pass_until(timeline_.now() + milliseconds(5 + fate_.random().below(400)));
  if (stop.stop_requested()) return Error{.kind = ErrorKind::cancelled, .message = "stopped"};
  const std::string what = std::string(http::name_of(request.verb)) + " " + url.host + url.path;
  TRY_DO(fate_.of_network(what));
  Vendor& vendor = *vendors_.at(url.host.substr(0, url.host.find('.')));
  std::string_view trouble;
  if (fate_.weather.network > 0 && fate_.chance(fate_.weather.network)) trouble = spoil(vendor);
  if (trouble == "reset") {
    fate_.note("network", what + " reset");
    return broken("the connection was reset");
  }
  auto response = answer_of(vendor, request, url);
  if (!trouble.empty()) vendor.control("faults", {{"clear", true}});
  if (trouble == "lost answer") response = broken("the connection was reset");
  fate_.note("network", what + " " + std::string(trouble) + " " + (response ? std::to_string(response->status) + " " + std::to_string(response->body.size()) : "broken"));
  TRY_DO(fate_.of_network("answer"));
  return response;
}

}  // namespace foz::simulation
