// foz-sim: a vendor as a small server.
//   foz-sim salesforce --listen 127.0.0.1:0 --rows 500 --seed 1
// One JSON line on standard output says where it listens and how to log in; SIGTERM ends it at once.
#include <CLI/CLI.hpp>

#include <malloc.h>
#include <signal.h>

#include <cstdio>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "http/server.h"
#include "simulators/hostile/wire_server.h"
#include "simulators/simulator.h"

namespace {

using namespace foz;

constexpr int kFreedKept = 32 << 20;  // bytes
constexpr size_t kIoThreads = 8;  // the system deals connections out by chance: few share a thread
constexpr size_t kWaitingMax = 4096;
constexpr size_t kHeaderBytesMax = 128 * 1024;
constexpr size_t kRequestLineBytesMax = 96 * 1024;  // vendors refuse long URLs in their own words

/// Pages are made and freed by the thousand: what is freed is kept for the next one.
void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, kFreedKept);
  mallopt(M_TRIM_THRESHOLD, kFreedKept);
}

struct Options {
  sim::SimulatorOptions simulator = {.vendor = ""};
  std::string listen = "127.0.0.1:0";
  size_t threads = 8;
  std::string tls_certificate_file, tls_key_file;
};

Result<http::ServerOptions> server_options(const Options& options) {
  const size_t colon = options.listen.rfind(':');
  const auto port = colon == options.listen.npos ? std::nullopt : to_integer(options.listen.substr(colon + 1));
  if (!port || *port < 0 || *port > 65'535) {
    return Error{.kind = ErrorKind::invalid, .message = "--listen takes HOST:PORT, not \"" + options.listen + "\""};
  }
  return http::ServerOptions{.host = options.listen.substr(0, colon), .port = static_cast<uint16_t>(*port), .io_threads = kIoThreads,
                             .request_line_bytes_max = kRequestLineBytesMax, .header_bytes_max = kHeaderBytesMax,
                             .tls_certificate_file = options.tls_certificate_file, .tls_key_file = options.tls_key_file};
}

[[noreturn]] void say_ready_and_wait(const Json& line, const sigset_t& ends) {
  std::printf("%s\n", to_text(line).c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  std::_Exit(0);  // nothing here is worth a farewell, and slow answers must not hold it up
}

/// Serves until SIGTERM or SIGINT, which must be blocked already. Errors: those of the simulator and of the server.
Status serve(const Options& options, const sigset_t& ends) {
  const SystemClock clock;
  TRY(auto listen, server_options(options));
  TRY(const auto simulator, sim::Simulator::make(options.simulator, clock));
  listen.at_once = [&](const http::Request&) { return simulator->answers_at_once(); };
  if (options.simulator.vendor == "hostile") {
    TRY(const auto server, sim::WireServer::start(listen.host, listen.port, [&](const http::Request& request, sim::Delivery& delivery) {
          return simulator->answer(request, &delivery);
        }));
    say_ready_and_wait(simulator->ready_line(server->url()), ends);
  }
  Pool pool("foz-sim", options.threads, kWaitingMax);
  TRY(const auto server, http::Server::start(listen, pool, [&](const http::Request& request) { return simulator->answer(request); }));
  say_ready_and_wait(simulator->ready_line(server->url()), ends);
}

void add_options(CLI::App& app, Options& options) {
  sim::SimulatorOptions& simulator = options.simulator;
  app.add_option("vendor", simulator.vendor, join(sim::vendor_names(), ", "))->required();
  app.add_option("--listen", options.listen, "HOST:PORT; port 0 means any free one")->capture_default_str();
  app.add_option("--rows", simulator.rows, "Records of the main table")->capture_default_str();
  app.add_option("--seed", simulator.seed, "Equal seeds give equal records and credentials")->capture_default_str();
  app.add_option("--from", simulator.csv_file, "A CSV file to serve as a further table");
  app.add_option("--objects", simulator.objects, "Further tables, nearly empty, for long lists")->capture_default_str();
  app.add_flag("!--no-gzip", simulator.gzip, "Answers are never packed");
  app.add_flag("--vendor-limits", simulator.vendor_limits, "The vendor's own allowances in the place of very large ones");
  app.add_option("--jwt-key", simulator.jwt_key_file, "Salesforce: PEM public key of the app that signs its own assertions");
  app.add_option("--as", simulator.hostile_vendor, "hostile: the vendor whose face it wears")->capture_default_str();
  app.add_option("--journal", simulator.journal_max, "Requests that the journal remembers")->capture_default_str();
  app.add_option("--threads", options.threads, "Requests answered at once")->capture_default_str()->check(CLI::Range(1, 256));
  app.add_option("--tls-certificate", options.tls_certificate_file, "PEM file: HTTPS in the place of plain HTTP");
  app.add_option("--tls-key", options.tls_key_file, "PEM file of the certificate's key");
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  CLI::App app{"A CRM or marketing vendor as a small server, for tries and tests. docs/simulators.md describes it."};
  app.set_version_flag("--version", FOZ_VERSION);
  Options options;
  add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // before any thread begins, so that only serve() sees them
  const Status done = serve(options, ends);
  std::fprintf(stderr, "foz-sim: %s%s\n", done.error().message.c_str(), done.error().where.empty() ? "" : (" (" + done.error().where + ")").c_str());
  return 1;
}
