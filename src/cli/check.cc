// foz check: what goes wrong in installations, found before it does.
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cstdio>

#include "base/clock.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "engine/engine.h"
#include "http/egress.h"
#include "server/data_dir.h"
#include "server/settings.h"
#include "store/database.h"

namespace foz::cli {
namespace {

enum class Verdict { good, warning, bad };

struct Finding {
  Verdict verdict;
  std::string what;
};

std::string_view mark(Verdict verdict) { return verdict == Verdict::good ? "ok  " : verdict == Verdict::warning ? "warn" : "BAD "; }

void check_address(const server::Settings& settings, std::vector<Finding>& findings) {
  const std::string listen = settings.text("server.listen");
  const std::string host = listen.substr(0, listen.rfind(':'));
  const bool loopback = host == "127.0.0.1" || host == "localhost" || host == "[::1]";
  const bool tls = !settings.text("server.tlsCertificate").empty();
  if (loopback) return findings.push_back({Verdict::good, "listens on " + listen + " only"});
  if (tls) return findings.push_back({Verdict::good, "listens on " + listen + " with TLS"});
  findings.push_back({settings.boolean("server.insecureListen") ? Verdict::warning : Verdict::bad,
                      "listens on " + listen + " without TLS: set server.tlsCertificate and server.tlsKey, or put a TLS proxy before it"});
}

void check_private(const std::filesystem::path& file, std::vector<Finding>& findings) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return findings.push_back({Verdict::warning, file.filename().string() + " is not there yet: the first start makes it"});
  const bool open = (info.st_mode & 077) != 0;
  findings.push_back({open ? Verdict::bad : Verdict::good, file.filename().string() + (open ? " can be read by others: chmod 600 it" : " is readable by its owner only")});
}

void check_disk(const std::filesystem::path& folder, std::vector<Finding>& findings) {
  struct statvfs info {};
  if (::statvfs(folder.c_str(), &info) != 0) return findings.push_back({Verdict::bad, "the file system of " + folder.string() + " cannot be asked"});
  const double free_gib = static_cast<double>(info.f_bavail) * static_cast<double>(info.f_frsize) / (1u << 30);
  std::string text = number_text(static_cast<double>(static_cast<int64_t>(free_gib * 10)) / 10) + " GiB free in " + folder.string();
  findings.push_back({free_gib < 1 ? Verdict::bad : free_gib < 10 ? Verdict::warning : Verdict::good, std::move(text)});
}

void check_database(const server::DataDir& dir, std::vector<Finding>& findings) {
  if (!std::filesystem::exists(dir.database())) return findings.push_back({Verdict::warning, "there is no database yet: the first start makes it"});
  const auto database = store::open_sqlite({.file = dir.database(), .busy_timeout_ms = 2000});
  if (!database) return findings.push_back({Verdict::bad, database.error().message});
  const auto sound = (*database)->first("PRAGMA quick_check");
  const bool good = sound && *sound && (*sound)->text(0) == "ok";
  findings.push_back({good ? Verdict::good : Verdict::bad, good ? "the database is sound" : "the database is damaged: restore it from a backup"});
}

void check_clock(std::vector<Finding>& findings) {
  const int64_t seconds = to_seconds(SystemClock().now());
  const bool sane = seconds > 1'700'000'000 && seconds < 4'000'000'000;
  findings.push_back({sane ? Verdict::good : Verdict::bad, sane ? "the clock shows a plausible time" : "the clock is wrong: windows of flows would be too"});
}

void check_egress(const server::Settings& settings, std::vector<Finding>& findings) {
  const auto egress = http::Egress::parse(settings.text("sources.allow"));
  if (!egress) return findings.push_back({Verdict::bad, egress.error().message});
  if (settings.text("sources.allow").find("http://") != std::string::npos) {
    return findings.push_back({Verdict::warning, "sources.allow names plain http origins: secrets go there unencrypted"});
  }
  findings.push_back({Verdict::good, "sources.allow is well-formed"});
}

}  // namespace

int check(const ServeOptions& options) {
  const auto settings = server::Settings::load(options.place.data_dir / "foz.yaml", server::foz_environment(), options.set);
  if (!settings) return fail(settings.error());
  std::vector<Finding> findings;
  const server::DataDir dir{.root = options.place.data_dir};
  check_address(*settings, findings);
  for (const auto& file : {dir.key(), dir.signing_key(), dir.credentials()}) check_private(file, findings);
  check_disk(std::filesystem::exists(dir.root) ? dir.root : std::filesystem::path("."), findings);
  check_database(dir, findings);
  check_clock(findings);
  check_egress(*settings, findings);
  const auto engine = engine::Engine::open({});
  findings.push_back({engine ? Verdict::good : Verdict::bad, engine ? "DuckDB is " + std::string(engine::Engine::version()) : engine.error().message});
  bool bad = false;
  for (const Finding& finding : findings) {
    std::printf("%s  %s\n", std::string(mark(finding.verdict)).c_str(), finding.what.c_str());
    bad = bad || finding.verdict == Verdict::bad;
  }
  return bad ? 1 : 0;
}

}  // namespace foz::cli
