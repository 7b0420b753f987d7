#include "sources/salesforce/bulk.h"

#include <algorithm>
#include <tuple>

#include "base/csv_rows.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "sources/salesforce/answers.h"
#include "sources/salesforce/rest.h"
#include "sources/salesforce/split.h"

namespace foz::sources::salesforce {
namespace {

using namespace std::chrono_literals;

/// Between two looks at a job: short ones first, most jobs are small.
constexpr std::chrono::milliseconds kFirstWait = 500ms, kLongestWait = 15s;
/// A job that has not ended by then is stuck.
constexpr std::chrono::seconds kJobTimeMax = 1h;

constexpr std::string_view kBegin = "0", kEnd = "null";
/// Since this version a job tells where its next pages begin.
constexpr double kResultPagesSince = 58.0;

/// Where a slice stands.
struct Position {
  std::string job = {};     ///< id; empty: not started
  int64_t started = 0;      ///< milliseconds
  int64_t looks = 0;        ///< at the job, so far
  std::string locator = {}; ///< of the next page of results; kBegin, kEnd
  int64_t total = 0;        ///< rows the job says it has
  int64_t taken = 0;        ///< rows read
  std::vector<std::string> pages = {};  ///< where the next pages are, the first one to be read now; none: by locator alone
  std::string more = {};    ///< where the pages behind those are told; empty: there are none
  std::vector<Part> spans = {};  ///< times and ids still to be read, the job's own first; none: the slice as a whole
  int64_t before = 0;            ///< rows read by the jobs before
};

Position position_of(const Json& json) {
  return {.job = text_of(json, "job"),
          .started = integer_of(json, "started").value_or(0),
          .looks = integer_of(json, "looks").value_or(0),
          .locator = text_of(json, "locator"),
          .total = integer_of(json, "total").value_or(0),
          .taken = integer_of(json, "taken").value_or(0),
          .pages = texts_of(json, "pages"),
          .more = text_of(json, "more"),
          .spans = spans_in(json, "spans"),
          .before = integer_of(json, "before").value_or(0)};
}

Cursor cursor_of(const Position& at) {
  Json json = {{"job", at.job}, {"started", at.started}, {"looks", at.looks}};
  if (at.job.empty()) json = {{"bulk", true}, {"looks", at.looks}};
  if (!at.locator.empty()) json.update({{"locator", at.locator}, {"total", at.total}, {"taken", at.taken}});
  if (!at.pages.empty()) json["pages"] = at.pages;
  if (!at.more.empty()) json["more"] = at.more;
  if (!at.spans.empty()) json["spans"] = to_json(at.spans);
  if (at.before > 0) json["before"] = at.before;
  return {.text = to_text(json)};
}

/// The slice goes on through REST from `cursor`, which is REST's own.
Cursor marked_rest(const Cursor& cursor) { return {.text = to_text(Json{{"rest", cursor.text}})}; }

Page step(Cursor next) {
  Page page{.format = RecordFormat::csv};
  page.next = std::move(next);
  return page;
}

class BulkReader {
 public:
  BulkReader(Org& org, const ReadPlan& plan, const Part& part, std::stop_token stop)
      : org_(org), plan_(plan), part_(part), object_(plan.table.table.path), stop_(stop) {
    std::tie(split_by_, whole_) = times_of(plan, part);
  }

  /// Jobs of a login that are at work at once have a bound: a slice that finds no place asks again.
  Result<Page> start(Position at) {
    auto place = org_.jobs().take(org_.clock().now());
    if (!place) {
      if (!wait(at.looks)) return stopped();
      return step(cursor_of({.looks = at.looks + 1, .spans = at.spans, .before = at.before}));
    }
    TRY(auto conditions, conditions_of(plan_, part_));
    if (!at.spans.empty()) conditions.push_back(span_condition(split_by_, at.spans[0]));
    // No order and no limit: they would switch off the splitting of the job by keys (2.6).
    TRY(const std::string soql, to_soql({.object = object_, .fields = fields_of(plan_), .conditions = std::move(conditions)}));
    const Json wish = {{"operation", "query"}, {"query", soql}, {"contentType", "CSV"}, {"columnDelimiter", "COMMA"}, {"lineEnding", "LF"}};
    TRY(std::string url, org_.url("/jobs/query", stop_));
    TRY(const auto response, send(http::post_json(std::move(url), to_text(wish))));
    const Answer answer = org_.calls().answer_of(response);
    const bool used_up = answer.code == "LIMIT_EXCEEDED";
    if (used_up) log::warning("salesforce.bulk_used_up", {{"object", object_}, {"why", vendor_words(answer.message)}});
    if (answer.what == AnswerClass::unsupported && !used_up) org_.learn_no_bulk(object_);  // an allowance comes back
    if (answer.what == AnswerClass::too_heavy) return split(at, answer.code + " " + answer.message);
    if (answer.what == AnswerClass::unsupported || refuses_query(response, answer)) return through_rest(at, answer.code + " " + answer.message);
    if (answer.what != AnswerClass::ok) return org_.calls().error_of(response, doing());
    TRY(const Json job, parse(response));
    place->keep(text_of(job, "id"));
    return step(cursor_of({.job = text_of(job, "id"), .started = to_millis(org_.clock().now()), .spans = at.spans, .before = at.before}));
  }

  Result<Page> look(Position at) {
    if (at.looks > 0 && !wait(at.looks)) {
      org_.jobs().ended(at.job);  // whoever goes on with it says so
      return stopped();
    }
    TRY(std::string url, job_url(at));
    TRY(const auto response, send(http::get(std::move(url))));
    if (response.status == 404) {
      org_.jobs().ended(at.job);
      return through_rest(at, "the job is gone");
    }
    if (org_.calls().answer_of(response).what != AnswerClass::ok) return org_.calls().error_of(response, doing());
    TRY(const Json job, parse(response));
    const std::string state = text_of(job, "state");
    if (state == "JobComplete") {
      org_.jobs().ended(at.job);
      at.total = integer_of(job, "numberRecordsProcessed").value_or(0);
      at.locator = kBegin;
      if (to_number(org_.settings().version).value_or(0) >= kResultPagesSince && at.total > static_cast<int64_t>(kRestPageRows)) TRY_DO(tell_pages(at, url_of_job(at) + "/resultPages"));
      return step(cursor_of(at));
    }
    if (state == "Failed" || state == "Aborted") {
      remove(at);
      const std::string why = text_of(job, "errorMessage", "without a word");
      return says_too_heavy(why) ? split(at, why) : through_rest(at, state + " " + why);
    }
    if (to_millis(org_.clock().now()) - at.started > std::chrono::milliseconds(kJobTimeMax).count()) {
      abort(at);
      return through_rest(at, "the job is stuck");
    }
    org_.jobs().at_work(at.job, org_.clock().now());
    ++at.looks;
    return step(cursor_of(at));
  }

  Result<Page> results(Position at) {
    if (at.pages.empty() && !at.more.empty()) TRY_DO(tell_pages(at, at.more));
    TRY(http::Response response, at.pages.empty() ? page_by_locator(at) : page_by_address(at));
    if (response.status == 404 && at.taken == 0) return through_rest(at, "the job is gone");
    if (org_.calls().answer_of(response).what != AnswerClass::ok) return org_.calls().error_of(response, doing());
    TRY(const int64_t rows, rows_in(response));
    at.taken += rows;
    const bool told = !at.pages.empty();
    if (told) at.pages.erase(at.pages.begin());
    const std::string next(trim(response.header("Sforce-Locator").value_or("")));
    const bool last = told ? at.pages.empty() && at.more.empty() : next.empty() || next == kEnd;  // the four letters
    if (!told && !last && next == at.locator) return unavailable("the same page came twice");
    if (last && at.taken != at.total) return unavailable("the job has " + std::to_string(at.total) + " rows and gave " + std::to_string(at.taken));
    Page page{.format = RecordFormat::csv, .total = at.before + at.total, .count = rows};
    page.bodies.push_back(std::move(response.body));
    if (last) at.locator = kEnd;
    else if (!told) at.locator = next;
    page.next = cursor_of(at);
    return page;
  }

  /// Only once the last page is safe with the reader: on to the next span, if there is one.
  Page finish(const Position& at) {
    remove(at);
    Page page{.format = RecordFormat::csv, .total = at.before + at.total};
    if (at.spans.size() > 1) page.next = cursor_of({.spans = {at.spans.begin() + 1, at.spans.end()}, .before = at.before + at.total});
    return page;
  }

  /// A page of REST; its cursor stays marked as REST's.
  Result<Page> rest(const Cursor& from) {
    TRY(Page page, read_rest(org_, plan_, part_, from, stop_));
    if (page.next) page.next = marked_rest(*page.next);
    return page;
  }

 private:
  std::string doing() const { return "reading " + object_ + " in bulk"; }
  Error unavailable(const std::string& why) const { return Error{.kind = ErrorKind::unavailable, .message = doing() + ": " + why, .code = "CONNECTOR-1308-400"}; }

  std::string url_of_job(const Position& at) const { return "/services/data/v" + org_.settings().version + "/jobs/query/" + http::percent_encode(at.job); }

  /// Where the next pages are, so that some can be fetched beside the one at hand. What a vendor does not tell is read by
  /// locator, one page after the other.
  Status tell_pages(Position& at, const std::string& link) {
    TRY(std::string url, org_.url_of_link(link, stop_));
    TRY(const auto response, send(http::get(std::move(url))));
    const bool begins = at.taken == 0 && at.pages.empty() && at.more.empty();
    if (response.status == 404 && begins) return {};
    if (org_.calls().answer_of(response).what != AnswerClass::ok) return org_.calls().error_of(response, doing());
    const auto json = parse_json(response.body);
    const Json* list = json ? member(*json, "resultPages") : nullptr;
    const bool lists = list != nullptr && list->is_array() && !list->empty();
    if (!lists && begins) return {};
    if (!lists) return unavailable("the list of its next pages is empty");
    const std::string before = std::exchange(at.more, text_of(*json, "nextRecordsUrl"));
    if (!at.more.empty() && at.more == before) return unavailable("the list of its pages leads to itself");
    for (const Json& page : *list) at.pages.push_back(text_of(page, "resultUrl"));
    return {};
  }

  static http::Request results_request(std::string url) {
    http::Request request = http::get(std::move(url));
    request.headers.set("Accept", "text/csv");
    return request;
  }

  Result<http::Response> page_by_locator(const Position& at) {
    TRY(std::string url, job_url(at));
    url += "/results?maxRecords=" + std::to_string(kBulkPageRows);
    if (at.locator != kBegin) url += "&locator=" + http::percent_encode(at.locator);
    return send(results_request(std::move(url)));
  }

  /// The first of the told pages, while the next ones are on their way.
  Result<http::Response> page_by_address(const Position& at) {
    TRY(const std::string url, org_.url_of_link(at.pages[0], stop_));
    for (size_t i = 1; i < std::min(at.pages.size(), org_.pages_ahead() + 1); ++i) {
      TRY(const std::string other, org_.url_of_link(at.pages[i], stop_));
      org_.ahead().begin(other, [&org = org_, other](std::stop_token stop) { return org.calls().send(results_request(other), Purpose::collect, std::move(stop)); });
    }
    auto ahead = org_.ahead().take(url, stop_);
    if (ahead && *ahead) return std::move(**ahead);
    return send(results_request(url));  // nobody fetched it, or it went wrong: once more, and what comes is what counts
  }

  bool wait(int64_t looks) const {
    return org_.clock().sleep_for(std::min<std::chrono::milliseconds>(kLongestWait, kFirstWait * (1 << std::min<int64_t>(looks, 6))), stop_);
  }
  Error stopped() const { return Error{.kind = ErrorKind::cancelled, .message = doing() + ": stopped while a bulk job was at work"}; }

  /// Two jobs for one that was too heavy; what cannot be cut is read through REST, in short queries.
  Result<Page> split(Position at, const std::string& why) {
    TRY(const auto conditions, conditions_of(plan_, part_));
    const Part span = at.spans.empty() ? whole_ : at.spans[0];
    TRY(const auto halves, halves_of(org_, {.object = object_, .conditions = conditions, .split_by = split_by_, .keyed = has_id(plan_)}, span, "", stop_));
    if (!halves) return through_rest(at, why);
    log::info("salesforce.bulk_split", {{"object", object_}, {"why", vendor_words(why)}});
    if (at.spans.empty()) at.spans.resize(1);
    at.spans[0] = halves->first;
    at.spans.insert(at.spans.begin() + 1, halves->second);
    return step(cursor_of({.spans = std::move(at.spans), .before = at.before}));
  }

  /// "API_ERROR ... not supported in Bulk Query" and its like: REST tells the reason, if it has one, too.
  static bool refuses_query(const http::Response& response, const Answer& answer) { return response.status == 400 && answer.what == AnswerClass::permanent && answer.code == "API_ERROR"; }

  Result<Page> through_rest(const Position& at, const std::string& why) const {
    log::info("salesforce.bulk_to_rest", {{"object", object_}, {"why", vendor_words(why)}});
    return step(marked_rest(rest_cursor(at.spans, at.before)));
  }

  Result<http::Response> send(const http::Request& request) const {
    auto response = org_.calls().send(request, Purpose::collect, stop_);
    if (!response) return with_context(std::move(response).error(), doing());
    return response;
  }

  Result<Json> parse(const http::Response& response) const {
    auto json = parse_json(response.body);
    if (!json || text_of(*json, "id").empty()) return Error{.kind = ErrorKind::corrupt, .message = doing() + ": the answer describes no job", .code = "CONNECTOR-1308-400"};
    return json;
  }

  Result<std::string> job_url(const Position& at) const { return org_.url("/jobs/query/" + http::percent_encode(at.job), stop_); }

  /// Records in the page: as many as its head says, which the load holds against what it reads, or counted where the head says nothing.
  Result<int64_t> rows_in(http::Response& response) const {
    CsvPage page;
    if (const Status opened = page.open(std::move(response.body), {}); !opened) return unavailable(opened.error().message);
    if (page.header() != fields_of(plan_)) return Error{.kind = ErrorKind::corrupt, .message = doing() + ": the header does not name the fields that were asked for", .code = "CONNECTOR-1308-400"};
    const bool empty = page.at_end();
    auto rows = to_integer(response.header("Sforce-NumberOfRecords").value_or(""));
    if (!rows) {
      const auto counted = count_records(page);
      if (!counted) return unavailable(counted.error().message);
      rows = static_cast<int64_t>(*counted);
    }
    response.body = page.close();
    if (*rows < 0 || empty != (*rows == 0)) return unavailable("the page says it has " + std::to_string(*rows) + " rows and has " + (empty ? "none" : "some"));
    return *rows;
  }

  /// Results are read or given up: nothing is left behind. Not worth an error.
  void remove(const Position& at) const {
    org_.jobs().ended(at.job);
    if (const auto beginning = org_.url_of_link(url_of_job(at), stop_)) org_.ahead().forget(*beginning);
    if (const auto url = job_url(at)) (void)org_.calls().send({.verb = http::Verb::del, .url = *url}, Purpose::collect, stop_).has_value();
  }
  void abort(const Position& at) const {
    const auto url = job_url(at);
    if (!url) return;
    http::Request request = http::post_json(*url, R"({"state":"Aborted"})");
    request.verb = http::Verb::patch;
    (void)org_.calls().send(request, Purpose::collect, stop_).has_value();
    remove(at);
  }

  Org& org_;
  const ReadPlan& plan_;
  const Part& part_;
  const std::string object_;
  const std::stop_token stop_;
  std::string split_by_;  ///< the column whose time is halved; empty: none
  Part whole_;            ///< what of it the slice has
};

}  // namespace

bool is_bulk_cursor(const Cursor& cursor) {
  const auto json = parse_json(cursor.text);
  return json && (json->contains("bulk") || json->contains("job") || json->contains("rest"));
}

Page turn_to_bulk() { return step({.text = to_text(Json{{"bulk", true}})}); }

Result<Page> read_bulk(Org& org, const ReadPlan& plan, const Part& part, const Cursor& from, std::stop_token stop) {
  BulkReader reader(org, plan, part, stop);
  if (from.text.empty()) return reader.start({});
  TRY(const Json json, parse_json(from.text));
  if (json.contains("bulk")) return reader.start(position_of(json));
  if (json.contains("rest")) return reader.rest({.text = text_of(json, "rest")});
  const Position at = position_of(json);
  if (at.locator == kEnd) return reader.finish(at);
  return at.locator.empty() ? reader.look(at) : reader.results(at);
}

}  // namespace foz::sources::salesforce
