// foz token, foz run, foz replay, foz query: clients of the APIs.
#include <cstdio>
#include <thread>

#include "base/text.h"
#include "base/time_text.h"
#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/terminal.h"

namespace foz::cli {
namespace {

Result<ApiClient> client_at(const Place& place) {
  TRY(Credentials credentials, Credentials::read(place.data_dir));
  if (!place.sandbox.empty()) credentials.sandbox = place.sandbox;
  return ApiClient(std::move(credentials));
}

std::string flow_path(const std::string& path) { return "/data/foundation/flowservice" + path; }

int64_t count_of(const Json& run, std::string_view name) {
  const Json* summary = member_at(run, {"metrics", "recordSummary"});
  return summary == nullptr ? 0 : integer_of(*summary, name).value_or(0);
}

std::string status_of(const Json& run) {
  const Json* summary = member_at(run, {"metrics", "statusSummary"});
  return summary == nullptr ? "" : text_of(*summary, "status");
}

std::string summary_of(const Json& run) {
  return status_of(run) + ": " + std::to_string(count_of(run, "inputRecordCount")) + " read, " + std::to_string(count_of(run, "outputRecordCount")) +
         " written, " + std::to_string(count_of(run, "failedRecordCount")) + " rejected, " + std::to_string(count_of(run, "skippedRecordCount")) + " skipped";
}

/// Follows a run to its end. 0 when rows landed, 1 when it failed.
Result<int> follow(ApiClient& client, const std::string& run_id) {
  ProgressLine progress;
  for (;;) {
    TRY(const Json answer, client.send({.path = flow_path("/runs/" + run_id)}));
    const Json& run = answer.at("items").at(0);
    const std::string status = status_of(run);
    if (status == "success" || status == "partialSuccess" || status == "failed") {
      progress.clear();
      std::printf("%s\n", summary_of(run).c_str());
      const Json* errors = member_at(run, {"metrics", "statusSummary", "errors"});
      for (const Json& error : errors == nullptr ? Json::array() : *errors) {
        std::printf("  %s %s\n", text_of(error, "code").c_str(), text_of(error, "message").c_str());
      }
      return status == "failed" ? 1 : 0;
    }
    progress.show(summary_of(run));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

/// Asks for a run and, if wanted, waits for its end.
Result<int> start_run(ApiClient& client, const Json& body, bool wait) {
  TRY(const Json made, client.send({.verb = http::Verb::post, .path = flow_path("/runs"), .body = body}));
  const std::string id = text_of(made, "id");
  std::printf("run %s\n", id.c_str());
  if (!wait) return 0;
  return follow(client, id);
}

/// Seconds since 1970 of a moment as people write it: a date, a date and time, or seconds.
Result<int64_t> moment_of(const std::string& text) {
  if (const auto seconds = to_integer(text)) return *seconds;
  if (const auto instant = parse_iso_instant(text)) return to_seconds(*instant);
  if (const auto day = parse_iso_date(text)) return std::chrono::duration_cast<std::chrono::seconds>(day->time_since_epoch()).count();
  return Error{.kind = ErrorKind::invalid, .message = "\"" + text + "\" is no moment: write 2024-01-31, 2024-01-31T12:00:00Z or seconds since 1970"};
}

Result<int> run_and_follow(const RunOptions& options) {
  Json body = {{"flowId", options.flow}};
  if (options.from.empty() != options.to.empty()) {
    return Error{.kind = ErrorKind::invalid, .message = "--from and --to go together: a window has a begin and an end"};
  }
  if (!options.from.empty()) {
    TRY(const int64_t from, moment_of(options.from));
    TRY(const int64_t to, moment_of(options.to));
    body["params"] = {{"windowStartTime", from}, {"windowEndTime", to}};
  }
  if (options.skip_existing) body["params"]["mode"] = "skipExisting";
  TRY(ApiClient client, client_at(options.place));
  return start_run(client, body, options.wait);
}

Result<int> replay_and_follow(const ReplayOptions& options) {
  TRY(ApiClient client, client_at(options.place));
  TRY(const Json answer, client.send({.path = flow_path("/runs/" + options.run)}));
  const std::string flow = text_of(answer.at("items").at(0), "flowId");
  return start_run(client, {{"flowId", flow}, {"params", {{"replayRejected", options.run}}}}, options.wait);
}

Result<int> query_and_print(const QueryOptions& options) {
  TRY(ApiClient client, client_at(options.place));
  TRY(const Json answer, client.send({.verb = http::Verb::post, .path = "/foz/v1/query", .body = {{"sql", options.sql}}}));
  std::vector<std::string> columns = texts_of(answer, "columns");
  std::vector<std::vector<std::string>> rows;
  for (const Json& row : answer.at("rows")) {
    if (options.json) {
      Json object = Json::object();
      for (size_t i = 0; i < columns.size(); ++i) object[columns[i]] = row[i];
      std::printf("%s\n", to_text(object).c_str());
      continue;
    }
    std::vector<std::string>& cells = rows.emplace_back();
    for (const Json& value : row) cells.push_back(value.is_null() ? "" : as_text(value));
  }
  if (!options.json) {
    std::fputs(table_text(columns, rows).c_str(), stdout);
    std::printf("%zu rows%s\n", rows.size(), boolean_of(answer, "cutOff").value_or(false) ? " (there are more)" : "");
  }
  return 0;
}

}  // namespace

int token(const Place& place) {
  auto client = client_at(place);
  if (!client) return fail(client.error());
  const auto made = client->token();
  if (!made) return fail(made.error());
  std::printf("%s\n", made->reveal().c_str());
  return 0;
}

int run_flow(const RunOptions& options) {
  const auto code = run_and_follow(options);
  return code ? *code : fail(code.error());
}

int replay(const ReplayOptions& options) {
  const auto code = replay_and_follow(options);
  return code ? *code : fail(code.error());
}

int query(const QueryOptions& options) {
  const auto code = query_and_print(options);
  return code ? *code : fail(code.error());
}

}  // namespace foz::cli
