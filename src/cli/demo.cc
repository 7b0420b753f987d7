// foz demo: both founding tutorials from an empty directory to rows, with simulators in the place of vendors.
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <thread>

#include "base/text.h"
#include "cli/api_client.h"
#include "cli/child_process.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/tutorials.h"

namespace foz::cli {
namespace {

using Variables = std::map<std::string, std::string>;

/// A folder that goes with its owner.
class DemoFolder {
 public:
  DemoFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "foz-demo-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~DemoFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string with_variables(std::string text, const Variables& variables) {
  for (const auto& [name, value] : variables) text = replace_all(std::move(text), "{{" + name + "}}", value);
  return text;
}

/// A request as a command that can be pasted into a shell where TOKEN and the other headers are set.
void print_curl(const TutorialStep& step, const std::string& endpoint, const std::string& body) {
  std::printf("     curl -X %s '%s%s' \"${HEADERS[@]}\"", std::string(name_of(step.verb)).c_str(), endpoint.c_str(), step.path.c_str());
  if (!body.empty()) std::printf(" \\\n       -d '%s'", body.c_str());
  std::printf("\n");
}

Result<std::string> send_step(ApiClient& client, const TutorialStep& step, const Variables& variables, bool show_curl) {
  // Secrets stay variables in what is shown.
  Variables shown = variables;
  for (const char* secret : {"clientSecret", "accessToken", "refreshToken"}) shown[secret] = "$" + upper(secret);
  if (show_curl) print_curl(step, client.credentials().endpoint, with_variables(step.body, shown));
  Json body;
  if (!step.body.empty()) {
    TRY(body, parse_json(with_variables(step.body, variables)));
  }
  TRY(const Json answer, client.send({.verb = step.verb, .path = step.path, .body = body}));
  const Json* value = at_pointer(answer, step.from);
  if (value == nullptr || !value->is_string()) return Error{.kind = ErrorKind::corrupt, .message = step.title + ": the answer lacks " + step.from};
  std::string text = value->get<std::string>();
  if (text.starts_with("@/")) text = text.substr(text.rfind('/') + 1);
  return text;
}

Result<Json> finished_run(ApiClient& client, const std::string& flow) {
  ProgressLine progress;
  for (int i = 0; i < 1200; ++i) {
    TRY(const Json answer, client.send({.path = "/data/foundation/flowservice/runs?property=flowId==" + flow}));
    const Json* items = member(answer, "items");
    if (items != nullptr && !items->empty()) {
      const Json& run = items->at(0);
      const std::string status = text_of(*member_at(run, {"metrics", "statusSummary"}), "status");
      if (status == "success" || status == "partialSuccess" || status == "failed") return run;
      progress.show("     run " + status + " ...");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return Error{.kind = ErrorKind::unavailable, .message = "the run did not end within two minutes"};
}

Status print_run(const Json& run) {
  const Json& metrics = run.at("metrics");
  const Json& records = metrics.at("recordSummary");
  const std::string status = text_of(metrics.at("statusSummary"), "status");
  const int64_t took = integer_of(metrics.at("durationSummary"), "completedAtUTC").value_or(0) - integer_of(metrics.at("durationSummary"), "startedAtUTC").value_or(0);
  std::printf("\n     run %s: %lld read, %lld written, %lld rejected, in %.2f s\n\n", status.c_str(),
              static_cast<long long>(integer_of(records, "inputRecordCount").value_or(0)), static_cast<long long>(integer_of(records, "outputRecordCount").value_or(0)),
              static_cast<long long>(integer_of(records, "failedRecordCount").value_or(0)), static_cast<double>(took) / 1000);
  if (status != "failed") return {};
  return Error{.kind = ErrorKind::unavailable, .message = "the run failed: " + to_text(metrics.at("statusSummary"))};
}

/// The first rows as they landed, under the mapping that made them.
Status print_rows(ApiClient& client, const Tutorial& tutorial, const std::string& dataset) {
  TRY(const Json preview, client.send({.path = "/data/foundation/export/datasets/" + dataset + "/preview"}));
  const Json& rows = preview.at("data");
  std::vector<std::string> header = {"source column", "target field"};
  const size_t shown = std::min<size_t>(3, rows.size());
  for (size_t i = 0; i < shown; ++i) header.push_back("row " + std::to_string(i + 1));
  std::vector<std::vector<std::string>> lines;
  for (const auto& [source, destination] : tutorial.mapping) {
    std::vector<std::string>& line = lines.emplace_back(std::vector<std::string>{source, destination});
    for (size_t i = 0; i < shown; ++i) {
      const Json* value = at_pointer(rows[i], "/" + replace_all(destination, ".", "/"));
      line.push_back(value == nullptr ? "" : as_text(*value));
    }
  }
  const std::string table = table_text(header, lines, 34);
  for (const std::string_view text : split(table, '\n')) std::printf("     %s\n", std::string(text).c_str());
  if (rows.empty()) return Error{.kind = ErrorKind::corrupt, .message = "no row landed"};
  return {};
}

Status play(ApiClient& client, const Tutorial& tutorial, Variables variables, bool show_curl) {
  std::printf("\n%s\n\n", tutorial.title.c_str());
  int number = 0;
  for (const TutorialStep& step : tutorial.steps) {
    std::printf("  %2d %s\n", ++number, step.title.c_str());
    TRY(const std::string value, send_step(client, step, variables, show_curl));
    variables[step.saves] = value;
    std::printf("     → %s %s\n", step.saves.c_str(), value.c_str());
  }
  TRY(const Json run, finished_run(client, variables["flow"]));
  TRY_DO(print_run(run));
  return print_rows(client, tutorial, variables["dataset"]);
}

Result<ChildProcess> start_simulator(const std::string& vendor, int64_t rows, Variables& variables) {
  TRY(const auto program, program_beside("foz-sim"));
  TRY(ChildProcess child, ChildProcess::start(program, {vendor, "--listen", "127.0.0.1:0", "--rows", std::to_string(rows), "--seed", "2020"}, {},
                                              std::chrono::seconds(20)));
  TRY(const Json ready, parse_json(child.ready_line()));
  for (const auto& [name, value] : ready.items()) variables[name] = as_text(value);
  std::printf("  %-22s %s  %lld records\n", (vendor + " simulator").c_str(), variables["url"].c_str(), static_cast<long long>(rows));
  return child;
}

Status play_both(const DemoOptions& options) {
  const DemoFolder folder;
  std::printf("Foz demo, in %s\n\n", folder.path().c_str());
  Variables crm, marketing;
  TRY(const ChildProcess salesforce, start_simulator("salesforce", options.rows, crm));
  TRY(const ChildProcess hubspot, start_simulator("hubspot", options.rows, marketing));
  TRY(const auto program, program_beside("foz"));
  TRY(const ChildProcess foz, ChildProcess::start(program, {"serve", "--data", folder.path().string(), "--listen", "127.0.0.1:0"},
                                                  {"FOZ_SOURCES_ALLOW=" + crm["url"] + "," + marketing["url"], "FOZ_SCHEDULE_SETTLE_SECONDS=0"},
                                                  std::chrono::seconds(30)));
  TRY(Credentials credentials, Credentials::read(folder.path()));
  std::printf("  %-22s %s\n", "Foz", credentials.endpoint.c_str());
  ApiClient client(std::move(credentials));
  if (options.show_curl) {
    std::printf("\n  HEADERS=(-H \"Authorization: Bearer $(foz token)\" -H 'x-api-key: %s' -H 'x-gw-ims-org-id: %s'\n"
                "           -H 'x-sandbox-name: prod' -H 'Content-Type: application/json')\n",
                client.credentials().client_id.c_str(), client.credentials().org_id.c_str());
  }
  TRY_DO(play(client, crm_tutorial(), crm, options.show_curl));
  marketing["startTime"] = std::to_string(to_seconds(SystemClock().now()) - 60);
  TRY_DO(play(client, marketing_tutorial(), marketing, options.show_curl));
  std::printf("\nBoth tutorials ran. Everything was stopped and removed; `make serve` starts a Foz that stays.\n");
  return {};
}

}  // namespace

int demo(const DemoOptions& options) {
  const Status played = play_both(options);
  return played ? 0 : fail(played.error());
}

}  // namespace foz::cli
