#pragma once
// A source logged in at its simulated vendor, in memory: for tests of what every source does.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/csv_rows.h"
#include "base/json.h"
#include "sources/test_world.h"
#include "simulators/simulator.h"

namespace foz::sources::test {

/// Hands requests to a simulator as a server would, after the real egress rules. Bodies that the simulator cuts are errors,
/// as they are in libcurl.
class SimulatorTransport final : public http::Transport {
 public:
  static constexpr std::string_view kOrigin = "http://sim.test";
  explicit SimulatorTransport(sim::Simulator& simulator) : simulator_(simulator), egress_(http::Egress::parse(kOrigin).value()) {}

  Result<http::Response> send(const http::Request& request, std::stop_token stop) override {
    if (on_send) on_send();
    if (stop.stop_requested()) return Error{.kind = ErrorKind::cancelled, .message = "stopped"};
    TRY(const auto url, http::Url::parse(request.url));
    TRY_DO(egress_.check_url(url, request.known_hosts));
    ++calls;
    http::Request received = request;
    received.verb_text = std::string(http::name_of(request.verb));
    received.url = url.query.empty() ? url.path : url.path + "?" + url.query;
    received.headers.set("Host", url.host);
    http::Response response = simulator_.answer(received);
    if (response.file) return Error{.kind = ErrorKind::unavailable, .message = "the connection was cut off"};
    const auto encoding = response.header("Content-Encoding");
    if (encoding && *encoding == "gzip") return Error{.kind = ErrorKind::unavailable, .message = "the packed body was cut off"};
    return response;
  }

  std::function<void()> on_send;
  std::atomic<size_t> calls = 0;

 private:
  sim::Simulator& simulator_;
  const http::Egress egress_;
};

/// One login form of one source at its vendor.
struct Form {
  const SourceSpec* source = nullptr;
  const AuthSpec* auth = nullptr;
};

class SimulatedSource {
 public:
  /// `rows` of the main table; 0: enough for several of the vendor's pages.
  explicit SimulatedSource(const Form& form, uint64_t rows = 0) : form_(form) {
    if (rows == 0) rows = form.source->name == "salesforce" ? 5000 : 450;
    auto made = sim::Simulator::make({.vendor = vendor_of(*form.source), .rows = rows, .seed = 7}, clock);
    if (!made) throw std::runtime_error(made.error().message);
    simulator_ = *std::move(made);
    if (form.source->name == "dynamics-online") control("settings", {{"pageRowsMax", 150}});  // several pages of few rows
    ready_ = simulator_->ready_line(std::string(SimulatorTransport::kOrigin));
    transport = std::make_unique<SimulatorTransport>(*simulator_);
    login = full_login();
    open();
  }

  int pages_ahead = 0;

  /// Opens the source anew with `login`.
  void open() {
    auto opened = form_.source->open(login, world());
    if (!opened) throw std::runtime_error(opened.error().message);
    source = *std::move(opened);
  }

  World world() {
    return {.transport = *transport, .clock = clock, .random = random_, .save_secrets = [this](const std::vector<RenewedSecret>& renewed) -> Status {
              for (const RenewedSecret& one : renewed) {
                if (!one.now.empty()) secrets_.insert(one.now.reveal());
                saved[one.parameter] = one.now.reveal();
              }
              return {};
            },
            .pages_ahead = pages_ahead};
  }

  Json control(const std::string& what, const Json& body) {
    http::Request request{.verb = http::Verb::post, .verb_text = "POST", .url = "/_sim/" + what, .body = to_text(body)};
    return answered(request);
  }
  Json control(const std::string& what) {
    http::Request request{.verb = http::Verb::get, .verb_text = "GET", .url = "/_sim/" + what};
    return answered(request);
  }
  void fault(Json rule) { control("faults", Json::array({std::move(rule)})); }

  /// How often the faults were met.
  int64_t faults_met() {
    int64_t met = 0;
    for (const Json& rule : control("faults")) met += integer_of(rule, "met").value_or(0);
    return met;
  }

  /// How many rows the vendor has of a table of its own.
  int64_t live_rows(std::string_view vendor_table) {
    for (const Json& table : control("tables")) {
      if (text_of(table, "name") == vendor_table) return *integer_of(table, "live");
    }
    ADD_FAILURE() << "the simulator has no table " << vendor_table;
    return 0;
  }

  /// What must never be seen: the secret parameters, and tokens that were rotated.
  const std::set<std::string>& secrets() const { return secrets_; }
  /// What the vendor says of the login.
  const Json& ready() const { return ready_; }

  LeapingClock clock{from_seconds(1'725'192'000)};
  std::unique_ptr<SimulatorTransport> transport;
  Login login;
  std::unique_ptr<Source> source;
  std::map<std::string, std::string> saved;

 private:
  /// The simulator's name of a vendor.
  static std::string vendor_of(const SourceSpec& source) { return source.name == "dynamics-online" ? "dynamics" : std::string(source.name); }

  Json answered(const http::Request& request) {
    const http::Response response = simulator_->answer(request);
    EXPECT_EQ(response.status, 200) << response.body;
    return *parse_json(response.body);
  }

  /// The parameters of the form that the vendor's ready line knows.
  Login full_login() {
    Login full{.auth_spec = std::string(form_.auth->name)};
    for (const Parameter& parameter : form_.auth->parameters) {
      std::string value = text_of(ready_, parameter.name);
      if (parameter.name == "environmentUrl" || parameter.name == "serviceUri" || parameter.name == "baseUrl") value = SimulatorTransport::kOrigin;
      if (value.empty()) continue;
      if (parameter.secret) secrets_.insert(value);
      full.parameters.emplace_back(std::string(parameter.name), Secret(value));
    }
    return full;
  }

  const Form form_;
  SeededRandom random_{5};
  std::unique_ptr<sim::Simulator> simulator_;
  Json ready_;
  std::set<std::string> secrets_;
};

/// Rows as they were read: a record for each, bodies joined.
struct Reading {
  std::vector<Json> records;
  size_t pages = 0;
  std::vector<Cursor> cursors;           ///< where each page but the first begins
  std::vector<size_t> rows_before;       ///< how many records lie before each cursor
  std::optional<int64_t> total;
  std::optional<Error> failure;
};

inline void take_csv(const Page& page, Reading& reading) {
  ASSERT_EQ(page.bodies.size(), 1u);
  CsvPage rows;
  ASSERT_TRUE(rows.open(page.bodies[0], {}));
  for (;;) {
    const auto more = rows.next({});
    ASSERT_TRUE(more) << more.error().message;
    if (!*more) return;
    reading.records.push_back(*parse_json(rows.record_json(rows.record_begin())));
  }
}

inline void take_page(const Page& page, Reading& reading) {
  if (page.bodies.empty()) return;  // a step on the way
  const size_t before = reading.records.size();
  ++reading.pages;
  if (page.format == RecordFormat::csv) return take_csv(page, reading);
  for (size_t i = 0; i < page.bodies.size(); ++i) {
    const auto body = parse_json(page.bodies[i], {.depth_max = 200});
    ASSERT_TRUE(body) << body.error().message;
    const Json* records = at_pointer(*body, page.records);
    ASSERT_TRUE(records != nullptr && records->is_array()) << page.records;
    if (i > 0) {
      ASSERT_EQ(records->size(), reading.records.size() - before) << "bodies of a page hold the same records";
    }
    for (size_t row = 0; row < records->size(); ++row) {
      if (i == 0) reading.records.push_back((*records)[row]);
      else reading.records[before + row].merge_patch((*records)[row]);
    }
  }
}

/// Reads one slice from a cursor to its end; `tries` failures that are worth another try are tried again, as a run does.
inline Reading read_slice(Source& source, const ReadPlan& plan, const Slice& slice, Cursor cursor = {}, int tries = 0, std::stop_token stop = {}) {
  Reading reading;
  for (int pages = 0; pages < 2000; ++pages) {
    auto page = source.read(plan, slice, cursor, stop);
    if (!page && page.error().kind == ErrorKind::unavailable && tries-- > 0) continue;
    if (!page) {
      reading.failure = page.error();
      return reading;
    }
    const size_t before = reading.records.size();
    take_page(*page, reading);
    if (page->count && static_cast<int64_t>(reading.records.size() - before) != *page->count) {  // as the load of a run sees it
      reading.failure = Error{.kind = ErrorKind::corrupt, .message = "the page has other records than it says"};
      return reading;
    }
    if (page->total) reading.total = page->total;
    if (!page->next) return reading;
    cursor = *page->next;
    reading.cursors.push_back(cursor);
    reading.rows_before.push_back(reading.records.size());
  }
  reading.failure = Error{.message = "the pages come to no end"};
  return reading;
}

inline Reading read_all(Source& source, const ReadPlan& plan, int tries = 0) {
  Reading all;
  const auto slices = source.plan(plan, {});
  if (!slices) {
    all.failure = slices.error();
    return all;
  }
  for (const Slice& slice : *slices) {
    Reading one = read_slice(source, plan, slice, {}, tries);
    all.pages += one.pages;
    all.records.insert(all.records.end(), one.records.begin(), one.records.end());
    if (one.total) all.total = all.total.value_or(0) + *one.total;
    if (one.failure) all.failure = one.failure;
  }
  return all;
}

/// The value of a column in a record; null where there is none.
inline Json value_of(const Json& record, const Column& column) {
  const Json* value = &record;
  for (const std::string& step : column.raw_path) {
    value = member(*value, step);
    if (value == nullptr) break;
  }
  const bool missing = column.raw_path.empty() || value == nullptr || value->is_null();
  return missing ? (column.constant ? Json(*column.constant) : Json()) : *value;
}

/// The keys of all records, in the order they came.
inline std::vector<std::string> keys_of(const std::vector<Json>& records, const Description& table) {
  std::vector<std::string> keys;
  for (const Json& record : records) {
    std::string key;
    for (const Column& column : table.columns) {
      if (column.key) key += as_text(value_of(record, column)) + "|";
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace foz::sources::test
