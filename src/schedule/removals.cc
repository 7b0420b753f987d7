#include "schedule/removals.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "catalog/relation.h"
#include "catalog/system_columns.h"
#include "schedule/record_page.h"

namespace foz::schedule {
namespace {

using sources::Column;
using sources::Cursor;
using sources::Page;
using sources::ReadPlan;
using sources::Slice;

constexpr std::string_view kReconciliation = "key reconciliation";
constexpr std::string_view kNeededBy = "options.deletes";
constexpr int64_t kWeekSeconds = 7 * 86'400;

Json query_of(const RemovalState& state) { return {{"bookmark", state.bookmark}, {"reconcile", state.reconcile}, {"first", state.nothing_landed}}; }

/// The record of a removed key, as the source's own records hold it.
Json record_of(const Column& key, std::string_view text) {
  if (!key.prefix.empty() && text.starts_with(key.prefix)) text.remove_prefix(key.prefix.size());
  Json record = {{std::string(catalog::kChangeTypeColumn), "d"}};
  Json* at = &record;
  for (const std::string& step : key.raw_path) at = &(*at)[step];
  *at = std::string(text);
  return record;
}

Error corrupt(std::string why) { return Error{.kind = ErrorKind::corrupt, .message = std::move(why), .code = "CONNECTOR-1308-400"}; }

}  // namespace

/// Where the slice stands.
struct WithRemovals::Position {
  bool comparing = false;
  std::string cursor = {};      ///< of the feed
  int64_t steps = 0;            ///< of the comparison: tells one cursor from the next
  RemovalReport report = {};    ///< so far

  static Result<Position> of(const Cursor& from) {
    Position at;
    if (from.text.empty()) return at;
    TRY(const Json json, parse_json(from.text));
    at.comparing = boolean_of(json, "comparing").value_or(false);
    at.cursor = text_of(json, "cursor");
    at.steps = integer_of(json, "steps").value_or(0);
    at.report = {.bookmark = text_of(json, "bookmark"), .method = text_of(json, "method"), .lateness_seconds = integer_of(json, "lateness").value_or(0),
                 .removed = integer_of(json, "removed").value_or(0)};
    return at;
  }
  Cursor text() const {
    return {.text = to_text(Json{{"comparing", comparing}, {"cursor", cursor}, {"steps", steps}, {"bookmark", report.bookmark}, {"method", report.method},
                                 {"lateness", report.lateness_seconds}, {"removed", report.removed}})};
  }
};

void PresentKeys::settle() { std::sort(hashes_.begin(), hashes_.end()); }
bool PresentKeys::holds(std::string_view key) const { return std::binary_search(hashes_.begin(), hashes_.end(), hash_of_row(std::span(&key, 1), 0)); }

bool has_removal_slice(const SpoolPlan& plan) {
  return std::any_of(plan.slices.begin(), plan.slices.end(), [](const Slice& slice) { return slice.id == kRemovalSlice; });
}

Result<std::string> last_removal_look(store::Reader& reader, const std::string& sandbox, const std::string& flow_id) {
  TRY(const auto row, reader.first("SELECT bookmark, reconciled_ms FROM flow_removals WHERE sandbox = ? AND flow_id = ?", {sandbox, flow_id}));
  return row ? std::to_string(row->integer(1)) + " " + row->text(0) : std::string();
}

Result<Column> record_key(const sources::Description& table, std::string_view needed_by) {
  const auto is_key = [](const Column& column) { return column.key; };
  const auto count = std::count_if(table.columns.begin(), table.columns.end(), is_key);
  if (count == 1) return *std::find_if(table.columns.begin(), table.columns.end(), is_key);
  return Error{.kind = ErrorKind::invalid,
               .message = std::string(needed_by) + " needs a table whose records have one key column, and " + table.table.path + " has " + (count == 0 ? "none" : std::to_string(count)),
               .code = "CONNECTOR-1312-400"};
}

Result<std::vector<Slice>> WithRemovals::plan(const ReadPlan& plan, std::stop_token stop) {
  TRY_DO(record_key(plan.table, kNeededBy));
  RemovalState state = state_;
  if (state.bookmark.empty()) {
    // Before any row is read: what goes while rows are read is told by the next run.
    for (std::optional<Cursor> cursor = Cursor{}; cursor;) {
      TRY(const sources::Removals begin, source_.deletes(plan, "", *cursor, stop));
      state.bookmark = begin.bookmark;
      cursor = begin.next;
    }
  }
  TRY(auto slices, source_.plan(plan, stop));
  slices.push_back({.id = std::string(kRemovalSlice), .query = to_text(query_of(state))});
  return slices;
}

Result<Page> WithRemovals::read(const ReadPlan& plan, const Slice& slice, const Cursor& from, std::stop_token stop) {
  if (slice.id != kRemovalSlice) return source_.read(plan, slice, from, stop);
  TRY(Position at, Position::of(from));
  return at.comparing ? compare(plan, std::move(at), stop) : feed(plan, slice, std::move(at), stop);
}

Result<Page> WithRemovals::feed(const ReadPlan& plan, const Slice& slice, Position at, std::stop_token stop) {
  TRY(const Json query, parse_json(slice.query));
  TRY(const Column key, record_key(plan.table, kNeededBy));
  const std::string bookmark = text_of(query, "bookmark");
  const bool first = boolean_of(query, "first").value_or(false);
  bool compares = boolean_of(query, "reconcile").value_or(false) && !first;
  std::vector<std::string> keys;
  at.report.method = kReconciliation;
  at.report.lateness_seconds = kWeekSeconds;
  if (!bookmark.empty()) {
    TRY(const sources::Removals removals, source_.deletes(plan, bookmark, {.text = at.cursor}, stop));
    for (const sources::Removal& removal : removals.rows) keys.push_back(removal.key);
    at.report.method = removals.method + ", " + std::string(kReconciliation) + " each week";
    at.report.lateness_seconds = removals.lateness.count();
    at.report.bookmark = removals.bookmark;
    at.report.removed += static_cast<int64_t>(keys.size());
    compares |= removals.gap && !first;
    if (removals.next) {
      at.cursor = removals.next->text;
      Page page = page_of(key, keys, at, std::nullopt);
      page.next = at.text();
      return page;
    }
  }
  if (!compares) {
    at.report.reconciled = first;
    return page_of(key, keys, at, at.report);
  }
  at.comparing = true;
  Page page = page_of(key, keys, at, std::nullopt);
  page.next = at.text();
  return page;
}

/// One page of keys for each step; when the last is read, what is missing.
Result<Page> WithRemovals::compare(const ReadPlan& plan, Position at, std::stop_token stop) {
  TRY(const Column key, record_key(plan.table, kNeededBy));
  if (!comparison_) {
    comparison_.emplace();
    comparison_->plan = {.table = plan.table, .columns = {key}};
    TRY(comparison_->slices, source_.plan(comparison_->plan, stop));
  }
  ++at.steps;
  if (comparison_->slice < comparison_->slices.size()) {
    TRY_DO(read_keys(key, stop));
    Page page;
    page.next = at.text();
    return page;
  }
  comparison_->present.settle();
  TRY(const auto keys, missing_(comparison_->present, stop));
  comparison_.reset();
  at.report.removed += static_cast<int64_t>(keys.size());
  at.report.reconciled = true;
  return page_of(key, keys, at, at.report);
}

Status WithRemovals::read_keys(const Column& key, std::stop_token stop) {
  Comparison& work = *comparison_;
  const Slice& slice = work.slices[work.slice];
  TRY(Page page, source_.read(work.plan, slice, work.cursor, stop));
  if (!page.bodies.empty()) {
    const RecordPaths paths({key.raw_path});
    RecordPage records;
    TRY_DO(records.open(page.format, std::move(page.bodies[0]), page.records, paths));
    std::vector<JsonSlot> slots(1);
    for (;;) {
      TRY(const bool more, records.next(paths, slots));
      if (!more) break;
      ++work.read_in_slice;
      work.present.add(key.prefix + std::string(slots[0].text));
    }
  }
  if (page.next) {
    if (page.next->text == work.cursor.text) return corrupt("the source repeats a page handle while its keys are read");
    work.cursor = *page.next;
    return {};
  }
  // A source that lost records on the way would make them look removed.
  if (page.total && *page.total > work.read_in_slice) {
    return corrupt("the source announced " + std::to_string(*page.total) + " keys and delivered " + std::to_string(work.read_in_slice));
  }
  ++work.slice;
  work.cursor = {};
  work.read_in_slice = 0;
  return {};
}

Page WithRemovals::page_of(const Column& key, const std::vector<std::string>& keys, Position& at, const std::optional<RemovalReport>& end) {
  Page page{.records = "/records", .total = at.report.removed};
  Json body = {{"records", Json::array()}};
  for (const std::string& one : keys) body["records"].push_back(record_of(key, one));
  if (end) {
    body["end"] = {{"bookmark", end->bookmark}, {"method", end->method}, {"lateness", end->lateness_seconds}, {"reconciled", end->reconciled}, {"removed", end->removed}};
  }
  if (end || !keys.empty()) page.bodies.push_back(to_text(body));
  return page;
}

Result<std::optional<RemovalReport>> removal_report(const Spool& spool) {
  std::optional<RemovalReport> none;
  if (!spool.progress(std::string(kRemovalSlice)).ended) return none;
  const auto pages = spool.pages();
  const auto last = std::find_if(pages.rbegin(), pages.rend(), [](const SpooledPage& page) { return page.slice == kRemovalSlice; });
  if (last == pages.rend()) return none;
  TRY(const Page page, spool.read(*last));
  if (page.bodies.empty()) return none;
  TRY(const Json body, parse_json(page.bodies[0]));
  const Json* end = member(body, "end");
  if (end == nullptr) return none;
  return std::optional(RemovalReport{.bookmark = text_of(*end, "bookmark"), .method = text_of(*end, "method"), .lateness_seconds = integer_of(*end, "lateness").value_or(0),
                                     .reconciled = boolean_of(*end, "reconciled").value_or(false), .removed = integer_of(*end, "removed").value_or(0)});
}

Json to_json(const RemovalReport& report) {
  return {{"method", report.method}, {"latenessSeconds", report.lateness_seconds}, {"removed", report.removed}, {"keysCompared", report.reconciled}};
}

std::string live_keys_sql(const std::filesystem::path& data_dir, const std::vector<catalog::DatasetFile>& files, const std::vector<engine::Field>& columns, const std::string& key_path) {
  std::string parts, path;
  for (const std::string_view step : split(key_path, '.')) path += (path.empty() ? "" : ".") + engine::quoted(step);
  size_t ordinal = 0;
  for (size_t begin = 0; begin < files.size();) {
    size_t end = begin + 1;
    while (end < files.size() && files[end].batch == files[begin].batch) ++end;
    const std::vector<catalog::DatasetFile> batch(files.begin() + static_cast<std::ptrdiff_t>(begin), files.begin() + static_cast<std::ptrdiff_t>(end));
    const std::string kind = engine::quoted(catalog::kChangeTypeColumn);
    parts += (parts.empty() ? "" : " UNION ALL ") + ("SELECT CAST(" + path + " AS VARCHAR) AS k, coalesce(" + kind + " = 'd', false) AS gone, " + std::to_string(ordinal) + " AS n FROM (" +
                                                    catalog::relation_sql(data_dir, batch, columns) + ")");
    ++ordinal;
    begin = end;
  }
  if (parts.empty()) return "SELECT NULL::VARCHAR AS k WHERE false";
  return "SELECT k FROM (" + parts + ") WHERE k IS NOT NULL GROUP BY k HAVING NOT arg_max(gone, n * 2 + gone::INTEGER)";
}

Result<std::vector<std::string>> keys_missing(engine::Engine& engine, const std::string& sql, const PresentKeys& present, std::stop_token stop) {
  TRY(const auto landed, engine.query(sql, stop, SIZE_MAX));
  std::vector<std::string> missing;
  for (const auto& row : landed.rows) {
    const std::string key = as_text(row[0]);
    if (!present.holds(key)) missing.push_back(key);
  }
  return missing;
}

void settle_removals(const prep::Program& program, std::string_view key_column, std::span<const uint32_t> removed, engine::Chunk& target, prep::RowIssues& issues) {
  const auto& outputs = program.outputs();
  std::vector<std::string_view> kept;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const bool of_key = std::all_of(outputs[i].mappings.begin(), outputs[i].mappings.end(), [&](uint32_t mapping) {
      const auto& columns = program.mappings()[mapping].columns;
      return !columns.empty() && std::all_of(columns.begin(), columns.end(), [&](const std::string& column) { return column == key_column; });
    });
    if (of_key || outputs[i].path == catalog::kChangeTypeColumn) {
      kept.emplace_back(outputs[i].path);
      continue;
    }
    for (const uint32_t row : removed) target.columns[i].set_null(row);
  }
  issues.pardon([&](const prep::Rejection& rejection) {
    const bool is_removal = std::binary_search(removed.begin(), removed.end(), rejection.row);
    return is_removal && std::find(kept.begin(), kept.end(), rejection.reason.destination) == kept.end();
  });
}

}  // namespace foz::schedule
