// The test vectors of the Data Prep contract, each with its place: 9.1 by number, 9.2 by function. What of 9.1 needs a store
// or a server stands there: 1 to 4 in mapping_set_test.cc and tests/contract, 28 also in tests/scenario/landing.test.mjs.
#include <gmock/gmock.h>

#include "engine/engine.h"
#include "prep/evaluate.h"
#include "prep/operators.h"
#include "prep/testing.h"

namespace foz::prep {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kRecord = R"({"stateCode": "pa", "evars": {"evar": {"field1": null}},
  "ua": "Mozilla/5.0 (iPhone; CPU iPhone OS 5_1_1 like Mac OS X) AppleWebKit/534.46 (KHTML, like Gecko) Version/5.1 Mobile/9B206 Safari/7534.48.3"})";

struct Case {
  std::string_view place, expression;
  std::string_view wanted;    ///< as JSON; "error": the attribute becomes null and a warning is counted
  std::string_view sql = {};  ///< what section 6 prints for DuckDB, where its class has something
};

std::string given(std::string_view expression) {
  const auto evaluation = Evaluation::of(expression, parsed(kRecord), test_context(), {.analytics_source = true});
  if (!evaluation) return "invalid: " + evaluation.error().message;
  return evaluation->problem().empty() ? to_text(json_of(evaluation->value())) : "error";
}

/// The same with whatever blanks and forms of moments.
std::string normal(const std::string& json) {
  Json value = parsed(json);
  const auto whole = [](std::string text) { return text.ends_with(".000Z") ? text.substr(0, text.size() - 5) + "Z" : text; };
  return to_text(value.is_string() ? Json(whole(value.get<std::string>())) : value);
}

void expect_all(std::span<const Case> cases) {
  auto opened = engine::Engine::open({.threads = 1});
  ASSERT_TRUE(opened);
  for (const Case& c : cases) {
    EXPECT_EQ(given(c.expression), c.wanted == "error" ? "error" : to_text(parsed(c.wanted))) << c.place << ": " << c.expression;
    if (c.sql.empty()) continue;
    const auto rows = (*opened)->query("SELECT " + std::string(c.sql));
    ASSERT_TRUE(rows) << c.place << ": " << c.sql << ": " << rows.error().message;
    EXPECT_EQ(normal(to_text(rows->rows[0][0])), normal(std::string(c.wanted))) << c.place << ": " << c.sql;
  }
}

TEST(Contract, Section9_1Expressions) {
  constexpr Case kCases[] = {
      {"9.1-7", R"(instr("adobe.com","com"))", "6", "instr('adobe.com','com')-1"},
      {"9.1-8", R"(substr("This is a substring test", 7, 8))", R"(" a subst")", "substr('This is a substring test', greatest(7,0)+1, greatest(8,0))"},
      {"9.1-9", R"(crc32("my text","UTF-8"))", R"("8df92e80")"},
      {"9.1-10", R"(md5("my text"))", R"("d3b96ce8c9fb4e9bd0198d03ba6852c7")", "md5('my text')"},
      {"9.1-10", R"(sha1("my text"))", R"("c3599c11e47719df18a2448690840c5dfcce3c80")", "sha1('my text')"},
      {"9.1-10", R"(sha256("my text"))", R"("7330d2b39ca35eaf4cb95fc846c21ee6a39af698154a83a586ee270a0d372104")", "sha256('my text')"},
      {"9.1-10", R"(sha512("my text"))", R"("a3d7e45a0d9be5fd4e4b9a3b8c9c2163c21ef708bf11b4232bb21d2a8704ada2cdcd7b367dd0788a89a5c908cfe377aceb1072a7b386b7d4fd2ff68a8fd24d16")"},
      {"9.1-11", R"(explode("a,,b", ","))", R"(["a","","b"])", "string_split_regex('a,,b', ',')"},
      {"9.1-11", R"(split("a,,b", ","))", R"(["a","b"])", "list_filter(string_split_regex('a,,b', '[' || regexp_escape(',') || ']'), lambda x: x <> '')"},
      {"9.1-12", R"(get_url_path("sftp://example.com//home/joe/employee.csv"))", R"("//home/joe/employee.csv")",
       R"(regexp_extract('sftp://example.com//home/joe/employee.csv','^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^?#]*)',1))"},
      {"9.1-13", R"(get_url_port("sftp://example.com//home/joe/employee.csv"))", "22"},
      {"9.1-14", R"(get_url_query_str("foo://example.com:8042/over/there?name=ferret#nose", "retain"))", R"({"name":"ferret#nose"})"},
      {"9.1-14", R"(get_url_query_str("foo://example.com:8042/over/there?name=ferret#nose", "remove"))", R"({"name":"ferret"})"},
      {"9.1-14", R"(get_url_query_str("foo://example.com:8042/over/there?name=ferret#nose", "append"))", R"({"name":"ferret","_anchor_":"nose"})"},
      {"9.1-15", R"(dformat(1571829875000, "yyyy-MM-dd'T'HH:mm:ss.SSSX"))", R"("2019-10-23T11:24:35.000Z")", "strftime(epoch_ms(1571829875000), '%Y-%m-%dT%H:%M:%S.%gZ')"},
      {"9.1-16", R"(date("2019-10-23 11:24"))", R"("2019-10-23T11:24:00Z")"},
      {"9.1-16", R"(date("2019-10-17 11:55:12"))", R"("2019-10-17T11:55:12Z")"},
      {"9.1-16", R"(date("2016-11-09T11:44:44.797"))", R"("2016-11-09T11:44:44.797Z")"},
      {"9.1-17", R"(date("12112020"))", R"("2020-12-11T00:00:00Z")"},
      {"9.1-18", R"(date(null, "yyyy-MM-dd", now()))", R"("2024-05-06T07:08:09Z")"},
      {"9.1-18", R"(date("junk", "yyyy-MM-dd", now()))", "error"},
      {"9.1-19", R"(date_part("MM", date("2019-10-17 11:55:12")))", "10", "date_part('month', TIMESTAMP '2019-10-17 11:55:12')"},
      {"9.1-20", R"(zone_date_to_utc(date("2019-10-17T11:55:12-0800", "yyyy-MM-dd'T'HH:mm:ssZ")))", R"("2019-10-17T19:55:12Z")"},
      {"9.1-20", R"(zone_date_to_utc("2019-10-17T11:55:12 PST"))", R"("2019-10-17T19:55:12Z")"},
      {"9.1-21", R"j(extract_regex("E259,E259B_009,1_1", "([^,]+),[^,]*,([^,]+)"))j", R"(["E259,E259B_009,1_1","E259","1_1"])",
       "[regexp_extract('E259,E259B_009,1_1','([^,]+),[^,]*,([^,]+)',0), regexp_extract('E259,E259B_009,1_1','([^,]+),[^,]*,([^,]+)',1), regexp_extract('E259,E259B_009,1_1','([^,]+),[^,]*,([^,]+)',2)]"},
      {"9.1-22", R"(get_values("firstName - John , lastName - Cena , phone - 555 420 8692","firstName","-",","))", R"("John")"},
      {"9.1-23", "to_array(false,1,null,2,3)", "[1,2,3]", "list_filter([1,NULL,2,3], lambda x: x IS NOT NULL)"},
      {"9.1-24", R"(decode("zz","ca","California","N/A"))", R"("N/A")", "CASE 'zz' WHEN 'ca' THEN 'California' ELSE 'N/A' END"},
      {"9.1-24", R"(decode("zz","ca","California"))", "null", "CASE 'zz' WHEN 'ca' THEN 'California' END"},
      {"9.1-25", "7/2", "3", "7//2"},
      {"9.1-25", "-7 % 4", "1", "((-7 % 4) + 4) % 4"},
      {"9.1-25", "1/0", "error"},
      {"9.1-25", "null + 1", "error"},
      {"9.1-26", R"("abc" =~ "b")", "false", "regexp_full_match('abc', 'b')"},
      {"9.1-26", R"("a" =~ ["a","b"])", "true", "list_contains(['a','b'], 'a')"},
  };
  expect_all(kCases);
}

/// A place of 9.1 that is about records.
TEST(Contract, Section9_1Records) {
  const auto target = target_of();
  EXPECT_EQ(to_text((*preview(set_of({{"id", "_id"}}), parsed(R"({"id": 1234})"), target, test_context()))["data"]), R"({"_id":"1234"})") << "9.1-5";
  EXPECT_TRUE(preview(set_of({{"id", "_id"}}), parsed(R"({"id": 1})"), target, test_context())->is_object()) << "9.1-6";
  EXPECT_TRUE(preview(set_of({{"id", "_id"}}), parsed(R"([{"id": 1}])"), target, test_context())->is_array()) << "9.1-6";
  for (const char* expression : {"=1/0", "=null + 1", "=date(\"junk\", \"yyyy-MM-dd\", now())"}) {
    const Mapped result = mapped(set_of({{"id", "_id"}, {expression, "repositoryCreatedBy"}}), {parsed(R"({"id": 1})")}, target);
    EXPECT_EQ(to_text(result.records[0]), R"({"_id":"1"})") << "9.1-18, 9.1-25: " << expression;
    EXPECT_EQ(result.warnings.size(), 1u) << "9.1-18, 9.1-25: " << expression;
  }
  EXPECT_EQ(to_text(mapped(set_of({{"a", "active"}}), {parsed(R"({"a": "Yes"})")}, target).records[0]), R"({"active":true})") << "9.1-27";

  const auto born = target_of(R"({"required": ["born"], "properties": {"_id": {"type": "string"}, "born": {"type": "string", "format": "date"}}})");
  const Mapped rejected = mapped(set_of({{"id", "_id"}, {"b", "born"}}), {parsed(R"({"id": 1, "b": "2020-02-30"})"), parsed(R"({"id": 2, "b": "2020-02-29"})")}, born);
  ASSERT_EQ(rejected.rejections.size(), 1u) << "9.1-28";
  EXPECT_THAT(rejected.rejections[0], HasSubstr("0 INGEST-1555-400 born")) << "9.1-28";

  const Mapped copied = mapped(set_of({{"customerInfo", "person.name"}}), {parsed(R"({"customerInfo": {"firstName": "Ana", "lastName": "Reis", "shoeSize": 38}})")}, target);
  EXPECT_EQ(to_text(copied.records[0]), R"({"person":{"name":{"firstName":"Ana","lastName":"Reis"}}})") << "9.1-29";
  EXPECT_TRUE(copied.warnings.empty()) << "9.1-29: other members are dropped silently";
}

TEST(Contract, Section9_2OneSamplePerFunction) {
  constexpr Case kCases[] = {
      {"concat", R"(concat("Hi, ", "there", "!"))", R"("Hi, there!")", "concat('Hi, ', 'there', '!')"},
      {"explode", R"(explode("Hi, there!", " "))", R"(["Hi,","there!"])", "string_split_regex('Hi, there!', ' ')"},
      {"instr", R"(instr("adobe.com", "com"))", "6", "instr('adobe.com','com')-1"},
      {"replacestr", R"(replacestr("This is a string re test", "re", "replace"))", R"("This is a string replace test")", "replace('This is a string re test', 're', 'replace')"},
      {"substr", R"(substr("This is a substring test", 7, 8))", R"(" a subst")"},
      {"lower", R"(lower("HeLLo"))", R"("hello")", "lower('HeLLo')"},
      {"lcase", R"(lcase("HeLLo"))", R"("hello")"},
      {"upper", R"(upper("HeLLo"))", R"("HELLO")", "upper('HeLLo')"},
      {"ucase", R"(ucase("HeLLo"))", R"("HELLO")"},
      {"split", R"(split("Hello world", " "))", R"(["Hello","world"])", "list_filter(string_split_regex('Hello world', '[' || regexp_escape(' ') || ']'), lambda x: x <> '')"},
      {"join", R"(join(" ", to_array(true, "Hello", "world")))", R"("Hello world")", "array_to_string(list_transform(['Hello','world'], lambda x: coalesce(x::VARCHAR,'')), ' ')"},
      {"lpad", R"(lpad("bat", 8, "yz"))", R"("yzyzybat")", "CASE WHEN length('bat')>=8 THEN 'bat' ELSE lpad('bat',8,coalesce(nullif('yz',''),' ')) END"},
      {"rpad", R"(rpad("bat", 8, "yz"))", R"("batyzyzy")", "rpad('bat',8,'yz')"},
      {"left", R"(left("abcde", 2))", R"("ab")", "left('abcde', greatest(2,0))"},
      {"right", R"(right("abcde", 2))", R"("de")", "right('abcde', greatest(2,0))"},
      {"ltrim", R"(ltrim(" hello"))", R"("hello")", R"(ltrim(' hello', E' \t\n\r\x0B\x0C'))"},
      {"rtrim", R"(rtrim("hello "))", R"("hello")", R"(rtrim('hello ', E' \t\n\r\x0B\x0C'))"},
      {"trim", R"(trim(" hello "))", R"("hello")", R"(trim(' hello ', E' \t\n\r\x0B\x0C'))"},
      {"equals", R"("string1".equals("STRING1"))", "false", "coalesce('string1'='STRING1',false)"},
      {"equalsIgnoreCase", R"("string1".equalsIgnoreCase("STRING1"))", "true", "coalesce(lower('string1')=lower('STRING1'),false)"},
      {"matches_regex", R"j(matches_regex("E259,E259B_009,1_1", "([^,]+),[^,]*,([^,]+)"))j", "true", "regexp_full_match('E259,E259B_009,1_1', '([^,]+),[^,]*,([^,]+)')"},
      {"sha1", R"(sha1("my text", "UTF-8"))", R"("c3599c11e47719df18a2448690840c5dfcce3c80")"},
      {"sha256", R"(sha256("my text", "UTF-8"))", R"("7330d2b39ca35eaf4cb95fc846c21ee6a39af698154a83a586ee270a0d372104")"},
      {"sha512", R"(sha512("my text", "UTF-8"))", R"("a3d7e45a0d9be5fd4e4b9a3b8c9c2163c21ef708bf11b4232bb21d2a8704ada2cdcd7b367dd0788a89a5c908cfe377aceb1072a7b386b7d4fd2ff68a8fd24d16")"},
      {"md5", R"(md5("my text", "UTF-8"))", R"("d3b96ce8c9fb4e9bd0198d03ba6852c7")"},
      {"crc32", R"(crc32("my text", "UTF-8"))", R"("8df92e80")"},
      {"get_url_protocol", R"(get_url_protocol("https://platform.adobe.com/home"))", R"("https")", R"(nullif(regexp_extract('https://platform.adobe.com/home','^([A-Za-z][A-Za-z0-9+.-]*):',1),''))"},
      {"get_url_host", R"(get_url_host("https://platform.adobe.com/home"))", R"("platform.adobe.com")",
       R"(nullif(regexp_extract('https://platform.adobe.com/home','^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/@?#]*@)?(\[[^]]*\]|[^/:?#]+)',1),''))"},
      {"get_url_encoded", R"(get_url_encoded("https://example.com/a b"))", R"("https%3A%2F%2Fexample.com%2Fa%20b")", "replace(replace(url_encode('https://example.com/a b'),'~','%7E'),'%2A','*')"},
      {"get_url_decoded", R"(get_url_decoded("https%3A%2F%2Fexample.com%2Fa+b"))", R"("https://example.com/a b")", "url_decode(replace('https%3A%2F%2Fexample.com%2Fa+b','+',' '))"},
      {"format", R"(format(date("2019-10-23 11:24:35"), "yyyy-MM-dd HH:mm:ss"))", R"("2019-10-23 11:24:35")", "strftime(TIMESTAMP '2019-10-23 11:24:35', '%Y-%m-%d %H:%M:%S')"},
      {"date", R"(date("2019-10-23 11:24", "yyyy-MM-dd HH:mm"))", R"("2019-10-23T11:24:00Z")", "try_strptime('2019-10-23 11:24', ['%Y-%m-%d %H:%M'])"},
      {"set_date_part", R"(set_date_part("m", 4, date("2016-11-09T11:44:44.797")))", R"("2016-04-09T11:44:44.797Z")", "TRY(make_timestamp(2016, 4, 9, 11, 44, 44.797))"},
      {"make_date_time", R"(make_date_time(2019, 10, 17, 11, 55, 12, 999, "America/Los_Angeles"))", R"("2019-10-17T18:55:12Z")"},
      {"make_timestamp", R"(make_timestamp(2019, 10, 17, 11, 55, 12, 999, "America/Los_Angeles"))", R"("2019-10-17T18:55:12Z")"},
      {"size_of", "size_of([1, 2, 3, 4])", "4", "coalesce(len([1,2,3,4]),0)"},
      {"is_empty", "is_empty([1, 2, 3])", "false", "[1,2,3] IS NULL OR len([1,2,3])=0"},
      {"arrays_to_object", R"(arrays_to_object("sku", ["s1","s2"], "price", [10,20]))", R"([{"sku":"s1","price":10},{"sku":"s2","price":20}])",
       "list_transform(list_zip(['s1','s2'],[10,20]), lambda z: struct_pack(sku := z[1], price := z[2]))"},
      {"to_object", R"(to_object("firstName", "John", "lastName", "Doe"))", R"({"firstName":"John","lastName":"Doe"})", "struct_pack(firstName := 'John', lastName := 'Doe')"},
      {"str_to_object", R"(str_to_object("firstName=John,lastName=Doe,phone=123 456 7890", "=", ","))", R"({"firstName":"John","lastName":"Doe","phone":"123 456 7890"})",
       "map_from_entries(list_transform(string_split('firstName=John,lastName=Doe,phone=123 456 7890',','), lambda kv: struct_pack(k := split_part(kv,'=',1), v := split_part(kv,'=',2))))"},
      {"contains_key", R"(contains_key("evars.evar.field1"))", "true"},
      {"contains_key", R"(contains_key("evars.evar.field2"))", "false"},
      {"get_keys", R"(get_keys({"book1": "Pride and Prejudice", "book2": "1984"}))", R"(["book1","book2"])", "map_keys(MAP {'book1': 'Pride and Prejudice', 'book2': '1984'})"},
      {"coalesce", R"(coalesce(null, null, null, "first", null, "second"))", R"("first")", "coalesce(NULL, NULL, NULL, 'first', NULL, 'second')"},
      {"first", R"(first("1", "2", "3"))", R"("1")", "['1','2','3'][1]"},
      {"last", R"(last("1", "2", "3"))", R"("3")", "['1','2','3'][-1]"},
      {"add_to_array", "add_to_array(['a', 'b'], 'c', 'd')", R"(["a","b","c","d"])", "list_concat(['a','b'],['c','d'])"},
      {"join_arrays", "join_arrays(['a', 'b'], ['c'], ['d', 'e'])", R"(["a","b","c","d","e"])", "list_concat(list_concat(['a','b'],['c']),['d','e'])"},
      {"decode", R"(decode("ca", "ca", "California", "pa", "Pennsylvania", "N/A"))", R"("California")", "CASE 'ca' WHEN 'ca' THEN 'California' WHEN 'pa' THEN 'Pennsylvania' ELSE 'N/A' END"},
      {"decode", R"(decode(stateCode, "ca", "California", "pa", "Pennsylvania", "N/A"))", R"("Pennsylvania")"},
      {"decode", R"(decode("zz", "ca", "California", "pa", "Pennsylvania", "N/A"))", R"("N/A")"},
      {"iif", R"(iif("s".equalsIgnoreCase("S"), "True", "False"))", R"("True")", "CASE WHEN lower('s')=lower('S') THEN 'True' ELSE 'False' END"},
      {"min", "min(3, 1, 4)", "1", "least(3,1,4)"},
      {"max", "max(3, 1, 4)", "4", "greatest(3,1,4)"},
      {"to_bigint", R"(to_bigint("1000000.34"))", "1000000.34"},
      {"to_decimal", R"(to_decimal("20.5"))", "20.5", "TRY_CAST('20.5' AS DOUBLE)"},
      {"to_float", R"(to_float("12.3456") > 12.3455 && to_float("12.3456") < 12.3457)", "true", "abs(TRY_CAST('12.3456' AS FLOAT) - 12.3456) < 1e-4"},
      {"to_integer", R"(to_integer("12"))", "12", "CASE WHEN regexp_full_match('12','[+-]?[0-9]+') THEN TRY_CAST('12' AS INTEGER) END"},
      {"json_to_object", R"(json_to_object("{\"info\":{\"firstName\":\"John\",\"lastName\":\"Doe\"}}"))", R"({"info":{"firstName":"John","lastName":"Doe"}})"},
      {"ua_os_name", "ua_os_name(ua)", R"("iOS")"},
      {"ua_os_version_major", "ua_os_version_major(ua)", R"("iOS 5")"},
      {"ua_os_version", "ua_os_version(ua)", R"("5.1.1")"},
      {"ua_os_name_version", "ua_os_name_version(ua)", R"("iOS 5.1.1")"},
      {"ua_agent_version", "ua_agent_version(ua)", R"("5.1")"},
      {"ua_agent_version_major", "ua_agent_version_major(ua)", R"("Safari 5")"},
      {"ua_agent_name", "ua_agent_name(ua)", R"("Safari")"},
      {"ua_device_class", "ua_device_class(ua)", R"("Phone")"},
      {"aa_get_event_id", R"(aa_get_event_id("event101=5:123456,scOpen", "event101"))", R"("123456")"},
      {"aa_get_event_value", R"(aa_get_event_value("event101=5:123456,scOpen", "event101"))", "5.0"},
  };
  expect_all(kCases);
}

/// 6.5 and 5.3: every pattern of the automatic list, and those that the published samples need.
TEST(Contract, Section5_3AutomaticDates) {
  constexpr Case kCases[] = {
      {"1", R"(date("2020-04-15 23:34:21+0100"))", R"("2020-04-15T22:34:21Z")"},
      {"2", R"(date("2020-04-15 23:34:21.034-0800"))", R"("2020-04-16T07:34:21.034Z")"},
      {"3", R"(date("2020-04-15 23:34:21.034"))", R"("2020-04-15T23:34:21.034Z")"},
      {"4", R"(date("2020-04-15T23:34:21.034Z"))", R"("2020-04-15T23:34:21.034Z")"},
      {"4", R"(date("2020-04-15T23:34:21.000+0000"))", R"("2020-04-15T23:34:21Z")"},
      {"5", R"(date("2020-04-15T23:34:21Z"))", R"("2020-04-15T23:34:21Z")"},
      {"6", R"(date("2020-04-15"))", R"("2020-04-15T00:00:00Z")"},
      {"7", R"(date("2020/04/15"))", R"("2020-04-15T00:00:00Z")"},
      {"8", R"(date("2020.04.15"))", R"("2020-04-15T00:00:00Z")"},
      {"9", R"(date("2020-Apr-15"))", R"("2020-04-15T00:00:00Z")"},
      {"10", R"(date("20200415"))", R"("2020-04-15T00:00:00Z")"},
      {"11", R"(date("04-15-2020"))", R"("2020-04-15T00:00:00Z")"},
      {"12", R"(date("04152020"))", R"("2020-04-15T00:00:00Z")"},
      {"13", R"(date("4/15/2020"))", R"("2020-04-15T00:00:00Z")"},
      {"14", R"(date("15.4.2020"))", R"("2020-04-15T00:00:00Z")"},
      {"15", R"(date("4/15/2020 11:34:21 PM"))", R"("2020-04-15T23:34:21Z")"},
      {"16", R"(date("15.4.2020 11:34:21 PM"))", R"("2020-04-15T23:34:21Z")"},
      {"17", R"(date("15.Apr.2020"))", R"("2020-04-15T00:00:00Z")"},
      {"18", R"(date("15-Apr-2020"))", R"("2020-04-15T00:00:00Z")"},
      {"appended", R"(date("2020-04-15T23:34"))", "error"},
      {"appended", R"(date("2020-04-15T23:34:21"))", R"("2020-04-15T23:34:21Z")"},
      {"appended", R"(date("2020-04-15T23:34:21+01:00"))", R"("2020-04-15T22:34:21Z")"},
      {"fractions", R"(date("2020-04-15T23:34:21.123456789Z"))", R"("2020-04-15T23:34:21.123456Z")"},
      {"impossible", R"(date("2020-02-30"))", "error"},
      {"no epoch", R"(date("1586993661034"))", "error"},
  };
  expect_all(kCases);
}

}  // namespace
}  // namespace foz::prep
