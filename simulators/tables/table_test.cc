// Ids, made-up cells and the changes laid over them.
#include "simulators/tables/table.h"

#include <gmock/gmock.h>

#include <set>

#include "base/random.h"

namespace foz::sim {
namespace {

using testing::HasSubstr;

TEST(Ids, ReadBackInEveryStyleAndGrowWithTheRow) {
  for (const IdStyle& style : {IdStyle{.form = IdStyle::Form::number, .first = 101}, IdStyle{.form = IdStyle::Form::salesforce, .prefix = "003"}, IdStyle{.form = IdStyle::Form::guid, .first = 2}}) {
    std::string before;
    for (const uint64_t row : {0ull, 1ull, 61ull, 62ull, 99'999ull, 4'000'000ull}) {
      const std::string id = id_text(style, row);
      EXPECT_EQ(row_of_id(style, id), row) << id;
      EXPECT_TRUE(style.form == IdStyle::Form::number || id > before) << id;
      before = id;
    }
    for (const char* wrong : {"", "x", "-1", "00", "003000000000000AAA", "3c1f0000-a000-4000-8000-000000000000"}) EXPECT_FALSE(row_of_id(style, wrong).has_value()) << wrong;
  }
  const IdStyle contact{.form = IdStyle::Form::salesforce, .prefix = "003"};
  EXPECT_EQ(row_of_id(contact, id_text(contact, 77).substr(0, 15)), 77u);
}

std::shared_ptr<const TableSpec> people(uint64_t rows) {
  auto spec = std::make_shared<TableSpec>();
  spec->name = "people";
  spec->id = {.form = IdStyle::Form::number, .first = 1};
  spec->rows = rows;
  spec->columns = {{.name = "id", .kind = Kind::id, .recipe = Recipe::id}, {.name = "name", .recipe = Recipe::full_name}, {.name = "email", .recipe = Recipe::email}};
  return spec;
}

TEST(Cells, AreTheSameForTheSameSeedInAnyOrder) {
  const TableState a(people(100), 5), b(people(100), 5), c(people(100), 6);
  int differ = 0;
  for (uint64_t row = 0; row < 100; ++row) {
    Scratch one, two, three;
    const std::string email(Row(a, row, 0).cell(a.spec().columns[2], one).text);
    EXPECT_EQ(email, Row(b, 99 - (99 - row), 0).cell(b.spec().columns[2], two).text);
    differ += email != Row(c, row, 0).cell(c.spec().columns[2], three).text ? 1 : 0;
  }
  EXPECT_GT(differ, 80);
}

TEST(Cells, CreationMomentsAreDistinct) {
  std::set<int64_t> moments;
  for (uint64_t row = 0; row < 20'000; ++row) moments.insert(made_created(RowSeed(1, row), 1));
  EXPECT_EQ(moments.size(), 20'000u);
}

/// A naive model beside the table: every row as a map, changed by the same random steps.
TEST(Changes, AgreeWithANaiveModel) {
  SeededRandom random(11);
  Tables tables;
  tables.replace({*people(50)}, 1);
  std::map<uint64_t, std::pair<bool, std::string>> model;  // live, name as written
  for (uint64_t row = 0; row < 50; ++row) model[row] = {true, ""};
  for (int step = 0; step < 500; ++step) {
    const uint64_t row = random.below(model.size());
    const std::string name = "n" + std::to_string(step);
    tables.edit("people", [&](TableState& state) {
      Change change;
      if (const auto found = state.changes().find(row); found != state.changes().end()) change = found->second;
      switch (random.below(3)) {
        case 0:
          change.cells["name"] = name;
          model[row].second = name;
          state.write(row, change);
          break;
        case 1:
          change.state = model[row].first ? Change::State::archived : Change::State::live;
          model[row].first = !model[row].first;
          state.write(row, change);
          break;
        default:
          change = Change{.made = false};
          change.cells["name"] = name;
          model[state.append(change)] = {true, name};
      }
    });
  }
  const TableRef table = tables.find("people");
  uint64_t live = 0;
  for (const auto& [row, wanted] : model) {
    Scratch scratch;
    const Row found(*table, row, 0);
    EXPECT_EQ(found.live(), wanted.first);
    live += wanted.first ? 1 : 0;
    EXPECT_TRUE(wanted.second.empty() || found.cell(table->spec().columns[1], scratch).text == wanted.second) << row;
  }
  EXPECT_EQ(table->live_rows(0), live);
}

TEST(Changes, ReadersKeepWhatTheyHold) {
  Tables tables;
  tables.replace({*people(3)}, 1);
  const TableRef before = tables.find("people");
  tables.edit("people", [](TableState& state) { state.append(Change{.made = false}); });
  EXPECT_EQ(before->rows(), 3u);
  EXPECT_EQ(tables.find("people")->rows(), 4u);
}

TEST(CsvFile, ReadsWhatRfc4180Allows) {
  const auto csv = CsvFile::parse("a,b\r\n\"x \"\"y\"\"\nz\",\n1,\"\"\n\n2,3");
  ASSERT_TRUE(csv.has_value());
  ASSERT_EQ(csv->rows(), 3u);
  EXPECT_EQ(csv->field(0, 0), "x \"y\"\nz");
  EXPECT_EQ(csv->field(0, 1), "");
  EXPECT_EQ(csv->field(2, 1), "3");
}

TEST(CsvFile, SaysWhatIsWrong) {
  struct Case {
    std::string text, words, where;
  };
  for (const Case& one : {Case{"", "header", ""}, Case{"a,b\n1\n", "1 fields", "row 2"}, Case{"a\n\"x", "never closes", "byte 3"}}) {
    const auto csv = CsvFile::parse(one.text);
    ASSERT_FALSE(csv.has_value()) << one.text;
    EXPECT_THAT(csv.error().message, HasSubstr(one.words));
    EXPECT_EQ(csv.error().where, one.where);
  }
}

}  // namespace
}  // namespace foz::sim
