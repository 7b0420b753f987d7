// The floor that Foz is measured against: the same pages, bare simdjson into DuckDB's Parquet writer, and nothing else. No
// spool, no mapping language, no rules, no counts, no commit. The writer has DuckDB's own settings, as anyone gets them, or
// with --foz-writer those of Foz's data files.
//   foz-bench-floor --url http://127.0.0.1:8101 --token T --mapping contacts.json --out DIR [--foz-writer]
// Prints {"rows", "seconds", "cpuSeconds", "peakMegabytes"}.
#include <CLI/CLI.hpp>

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "base/json.h"
#include "base/json_glance.h"
#include "base/json_rows.h"
#include "base/queue.h"
#include "base/text.h"
#include "base/time_text.h"
#include "engine/engine.h"
#include "http/client.h"
#include "lake/parquet.h"

namespace {

using namespace foz;
using engine::Kind;
using engine::Type;

struct Leaf {
  std::string destination;
  std::vector<std::string> path;
  Kind kind = Kind::string;
};

/// `Properties_First_Name_Value` back to the member it was made of; the benchmark's own table, no general rule.
std::vector<std::string> raw_path(const std::string& column) {
  if (column == "Vid") return {"id"};
  if (column == "Added_At") return {"createdAt"};
  return {"properties", lower(column.substr(11, column.size() - 17))};
}

Kind kind_of(const std::string& destination) {
  if (destination.ends_with("Date") && destination.starts_with("_repo")) return Kind::timestamp;
  if (destination.ends_with("Date")) return Kind::date;
  if (destination.ends_with("elevation")) return Kind::number;
  return destination.ends_with("primary") ? Kind::boolean : Kind::string;
}

Type type_of(Kind kind) {
  switch (kind) {
    case Kind::timestamp: return Type::timestamp;
    case Kind::date: return Type::date;
    case Kind::number: return Type::number;
    case Kind::boolean: return Type::boolean;
    default: return Type::string;
  }
}

std::vector<Leaf> read_mapping(const std::string& file) {
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  std::vector<Leaf> leaves;
  const Json list = parse_json(text.str()).value();
  for (const Json& one : list) {
    const std::string destination = one[0].get<std::string>();
    leaves.push_back({.destination = destination, .path = raw_path(one[1].get<std::string>()), .kind = kind_of(destination)});
  }
  return leaves;
}

/// Dotted destinations as nested slots.
void add_slot(std::vector<engine::Slot>& slots, std::string_view path, const Leaf& leaf, int column, int32_t& id) {
  const size_t dot = path.find('.');
  const std::string name(path.substr(0, dot));
  auto slot = std::find_if(slots.begin(), slots.end(), [&](const engine::Slot& one) { return one.field.name == name; });
  if (slot == slots.end()) {
    slots.push_back({.field = {.name = name, .kind = dot == path.npos ? leaf.kind : Kind::object, .id = id++}});
    slot = slots.end() - 1;
  }
  if (dot == path.npos) slot->column = column;
  else add_slot(slot->members, path.substr(dot + 1), leaf, column, id);
}

void complete_fields(engine::Slot& slot) {
  for (engine::Slot& member : slot.members) {
    complete_fields(member);
    slot.field.children.push_back(member.field);
  }
}

using Pages = BoundedQueue<std::string>;

/// Reads the whole list, page after page.
void fetch(const std::string& url, const std::string& token, const std::string& properties, Pages& pages) {
  http::CurlTransport transport(http::Egress::parse(url).value(), {});
  std::string after;
  for (;;) {
    http::Request request{.url = url + "/crm/v3/objects/contacts?limit=100&properties=" + properties + (after.empty() ? "" : "&after=" + after),
                          .headers = {{"Authorization", "Bearer " + token}, {"Accept-Encoding", "identity"}}};
    auto response = transport.send(request, {});
    FOZ_CHECK(response && response->ok(), response ? "status" : response.error().message);
    std::string body = std::move(response->body);
    const std::string_view tail = std::string_view(body).substr(body.size() - std::min<size_t>(body.size(), 400));
    const size_t next = tail.find("\"after\":\"");
    after = next == tail.npos ? "" : std::string(tail.substr(next + 9, tail.find('"', next + 9) - next - 9));
    pages.push(std::move(body), 1, {});
    if (after.empty()) break;
  }
  pages.close();
}

class FloorTable final : public engine::ChunkTable {
 public:
  FloorTable(std::vector<Leaf> leaves, Pages& pages) : leaves_(std::move(leaves)), pages_(pages) {
    int32_t id = 1;
    for (size_t i = 0; i < leaves_.size(); ++i) add_slot(slots_, leaves_[i].destination, leaves_[i], static_cast<int>(i), id);
    for (engine::Slot& slot : slots_) complete_fields(slot);
  }
  const std::vector<engine::Slot>& slots() const override { return slots_; }
  size_t readers_max() const override { return 2; }
  Result<std::unique_ptr<engine::ChunkReader>> open_reader() override { return std::unique_ptr<engine::ChunkReader>(new Reader(leaves_, pages_)); }

 private:
  class Reader final : public engine::ChunkReader {
   public:
    Reader(const std::vector<Leaf>& leaves, Pages& pages) : leaves_(leaves), pages_(pages), paths_(paths_of(leaves)), slots_(leaves.size()) {
      for (const Leaf& leaf : leaves) chunk_.columns.emplace_back(type_of(leaf.kind));
    }
    Result<const engine::Chunk*> next() override {
      chunk_.rows = 0;
      open_ = 0;
      while (chunk_.rows + 100 <= engine::kChunkRows) {
        auto body = pages_.pop({});
        if (!body) break;
        if (open_ == documents_.size()) documents_.emplace_back();
        JsonPage& page = documents_[open_++];
        TRY_DO(page.open(std::move(*body), "/results"));
        for (;;) {
          TRY(const bool more, page.next(paths_, slots_));
          if (!more) break;
          const size_t row = chunk_.rows++;
          for (size_t i = 0; i < leaves_.size(); ++i) put(leaves_[i].kind, slots_[i], chunk_.columns[i], row);
        }
      }
      return chunk_.rows == 0 ? nullptr : &chunk_;
    }

   private:
    static JsonPaths paths_of(const std::vector<Leaf>& leaves) {
      std::vector<std::vector<std::string>> paths;
      for (const Leaf& leaf : leaves) paths.push_back(leaf.path);
      return JsonPaths(paths);
    }
    static void put(Kind kind, const JsonSlot& slot, engine::Column& column, size_t row) {
      column.set_null(row);
      if (slot.kind != JsonSlot::Kind::text || (slot.text.empty() && kind != Kind::string)) return;
      switch (kind) {
        case Kind::timestamp: {
          const auto instant = parse_iso_instant(slot.text);
          if (!instant) return;
          column.integers()[row] = instant->time_since_epoch().count();
          break;
        }
        case Kind::date: {
          const auto day = parse_iso_date(slot.text);
          if (!day) return;
          column.integers()[row] = day->time_since_epoch().count();
          break;
        }
        case Kind::number: {
          const auto number = to_number(slot.text);
          if (!number) return;
          column.numbers()[row] = *number;
          break;
        }
        case Kind::boolean: column.booleans()[row] = slot.text == "true"; break;
        default: column.texts()[row] = slot.text;
      }
      column.set_valid(row);
    }

    const std::vector<Leaf>& leaves_;
    Pages& pages_;
    const JsonPaths paths_;
    std::vector<JsonSlot> slots_;
    std::vector<JsonPage> documents_;
    size_t open_ = 0;
    engine::Chunk chunk_;
  };

  const std::vector<Leaf> leaves_;
  Pages& pages_;
  std::vector<engine::Slot> slots_;
};

std::string properties_of(const std::vector<Leaf>& leaves) {
  std::map<std::string, int> names;
  for (const Leaf& leaf : leaves) {
    if (leaf.path.size() > 1) names[leaf.path[1]] = 1;
  }
  std::string list;
  for (const auto& [name, one] : names) list += (list.empty() ? "" : ",") + name;
  return list;
}

int64_t write_plainly(engine::Engine& database, FloorTable& table, const std::filesystem::path& folder) {
  FOZ_CHECK(database.add_table("pages", table), "");
  const std::string file = engine::sql_text((folder / "rows.parquet").string());
  return as_integer(database.query("COPY (SELECT * FROM pages()) TO " + file + " (FORMAT parquet, COMPRESSION zstd)").value().rows.at(0).at(0)).value();
}

int64_t write_as_foz(engine::Engine& database, FloorTable& table, const std::filesystem::path& folder) {
  lake::LocalFileIo files;
  int64_t rows = 0;
  for (const lake::DataFile& file : lake::write_parquet(database, table, files, {.folder = folder}, {}).value()) rows += file.records;
  return rows;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Bare simdjson and DuckDB over the pages of a simulated HubSpot."};
  std::string url, token, mapping, out;
  bool foz_writer = false;
  app.add_option("--url", url)->required();
  app.add_option("--token", token)->required();
  app.add_option("--mapping", mapping)->required();
  app.add_option("--out", out)->required();
  app.add_flag("--foz-writer", foz_writer);
  CLI11_PARSE(app, argc, argv);

  const auto begin = std::chrono::steady_clock::now();
  std::vector<Leaf> leaves = read_mapping(mapping);
  Pages pages(512);
  std::thread fetcher([&, properties = properties_of(leaves)] { fetch(url, token, properties, pages); });
  FloorTable table(std::move(leaves), pages);
  const std::filesystem::path folder = std::filesystem::absolute(out);
  std::filesystem::create_directories(folder);
  auto database = engine::Engine::open({.memory_bytes = 1024u << 20, .threads = 2, .spill_folder = folder.parent_path() / "spill", .allowed_folders = {folder.parent_path()}}).value();
  const int64_t rows = foz_writer ? write_as_foz(*database, table, folder) : write_plainly(*database, table, folder);
  fetcher.join();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  const Json result = {{"rows", rows},
                       {"seconds", std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()},
                       {"cpuSeconds", seconds(usage.ru_utime) + seconds(usage.ru_stime)},
                       {"peakMegabytes", usage.ru_maxrss / 1024}};
  std::printf("%s\n", to_text(result).c_str());
  return 0;
}
