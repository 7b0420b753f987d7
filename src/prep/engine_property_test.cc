// A chunk means what its rows mean one by one, and what terms give does not depend on who stands beside.
// Follows: Data Prep contract, 9.1, 30.
#include <gtest/gtest.h>

#include "prep/testing.h"

namespace foz::prep {
namespace {

/// Random records: every attribute is now and then missing, null, empty or of another type.
class Records {
 public:
  explicit Records(uint64_t seed) : random_(seed) {}

  Json record() {
    Json record = Json::object();
    for (const char* name : {"a", "b", "c", "d", "t"}) {
      if (random_.below(8) != 0) record[name] = value(2);
    }
    return record;
  }

 private:
  Json value(int depth) {
    switch (random_.below(depth > 0 ? 12 : 9)) {
      case 0: return nullptr;
      case 1: return "";
      case 2: return static_cast<int64_t>(random_.below(300)) - 100;
      case 3: return static_cast<double>(random_.below(1000)) / 8;
      case 4: return random_.below(2) == 0;
      case 5: return std::to_string(random_.below(200));
      case 6: return "2020-0" + std::to_string(random_.below(12)) + "-1" + std::to_string(random_.below(10));
      case 7: return std::string(random_.below(5), 'x') + "ä" + std::to_string(random_.below(3));
      case 8: return "yes";
      case 9: return Json::array({value(depth - 1), value(depth - 1)});
      case 10: return Json::array();
      default: return {{"x", value(depth - 1)}, {"firstName", value(depth - 1)}};
    }
  }
  SeededRandom random_;
};

MappingSet wide_set() {
  return set_of({{"a", "_id"}, {"b", "count"}, {"c", "score"}, {"t", "createdAt"}, {"a", "active"}, {"b", "tiny"}, {"c", "tags"}, {"d", "numbers"}, {"d[*].x", "pi[*].value"}, {"a.x", "pi[0].kind"},
                 {"a", "person.name"}, {"=concat(a, b)", "person.name.lastName"}, {"t", "person.birthDate"}, {"=iif(b > 5, upper(a), b + 1)", "repositoryCreatedBy"},
                 {"=a == b || c < d ? 1 : decode(a, b, 2, c, 3, 4)", "big"}, {"=size_of(filterArray(d, x -> x != a)) + coalesce(b, c, 1)", "age"},
                 {"=transformArray(d, x -> concat(x, a))", "labels.one"}, {"=instr(a, b)", "small"}, {"=to_map('k', a, 'l', b)", "labels"}});
}

/// Everything that came of a record, as text.
std::string told(const Mapped& result, size_t row) {
  std::string text = to_text(result.records[row]);
  const std::string mark = std::to_string(row) + " ";
  for (const std::string& one : result.rejections) {
    if (one.starts_with(mark)) text += "\n  " + one.substr(mark.size());
  }
  return text;
}

TEST(EngineProperty, AChunkAgreesWithItsRows) {
  const auto target = target_of();
  const MappingSet set = wide_set();
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Records records(seed);
    std::vector<Json> all;
    for (int i = 0; i < 2000; ++i) all.push_back(records.record());
    const auto columns = columns_of_records(all);
    const Mapped chunk = mapped(set, all, target, &columns, {.open_source = true});
    ASSERT_EQ(chunk.problem, "");
    uint64_t warnings = 0, alone_warnings = 0;
    const auto count = [](const Mapped& result) {
      uint64_t sum = 0;
      for (const std::string& one : result.warnings) sum += std::stoull(one.substr(one.find(" x") + 2));
      return sum;
    };
    warnings = count(chunk);
    for (size_t row = 0; row < all.size(); ++row) {
      const Mapped alone = mapped(set, {all[row]}, target, &columns, {.open_source = true});
      ASSERT_EQ(told(chunk, row), told(alone, 0)) << "seed " << seed << " row " << row << " " << to_text(all[row]);
      alone_warnings += count(alone);
    }
    EXPECT_EQ(warnings, alone_warnings) << "seed " << seed;
    EXPECT_GT(warnings, 100u);
  }
}

TEST(EngineProperty, AnExecutionForgetsTheChunkBefore) {
  const auto target = target_of();
  const MappingSet set = wide_set();
  Records records(77);
  std::vector<Json> first, second;
  for (int i = 0; i < 300; ++i) first.push_back(records.record());
  for (int i = 0; i < 200; ++i) second.push_back(records.record());
  std::vector<Json> both = first;
  both.insert(both.end(), second.begin(), second.end());
  const auto columns = columns_of_records(both);
  const Compiled compiled = compile(set, columns, target, {.open_source = true});
  Execution used(compiled.program, test_context()), fresh(compiled.program, test_context());
  engine::Chunk source, out, fresh_out;
  RowIssues issues, fresh_issues;
  fill_chunk(source, columns, first);
  used.run(source, out, issues);
  fill_chunk(source, columns, second);
  used.run(source, out, issues);
  fresh.run(source, fresh_out, fresh_issues);
  for (size_t row = 0; row < second.size(); ++row) {
    ASSERT_EQ(to_text(record_json(compiled.program->layout(), out, row)), to_text(record_json(compiled.program->layout(), fresh_out, row))) << row;
    ASSERT_EQ(issues.is_rejected(row), fresh_issues.is_rejected(row)) << row;
  }
  EXPECT_EQ(issues.rejections().size(), fresh_issues.rejections().size());
}

}  // namespace
}  // namespace foz::prep
