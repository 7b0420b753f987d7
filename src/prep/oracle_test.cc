// The engine against a second opinion: functions and operators as DuckDB computes them, on random values with nulls, empty
// texts, Unicode and range ends. The SQL is that of the Data Prep contract, section 6. FOZ_ORACLE_ROUNDS asks for more.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>

#include "engine/engine.h"
#include "prep/calls.h"
#include "prep/names.h"
#include "prep/term.h"
#include "prep/testing.h"

namespace foz::prep {
namespace {

using engine::Chunk;
using engine::Kind;
using engine::Type;
using engine::Value;

struct InputColumn {
  const char* name;
  Type type;
  Kind kind;
};
constexpr InputColumn kColumns[] = {{"n", Type::integer, Kind::int64},  {"s", Type::string, Kind::string},    {"t", Type::string, Kind::string},   {"u", Type::string, Kind::string},
                                    {"a", Type::integer, Kind::int64},  {"b", Type::integer, Kind::int64},    {"x", Type::number, Kind::number},   {"y", Type::number, Kind::number},
                                    {"p", Type::boolean, Kind::boolean}, {"m", Type::timestamp, Kind::timestamp}, {"w", Type::string, Kind::string}, {"v", Type::string, Kind::string}};

/// Random rows, the same in our chunk and in DuckDB's table `r`.
class RandomRows final : public engine::ChunkTable {
 public:
  explicit RandomRows(uint64_t seed) : random_(seed) {
    for (size_t i = 0; i < std::size(kColumns); ++i) {
      chunk.columns.emplace_back(kColumns[i].type);
      slots_.push_back({.field = {kColumns[i].name, kColumns[i].kind, static_cast<int32_t>(i + 1)}, .column = static_cast<int>(i)});
    }
  }
  void fill() {
    chunk.arena.clear();
    chunk.rows = engine::kChunkRows;
    for (size_t row = 0; row < chunk.rows; ++row) {
      chunk.columns[0].put(row, Value::of_integer(static_cast<int64_t>(row)));
      for (size_t i = 1; i < std::size(kColumns); ++i) chunk.columns[i].put(row, random_.below(7) == 0 ? Value() : value(i));
    }
  }
  const std::vector<engine::Slot>& slots() const override { return slots_; }
  size_t readers_max() const override { return 1; }
  Result<std::unique_ptr<engine::ChunkReader>> open_reader() override { return std::unique_ptr<engine::ChunkReader>(new Once(&chunk)); }

  Chunk chunk;

 private:
  struct Once final : engine::ChunkReader {
    explicit Once(const Chunk* given) : chunk(given) {}
    Result<const Chunk*> next() override { return std::exchange(chunk, nullptr); }
    const Chunk* chunk;
  };

  template <size_t N>
  std::string_view one_of(const std::string_view (&choices)[N]) { return choices[random_.below(N)]; }

  std::string text() {
    static constexpr std::string_view kPieces[] = {"a", "b", "AB", ",", ";", " ", "xy", "é", "Ö", "日本", "😀", "-", "=", "0", "12", "\t", "re", "string", "%", "_"};
    std::string made;
    for (uint64_t i = random_.below(7); i > 0; --i) made += one_of(kPieces);
    return made;
  }

  Value value(size_t column) {
    static constexpr std::string_view kUrls[] = {"https://platform.adobe.com/home", "sftp://example.com//home/joe/employee.csv", "http://u:p@example.com:8080/a/b?x=1&y#z", "foo://h/", "http://h",
                                                 "https://[::1]:443/x", "no url", "mailto:a@b.pt", "HTTP://Example.COM/Q?q=a+b%20c", "://x", "http://h?q", "http://h#f"};
    static constexpr std::string_view kNumbers[] = {"12", "-7", "12.5", "abc", "2147483647", "2147483648", "1e3", "0012", "-0", "9223372036854775807", "1.0", "", ".5", "12.6"};
    static constexpr int64_t kEnds[] = {0, 1, -1, INT32_MAX, INT32_MIN, 1000000007};
    switch (column) {
      case 4:
      case 5: return Value::of_integer(random_.below(6) == 0 ? kEnds[random_.below(std::size(kEnds))] : static_cast<int64_t>(random_.below(24)) - 8);
      case 6:
      case 7: return Value::of_number(static_cast<double>(static_cast<int64_t>(random_.below(4001)) - 2000) / 8);
      case 8: return Value::of_boolean(random_.below(2) == 0);
      case 9: return Value::of_timestamp(static_cast<int64_t>(random_.below(4'000'000'000'000'000)) - 1'000'000'000'000'000);
      case 10: return Value::of_text(one_of(kUrls));
      case 11: return Value::of_text(one_of(kNumbers));
      default: return Value::of_text(chunk.arena.keep(text()));
    }
  }

  SeededRandom random_;
  std::vector<engine::Slot> slots_;
};

/// Errors count as null, as they do for the attribute.
std::vector<Json> ours(std::string_view expression, const Chunk& source) {
  std::vector<SourceColumn> columns;
  for (const InputColumn& column : kColumns) columns.push_back({.name = column.name, .type = column.type});
  auto tree = parse_and_bind(expression);
  FOZ_CHECK(tree.has_value(), tree ? "" : tree.error().message);
  const ColumnIndex index(columns);
  std::vector<Error> mistakes;
  bind_names(*tree, &index, false, mistakes);
  FOZ_CHECK(mistakes.empty(), mistakes.empty() ? "" : mistakes[0].message);
  Constants constants;
  SlotCounter slots;
  const TermPtr term = TreeCompiler(constants, slots, index, Arithmetic::strict).compile(*tree);
  Frame frame(test_context(), slots.used + 1);
  engine::Arena arena;
  frame.start_chunk(source, arena, {});
  const Vector vector = term->run(frame, Rows::first(source.rows));
  std::vector<Json> values;
  for (size_t row = 0; row < source.rows; ++row) values.push_back(frame.failed(row) ? Json() : json_of(vector.value(row, arena)));
  return values;
}

bool agree(const Json& a, const Json& b);

/// Rows are read without the members that are null; that ours keep them is told by the function table's examples.
bool agree_without_nulls(const Json& a, const Json& b) {
  const auto held = [](const Json& object) { return std::count_if(object.begin(), object.end(), [](const Json& value) { return !value.is_null(); }); };
  if (held(a) != held(b)) return false;
  for (const auto& [name, value] : a.items()) {
    if (!value.is_null() && (!b.contains(name) || !agree(value, b[name]))) return false;
  }
  return true;
}

bool agree(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number()) {
    const double x = a.get<double>(), y = b.get<double>();
    return x == y || std::fabs(x - y) <= 1e-9 * std::max(std::fabs(x), std::fabs(y));
  }
  if (a.is_object() && b.is_object()) return agree_without_nulls(a, b);
  if (a.is_array() && b.is_array()) return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), agree);
  return a == b;
}

struct Pair {
  std::string_view expression, sql;
};

constexpr Pair kPairs[] = {
    // 6.1 texts
    {"concat(s, t)", "CASE WHEN coalesce(s,t) IS NULL THEN NULL ELSE concat(s,t) END"},
    {"concat(s, a, p)", "CASE WHEN s IS NULL AND a IS NULL AND p IS NULL THEN NULL ELSE concat(s,a::VARCHAR,p::VARCHAR) END"},
    {"explode(s)", "string_split_regex(s, ',')"},
    {"explode(s, \"[,;]+\")", "string_split_regex(s, '[,;]+')"},
    {"explode(s, \"re\")", "string_split_regex(s, 're')"},
    {"instr(s, \"a\")", "instr(s,'a')-1"},
    {"instr(s, \"AB\", 0, 2)",
     "CASE WHEN s IS NULL THEN NULL WHEN len(string_split(s,'AB'))>2 THEN list_sum(list_transform(string_split(s,'AB')[1:2], lambda z: length(z)))+length('AB') ELSE -1 END"},
    {"replacestr(s, t, u)", "CASE WHEN s IS NULL THEN NULL WHEN coalesce(t,'')='' THEN s ELSE replace(s, t, coalesce(u,'')) END"},
    {"substr(s, a, b)", "CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE substr(s, greatest(a,0)+1, greatest(b,0)) END"},
    {"lower(s)", "lower(s)"},
    {"upper(s)", "upper(s)"},
    {"split(s, \",; \")", "list_filter(string_split_regex(s, '[,; ]'), lambda z: z <> '')"},
    {"join(\"-\", to_array(true, s, u, a))", "array_to_string(list_transform([s,u,a::VARCHAR], lambda z: coalesce(z,'')), '-')"},
    {"lpad(s, 5, \"yz\")", "CASE WHEN length(s)>=5 THEN s ELSE lpad(s,5,'yz') END"},
    {"rpad(s, 5, u)", "CASE WHEN length(s)>=5 THEN s ELSE rpad(s,5,coalesce(nullif(u,''),' ')) END"},
    {"left(s, a)", "CASE WHEN a IS NOT NULL THEN left(s, greatest(least(a, 1000000),0)) END"},
    {"right(s, a)", "CASE WHEN a IS NOT NULL THEN right(s, greatest(least(a, 1000000),0)) END"},
    {"trim(s)", "trim(s, E' \\t\\n\\r\\x0B\\x0C')"},
    {"ltrim(s)", "ltrim(s, E' \\t\\n\\r\\x0B\\x0C')"},
    {"rtrim(s)", "rtrim(s, E' \\t\\n\\r\\x0B\\x0C')"},
    {"s.equals(t)", "CASE WHEN s IS NULL THEN NULL ELSE coalesce(s=t,false) END"},
    {"s.equalsIgnoreCase(t)", "CASE WHEN s IS NULL THEN NULL ELSE coalesce(lower(s)=lower(t),false) END"},
    {"s.length()", "length(s)"},
    {"s.contains(t)", "CASE WHEN s IS NULL THEN NULL ELSE coalesce(contains(s,t),false) END"},
    {"s.startsWith(t)", "CASE WHEN s IS NULL THEN NULL ELSE coalesce(starts_with(s,t),false) END"},
    {"s.indexOf(\"b\")", "instr(s,'b')-1"},
    // 6.2, 6.3
    {"matches_regex(s, \"[a-b,]*(re|xy)?\")", "regexp_full_match(s, '[a-b,]*(re|xy)?')"},
    {"extract_regex(s, \"(a|b)(,)?\")", "CASE WHEN regexp_matches(s,'(a|b)(,)?') THEN [regexp_extract(s,'(a|b)(,)?',0), regexp_extract(s,'(a|b)(,)?',1), nullif(regexp_extract(s,'(a|b)(,)?',2),'')] END"},
    {"md5(s)", "md5(s)"},
    {"sha1(s)", "sha1(s)"},
    {"sha256(s)", "sha256(s)"},
    // 6.4
    {"get_url_protocol(w)", "nullif(regexp_extract(w,'^([A-Za-z][A-Za-z0-9+.-]*):',1),'')"},
    {"get_url_host(w)", "nullif(regexp_extract(w,'^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/@?#]*@)?(\\[[^]]*\\]|[^/:?#]+)',1),'')"},
    {"get_url_port(w)",
     "CASE WHEN regexp_matches(w,'^[A-Za-z][A-Za-z0-9+.-]*://') THEN coalesce(try_cast(nullif(regexp_extract(w,'^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*:(\\d+)(?:[/?#]|$)',1),'') AS INTEGER), CASE "
     "lower(regexp_extract(w,'^([A-Za-z][A-Za-z0-9+.-]*):',1)) WHEN 'http' THEN 80 WHEN 'https' THEN 443 WHEN 'ftp' THEN 21 WHEN 'sftp' THEN 22 WHEN 'ssh' THEN 22 END) END"},
    {"get_url_path(w)", "CASE WHEN regexp_matches(w,'^[A-Za-z][A-Za-z0-9+.-]*://') THEN regexp_extract(w,'^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^?#]*)',1) END"},
    {"get_url_encoded(s)", "replace(replace(url_encode(s),'~','%7E'),'%2A','*')"},
    {"get_url_decoded(get_url_encoded(s))", "s"},
    // 6.5
    {"date_part(\"year\", m)", "date_part('year',m)"},
    {"date_part(\"q\", m)", "date_part('quarter',m)"},
    {"date_part(\"month\", m)", "date_part('month',m)"},
    {"date_part(\"dy\", m)", "date_part('doy',m)"},
    {"date_part(\"dd\", m)", "date_part('day',m)"},
    {"date_part(\"w\", m)", "date_part('week',m)"},
    {"date_part(\"dw\", m)", "date_part('isodow',m)"},
    {"date_part(\"hh\", m)", "date_part('hour',m)"},
    {"date_part(\"hh12\", m)", "(date_part('hour',m)+11)%12+1"},
    {"date_part(\"mi\", m)", "date_part('minute',m)"},
    {"date_part(\"ss\", m)", "date_part('second',m)"},
    {"date_part(\"ms\", m)", "date_part('millisecond',m) % 1000"},
    {"format(m, \"yyyy-MM-dd HH:mm:ss.SSS\")", "strftime(m::TIMESTAMP, '%Y-%m-%d %H:%M:%S.%g')"},
    {"format(m, \"EEE EEEE MMM MMMM d.M.yy h a DDD u\")", "strftime(m::TIMESTAMP, '%a %A %b %B %-d.%-m.%y %-I %p %j %u')"},
    {"format(date(format(m, \"yyyy-MM-dd HH:mm\"), \"yyyy-MM-dd HH:mm\"), \"yyyyMMddHHmmss\")", "strftime(date_trunc('minute', m)::TIMESTAMP, '%Y%m%d%H%M%S')"},
    {"iif(a > -100 && a < 100, dformat(a * 86400000, \"yyyy/MM/dd\"), null)", "CASE WHEN abs(a) < 100 THEN strftime(epoch_ms(a * 86400000), '%Y/%m/%d') END"},
    {"format(set_date_part(\"day\", 17, m), \"yyyy-MM-dd HH:mm:ss.SSSSSS\")", "strftime((m + to_days(CAST(17 - date_part('day', m) AS INTEGER)))::TIMESTAMP, '%Y-%m-%d %H:%M:%S.%f')"},
    // 6.6 to 6.9
    {"size_of(s)", "coalesce(len(s),0)"},
    {"is_empty(s)", "s IS NULL OR len(s)=0"},
    {"size_of(to_array(false, s, t, u))", "len(list_filter([s,t,u], lambda z: z IS NOT NULL))"},
    {"coalesce(s, t, u)", "coalesce(s,t,u)"},
    {"first(to_array(false, s, t))", "list_filter([s,t], lambda z: z IS NOT NULL)[1]"},
    {"last(to_array(false, s, t))", "list_filter([s,t], lambda z: z IS NOT NULL)[-1]"},
    {"to_array(false, s, t)", "list_filter([s,t], lambda z: z IS NOT NULL)"},
    {"add_to_array(to_array(true, s), t, u)", "list_concat([s],[t,u])"},
    {"join_arrays(to_array(true, a), to_array(true, b, a))", "list_concat([a],[b,a])"},
    {"filterArray(to_array(true, a, b, 3), q -> q > 2)", "list_filter([a,b,3], lambda z: coalesce(z > 2, false))"},
    {"transformArray(to_array(false, a, b), q -> q * 2 + 1)", "list_transform(list_filter([a,b], lambda z: z IS NOT NULL), lambda z: z * 2 + 1)"},
    {"decode(a, 1, \"one\", 2, \"two\", s)", "CASE a WHEN 1 THEN 'one' WHEN 2 THEN 'two' ELSE s END"},
    {"iif(p, s, t)", "CASE WHEN p THEN s ELSE t END"},
    {"min(a, b, 3)", "least(a,b,3)"},
    {"max(a, b)", "greatest(a,b)"},
    {"min(s, t)", "least(s,t)"},
    {"min(x, y)", "least(x,y)"},
    {"map_get_values(to_map(\"k\", s, \"l\", t), \"l\")", "t"},
    {"map_has_keys(to_map(\"k\", s), u)", "coalesce(u = 'k', false)"},
    {"get_keys(to_object(\"k\", s, \"l\", t))", "['k','l']"},
    // 6.10
    {"to_decimal(v)", "TRY_CAST(v AS DOUBLE)"},
    {"to_integer(v)", "CASE WHEN regexp_full_match(v,'[+-]?[0-9]+(\\.0+)?') THEN TRY_CAST(v AS INTEGER) END"},
    {"to_bigint(v)", "TRY_CAST(v AS DECIMAL(38,10))::DOUBLE"},
    {"to_float(v)", "TRY_CAST(v AS FLOAT)"},
    // objects, maps and arrays of more than one kind
    {"arrays_to_object(\"k\", to_array(true, s, t), \"l\", to_array(true, a, b))", "list_transform(list_zip([s,t],[a,b]), lambda z: struct_pack(k := z[1], l := z[2]))"},
    {"to_object(\"k\", s, \"l\", a)", "struct_pack(k := s, l := a)"},
    {"str_to_object(concat(\"k:\", a, \",l:\", b))",
     "map_from_entries(list_transform(string_split(concat('k:', a::VARCHAR, ',l:', b::VARCHAR), ','), lambda z: struct_pack(k := split_part(z,':',1), v := split_part(z,':',2))))"},
    {"get_values(concat(\"k = \", a, \" , l = \", b), \"l\", \"=\", \",\")",
     "list_filter(list_transform(string_split(concat('k = ', a::VARCHAR, ' , l = ', b::VARCHAR), ','), lambda z: [trim(split_part(z,'=',1)), trim(split_part(z,'=',2))]), lambda z: z[1]='l')[1][2]"},
    {"to_map(\"k\", s, \"l\", t)", "map(['k','l'],[s,t])"},
    {"add_to_map(to_map(\"k\", s), to_map(\"k\", t, \"l\", u))", "map_concat(map(['k','l'],[t,u]), map(['k'],[s]))"},
    {"map_get_values(to_map(\"k\", coalesce(s, \"x\"), \"l\", coalesce(t, \"y\")), [\"l\", \"k\"])",
     "list_filter([coalesce(t,'y'), coalesce(s,'x')], lambda z, i: list_position([coalesce(t,'y'), coalesce(s,'x')], z) = i)"},
    {"map_has_keys(to_map(\"k\", s), [\"l\", u])", "coalesce(list_has_any(['k'], ['l', u]), false)"},
    {"object_to_map(to_object(\"k\", s))", "map(['k'],[s])"},
    {"array_to_map([to_object(\"id\", coalesce(s, \"none\"), \"v\", a)], \"id\")", "map([coalesce(s,'none')],[struct_pack(id := coalesce(s,'none'), v := a)])"},
    {"array_to_string(\"+\", to_array(true, s, u))", "array_to_string(list_transform([s,u], lambda z: coalesce(z,'')), '+')"},
    {"flattenArray([to_array(true, a), to_array(true, b, 1)])", "flatten([[a],[b,1]])"},
    {"upsert_array_append(to_array(true, a))", "[a]"},
    {"upsert_array_replace(to_array(true, a))", "[a]"},
    {"json_to_object(concat(\"[\", a, \"]\"))", "from_json(concat('[', a::VARCHAR, ']'), '[\"BIGINT\"]')"},
    {"contains_key(\"s\")", "s IS NOT NULL"},
    {"nullify()", "NULL"},
    // moments
    {"iif(a > 0 && a < 13, format(make_date_time(2020, a, 5, 6, 7, 8, 0, \"UTC\"), \"yyyy-MM-dd HH:mm:ss\"), null)",
     "CASE WHEN a > 0 AND a < 13 THEN strftime(make_timestamp(2020, a, 5, 6, 7, 8.0), '%Y-%m-%d %H:%M:%S') END"},
    {"format(zone_date_to_utc(m), \"yyyyMMddHHmmss\")", "strftime(m::TIMESTAMP, '%Y%m%d%H%M%S')"},
    {"format(now(), \"yyyy-MM-dd HH:mm:ss\")", "'2024-05-06 07:08:09'"},
    {"dformat(timestamp(), \"yyyy\")", "'2024'"},
    {"format(date(format(m, \"M/dd/yyyy hh:mm:ss a\")), \"yyyyMMddHHmmss\")", "strftime(date_trunc('second', m)::TIMESTAMP, '%Y%m%d%H%M%S')"},
    {"format(date(format(m, \"dd.M.yyyy\")), \"yyyyMMdd\")", "strftime(m::TIMESTAMP, '%Y%m%d')"},
    {"format(date(format(m, \"dd-MMM-yyyy\")), \"yyyyMMdd\")", "strftime(m::TIMESTAMP, '%Y%m%d')"},
    {"format(date(format(m, \"MMddyyyy\"), \"MMddyyyy\"), \"yyyyMMdd\")", "strftime(try_strptime(strftime(m::TIMESTAMP, '%m%d%Y'), ['%m%d%Y']), '%Y%m%d')"},
    {"format(date(format(m, \"yyyy-MM-dd HH:mm:ss.SSS\")), \"yyyyMMddHHmmssSSS\")", "strftime(m::TIMESTAMP, '%Y%m%d%H%M%S%g')"},
    {"get_url_path(w, false)",
     "CASE WHEN regexp_matches(w,'^[A-Za-z][A-Za-z0-9+.-]*://') THEN regexp_extract(regexp_extract(w,'^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^?#]*)',1),'([^/]*)$',1) END"},
    // 4.4 operators
    {"a + b", "a + b"},
    {"a * b - 7", "a * b - 7"},
    {"a / b", "CASE WHEN b = 0 THEN NULL ELSE a // b END"},
    {"a % b", "CASE WHEN b = 0 THEN NULL ELSE ((a % b) + abs(b)) % abs(b) END"},
    {"x / y", "CASE WHEN y = 0 THEN NULL ELSE x / y END"},
    {"x * y + a", "x * y + a"},
    {"a & b", "a & b"},
    {"a | b", "a | b"},
    {"a ^ b", "xor(a, b)"},
    {"~a", "~a"},
    {"-a", "-a"},
    {"a < b", "CASE WHEN a IS NULL OR b IS NULL THEN false ELSE a < b END"},
    {"a <= b", "CASE WHEN a IS NULL AND b IS NULL THEN true ELSE coalesce(a <= b, false) END"},
    {"a > x", "coalesce(a > x, false)"},
    {"a == b", "a IS NOT DISTINCT FROM b"},
    {"s == t", "s IS NOT DISTINCT FROM t"},
    {"s != t", "s IS DISTINCT FROM t"},
    {"a == x", "a::DOUBLE IS NOT DISTINCT FROM x"},
    {"s =^ t", "CASE WHEN s IS NULL AND t IS NULL THEN true ELSE coalesce(starts_with(s,t),false) END"},
    {"s =$ t", "CASE WHEN s IS NULL AND t IS NULL THEN true ELSE coalesce(ends_with(s,t),false) END"},
    {"s =~ \"a.*\"", "coalesce(regexp_full_match(s,'a.*'),false)"},
    {"p && a > 0", "coalesce(p,false) AND coalesce(a > 0,false)"},
    {"p || a > 0", "coalesce(p,false) OR coalesce(a > 0,false)"},
    {"p ? a : b", "CASE WHEN p THEN a ELSE b END"},
    {"a ?: 5", "CASE WHEN coalesce(a,0) <> 0 THEN a ELSE 5 END"},
    {"empty s", "s IS NULL OR s = ''"},
    {"size s", "coalesce(length(s),0)"},
    {"s + a", "CASE WHEN s IS NULL OR a IS NULL THEN NULL ELSE s || a::VARCHAR END"},
};

TEST(Oracle, AgreesWithDuckDb) {
  const char* wanted = std::getenv("FOZ_ORACLE_ROUNDS");
  const int rounds = wanted == nullptr ? 5 : std::atoi(wanted);
  auto opened = engine::Engine::open({.threads = 1});
  ASSERT_TRUE(opened) << opened.error().message;
  RandomRows rows(2024);
  ASSERT_TRUE((*opened)->add_table("feed", rows));
  size_t cases = 0, differences = 0;
  for (int round = 0; round < rounds; ++round) {
    rows.fill();
    const auto made = (*opened)->query("CREATE OR REPLACE TABLE r AS SELECT * FROM feed()");
    ASSERT_TRUE(made) << made.error().message;
    for (const Pair& pair : kPairs) {
      const auto theirs = (*opened)->query("SELECT " + std::string(pair.sql) + " FROM r ORDER BY n");
      ASSERT_TRUE(theirs) << pair.sql << ": " << theirs.error().message;
      const std::vector<Json> our = ours(pair.expression, rows.chunk);
      ASSERT_EQ(theirs->rows.size(), our.size());
      bool shown = false;
      for (size_t row = 0; row < our.size(); ++row) {
        ++cases;
        if (agree(our[row], theirs->rows[row][0])) continue;
        ++differences;
        if (shown) continue;
        shown = true;
        const auto input = (*opened)->query("SELECT * FROM r WHERE n = " + std::to_string(row));
        ADD_FAILURE() << pair.expression << "\n  gives   " << to_text(our[row]) << "\n  not     " << to_text(theirs->rows[row][0]) << "\n  of      " << to_text(input->object(0));
      }
    }
  }
  std::cout << cases << " cases, " << differences << " differences\n";
}

}  // namespace
}  // namespace foz::prep
