#pragma once
// The commands of `foz`, one function each; main.cc reads the command line. All return an exit code: 0 good, 1 failed,
// 2 wrong use. Results go to standard output, everything else to standard error.

#include <filesystem>
#include <string>
#include <vector>

namespace foz::cli {

/// What every command that talks to a server or its data knows.
struct Place {
  std::filesystem::path data_dir = "foz-data";
  std::string sandbox = {};  ///< empty: that of the credentials
};

struct ServeOptions {
  Place place;
  std::string listen = {};            ///< HOST:PORT; empty: the setting server.listen
  bool insecure_listen = false;
  std::vector<std::string> set = {};  ///< name=value
};
/// Prints `listening http://HOST:PORT` when ready; ends on SIGTERM or SIGINT.
int serve(const ServeOptions& options);

/// Prints an access token.
int token(const Place& place);

struct RunOptions {
  Place place;
  std::string flow;
  std::string from = {}, to = {};  ///< a window to read (again); empty: what the schedule has not handed out yet
  bool skip_existing = false;      ///< leave out rows whose key has landed
  bool wait = true;
};
/// Runs a flow now and shows how it goes.
int run_flow(const RunOptions& options);

struct ReplayOptions {
  Place place;
  std::string run;
  bool wait = true;
};
/// Maps the rejected rows of a run again, with the mapping and schema of now.
int replay(const ReplayOptions& options);

struct QueryOptions {
  Place place;
  std::string sql;
  bool json = false;  ///< JSON lines in the place of a table
};
/// Read-only SQL over the data sets of a sandbox, by their table names.
int query(const QueryOptions& options);

/// Prints the settings in force and where each value comes from.
int config(const ServeOptions& options);

/// Looks for what goes wrong in installations: exposed address, key files others can read, disk, clock.
int check(const ServeOptions& options);

struct DemoOptions {
  int64_t rows = 300;
  bool show_curl = true;
};
/// Both founding tutorials from an empty directory to rows, with simulators in the place of vendors.
int demo(const DemoOptions& options);

struct ClientOptions {
  Place place;
  std::string name = {};
  std::string role = "admin";
  std::vector<std::string> sandboxes = {"*"};
  std::vector<std::string> labels = {};
  std::vector<std::filesystem::path> public_keys = {};
  int64_t expires_days = 0;  ///< 0: never
  std::string client_id = {};
};
/// API clients, straight in the data directory's database.
int client_add(const ClientOptions& options);
int client_list(const ClientOptions& options);
int client_revoke(const ClientOptions& options);

struct DeriveOptions {
  Place place;
  std::filesystem::path file = {};      ///< empty: a table of a connection
  std::string format = {};              ///< csv, json or parquet; empty: by the file's name
  std::string connection = {}, table = {};
  std::string name = {};                ///< empty: that of the file or table
  bool create = false;                  ///< also make the schemas
};
/// An ad hoc schema and a proposed target schema, as JSON; or their ids, when they are made.
int schema_derive(const DeriveOptions& options);

struct XdmImportOptions {
  Place place;
  std::filesystem::path folder;  ///< a checkout of the public XDM library
};
/// Takes the public component library in, in one step; prints its version and how much of it there is.
int xdm_import(const XdmImportOptions& options);

}  // namespace foz::cli
