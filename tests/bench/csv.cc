// What bulk CSV costs without Foz: DuckDB's own reader and Parquet writer over the same columns, in the types that Foz lands;
// and how fast Foz's reader goes through the same bytes. Prints one line of JSON.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>

#include "base/csv_rows.h"
#include "base/json.h"
#include "base/text.h"
#include "engine/engine.h"

namespace {

using namespace foz;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Gigabytes in a CPU-second through the reader: chosen fields of every record.
double reader_speed(const std::string& file, const std::vector<std::string>& columns) {
  std::ifstream stream(file, std::ios::binary);
  std::string body(256u << 20, '\0');
  stream.read(body.data(), static_cast<std::streamsize>(body.size()));
  body.resize(static_cast<size_t>(stream.gcount()));
  body.resize(body.rfind("\"\n") + 2);  // whole lines; those of the simulator end so
  const double bytes = static_cast<double>(body.size());
  CsvPage page;
  std::vector<JsonSlot> slots(columns.size());
  const double before = cpu_seconds();
  if (!page.open(std::move(body), columns)) return 0;
  for (;;) {
    const auto more = page.next(slots);
    if (!more || !*more) break;
  }
  return bytes / 1e9 / (cpu_seconds() - before);
}

}  // namespace

int main(int argc, char** argv) {
  std::string file, out, columns;
  CLI::App app{"Bulk CSV to Parquet with DuckDB alone."};
  app.add_option("--file", file)->required();
  app.add_option("--out", out)->required();
  app.add_option("--columns", columns, "name:TYPE,...")->required();
  CLI11_PARSE(app, argc, argv);
  std::vector<std::string> names;
  std::string list, types;
  for (const std::string_view part : split(columns, ',')) {
    const size_t colon = part.find(':');
    names.emplace_back(part.substr(0, colon));
    list += (list.empty() ? "" : ", ") + engine::quoted(names.back());
    if (part.substr(colon + 1) != "VARCHAR") types += (types.empty() ? "" : ", ") + engine::sql_text(names.back()) + ": " + engine::sql_text(part.substr(colon + 1));
  }
  const std::filesystem::path source(file), target(out);
  const auto engine = engine::Engine::open({.memory_bytes = 512u << 20, .threads = 2, .spill_folder = target.parent_path(), .allowed_folders = {source.parent_path(), target.parent_path()}});
  if (!engine) return std::cerr << engine.error().message << "\n", 1;
  const double before = cpu_seconds();
  const auto begun = std::chrono::steady_clock::now();
  const auto done = (*engine)->query("COPY (SELECT " + list + " FROM read_csv(" + engine::sql_text(file) + ", header = true, all_varchar = " + (types.empty() ? "true" : "false") +
                                     ", auto_detect = true, sample_size = 20000" + (types.empty() ? "" : ", types = {" + types + "}") + ")) TO " + engine::sql_text(out) +
                                     " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3)");
  if (!done) return std::cerr << done.error().message << "\n", 1;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  const Json result = {{"rows", as_integer(done->rows[0][0]).value_or(0)}, {"seconds", seconds}, {"cpuSeconds", cpu_seconds() - before}, {"readerGigabytesPerSecond", reader_speed(file, names)}};
  std::cout << to_text(result) << "\n";
  return 0;
}
