#include "schedule/ingest/file_columns.h"

#include <gmock/gmock.h>

#include "base/json.h"
#include "base/testing.h"

namespace foz::schedule {
namespace {

class FileColumns : public ::testing::Test {
 protected:
  Result<std::vector<registry::DerivedColumn>> columns(const std::string& text, InputFormat format) {
    const std::filesystem::path file = folder.path() / "uploads" / "rows";
    FOZ_CHECK(files.make_folder(file.parent_path()).has_value(), "no folder");
    FOZ_CHECK(files.write_whole(file, text).has_value(), "no file");
    return file_columns(files, file, format, {.uploads = folder.path() / "uploads", .data = folder.path() / "data", .diagnostics = folder.path() / "meta", .spill = folder.path() / "spill"}, {});
  }
  /// "name:type/format name:type".
  static std::string shown(const Result<std::vector<registry::DerivedColumn>>& columns) {
    if (!columns) return "error: " + columns.error().message;
    std::string text;
    for (const auto& column : *columns) {
      const std::string format = text_of(column.schema, "format");
      text += (text.empty() ? "" : " ") + column.name + ":" + text_of(column.schema, "type") + (format.empty() ? "" : "/" + format);
    }
    return text;
  }

  TemporaryFolder folder;
  lake::LocalFileIo files;
};

TEST_F(FileColumns, OfEveryForm) {
  struct Case { const char* name; InputFormat format; std::string text, wanted; };
  const InputFormat csv{.form = InputForm::csv}, json{.form = InputForm::json}, multi{.form = InputForm::json, .multi_line_json = true};
  const Case kCases[] = {
      {"csv", csv, "id,born,at,rate,ok,code,text\n1,2000-01-02,2000-01-02T03:04:05Z,1.5,true,007,x\n2,,,2,false,008,y\n",
       "id:integer born:string/date at:string/date-time rate:number ok:boolean code:string text:string"},
      {"csv header only", csv, "a,b\n", "a:string b:string"},
      {"json lines", json, R"({"id":1,"at":"2000-01-02T03:04:05Z","in":{"day":"2000-01-02","n":1.5},"tags":["a"]})" "\n" R"({"id":2,"at":null,"new":true})",
       "at:string/date-time id:integer in.day:string/date in.n:number new:boolean tags:array"},
      {"texts of several kinds", json, R"({"a":"2000-01-02"})" "\n" R"({"a":"2000-01-02T03:04:05Z"})" "\n", "a:string"},
      {"one array", multi, R"([{"a":1},{"b":"x"}])", "a:integer b:string"},
      {"nothing", json, "", "error: The file holds no records with members: nothing to make a schema of"},
      {"no header", csv, "", "error: The csv-file has no header line with the names of its columns."},
  };
  for (const Case& c : kCases) EXPECT_EQ(shown(columns(c.text, c.format)), c.wanted) << c.name;
}

TEST_F(FileColumns, OfParquetThatIsNone) {
  const auto found = columns("PAR1 and nothing more", {.form = InputForm::parquet});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace foz::schedule
