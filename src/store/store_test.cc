// The metadata database: all or nothing, who was first, forward only. Over real files.
#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "base/testing.h"
#include "store/database.h"
#include "store/resource_table.h"
#include "store/tables.h"

namespace foz::store {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    open();
    EXPECT_TRUE(change([](Transaction& transaction) -> Status {
      TRY_DO(status_of(transaction.exec("CREATE TABLE things (sandbox TEXT, id TEXT, etag TEXT, created_ms INTEGER, updated_ms INTEGER, doc TEXT, size INTEGER, "
                                        "PRIMARY KEY (sandbox, id))")));
      return {};
    }));
  }

  std::filesystem::path file() const { return folder_ / "foz.db"; }
  void open() { open({.file = file()}); }
  void open(const SqliteOptions& options) {
    database_.reset();
    auto opened = open_sqlite(options);
    ASSERT_TRUE(opened) << opened.error().message;
    database_ = std::move(*opened);
  }
  template <class T>
  static Status status_of(const Result<T>& result) {
    if (!result) return result.error();
    return {};
  }
  Status change(const std::function<Status(Transaction&)>& body) { return database_->write(body); }
  int64_t count() { return database_->first("SELECT count(*) FROM things").value()->integer(0); }
  static Resource thing(std::string id, std::string etag, std::string sandbox = "prod") {
    return {.sandbox = std::move(sandbox), .id = std::move(id), .etag = std::move(etag), .created_ms = 1, .updated_ms = 2, .doc = Json{{"name", "ünï"}}};
  }
  Status insert(const Resource& resource, int64_t size = 0) {
    return change([&](Transaction& transaction) { return table_.insert(transaction, resource, {{"size", size}}); });
  }
  Status update(const Resource& resource, std::string_view expected) {
    return change([&](Transaction& transaction) { return table_.update(transaction, resource, expected); });
  }

  const ResourceTable table_{"things"};
  TemporaryFolder folder_;
  std::unique_ptr<Database> database_;
};

TEST_F(StoreTest, AWriteIsWholeOrNothing) {
  EXPECT_TRUE(insert(thing("a", "1")));
  const Status refused = change([&](Transaction& transaction) -> Status {
    TRY_DO(table_.insert(transaction, thing("b", "1")));
    return Error{.kind = ErrorKind::invalid, .message = "on second thoughts"};
  });
  EXPECT_EQ(refused.error().message, "on second thoughts");
  EXPECT_THROW(static_cast<void>(change([&](Transaction& transaction) -> Status {
    TRY_DO(table_.insert(transaction, thing("c", "1")));
    throw std::runtime_error("fault");
  })), std::runtime_error);
  EXPECT_EQ(count(), 1);
  EXPECT_TRUE(insert(thing("d", "1"))) << "the next write is not in the way of a failed one";
  open();
  EXPECT_EQ(count(), 2);
}

TEST_F(StoreTest, ReadersSeeWhatIsCommitted) {
  EXPECT_TRUE(change([&](Transaction& transaction) -> Status {
    TRY_DO(table_.insert(transaction, thing("a", "1")));
    EXPECT_EQ(count(), 0);
    EXPECT_EQ(transaction.first("SELECT count(*) FROM things").value()->integer(0), 1);
    return {};
  }));
  EXPECT_EQ(count(), 1);
}

TEST_F(StoreTest, WritersTakeTurns) {
  EXPECT_TRUE(insert(thing("n", "0"), 0));
  std::vector<std::jthread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&] {
      for (int k = 0; k < 25; ++k) {
        EXPECT_TRUE(change([](Transaction& transaction) -> Status {
          TRY(const auto row, transaction.first("SELECT size FROM things WHERE id = 'n'"));
          return status_of(transaction.exec("UPDATE things SET size = ? WHERE id = 'n'", {row->integer(0) + 1}));
        }));
      }
    });
  }
  writers.clear();
  EXPECT_EQ(database_->first("SELECT size FROM things").value()->integer(0), 100);
}

TEST_F(StoreTest, AWriteDoesNotStandInLineForever) {
  open({.file = file(), .busy_timeout_ms = 50});
  EXPECT_TRUE(change([&](Transaction&) -> Status {
    Status behind;
    std::jthread([&] { behind = insert(thing("a", "1")); }).join();
    EXPECT_EQ(behind.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(behind.error().message, HasSubstr("a write before this one takes too long"));
    return {};
  }));
  EXPECT_TRUE(insert(thing("b", "1")));
}

TEST_F(StoreTest, WritesWaitTogetherForAnotherProcess) {
  constexpr milliseconds kPatience{400};
  open({.file = file(), .busy_timeout_ms = kPatience.count()});
  auto other = open_sqlite({.file = file()});
  ASSERT_TRUE(other);
  EXPECT_TRUE((*other)->write([&](Transaction&) -> Status {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::jthread> writers;
    for (int i = 0; i < 20; ++i) {
      writers.emplace_back([&, i] {
        const Status refused = insert(thing(std::to_string(i), "1"));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
        EXPECT_THAT(refused.error().message, HasSubstr("another process holds it"));
      });
    }
    writers.clear();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10 * kPatience) << "one after the other takes twenty times as long as one";
    return {};
  }));
  EXPECT_EQ(count(), 0);
  EXPECT_TRUE(insert(thing("a", "1"))) << "at once";
}

TEST_F(StoreTest, ValuesComeBackAsTheyWent) {
  const std::string text = std::string("nul\0inside", 10) + "ünï";
  const auto row = database_->first("SELECT ?, ?, ?, ?", {text, int64_t{-9'007'199'254'740'993}, 0.1, std::monostate{}});
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->text(0), text);
  EXPECT_EQ((*row)->integer(1), -9'007'199'254'740'993);
  EXPECT_EQ((*row)->number(2), 0.1);
  EXPECT_TRUE((*row)->is_null(3));
  EXPECT_EQ((*row)->text(3), "");
  EXPECT_EQ((*row)->maybe_integer(3), std::nullopt);
}

TEST_F(StoreTest, WrongSqlIsOurFaultAndSaysSo) {
  const auto rows = database_->query("SELECT nope FROM things");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().kind, ErrorKind::internal);
  EXPECT_THAT(rows.error().message, HasSubstr("nope"));
}

TEST_F(StoreTest, AResourceChangesForWhoeverSawItLast) {
  EXPECT_TRUE(insert(thing("a", "1")));
  EXPECT_EQ(insert(thing("a", "9")).error().kind, ErrorKind::conflict);
  EXPECT_TRUE(update(thing("a", "2"), "1"));
  EXPECT_EQ(update(thing("a", "3"), "1").error().kind, ErrorKind::conflict);
  EXPECT_EQ(table_.find(*database_, "prod", "a")->etag, "2");
  EXPECT_TRUE(update(thing("a", "4"), ""));
  EXPECT_EQ(update(thing("nobody", "1"), "").error().kind, ErrorKind::not_found);
  EXPECT_EQ(table_.find(*database_, "prod", "a")->doc, Json({{"name", "ünï"}}));
}

TEST_F(StoreTest, SandboxesDoNotSeeEachOther) {
  EXPECT_TRUE(insert(thing("a", "1", "prod")));
  EXPECT_TRUE(insert(thing("a", "2", "dev")));
  EXPECT_EQ(table_.find(*database_, "dev", "a")->etag, "2");
  const auto gone = change([&](Transaction& transaction) { return table_.remove(transaction, "dev", "a"); });
  EXPECT_TRUE(gone);
  EXPECT_EQ(table_.find(*database_, "dev", "a").error().kind, ErrorKind::not_found);
  EXPECT_EQ(table_.find(*database_, "prod", "a")->etag, "1");
  EXPECT_EQ(change([&](Transaction& transaction) { return table_.remove(transaction, "dev", "a"); }).error().kind, ErrorKind::not_found);
}

TEST_F(StoreTest, ListsInOrderUntilEnough) {
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(insert(thing(std::to_string(i), "1"), 10 - i));
  std::vector<std::string> ids;
  EXPECT_TRUE(table_.each(*database_, "prod", "size > ?", {int64_t{6}}, "size", [&](const Resource& resource) {
    ids.push_back(resource.id);
    return ids.size() < 3;
  }));
  EXPECT_THAT(ids, testing::ElementsAre("3", "2", "1"));
}

TEST_F(StoreTest, KnowsItsTables) {
  EXPECT_THAT(tables_with_column(*database_, "sandbox").value(), testing::Contains("things"));
  EXPECT_THAT(tables_with_column(*database_, "no_such_column").value(), testing::IsEmpty());
}

TEST_F(StoreTest, GoesForwardOnly) {
  const auto newest = database_->first("SELECT max(number) FROM migrations").value()->integer(0);
  EXPECT_GE(newest, 7);
  open();
  EXPECT_EQ(database_->first("SELECT max(number) FROM migrations").value()->integer(0), newest);
  EXPECT_TRUE(change([&](Transaction& transaction) { return status_of(transaction.exec("INSERT INTO migrations VALUES (?, 'future')", {newest + 1})); }));
  database_.reset();
  const auto older = open_sqlite({.file = file()});
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().kind, ErrorKind::conflict);
}

TEST_F(StoreTest, AFileThatIsNoDatabaseIsLeftAlone) {
  const auto other = folder_ / "other.db";
  { std::FILE* out = std::fopen(other.c_str(), "w"); std::fputs(std::string(8192, 'x').c_str(), out); std::fclose(out); }
  const auto opened = open_sqlite({.file = other});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::corrupt);
  EXPECT_EQ(std::filesystem::file_size(other), 8192u);
  EXPECT_FALSE(open_sqlite({.file = folder_ / "no" / "folder" / "foz.db"}));
}

}  // namespace
}  // namespace foz::store
