// foz xdm: the public component library, straight into the data directory's database. A running server sees it at once.
#include <cstdio>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "registry/import.h"
#include "server/data_dir.h"
#include "store/database.h"

namespace foz::cli {
namespace {

Status import(const XdmImportOptions& options) {
  const server::DataDir dir{.root = options.place.data_dir};
  if (!std::filesystem::exists(dir.database())) {
    return Error{.kind = ErrorKind::not_found, .message = dir.database().string() + " is not there: start the server once (foz serve --data " + options.place.data_dir.string() + ")"};
  }
  TRY(const auto database, store::open_sqlite({.file = dir.database()}));
  TRY(const auto report, registry::import_library(*database, {.folder = options.folder, .data_dir = dir.root}));
  for (const std::string& warning : report.warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  std::printf("version %s: %zu resources%s\n", report.version.c_str(), report.resources, report.changed ? "" : ", all there already");
  return {};
}

}  // namespace

int xdm_import(const XdmImportOptions& options) {
  const Status status = import(options);
  return status ? 0 : fail(status.error());
}

}  // namespace foz::cli
