// A mapping set of 100 mappings, 30 of them calculated, against the same work written by hand as a DuckDB SELECT.
//   foz-bench-mapping --rows 1000000 --rounds 3 --out DIR
// Both sides read rows that are in memory, run on one thread and give every target column; DuckDB only counts them, which
// costs next to nothing. The first rows of both are compared value by value before anything is measured.
// Prints {"fozCpuSeconds", "selectCpuSeconds", "scanCpuSeconds", "loadCpuSeconds", "checkedCpuSeconds", ...}: the least of all rounds.
#include <CLI/CLI.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <iostream>

#include "base/json.h"
#include "base/random.h"
#include "base/time_text.h"
#include "engine/engine.h"
#include "lake/parquet.h"
#include "prep/compile.h"
#include "prep/json_value.h"
#include "prep/preview.h"
#include "prep/run.h"

namespace {

using namespace foz;
using engine::Kind;
using engine::Type;
using engine::Value;

constexpr size_t kChunks = 64;  ///< of different rows; more rows are these again

struct SourceField {
  std::string name;
  Type type;
  Kind kind;
  std::function<std::string(Random&)> text = {};
};

template <size_t N>
std::string one_of(Random& random, const char* const (&choices)[N]) { return choices[random.below(N)]; }

std::string digits(Random& random, size_t count) {
  std::string text;
  while (text.size() < count) text += static_cast<char>('0' + random.below(10));
  return text;
}

std::string two(uint64_t number) { return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)}; }
std::string day(Random& random) { return "20" + two(10 + random.below(15)) + "-" + two(1 + random.below(12)) + "-" + two(1 + random.below(28)); }

constexpr const char* kFirst[] = {"Ana", "Rui", "João", "Maria", "Inês", "Pedro", "Zoë", "Karl-Heinz"};
constexpr const char* kLast[] = {"Reis", "da Silva", "Ferreira", "Oliveira Santos", "Müller", "Smith"};
constexpr const char* kCity[] = {" Lisboa", "Porto ", "Évora", "Coimbra", "Faro", "São Paulo"};
constexpr const char* kCountry[] = {"PT", "BR", "DE", "US", "GB"};
constexpr const char* kTags[] = {"new;vip;;west", "old", "vip;east", "trial;west;north;partner"};
constexpr const char* kYes[] = {"yes", "no", "true", "FALSE"};

/// What a CRM delivers of a contact, and forty texts more.
std::vector<SourceField> source_fields() {
  const auto text = [](std::string name, std::function<std::string(Random&)> make) { return SourceField{std::move(name), Type::string, Kind::string, std::move(make)}; };
  std::vector<SourceField> fields = {
      text("id", [](Random& random) { return "003" + digits(random, 9); }),
      text("first", [](Random& random) { return one_of(random, kFirst); }),
      text("last", [](Random& random) { return one_of(random, kLast); }),
      text("email", [](Random& random) { return one_of(random, kFirst) + "." + digits(random, 5) + "@Example.com"; }),
      text("phone", [](Random& random) { return "+351 21 " + digits(random, 3) + " " + digits(random, 4); }),
      text("mobile", [](Random& random) { return "+351 9" + digits(random, 8); }),
      text("street", [](Random& random) { return "Rua " + one_of(random, kLast) + " " + digits(random, 2); }),
      text("city", [](Random& random) { return one_of(random, kCity); }),
      text("postal", [](Random& random) { return digits(random, 4) + "-" + digits(random, 3); }),
      text("country", [](Random& random) { return one_of(random, kCountry); }),
      text("status", [](Random& random) { return digits(random, 1); }),
      text("tags", [](Random& random) { return one_of(random, kTags); }),
      text("url", [](Random& random) { return "https://www." + digits(random, 6) + ".example.com:8443/a/b?c=1#d"; }),
      text("created", [](Random& random) { return day(random) + "T" + two(random.below(24)) + ":" + two(random.below(60)) + ":" + two(random.below(60)) + "." + digits(random, 3) + "Z"; }),
      text("born", day),
      text("count_text", [](Random& random) { return std::to_string(random.below(100000)); }),
      text("active_text", [](Random& random) { return one_of(random, kYes); }),
      {"amount", Type::number, Kind::number},
      {"ceiling", Type::number, Kind::number},
      {"quantity", Type::integer, Kind::int64},
      {"epoch", Type::integer, Kind::int64},
      {"modified", Type::timestamp, Kind::timestamp},
      {"flag", Type::boolean, Kind::boolean},
  };
  for (int i = 0; i < 50; ++i) fields.push_back(text("text" + std::to_string(i), [](Random& random) { return digits(random, 3 + random.below(24)); }));
  return fields;
}

struct Pair {
  std::string_view source;  ///< an expression where it is calculated
  std::string_view type;    ///< of the target, as a schema has it
  std::string_view sql;
};

/// Thirty calculated mappings with what one writes by hand in SQL.
constexpr Pair kCalculated[] = {
    {"concat(first, \" \", last)", R"("type": "string")", "concat(first, ' ', last)"},
    {"upper(last)", R"("type": "string")", "upper(last)"},
    {"lower(email)", R"("type": "string")", "lower(email)"},
    {"trim(city)", R"("type": "string")", "trim(city)"},
    {"sha256(lower(email))", R"("type": "string")", "sha256(lower(email))"},
    {"md5(id)", R"("type": "string")", "md5(id)"},
    {"iif(country == \"PT\", \"Portugal\", country)", R"("type": "string")", "CASE WHEN country = 'PT' THEN 'Portugal' ELSE country END"},
    {"decode(status, \"1\", \"Open\", \"2\", \"Won\", \"3\", \"Lost\", \"Other\")", R"("type": "string")", "CASE status WHEN '1' THEN 'Open' WHEN '2' THEN 'Won' WHEN '3' THEN 'Lost' ELSE 'Other' END"},
    {"coalesce(phone, mobile)", R"("type": "string")", "coalesce(phone, mobile)"},
    {"amount != null && quantity != null ? amount * quantity : null", R"("type": "number")", "amount * quantity"},
    {"quantity != null ? quantity / 3 : null", R"("type": "integer", "meta:xdmType": "long", "minimum": -9007199254740991, "maximum": 9007199254740991)", "quantity // 3"},
    {"amount > 1000 ? \"large\" : \"small\"", R"("type": "string")", "CASE WHEN amount > 1000 THEN 'large' ELSE 'small' END"},
    {"date(born, \"yyyy-MM-dd\")", R"("type": "string", "format": "date-time")", "strptime(born, '%Y-%m-%d')"},
    {"format(modified, \"yyyy-MM-dd\")", R"("type": "string")", "strftime(modified::TIMESTAMP, '%Y-%m-%d')"},
    {"date_part(\"year\", modified)", R"("type": "integer", "meta:xdmType": "long", "minimum": -9007199254740991, "maximum": 9007199254740991)", "date_part('year', modified)"},
    {"dformat(epoch, \"yyyy-MM\")", R"("type": "string")", "strftime(epoch_ms(epoch), '%Y-%m')"},
    {"split(tags, \";\")", R"("type": "array", "items": {"type": "string"})", "list_filter(string_split(tags, ';'), lambda z: z <> '')"},
    {"substr(phone, 0, 4)", R"("type": "string")", "substr(phone, 1, 4)"},
    {"left(postal, 4)", R"("type": "string")", "left(postal, 4)"},
    {"replacestr(phone, \" \", \"\")", R"("type": "string")", "replace(phone, ' ', '')"},
    {"instr(email, \"@\")", R"("type": "integer", "meta:xdmType": "long", "minimum": -9007199254740991, "maximum": 9007199254740991)", "instr(email, '@') - 1"},
    {"matches_regex(postal, \"\\d{4}-\\d{3}\")", R"("type": "boolean")", "regexp_full_match(postal, '\\d{4}-\\d{3}')"},
    {"get_url_host(url)", R"("type": "string")", "regexp_extract(url, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/@?#]*@)?([^/:?#]+)', 1)"},
    {"to_integer(count_text)", R"("type": "integer", "meta:xdmType": "int", "minimum": -2147483648, "maximum": 2147483647)", "TRY_CAST(count_text AS INTEGER)"},
    {"concat(id, \"@crm.Salesforce\")", R"("type": "string")", "concat(id, '@crm.Salesforce')"},
    {"email != null && email != \"\"", R"("type": "boolean")", "email IS NOT NULL AND email <> ''"},
    {"last.length()", R"("type": "integer", "meta:xdmType": "long", "minimum": -9007199254740991, "maximum": 9007199254740991)", "length(last)"},
    {"lpad(status, 6, \"0\")", R"("type": "string")", "lpad(status, 6, '0')"},
    {"join(\"|\", to_array(true, city, country))", R"("type": "string")", "concat(coalesce(city, ''), '|', coalesce(country, ''))"},
    {"min(amount, ceiling)", R"("type": "number")", "least(amount, ceiling)"},
};

/// Copies; the last are converted on the way.
constexpr Pair kCopied[] = {
    {"id", R"("type": "string")", "id"},
    {"first", R"("type": "string")", "first"},
    {"last", R"("type": "string")", "last"},
    {"email", R"("type": "string")", "email"},
    {"phone", R"("type": "string")", "phone"},
    {"mobile", R"("type": "string")", "mobile"},
    {"street", R"("type": "string")", "street"},
    {"city", R"("type": "string")", "city"},
    {"postal", R"("type": "string")", "postal"},
    {"country", R"("type": "string")", "country"},
    {"amount", R"("type": "number")", "amount"},
    {"quantity", R"("type": "integer", "meta:xdmType": "long", "minimum": -9007199254740991, "maximum": 9007199254740991)", "quantity"},
    {"flag", R"("type": "boolean")", "flag"},
    {"modified", R"("type": "string", "format": "date-time")", "modified"},
    {"created", R"("type": "string", "format": "date-time")", "TRY_CAST(created AS TIMESTAMP)"},
    {"born", R"("type": "string", "format": "date")", "TRY_CAST(born AS DATE)"},
    {"count_text", R"("type": "integer", "meta:xdmType": "int", "minimum": -2147483648, "maximum": 2147483647)", "TRY_CAST(count_text AS INTEGER)"},
    {"active_text", R"("type": "boolean")", "CASE WHEN lower(active_text) IN ('y', 'yes', 'on', 'true') THEN true WHEN lower(active_text) IN ('n', 'no', 'off', 'false') THEN false END"},
    {"quantity", R"("type": "string")", "quantity::VARCHAR"},
    {"modified", R"("type": "string", "format": "date")", "modified::DATE"},
};

struct Rule {
  std::string_view source, rule;
};
/// Rules for twenty of the copied fields, which every value keeps.
constexpr Rule kRules[] = {
    {"id", R"("maxLength": 18)"},         {"first", R"("maxLength": 40)"},  {"last", R"("maxLength": 80, "minLength": 1)"},         {"email", R"("format": "email")"}, {"phone", R"("maxLength": 40)"},
    {"mobile", R"("maxLength": 40)"},     {"street", R"("maxLength": 255)"}, {"city", R"("maxLength": 40)"},                         {"postal", R"("pattern": "^[0-9]{4}-[0-9]{3}$")"},
    {"country", R"("enum": ["AO", "BR", "DE", "ES", "FR", "GB", "PT", "US"])"}, {"amount", R"("minimum": 0, "maximum": 1000000)"}, {"text0", R"("maxLength": 30)"}, {"text1", R"("maxLength": 30)"},
    {"text2", R"("maxLength": 30)"},      {"text3", R"("maxLength": 30)"},  {"text4", R"("maxLength": 30)"},                        {"text5", R"("maxLength": 30)"},  {"text6", R"("minLength": 1)"},
    {"text7", R"("pattern": "^[0-9]+$")"}, {"text8", R"("maxLength": 30)"},
};

/// All pairs: the copied, fifty texts, the calculated.
struct Work {
  std::vector<std::string> sources, types, sql;
  size_t calculated_from = 0;

  void add(std::string_view source, std::string_view type, std::string_view select) {
    sources.emplace_back(source);
    types.emplace_back(type);
    sql.emplace_back(select);
  }
  static std::string destination(size_t i) { return "group" + std::to_string(i / 10) + ".field" + std::to_string(i % 10); }
};

Work all_work() {
  Work work;
  for (const Pair& pair : kCopied) work.add(pair.source, pair.type, pair.sql);
  for (int i = 0; i < 50; ++i) work.add("text" + std::to_string(i), R"("type": "string")", "text" + std::to_string(i));
  work.calculated_from = work.sources.size();
  for (const Pair& pair : kCalculated) work.add(pair.source, pair.type, pair.sql);
  return work;
}

registry::Node target_of(const Work& work, bool with_rules) {
  std::string schema = R"({"properties": {)";
  std::vector<std::string> ruled;
  for (size_t i = 0; i < work.sources.size(); ++i) {
    if (i % 10 == 0) schema += std::string(i == 0 ? "" : "}}, ") + "\"group" + std::to_string(i / 10) + "\": {\"type\": \"object\", \"properties\": {";
    schema += std::string(i % 10 == 0 ? "" : ", ") + "\"field" + std::to_string(i % 10) + "\": {" + work.types[i];
    const auto rule = std::find_if(std::begin(kRules), std::end(kRules), [&](const Rule& one) { return one.source == work.sources[i]; });
    if (with_rules && rule != std::end(kRules) && std::find(ruled.begin(), ruled.end(), work.sources[i]) == ruled.end()) {
      schema += ", " + std::string(rule->rule);
      ruled.push_back(work.sources[i]);
    }
    schema += "}";
  }
  registry::Node node = registry::node_of(parse_json(schema + "}}}}").value());
  registry::IdTable ids;
  registry::assign_ids(node, ids);
  FOZ_CHECK(!with_rules || ruled.size() == 20);
  return node;
}

std::shared_ptr<const prep::Program> program_of(const Work& work, const std::vector<SourceField>& fields, bool with_rules) {
  prep::MappingSet set{.target = {.id = "https://ns.adobe.com/foz/schemas/bench"}};
  for (size_t i = 0; i < work.sources.size(); ++i) {
    set.mappings.push_back({.source_type = i < work.calculated_from ? prep::SourceType::attribute : prep::SourceType::expression, .source = work.sources[i], .destination = Work::destination(i)});
  }
  std::vector<prep::SourceColumn> columns;
  for (const SourceField& field : fields) columns.push_back({.name = field.name, .type = field.type});
  prep::Compiled compiled = prep::compile(set, columns, target_of(work, with_rules));
  FOZ_CHECK(compiled.program != nullptr, compiled.program ? "" : prep::to_error(compiled.mistakes).message);
  return compiled.program;
}

Value value_of(const SourceField& field, Random& random, engine::Arena& arena) {
  if (random.below(16) == 0) return {};
  switch (field.type) {
    case Type::string: return Value::of_text(arena.keep(field.text(random)));
    case Type::number: return Value::of_number(static_cast<double>(random.below(400000)) / 100);
    case Type::timestamp: return Value::of_timestamp(1'262'304'000'000'000 + static_cast<int64_t>(random.below(400'000'000)) * 1'000'000);
    case Type::boolean: return Value::of_boolean(random.below(2) == 0);
    default: return Value::of_integer(field.name == "epoch" ? 1'262'304'000'000 + static_cast<int64_t>(random.below(400'000'000)) * 1000 : static_cast<int64_t>(random.below(100000)));
  }
}

/// The chunks over and over until there are enough rows; a column `n` counts.
class Rows final : public engine::ChunkTable {
 public:
  explicit Rows(const std::vector<SourceField>& fields) {
    SeededRandom random(7);
    for (size_t i = 0; i < fields.size(); ++i) slots_.push_back({.field = {fields[i].name, fields[i].kind, static_cast<int32_t>(i + 1)}, .column = static_cast<int>(i)});
    for (size_t c = 0; c < kChunks; ++c) {
      engine::Chunk& chunk = chunks.emplace_back();
      chunk.rows = engine::kChunkRows;
      for (const SourceField& field : fields) {
        engine::Column& column = chunk.columns.emplace_back(field.type);
        for (size_t row = 0; row < chunk.rows; ++row) column.put(row, value_of(field, random, chunk.arena));
      }
    }
  }
  const std::vector<engine::Slot>& slots() const override { return slots_; }
  size_t readers_max() const override { return 1; }
  Result<std::unique_ptr<engine::ChunkReader>> open_reader() override { return std::unique_ptr<engine::ChunkReader>(new Reader(chunks)); }

  std::vector<engine::Chunk> chunks;

 private:
  struct Reader final : engine::ChunkReader {
    explicit Reader(const std::vector<engine::Chunk>& all) : chunks(all) {}
    Result<const engine::Chunk*> next() override { return at == chunks.size() ? nullptr : &chunks[at++]; }
    const std::vector<engine::Chunk>& chunks;
    size_t at = 0;
  };
  std::vector<engine::Slot> slots_;
};

engine::Slot slot_of(const prep::Layout& layout) {
  engine::Slot slot{.field = prep::to_field(layout), .column = layout.output};
  if (layout.output >= 0) return slot;
  for (const prep::Layout& child : layout.children) slot.members.push_back(slot_of(child));
  return slot;
}

/// Mapped rows, for the Parquet writer.
class MappedRows final : public engine::ChunkTable {
 public:
  MappedRows(std::shared_ptr<const prep::Program> program, const Rows& rows, size_t chunks) : program_(std::move(program)), rows_(rows), chunks_(chunks) {
    for (const prep::Layout& child : program_->layout().children) slots_.push_back(slot_of(child));
  }
  const std::vector<engine::Slot>& slots() const override { return slots_; }
  size_t readers_max() const override { return 1; }
  Result<std::unique_ptr<engine::ChunkReader>> open_reader() override { return std::unique_ptr<engine::ChunkReader>(new Reader(*this)); }

 private:
  struct Reader final : engine::ChunkReader {
    explicit Reader(const MappedRows& given) : table(given), execution(given.program_, {}) {}
    Result<const engine::Chunk*> next() override {
      if (at == table.chunks_) return nullptr;
      execution.run(table.rows_.chunks[at++ % kChunks], out, issues);
      FOZ_CHECK(issues.rejected_count() == 0);
      return &out;
    }
    const MappedRows& table;
    prep::Execution execution;
    engine::Chunk out;
    prep::RowIssues issues;
    size_t at = 0;
  };
  std::shared_ptr<const prep::Program> program_;
  const Rows& rows_;
  size_t chunks_;
  std::vector<engine::Slot> slots_;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

template <class Run>
double measured(Run run) {
  const double before = cpu_seconds();
  run();
  return cpu_seconds() - before;
}

/// The round that was disturbed least.
double least(const std::vector<double>& values) { return *std::min_element(values.begin(), values.end()); }

void map_all(const std::shared_ptr<const prep::Program>& program, const Rows& rows, size_t chunks) {
  prep::Execution execution(program, {});
  engine::Chunk out;
  prep::RowIssues issues;
  for (size_t i = 0; i < chunks; ++i) execution.run(rows.chunks[i % kChunks], out, issues);
  FOZ_CHECK(issues.warning_count() == 0, "the benchmark has rows that cannot be mapped");
}

/// `SELECT count(a), count(b), …`: gives every column and keeps none.
std::string counting(const std::vector<std::string>& columns) {
  std::string list, counts;
  for (size_t i = 0; i < columns.size(); ++i) {
    list += (i == 0 ? "" : ", ") + columns[i] + " AS o" + std::to_string(i);
    counts += std::string(i == 0 ? "" : ", ") + "count(o" + std::to_string(i) + ")";
  }
  return "SELECT " + counts + " FROM (SELECT " + list + " FROM r)";
}

/// Moments are written with and without milliseconds that are zero.
std::string plain(std::string text) { return text.ends_with(".000Z") ? text.substr(0, text.size() - 5) + "Z" : text; }

bool agree(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number()) return std::fabs(a.get<double>() - b.get<double>()) < 1e-9 * std::max(1.0, std::fabs(b.get<double>()));
  if (a.is_string() && b.is_string()) return plain(a.get<std::string>()) == plain(b.get<std::string>());
  return a == b;
}

/// Both sides do the same work, or the comparison means nothing.
void expect_equal(engine::Engine& database, const Work& work, const std::shared_ptr<const prep::Program>& program, const Rows& rows) {
  prep::Execution execution(program, {});
  engine::Chunk out;
  prep::RowIssues issues;
  execution.run(rows.chunks[0], out, issues);
  std::string list;
  for (const std::string& one : work.sql) list += (list.empty() ? "" : ", ") + one;
  const auto theirs = database.query("SELECT " + list + " FROM r LIMIT " + std::to_string(engine::kChunkRows)).value();
  for (size_t row = 0; row < engine::kChunkRows; ++row) {
    const Json record = prep::record_json(program->layout(), out, row);
    for (size_t i = 0; i < work.sql.size(); ++i) {
      const std::string path = Work::destination(i);
      const Json* our = member_at(record, {path.substr(0, path.find('.')), path.substr(path.find('.') + 1)});
      if (agree(our == nullptr ? Json() : *our, theirs.rows[row][i])) continue;
      std::cerr << work.sources[i] << " gives " << (our == nullptr ? "null" : to_text(*our)) << ", not " << to_text(theirs.rows[row][i]) << "\n";
      std::exit(1);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"100 mappings against a SELECT."};
  size_t row_count = 1'000'000, rounds = 3;
  std::string out = "bench-mapping";
  app.add_option("--rows", row_count);
  app.add_option("--rounds", rounds);
  app.add_option("--out", out);
  bool profile = false;
  app.add_flag("--profile", profile, "map and nothing else, for a profiler");
  CLI11_PARSE(app, argc, argv);

  const Work work = all_work();
  const auto fields = source_fields();
  Rows rows(fields);
  const size_t chunks = std::max<size_t>(kChunks, (row_count / engine::kChunkRows + kChunks - 1) / kChunks * kChunks);
  const auto program = program_of(work, fields, false), checked = program_of(work, fields, true);
  if (profile) return map_all(checked, rows, chunks), 0;
  const std::filesystem::path folder = std::filesystem::absolute(out);
  std::filesystem::create_directories(folder);
  const auto open = [&] { return engine::Engine::open({.memory_bytes = size_t{2} << 30, .threads = 1, .spill_folder = folder / "spill", .allowed_folders = {folder}}).value(); };
  const auto database = open();
  FOZ_CHECK(database->add_table("feed", rows).has_value());
  const auto made = database->query("CREATE TABLE r AS SELECT * FROM feed()");
  FOZ_CHECK(made.has_value(), made ? "" : made.error().message);
  expect_equal(*database, work, program, rows);

  std::vector<std::string> names;
  for (const SourceField& field : fields) names.push_back(field.name);
  const std::string select = counting(work.sql), scan = counting(names);
  const auto repeat_sql = [&](const std::string& sql) {
    for (size_t i = 0; i < chunks / kChunks; ++i) database->query(sql).value();
  };
  lake::LocalFileIo files;
  int tables = 0;
  const auto load = [&](const std::shared_ptr<const prep::Program>& used) {
    MappedRows table(used, rows, chunks);
    const auto place = folder / ("load" + std::to_string(++tables));
    std::filesystem::create_directories(place);
    lake::write_parquet(*open(), table, files, {.folder = place}, {}).value();
    std::filesystem::remove_all(place);
  };
  std::vector<double> foz, with_rules, selects, scans, loads, checked_loads;
  for (size_t round = 0; round < rounds; ++round) {
    foz.push_back(measured([&] { map_all(program, rows, chunks); }));
    selects.push_back(measured([&] { repeat_sql(select); }));
    scans.push_back(measured([&] { repeat_sql(scan); }));
    with_rules.push_back(measured([&] { map_all(checked, rows, chunks); }));
    loads.push_back(measured([&] { load(program); }));
    checked_loads.push_back(measured([&] { load(checked); }));
  }
  const Json result = {{"rows", chunks * engine::kChunkRows},
                       {"mappings", work.sources.size()},
                       {"calculated", work.sources.size() - work.calculated_from},
                       {"fozCpuSeconds", least(foz)},
                       {"selectCpuSeconds", least(selects)},
                       {"scanCpuSeconds", least(scans)},
                       {"checkedCpuSeconds", least(with_rules)},
                       {"loadCpuSeconds", least(loads)},
                       {"checkedLoadCpuSeconds", least(checked_loads)}};
  std::printf("%s\n", to_text(result).c_str());
  std::filesystem::remove_all(folder);
  return 0;
}
