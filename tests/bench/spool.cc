// What the spool costs: pages of a vendor appended to a spool of their own, in the rhythm that runs append them in, and nothing else.
//   foz-bench-spool --pages DIR --rows 1000000 --page-rows 100 --out DIR
// Prints {"seconds", "cpuSeconds", "bytes"}.
#include <CLI/CLI.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/clock.h"
#include "base/json.h"
#include "schedule/spool.h"

namespace {

using namespace foz;

std::vector<std::string> read_pages(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> pages;
  for (const auto& file : files) {
    std::ifstream stream(file);
    std::stringstream text;
    text << stream.rdbuf();
    pages.push_back(text.str());
  }
  return pages;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Pages into a spool, and nothing else."};
  std::string pages_folder, out;
  uint64_t rows = 1'000'000, page_rows = 100;
  app.add_option("--pages", pages_folder)->required();
  app.add_option("--out", out)->required();
  app.add_option("--rows", rows);
  app.add_option("--page-rows", page_rows);
  CLI11_PARSE(app, argc, argv);

  const std::vector<std::string> bodies = read_pages(pages_folder);
  lake::LocalFileIo files;
  SystemClock clock;
  const auto spool = schedule::Spool::open(files, clock, out).value();
  FOZ_CHECK(spool->keep_plan({.slices = {{.id = "all"}}}), "");
  const auto begin = std::chrono::steady_clock::now();
  const double before = cpu_seconds();
  for (uint64_t page = 0; page * page_rows < rows; ++page) {
    sources::Page content{.bodies = {bodies[page % bodies.size()]}, .records = "/results", .next = sources::Cursor(std::to_string(page))};
    FOZ_CHECK(spool->append("all", content), "");
  }
  FOZ_CHECK(spool->sync(), "");
  const Json result = {{"seconds", std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()}, {"cpuSeconds", cpu_seconds() - before}, {"bytes", spool->bytes()}};
  std::printf("%s\n", to_text(result).c_str());
  return 0;
}
