// foz: the command line.
#include <CLI/CLI.hpp>

#include <cstdlib>

#include "cli/commands.h"

/// Settings of jemalloc, which reads them by this name: a thread of its own gives unused memory back while nothing else runs; bodies of
/// many megabytes (bulk pages) are kept for the next one as small ones are, for they come one after another.
extern "C" const char* malloc_conf;
const char* malloc_conf = "background_thread:true,max_background_threads:1,oversize_threshold:0";

namespace {

using namespace foz::cli;

std::string environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

void add_place(CLI::App* command, Place& place) {
  place.data_dir = environment("FOZ_DATA", "foz-data");
  command->add_option("--data", place.data_dir, "Data directory (FOZ_DATA)")->capture_default_str();
}

void add_sandbox(CLI::App* command, Place& place) { command->add_option("--sandbox", place.sandbox, "Sandbox name; default: that of credentials.json"); }

void add_server_options(CLI::App* command, ServeOptions& options) {
  add_place(command, options.place);
  command->add_option("--listen", options.listen, "HOST:PORT; port 0 means any free one");
  command->add_flag("--insecure-listen", options.insecure_listen, "Allow plain HTTP on an address that is not loopback");
  command->add_option("--set", options.set, "A setting as name=value; may be repeated (foz config lists them)")->take_all();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Foz collects customer data from CRM and marketing systems, maps it into XDM and lands it as open tables."};
  app.require_subcommand(1);
  app.set_version_flag("--version", FOZ_VERSION);
  int code = 0;

  ServeOptions serve_options, config_options, check_options;
  auto* serve_command = app.add_subcommand("serve", "Start the server: APIs, scheduler, workers");
  add_server_options(serve_command, serve_options);
  serve_command->callback([&] { code = serve(serve_options); });
  auto* config_command = app.add_subcommand("config", "Print the settings in force and where each comes from");
  add_server_options(config_command, config_options);
  config_command->callback([&] { code = config(config_options); });
  auto* check_command = app.add_subcommand("check", "Look for what goes wrong in installations");
  add_server_options(check_command, check_options);
  check_command->callback([&] { code = check(check_options); });

  Place token_place;
  auto* token_command = app.add_subcommand("token", "Print an access token");
  add_place(token_command, token_place);
  token_command->callback([&] { code = token(token_place); });

  RunOptions run_options;
  auto* run_command = app.add_subcommand("run", "Run a flow now");
  add_place(run_command, run_options.place);
  add_sandbox(run_command, run_options.place);
  run_command->add_option("flow", run_options.flow, "Id of the flow")->required();
  run_command->add_option("--from", run_options.from, "Begin of a window to read, also one that was read before: 2024-01-31, 2024-01-31T12:00:00Z or seconds");
  run_command->add_option("--to", run_options.to, "End of that window");
  run_command->add_flag("--skip-existing", run_options.skip_existing, "Leave out rows whose key is in the data set already");
  run_command->add_flag("!--no-wait", run_options.wait, "Do not wait for its end");
  run_command->callback([&] { code = run_flow(run_options); });

  ReplayOptions replay_options;
  auto* replay_command = app.add_subcommand("replay", "Map the rejected rows of a run again, after mapping or schema were mended");
  add_place(replay_command, replay_options.place);
  add_sandbox(replay_command, replay_options.place);
  replay_command->add_option("run", replay_options.run, "Id of the run whose rows were rejected")->required();
  replay_command->add_flag("!--no-wait", replay_options.wait, "Do not wait for its end");
  replay_command->callback([&] { code = replay(replay_options); });

  QueryOptions query_options;
  auto* query_command = app.add_subcommand("query", "Read-only SQL over the data sets of a sandbox, by table name");
  add_place(query_command, query_options.place);
  add_sandbox(query_command, query_options.place);
  query_command->add_option("sql", query_options.sql, "The statement; SHOW TABLES lists the data sets")->required();
  query_command->add_flag("--json", query_options.json, "Print JSON lines");
  query_command->callback([&] { code = query(query_options); });

  DemoOptions demo_options;
  auto* demo_command = app.add_subcommand("demo", "See both tutorials run against simulators, then clean up");
  demo_command->add_option("--rows", demo_options.rows, "Records in each simulator")->capture_default_str();
  demo_command->add_flag("!--no-curl", demo_options.show_curl, "Do not print the requests as curl commands");
  demo_command->callback([&] { code = demo(demo_options); });

  ClientOptions add_options, list_options, revoke_options;
  auto* client_command = app.add_subcommand("client", "API clients");
  client_command->require_subcommand(1);
  auto* client_add_command = client_command->add_subcommand("add", "Make a client; its secret is printed once");
  add_place(client_add_command, add_options.place);
  client_add_command->add_option("name", add_options.name, "What it is for")->required();
  client_add_command->add_option("--role", add_options.role, "admin, editor, operator, viewer or service")->capture_default_str();
  client_add_command->add_option("--sandboxes", add_options.sandboxes, "Names, or *")->delimiter(',')->capture_default_str();
  client_add_command->add_option("--labels", add_options.labels, "Access labels it holds, or *")->delimiter(',');
  client_add_command->add_option("--public-key", add_options.public_keys, "PEM file of an RSA key for the JWT exchange");
  client_add_command->add_option("--expires-days", add_options.expires_days, "Days until it ends; 0: never")->capture_default_str();
  client_add_command->callback([&] { code = client_add(add_options); });
  auto* client_list_command = client_command->add_subcommand("list", "List the clients");
  add_place(client_list_command, list_options.place);
  client_list_command->callback([&] { code = client_list(list_options); });
  auto* client_revoke_command = client_command->add_subcommand("revoke", "End a client and its tokens");
  add_place(client_revoke_command, revoke_options.place);
  client_revoke_command->add_option("client-id", revoke_options.client_id)->required();
  client_revoke_command->callback([&] { code = client_revoke(revoke_options); });

  DeriveOptions derive_options;
  auto* schema_command = app.add_subcommand("schema", "Schemas");
  schema_command->require_subcommand(1);
  auto* derive_command = schema_command->add_subcommand("derive", "Propose schemas for a file or a table of a source");
  add_place(derive_command, derive_options.place);
  add_sandbox(derive_command, derive_options.place);
  derive_command->add_option("file", derive_options.file, "CSV, JSON lines or Parquet");
  derive_command->add_option("--format", derive_options.format, "csv, json or parquet; by the file's name when it is missing");
  derive_command->add_option("--connection", derive_options.connection, "Id of a connection, in the place of a file");
  derive_command->add_option("--table", derive_options.table, "A table of that connection");
  derive_command->add_option("--name", derive_options.name, "What the schemas are to be called");
  derive_command->add_flag("--create", derive_options.create, "Make the schemas");
  derive_command->callback([&] { code = schema_derive(derive_options); });

  XdmImportOptions import_options;
  auto* xdm_command = app.add_subcommand("xdm", "The public XDM component library");
  xdm_command->require_subcommand(1);
  auto* xdm_import_command = xdm_command->add_subcommand("import", "Take in a checkout of the library, in the place of what was taken in before");
  add_place(xdm_import_command, import_options.place);
  xdm_import_command->add_option("folder", import_options.folder, "The checkout, or its folder components")->required();
  xdm_import_command->callback([&] { code = xdm_import(import_options); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return code;
}
