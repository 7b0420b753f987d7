// What the registry and the ingestion of batches are measured by.
//   foz-bench-registry resolve              {"leaves", "coldMilliseconds", "cachedMilliseconds"}: medians
//   foz-bench-registry copy --in F --out F  {"rows", "seconds", "cpuSeconds"}: DuckDB's read_json to nested Parquet, 2 threads
#include <CLI/CLI.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "engine/engine.h"
#include "registry/registry.h"
#include "store/database.h"

namespace {

using namespace foz;
using Milliseconds = std::chrono::duration<double, std::milli>;

template <class Body>
double milliseconds_of(Body&& body) {
  const auto begin = std::chrono::steady_clock::now();
  body();
  return Milliseconds(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

template <class T>
T must(Result<T> result) {
  FOZ_CHECK(result.has_value(), result ? "" : result.error().message);
  return std::move(*result);
}

/// The tutorials' target schema has 198 leaves; a tenant field adds two.
std::string make_schema(registry::Registry& registry, const registry::Scope& scope) {
  const Json own = {{"type", "object"}, {"properties", {{"_foz", {{"type", "object"}, {"properties", {{"a", {{"type", "string"}}}, {"b", {{"type", "integer"}}}}}}}}}};
  const Json group = must(registry.create(scope, registry::ResourceKind::field_group, {{"title", "Own"}, {"type", "object"}, {"definitions", {{"own", own}}},
                                                                                       {"allOf", {{{"$ref", "#/definitions/own"}}}}})).body;
  Json parts = Json::array();
  for (const char* part : {"profile", "profile-person-details", "profile-personal-details"}) parts.push_back({{"$ref", std::string("https://ns.adobe.com/xdm/context/") + part}});
  parts.push_back({{"$ref", group["$id"]}});
  return text_of(must(registry.create(scope, registry::ResourceKind::schema, {{"title", "People"}, {"type", "object"}, {"allOf", parts}})).body, "$id");
}

void resolve() {
  constexpr int kRounds = 101;
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("foz-bench-registry-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  {
    const auto database = must(store::open_sqlite({.file = folder / "foz.db"}));
    const SystemClock clock;
    SystemRandom random;
    registry::Registry registry(*database, clock, random, {.org_id = "ABC@AdobeOrg"});
    const registry::Scope scope{.sandbox = "bench"};
    const std::string id = make_schema(registry, scope);
    const size_t leaves = registry::leaf_paths(must(registry.schema("bench", id))->root).size();
    std::vector<double> cold, cached;
    for (int round = 0; round < kRounds; ++round) {
      // A change of the sandbox takes every cached schema with it.
      [[maybe_unused]] const auto changed = must(registry.create(scope, registry::ResourceKind::data_type, {{"title", "Change " + std::to_string(round)}, {"type", "object"}, {"properties", {{"a", {{"type", "string"}}}}}}));
      cold.push_back(milliseconds_of([&] { must(registry.schema("bench", id)); }));
      cached.push_back(milliseconds_of([&] { must(registry.schema("bench", id)); }));
    }
    std::printf("{\"leaves\": %zu, \"coldMilliseconds\": %.3f, \"cachedMilliseconds\": %.4f}\n", leaves, median(cold), median(cached));
  }
  std::filesystem::remove_all(folder);
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void copy_rows(const std::filesystem::path& in, const std::filesystem::path& out) {
  const auto engine = must(engine::Engine::open({.memory_bytes = 512u << 20, .threads = 2, .allowed_folders = {in.parent_path(), out.parent_path()}}));
  const double cpu = cpu_seconds();
  engine::QueryRows rows;
  const double milliseconds = milliseconds_of([&] {
    rows = must(engine->query("COPY (SELECT * FROM read_json(" + engine::sql_text(in.string()) + ", format = 'newline_delimited')) TO " + engine::sql_text(out.string()) +
                              " (FORMAT parquet, COMPRESSION zstd)"));
  });
  std::printf("{\"rows\": %s, \"seconds\": %.3f, \"cpuSeconds\": %.3f}\n", rows.rows.at(0).at(0).dump().c_str(), milliseconds / 1000, cpu_seconds() - cpu);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("What the registry and the ingestion of batches are measured by");
  app.require_subcommand(1);
  app.add_subcommand("resolve", "Resolving a schema of 200 leaves")->callback(resolve);
  std::filesystem::path in, out;
  auto* copying = app.add_subcommand("copy", "JSON lines to Parquet, by DuckDB alone");
  copying->add_option("--in", in)->required();
  copying->add_option("--out", out)->required();
  copying->callback([&] { copy_rows(in, out); });
  CLI11_PARSE(app, argc, argv);
  return 0;
}
