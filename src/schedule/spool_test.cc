#include "schedule/spool.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "base/random.h"
#include "base/testing.h"

namespace foz::schedule {
namespace {

using sources::Page;

class Spooled : public testing::Test {
 protected:

  std::unique_ptr<Spool> open() {
    auto spool = Spool::open(files, clock, root / "run");
    EXPECT_TRUE(spool) << to_string(spool.error());
    return std::move(*spool);
  }
  static Page page(std::string body, std::optional<std::string> next) {
    Page made{.bodies = {std::move(body)}, .records = "/results"};
    if (next) made.next = sources::Cursor{*next};
    return made;
  }
  std::vector<std::string> bodies(const Spool& spool) {
    std::vector<std::string> all;
    for (const SpooledPage& entry : spool.pages()) all.push_back(spool.read(entry)->bodies.at(0));
    return all;
  }

  lake::LocalFileIo files;
  SystemClock clock;
  TemporaryFolder root;
};

TEST_F(Spooled, KeepsPagesAndCursorsOverARestart) {
  {
    const auto spool = open();
    ASSERT_TRUE(spool->append("a", page("first", "c1")));
    ASSERT_TRUE(spool->append("b", page("other", "d1")));
    Page second = page("second", std::nullopt);
    second.total = 7, second.count = 3;
    ASSERT_TRUE(spool->append("a", second));
  }
  const auto spool = open();
  EXPECT_THAT(bodies(*spool), testing::ElementsAre("first", "other", "second"));
  EXPECT_EQ(spool->read(spool->pages()[0])->count, std::nullopt);
  EXPECT_EQ(spool->read(spool->pages()[2])->count, 3);
  EXPECT_EQ(spool->read(spool->pages()[2])->total, 7);
  EXPECT_EQ(spool->progress("a").pages, 2u);
  EXPECT_TRUE(spool->progress("a").ended);
  EXPECT_EQ(spool->progress("b").next.text, "d1");
  EXPECT_FALSE(spool->progress("b").ended);
  EXPECT_EQ(spool->progress("c").pages, 0u);
  EXPECT_EQ(spool->read(spool->pages()[0])->records, "/results");
}

TEST_F(Spooled, ATailTornAtAnyByteIsCutOff) {
  uint64_t whole = 0;
  {
    const auto spool = open();
    ASSERT_TRUE(spool->append("a", page("first", "c1")));
    whole = spool->pages()[0].length;
    ASSERT_TRUE(spool->append("a", page("second", "c2")));
  }
  const auto log = root / "run" / "pages.log";
  const auto full = files.read(log, 0, UINT64_MAX).value();
  for (uint64_t length = whole; length < full.size(); ++length) {
    std::ofstream(log, std::ios::binary | std::ios::trunc).write(full.data(), static_cast<std::streamsize>(length));
    const auto spool = open();
    ASSERT_THAT(bodies(*spool), testing::ElementsAre("first")) << "cut after " << length;
    ASSERT_EQ(spool->progress("a").next.text, "c1");
    ASSERT_EQ(files.size(log).value(), whole);
  }
}

TEST_F(Spooled, AFlippedByteEndsTheLogThere) {
  {
    const auto spool = open();
    for (const char* body : {"first", "second", "third"}) ASSERT_TRUE(spool->append("a", page(body, "c")));
  }
  const auto log = root / "run" / "pages.log";
  std::string bytes = files.read(log, 0, UINT64_MAX).value();
  bytes[bytes.find("second")] ^= 1;
  std::ofstream(log, std::ios::binary | std::ios::trunc) << bytes;
  EXPECT_THAT(bodies(*open()), testing::ElementsAre("first"));
}

TEST_F(Spooled, SlicesAppendSideBySide) {
  {
    const auto spool = open();
    std::vector<std::jthread> threads;
    for (int slice = 0; slice < 4; ++slice) {
      threads.emplace_back([&, slice] {
        for (int i = 1; i <= 50; ++i) {
          EXPECT_TRUE(spool->append("s" + std::to_string(slice), page("page " + std::to_string(i), std::to_string(i))));
        }
      });
    }
  }
  const auto spool = open();
  EXPECT_EQ(spool->pages().size(), 200u);
  for (int slice = 0; slice < 4; ++slice) {
    EXPECT_EQ(spool->progress("s" + std::to_string(slice)).pages, 50u);
    EXPECT_EQ(spool->progress("s" + std::to_string(slice)).next.text, "50");
  }
}

TEST_F(Spooled, DropsBrokenPagesOfOneSliceOnly) {
  const auto spool = open();
  ASSERT_TRUE(spool->append("a", page("a1", "c1")));
  ASSERT_TRUE(spool->append("a", page("a2", "c2")));
  ASSERT_TRUE(spool->append("b", page("b1", "d1")));
  ASSERT_TRUE(spool->drop_last("a", 1));
  EXPECT_THAT(bodies(*spool), testing::ElementsAre("a1", "b1"));
  EXPECT_EQ(spool->progress("a").next.text, "c1");
  ASSERT_TRUE(spool->append("a", page("a2 again", std::nullopt)));
  EXPECT_THAT(bodies(*open()), testing::ElementsAre("a1", "b1", "a2 again"));
}

/// More than a file keeps in itself alone (docs/formats/spool.md, "The tail").
TEST_F(Spooled, ManyPagesAreReadBackWhileMoreCome) {
  std::vector<std::string> wanted;
  {
    const auto spool = open();
    for (int i = 0; i < 60; ++i) {
      wanted.push_back(std::string(100'000 + static_cast<size_t>(i), static_cast<char>('a' + i % 26)));
      const auto entry = spool->append("a", page(wanted.back(), "c" + std::to_string(i)));
      ASSERT_TRUE(entry);
      ASSERT_TRUE(spool->read(*entry)->bodies.at(0) == wanted.back()) << i;
    }
    ASSERT_TRUE(spool->append("b", page(std::string(50'000, 'z'), "d1")));
    ASSERT_TRUE(spool->drop_last("a", 2));
    wanted.resize(58);
    wanted.push_back(std::string(50'000, 'z'));
    EXPECT_TRUE(bodies(*spool) == wanted);
    wanted.push_back(std::string(3'000'000, 'y'));
    ASSERT_TRUE(spool->append("a", page(wanted.back(), std::nullopt)));
    EXPECT_TRUE(bodies(*spool) == wanted);
  }
  EXPECT_TRUE(bodies(*open()) == wanted);
}

TEST_F(Spooled, KeepsThePlan) {
  SpoolPlan plan;
  plan.plan.table.table = {.name = "Contacts", .path = "Hubspot.Contacts"};
  plan.plan.table.modified_column = "M";
  plan.plan.columns = {{.name = "Vid", .type = sources::ColumnType::string, .raw_path = {"id"}, .key = true},
                       {.name = "Portal_Id", .constant = "62515"},
                       {.name = "M", .type = sources::ColumnType::timestamp, .wire = sources::Wire::millis, .raw_path = {"properties", "m"}, .lenient = true, .cursor = true}};
  plan.plan.table.columns = plan.plan.columns;
  plan.plan.window = sources::Window{.column = "M", .from = from_millis(1), .to = from_millis(1'700'000'000'123)};
  plan.slices = {{.id = "0", .query = "q"}, {.id = "1", .query = "r"}};
  ASSERT_TRUE(open()->keep_plan(plan));
  const auto spool = open();
  ASSERT_TRUE(spool->plan());
  EXPECT_EQ(spool->plan()->plan.columns, plan.plan.columns);
  EXPECT_EQ(spool->plan()->plan.window->to, plan.plan.window->to);
  EXPECT_EQ(spool->plan()->plan.table.table.path, "Hubspot.Contacts");
  EXPECT_EQ(spool->plan()->slices.at(1).query, "r");
}

}  // namespace
}  // namespace foz::schedule
