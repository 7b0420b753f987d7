// foz serve, foz config.
#include <signal.h>

#include <cstdio>
#include <cstring>

#include "base/log.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "server/foz.h"

namespace foz::cli {
namespace {

constexpr std::chrono::seconds kStopGrace{8};  ///< ends well inside the ten seconds that service managers give

Result<server::Settings> settings_of(const ServeOptions& options) {
  std::vector<std::string> flags = options.set;
  if (!options.listen.empty()) flags.push_back("server.listen=" + options.listen);
  if (options.insecure_listen) flags.push_back("server.insecureListen=true");
  return server::Settings::load(options.place.data_dir / "foz.yaml", server::foz_environment(), flags);
}

}  // namespace

int serve(const ServeOptions& options) {
  // Before any thread exists, so that the signals reach only the wait below.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);

  const auto settings = settings_of(options);
  if (!settings) return fail(settings.error());
  log::set_level(log::level_named(settings->text("log.level")));
  auto foz = server::Foz::start({.data_dir = options.place.data_dir, .settings = *settings});
  if (!foz) return fail(foz.error());
  std::printf("listening %s\n", (*foz)->url().c_str());
  std::fflush(stdout);
  int received = 0;
  sigwait(&signals, &received);
  log::info("server.stopping", {{"signal", strsignal(received)}});
  (*foz)->stop(kStopGrace);
  return 0;
}

int config(const ServeOptions& options) {
  const auto settings = settings_of(options);
  if (!settings) return fail(settings.error());
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : settings->in_force()) {
    rows.push_back({std::string(one.spec->name), one.value, one.origin, std::string(one.spec->about)});
  }
  std::fputs(table_text({"setting", "value", "from", "meaning"}, rows, 100).c_str(), stdout);
  return 0;
}

}  // namespace foz::cli
