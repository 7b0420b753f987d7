// The control interface of a simulator: making it, `/_sim`.
#include <unistd.h>

#include "base/text.h"
#include "base/time_text.h"
#include "simulators/mutate.h"
#include "simulators/simulator.h"

namespace foz::sim {
namespace {

struct VendorRow {
  std::string_view name;
  std::unique_ptr<Vendor> (*make)(World&);
};

constexpr VendorRow kVendors[] = {
    {"salesforce", make_salesforce},
    {"dynamics", make_dynamics},
    {"hubspot", make_hubspot},
};
constexpr std::string_view kHostile = "hostile";  // another vendor's face, and a server that can send badly

int status_of(const Error& error) { return error.kind == ErrorKind::not_found ? 404 : 400; }

}  // namespace

std::vector<std::string> vendor_names() {
  std::vector<std::string> names;
  for (const VendorRow& row : kVendors) names.emplace_back(row.name);
  names.emplace_back(kHostile);
  return names;
}

Simulator::Simulator(SimulatorOptions options, const Clock& clock)
    : options_(std::move(options)),
      real_clock_(clock),
      clock_(clock),
      journal_(options_.journal_max),
      faults_(options_.seed),
      world_{.clock = clock_, .tables = tables_, .settings = settings_, .masker = masker_, .concurrency = concurrency_,
             .options = options_, .seed = options_.seed, .rows = options_.rows},
      skew_seconds_(settings_.add("clockSkewSeconds", 0, "the Date header differs from the clock of the records by this")),
      gzip_(settings_.add("gzip", options_.gzip ? 1 : 0, "1: answers of 1 KB and more are packed when the client asks for it")),
      hostile_percent_(settings_.add("hostilePercent", 0, "this share of answers is spoilt by a trick drawn at random; some tricks need foz-sim hostile")) {
  settings_.add("pageRowsMax", 0, "a page holds at most this many rows, however many the client asks for; 0: what it asks for");
  settings_.add("lateVisibilitySeconds", 0, "changed rows are seen this much later than their stamps say");
}

Simulator::~Simulator() {
  for (const int file : cuts_) ::close(file);
}

Result<std::unique_ptr<Simulator>> Simulator::make(SimulatorOptions options, const Clock& clock) {
  std::unique_ptr<Simulator> simulator(new Simulator(std::move(options), clock));
  TRY_DO(simulator->start());
  return simulator;
}

Status Simulator::start() {
  if (!options_.csv_file.empty()) {
    TRY(CsvFile csv, CsvFile::read(options_.csv_file));
    world_.csv = std::make_shared<const CsvFile>(std::move(csv));
  }
  const std::string& face = options_.vendor == kHostile ? options_.hostile_vendor : options_.vendor;
  for (const VendorRow& row : kVendors) {
    if (row.name == face) vendor_ = row.make(world_);
  }
  if (vendor_ == nullptr) {
    return Error{.kind = ErrorKind::invalid, .message = "there is no simulator \"" + face + "\"; there are " + join(vendor_names(), ", ")};
  }
  seed_tables();
  return {};
}

void Simulator::seed_tables() {
  tables_.replace(vendor_->tables(), world_.seed);
  vendor_->reset();
}

Json Simulator::ready_line(const std::string& url) const {
  Json line = {{"url", url}, {"vendor", options_.vendor}};
  line.update(vendor_->credentials());
  return line;
}

http::Response Simulator::control(const http::Request& request) {
  const std::string_view what = request.path().substr(std::string_view("/_sim/").size());
  Result<Json> answer = Json();
  if (request.verb == http::Verb::post) {
    Result<Json> body = request.body.empty() ? Result<Json>(Json::object()) : parse_json(request.body);
    answer = body ? control_post(what, *body) : body;
  } else {
    answer = control_get(what, http::Query::parse(request.raw_query()));
  }
  if (answer) return json_response(200, *answer);
  return json_response(status_of(answer.error()), Json{{"error", answer.error().message}, {"where", answer.error().where}});
}

Result<Json> Simulator::control_post(std::string_view what, const Json& body) {
  if (what == "reset") return reset();
  if (what == "seed") return reseed(body);
  if (what == "clock") return move_clock(body);
  if (what == "mutate") return mutate(world_, body);
  if (what == "faults") return change_faults(body);
  if (what == "settings") {
    TRY_DO(settings_.change(body));
    return settings_.all();
  }
  return Error{.kind = ErrorKind::not_found, .message = "post to /_sim/reset, seed, clock, mutate, faults or settings"};
}

Result<Json> Simulator::control_get(std::string_view what, const http::Query& query) {
  if (what == "journal") {
    const auto since = to_integer(query.get("since").value_or("0")).value_or(0);
    const auto limit = to_integer(query.get("limit").value_or("1000")).value_or(1000);
    return journal_.read(static_cast<uint64_t>(since), static_cast<size_t>(limit), query.get("path").value_or(""));
  }
  if (what == "counters") {
    Json sums = journal_.sums();
    sums["concurrencyMost"] = concurrency_.most();
    sums["vendor"] = vendor_->counters();
    return sums;
  }
  if (what == "settings") return settings_.described();
  if (what == "faults") return faults_.listed();
  if (what == "tables") return tables_listed();
  if (what == "clock") return move_clock(Json::object());
  return Error{.kind = ErrorKind::not_found, .message = "get /_sim/journal, counters, settings, faults, tables or clock"};
}

Result<Json> Simulator::reset() {
  faults_.clear();
  settings_.reset();
  clock_.reset();
  seed_tables();
  journal_.clear();
  concurrency_.reset();
  return Json{{"reset", true}};
}

Result<Json> Simulator::reseed(const Json& body) {
  if (const auto seed = integer_of(body, "seed")) world_.seed = static_cast<uint64_t>(*seed);
  if (const auto rows = integer_of(body, "rows"); rows && *rows >= 0) world_.rows = static_cast<uint64_t>(*rows);
  seed_tables();
  return Json{{"seed", world_.seed}, {"rows", world_.rows}};
}

/// `{"set": ISO or milliseconds}`, `{"advanceSeconds": n}`, `{"rate": n}`, `{"real": true}`.
Result<Json> Simulator::move_clock(const Json& body) {
  if (boolean_of(body, "real").value_or(false)) clock_.reset();
  if (const Json* set = member(body, "set")) {
    const auto instant = set->is_string() ? parse_iso_instant(set->get<std::string>()) : std::nullopt;
    const auto millis = instant ? std::optional(to_millis(*instant)) : as_integer(*set);
    if (!millis) return Error{.kind = ErrorKind::invalid, .message = "\"set\" is a moment in ISO 8601 form or milliseconds"};
    clock_.set(*millis);
  }
  if (const Json* rate = member(body, "rate")) clock_.run(as_number(*rate).value_or(1));
  if (const Json* by = member(body, "advanceSeconds")) clock_.advance(static_cast<int64_t>(as_number(*by).value_or(0) * 1000));
  return Json{{"now", iso_millis(from_millis(clock_.now()))}, {"millis", clock_.now()}, {"rate", clock_.rate()}};
}

/// `{"clear": true, "rules": [...], "settings": {...}, "expireTokens": true}`, or an array of rules.
Result<Json> Simulator::change_faults(const Json& body) {
  std::vector<FaultRule> rules;
  const Json* listed = body.is_array() ? &body : member(body, "rules");
  if (listed != nullptr) {
    for (const Json& one : *listed) {
      TRY(FaultRule rule, FaultRule::read(one));
      if (is_wire_trick(rule.kind) && options_.vendor != kHostile) {
        return Error{.kind = ErrorKind::invalid, .message = "only foz-sim hostile can do \"" + std::string(name_of(rule.kind)) + "\""};
      }
      rules.push_back(std::move(rule));
    }
  }
  if (const Json* settings = member(body, "settings")) TRY_DO(settings_.change(*settings));
  if (boolean_of(body, "clear").value_or(false)) faults_.clear();
  for (FaultRule& rule : rules) faults_.add(std::move(rule));
  if (const Json* expire = member(body, "expireTokens")) vendor_->expire_tokens(as_text(*expire) == "all");
  return Json{{"rules", faults_.listed()}, {"settings", settings_.all()}};
}

Json Simulator::tables_listed() const {
  Json list = Json::array();
  for (const TableRef& table : tables_.all()) {
    Json columns = Json::array();
    for (const Column& column : table->spec().columns) columns.push_back(column.name);
    list.push_back({{"name", table->spec().name}, {"rows", table->rows()}, {"live", table->live_rows(clock_.now())},
                    {"firstId", id_text(table->spec().id, 0)}, {"columns", std::move(columns)}});
  }
  return list;
}

}  // namespace foz::sim
