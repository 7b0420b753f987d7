#include "sources/salesforce/rest.h"

#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "sources/salesforce/split.h"

namespace foz::sources::salesforce {
namespace {

const GlanceWish kPageWish{.values = {{"nextRecordsUrl"}, {"done"}, {"totalSize"}}, .records = {"records"}, .key = {"Id"}};

/// Where a slice stands.
struct Position {
  std::string link;      ///< `nextRecordsUrl`; empty: a new query
  std::string first;     ///< key of the last page's first record: tells a page that comes twice
  std::string last;      ///< key of the last record read
  int64_t taken = 0;     ///< records read
  int64_t before = 0;    ///< of them: read by queries before the one that `link` belongs to
  bool by_key = false;   ///< the whole query is too heavy: short ones, each behind the last key
  std::vector<Part> spans = {};  ///< even those are: times and ids still to be read, the one at hand first; none: the slice as a whole
};

Position position_of(const Cursor& cursor) {
  const auto json = parse_json(cursor.text);
  if (!json) return {};
  Position at{.link = text_of(*json, "next"),
              .first = text_of(*json, "first"),
              .last = text_of(*json, "last"),
              .taken = integer_of(*json, "taken").value_or(0),
              .before = integer_of(*json, "before").value_or(0),
              .by_key = boolean_of(*json, "byKey").value_or(false)};
  at.spans = spans_in(*json, "spans");
  return at;
}

Cursor cursor_of(const Position& position) {
  Json json = {{"next", position.link}, {"first", position.first}, {"last", position.last}, {"taken", position.taken}};
  if (position.before > 0) json["before"] = position.before;
  if (position.by_key) json["byKey"] = true;
  if (!position.spans.empty()) json["spans"] = to_json(position.spans);
  return {.text = to_text(json)};
}

/// One page as it came, and what it says of itself.
struct RawPage {
  std::string body;
  JsonGlance glance;
  std::optional<std::string> link;  ///< nothing: the last one
};

class RestReader {
 public:
  RestReader(Org& org, const ReadPlan& plan, const Part& part, std::vector<std::string> conditions, std::stop_token stop)
      : org_(org), plan_(plan), object_(plan.table.table.path), conditions_(std::move(conditions)), keyed_(has_id(plan)), of_keys_(!part.keys.empty()), stop_(stop) {
    if (!of_keys_) std::tie(split_by_, whole_) = times_of(plan, part);
    size_t rest = http::percent_encode(join(conditions_, " AND ")).size() + object_.size();
    lists_ = field_lists(fields_of(plan), rest);
  }

  Result<Page> read(Position at) {
    TRY(RawPage first, first_list_page(at));
    const auto& keys = first.glance.keys;
    if (keyed_ && !keys.empty() && keys[0] == at.first) {
      return Error{.kind = ErrorKind::unavailable, .message = doing() + ": the same page came twice", .code = "CONNECTOR-1308-400"};
    }
    Page page{.records = "/records"};
    if (new_query_) at.before = at.taken;
    at.taken += static_cast<int64_t>(first.glance.records);
    if (keyed_ && !keys.empty()) at.first = keys.front(), at.last = keys.back();
    set_next(page, at, first);
    if (!at.by_key) page.total = at.before + to_integer(first.glance.values[2].value_or("")).value_or(at.taken);
    if (lists_.size() == 1) {
      page.bodies.push_back(std::move(first.body));
      return page;
    }
    TRY_DO(add_other_lists(page, first));
    return page;
  }

 private:
  std::string doing() const { return "reading " + object_; }

  void set_next(Page& page, Position& at, const RawPage& raw) const {
    at.link = raw.link.value_or("");
    const bool more_of_it = at.by_key ? raw.glance.records == kRestPageRows : raw.link.has_value();
    if (!more_of_it && !at.spans.empty()) {
      at.spans.erase(at.spans.begin());
      at.first.clear(), at.last.clear();
    }
    const bool more = more_of_it || !at.spans.empty();
    const bool enough = plan_.rows_wanted > 0 && at.taken >= static_cast<int64_t>(plan_.rows_wanted);
    if (more && !enough) page.next = cursor_of(at);
  }

  Result<RawPage> first_list_page(Position& at) {
    const bool anew = at.link.empty();
    TRY(std::string url, anew ? query_url(at) : org_.url_of_link(at.link, stop_));
    TRY(auto response, send(std::move(url)));
    AnswerClass what = org_.calls().answer_of(response).what;
    new_query_ = anew && at.taken > 0;
    if (what == AnswerClass::handle_gone && keyed_ && !anew) {
      at.link.clear();
      new_query_ = true;
      TRY(std::string again, query_url(at));
      TRY(response, send(std::move(again)));
      what = org_.calls().answer_of(response).what;
    }
    while (what == AnswerClass::too_heavy && keyed_) {
      TRY(const bool shorter_now, shorten(at));
      if (!shorter_now) break;
      TRY(std::string shorter, query_url(at));
      TRY(response, send(std::move(shorter)));
      what = org_.calls().answer_of(response).what;
    }
    return raw_page(std::move(response), lists_.size() > 1);
  }

  /// Short queries behind the last key; then halves of the span at hand. False: it cannot be cut.
  Result<bool> shorten(Position& at) {
    if (!std::exchange(at.by_key, true)) return true;
    if (of_keys_) return false;
    if (at.spans.empty()) at.spans.push_back(whole_);
    TRY(auto halves, halves_of(org_, {.object = object_, .conditions = conditions_, .split_by = split_by_, .keyed = keyed_}, at.spans[0], at.last, stop_));
    if (!halves) return false;
    at.spans[0] = halves->first;
    at.spans.insert(at.spans.begin() + 1, halves->second);
    return true;
  }

  Result<std::string> query_url(const Position& at) {
    Select select{.object = object_, .fields = lists_[0], .conditions = conditions_};
    if (keyed_) select.order = "Id";
    if (!at.spans.empty()) select.conditions.push_back(span_condition(split_by_, at.spans[0]));
    if (!at.last.empty()) select.conditions.push_back("Id > " + soql_text(at.last));
    if (at.by_key) select.limit = kRestPageRows;
    if (plan_.rows_wanted > 0) select.limit = plan_.rows_wanted;
    TRY(const std::string soql, to_soql(select));
    return org_.query_url("query", soql, stop_);
  }

  Result<http::Response> send(std::string url) {
    http::Request request = http::get(std::move(url));
    request.headers.set("Sforce-Query-Options", "batchSize=" + std::to_string(kRestPageRows));
    auto response = org_.calls().send(std::move(request), plan_.rows_wanted > 0 ? Purpose::look : Purpose::collect, stop_);
    if (!response) return with_context(std::move(response).error(), doing());
    return response;
  }

  Result<RawPage> raw_page(http::Response response, bool texts) {
    if (org_.calls().answer_of(response).what != AnswerClass::ok) return org_.calls().error_of(response, doing());
    RawPage raw{.body = std::move(response.body)};
    GlanceWish wish = kPageWish;
    wish.texts = texts;
    if (!keyed_) wish.key.clear();
    TRY(raw.glance, glance_page(raw.body, wish, doing()));
    raw.link = raw.glance.values[0];
    if (!raw.link && raw.glance.values[1] == "false") {
      return Error{.kind = ErrorKind::corrupt, .message = doing() + ": the page is not the last one and names no next one", .code = "CONNECTOR-1308-400"};
    }
    return raw;
  }

  /// The other fields of the records in `first`, by their keys. Rows that went meanwhile leave all bodies.
  Status add_other_lists(Page& page, const RawPage& first) {
    const auto& keys = first.glance.keys;
    std::vector<std::vector<std::string>> parts;  // by list, by record; "" where the record is gone
    for (size_t list = 1; list < lists_.size(); ++list) {
      TRY(auto records, records_between(lists_[list], keys));
      parts.push_back(std::move(records));
    }
    std::vector<std::string> bodies(lists_.size(), R"({"records":[)");
    bool any = false;
    for (size_t record = 0; record < keys.size(); ++record) {
      bool whole = true;
      for (const auto& part : parts) whole &= !part[record].empty();
      if (!whole) continue;
      for (size_t list = 0; list < bodies.size(); ++list) {
        if (any) bodies[list] += ',';
        bodies[list] += list == 0 ? first.glance.texts[record] : std::string_view(parts[list - 1][record]);
      }
      any = true;
    }
    for (std::string& body : bodies) page.bodies.push_back(std::move(body) + "]}");
    page.total.reset();  // what went meanwhile is in the vendor's count
    return {};
  }

  Result<std::vector<std::string>> records_between(const std::vector<std::string>& fields, const std::vector<std::string>& keys) {
    std::vector<std::string> records(keys.size());
    if (keys.empty()) return records;
    std::unordered_map<std::string_view, size_t> place;
    for (size_t i = 0; i < keys.size(); ++i) place[keys[i]] = i;
    // Only keys bound this query: a row that was changed meanwhile has left the window, not the page.
    Select select{.object = object_, .fields = fields, .conditions = {"Id >= " + soql_text(keys.front()), "Id <= " + soql_text(keys.back())}, .order = "Id"};
    if (of_keys_) select.conditions = conditions_;
    TRY(const std::string soql, to_soql(select));
    TRY(std::string url, org_.query_url("query", soql, stop_));
    for (;;) {
      TRY(auto response, send(std::move(url)));
      TRY(const RawPage raw, raw_page(std::move(response), true));
      for (size_t i = 0; i < raw.glance.keys.size(); ++i) {
        if (const auto found = place.find(raw.glance.keys[i]); found != place.end()) records[found->second] = raw.glance.texts[i];
      }
      if (!raw.link) return records;
      TRY(url, org_.url_of_link(*raw.link, stop_));
    }
  }

  Org& org_;
  const ReadPlan& plan_;
  const std::string object_;
  const std::vector<std::string> conditions_;
  const bool keyed_;
  const bool of_keys_;  ///< the conditions name the records
  const std::stop_token stop_;
  std::vector<std::vector<std::string>> lists_;
  std::string split_by_;  ///< the column whose time is halved; empty: none
  Part whole_;            ///< what of it the slice has
  bool new_query_ = false;  ///< a query that began behind rows read before
};

}  // namespace

Cursor rest_cursor(const std::vector<Part>& spans, int64_t taken) { return cursor_of({.taken = taken, .spans = spans}); }

Result<Page> read_rest(Org& org, const ReadPlan& plan, const Part& part, const Cursor& from, std::stop_token stop) {
  TRY(auto conditions, conditions_of(plan, part));
  return RestReader(org, plan, part, std::move(conditions), stop).read(position_of(from));
}

}  // namespace foz::sources::salesforce
