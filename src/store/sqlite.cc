// libsqlite3 ends in this file.
#include <sqlite3.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>

#include "base/log.h"
#include "store/database.h"
#include "store/migrations.h"

namespace foz::store {
namespace {

struct CloseConnection {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Handle = std::unique_ptr<sqlite3, CloseConnection>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

ErrorKind kind_of(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_NOMEM: return ErrorKind::unavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorKind::corrupt;
    case SQLITE_CONSTRAINT: return ErrorKind::conflict;
    default: return ErrorKind::internal;
  }
}

std::string_view meaning_of(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another process holds it for too long";
    case SQLITE_FULL: return "storage is full: free some space, the work goes on by itself";
    case SQLITE_IOERR: return "the disk fails";
    case SQLITE_CANTOPEN: return "its file cannot be opened: look at the path and its rights";
    case SQLITE_READONLY: return "its file cannot be written: look at its rights";
    case SQLITE_CORRUPT: return "its file is damaged: restore it from a backup";
    case SQLITE_NOTADB: return "its file is no database of Foz";
    case SQLITE_CONSTRAINT: return "a rule of a table is broken";
    default: return "a statement failed";
  }
}

Error database_error(int code) {
  return {.kind = kind_of(code), .message = "metadata database: " + std::string(meaning_of(code))};
}

/// A connection with its prepared statements. Used by one thread at a time.
class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const SqliteOptions& options, bool writable) {
    sqlite3* raw = nullptr;
    const int flags = SQLITE_OPEN_NOMUTEX | (writable ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
    const int code = sqlite3_open_v2(options.file.c_str(), &raw, flags, nullptr);
    std::unique_ptr<Connection> connection(new Connection(Handle(raw)));
    if (code != SQLITE_OK) return connection->failure(code);
    sqlite3_busy_timeout(raw, options.busy_timeout_ms);
    sqlite3_extended_result_codes(raw, 1);
    for (const char* pragma : {"PRAGMA foreign_keys=ON", "PRAGMA temp_store=MEMORY", "PRAGMA cache_size=-8000"}) {
      TRY_DO(connection->run_all(pragma));
    }
    if (writable) {
      TRY_DO(connection->run_all("PRAGMA journal_mode=WAL"));
      TRY_DO(connection->run_all("PRAGMA synchronous=FULL"));
    }
    return connection;
  }

  Status each(std::string_view sql, const Values& parameters, const std::function<bool(const Row&)>& visit) {
    TRY(sqlite3_stmt * statement, prepared(sql, parameters));
    const Reset reset{statement};
    const int columns = sqlite3_column_count(statement);
    for (;;) {
      const int code = sqlite3_step(statement);
      if (code == SQLITE_DONE) return {};
      if (code != SQLITE_ROW) return failure(code);
      Values values;
      values.reserve(static_cast<size_t>(columns));
      for (int i = 0; i < columns; ++i) values.push_back(column(statement, i));
      if (!visit(Row(std::move(values)))) return {};
    }
  }

  Result<int64_t> exec(std::string_view sql, const Values& parameters) {
    TRY(sqlite3_stmt * statement, prepared(sql, parameters));
    const Reset reset{statement};
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW) code = sqlite3_step(statement);
    if (code != SQLITE_DONE) return failure(code);
    return int64_t{sqlite3_changes(handle_.get())};
  }

  /// How long statements wait for another process from now on; not at all when it is zero or less.
  void wait_for_others(std::chrono::milliseconds span) { sqlite3_busy_timeout(handle_.get(), static_cast<int>(span.count())); }

  /// No transaction is open.
  bool is_idle() const { return sqlite3_get_autocommit(handle_.get()) != 0; }

  /// Statements without parameters, one after the other.
  Status run_all(std::string_view sql) {
    const int code = sqlite3_exec(handle_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return failure(code);
    return {};
  }

 private:
  explicit Connection(Handle handle) : handle_(std::move(handle)) {}

  struct Reset {
    sqlite3_stmt* statement;
    ~Reset() {
      sqlite3_reset(statement);
      sqlite3_clear_bindings(statement);
    }
  };

  Error failure(int code) const {
    Error error = database_error(code);
    if (error.kind == ErrorKind::internal || error.kind == ErrorKind::conflict) {
      error.message += " (" + std::string(sqlite3_errmsg(handle_.get())) + ")";
    }
    return error;
  }

  Result<sqlite3_stmt*> prepared(std::string_view sql, const Values& parameters) {
    Statement& statement = statements_[std::string(sql)];
    if (!statement) {
      sqlite3_stmt* raw = nullptr;
      const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
      if (code != SQLITE_OK) return failure(code);
      statement.reset(raw);
    }
    FOZ_CHECK(sqlite3_bind_parameter_count(statement.get()) == static_cast<int>(parameters.size()), sql);
    for (size_t i = 0; i < parameters.size(); ++i) {
      if (const int code = bind(statement.get(), static_cast<int>(i) + 1, parameters[i]); code != SQLITE_OK) return failure(code);
    }
    return statement.get();
  }

  static int bind(sqlite3_stmt* statement, int index, const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    if (const auto* integer = std::get_if<int64_t>(&value)) return sqlite3_bind_int64(statement, index, *integer);
    if (const auto* number = std::get_if<double>(&value)) return sqlite3_bind_double(statement, index, *number);
    return sqlite3_bind_null(statement, index);
  }

  static Value column(sqlite3_stmt* statement, int index) {
    switch (sqlite3_column_type(statement, index)) {
      case SQLITE_INTEGER: return int64_t{sqlite3_column_int64(statement, index)};
      case SQLITE_FLOAT: return sqlite3_column_double(statement, index);
      case SQLITE_NULL: return std::monostate{};
      default: {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, index));
        return std::string(text, static_cast<size_t>(sqlite3_column_bytes(statement, index)));
      }
    }
  }

  Handle handle_;
  std::map<std::string, Statement, std::less<>> statements_;
};

class SqliteTransaction final : public Transaction {
 public:
  explicit SqliteTransaction(Connection& connection) : connection_(connection) {}
  Status each(std::string_view sql, const Values& parameters, const std::function<bool(const Row&)>& visit) override {
    return connection_.each(sql, parameters, visit);
  }
  Result<int64_t> exec(std::string_view sql, const Values& parameters) override {
    return connection_.exec(sql, parameters);
  }

 private:
  Connection& connection_;
};

class Sqlite final : public Database {
 public:
  explicit Sqlite(SqliteOptions options) : options_(std::move(options)) {}

  Status open() {
    TRY(writer_, Connection::open(options_, true));
    return migrate();
  }

  Status each(std::string_view sql, const Values& parameters, const std::function<bool(const Row&)>& visit) override {
    TRY(auto reader, take_reader());
    const Return back{*this, reader};
    return reader->each(sql, parameters, visit);
  }

  Status write(const std::function<Status(Transaction&)>& body) override {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(options_.busy_timeout_ms);
    TRY_DO(take_writer(deadline));
    const ReturnWriter back{*this};
    // The same deadline: who stood in line behind a write that waited for another process does not begin to wait anew.
    writer_->wait_for_others(std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()));
    TRY_DO(writer_->run_all("BEGIN IMMEDIATE"));
    turn(Turn::writes);
    SqliteTransaction transaction(*writer_);
    Status status;
    try {
      status = body(transaction);
    } catch (...) {
      roll_back();
      throw;
    }
    if (status) status = writer_->run_all("COMMIT");
    if (!status) roll_back();
    return status;
  }

 private:
  /// What the one writer does.
  enum class Turn {
    free,
    begins,  ///< waits for another process, as a rule for no time at all
    writes
  };

  void turn(Turn now) {
    std::lock_guard lock(turn_mutex_);
    turn_ = now;
  }

  Status take_writer(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(turn_mutex_);
    if (!writer_free_.wait_until(lock, deadline, [this] { return turn_ == Turn::free; })) {
      if (turn_ == Turn::begins) return database_error(SQLITE_BUSY);
      return Error{.kind = ErrorKind::unavailable, .message = "metadata database: a write before this one takes too long"};
    }
    turn_ = Turn::begins;
    return {};
  }

  /// Gives the writer back, also when a body threw.
  struct ReturnWriter {
    Sqlite& database;
    ~ReturnWriter() {
      database.turn(Turn::free);
      database.writer_free_.notify_one();
    }
  };

  /// SQLite has ended the transaction by itself where a statement met a full disk, or COMMIT failed.
  void roll_back() {
    if (writer_->is_idle()) return;
    if (const Status undone = writer_->run_all("ROLLBACK"); !undone) {
      log::warning("store.rollback_failed", {{"error", undone.error()}});
    }
  }

  Status migrate() {
    TRY_DO(writer_->run_all("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL)"));
    int64_t done = 0;
    TRY_DO(writer_->each("SELECT coalesce(max(number), 0) FROM migrations", {}, [&](const Row& row) {
      done = row.integer(0);
      return false;
    }));
    if (!migrations().empty() && done > migrations().back().number) {
      return Error{.kind = ErrorKind::conflict,
                   .message = "the data directory was written by a newer Foz (database version " + std::to_string(done) +
                              "); start that one, or restore a backup"};
    }
    for (const Migration& migration : migrations()) {
      if (migration.number <= done) continue;
      TRY_DO(write([&](Transaction& transaction) -> Status {
        TRY_DO(writer_->run_all(migration.sql));
        TRY([[maybe_unused]] const auto rows, transaction.exec("INSERT INTO migrations VALUES (?, ?)",
                                              {int64_t{migration.number}, std::string(migration.name)}));
        return {};
      }));
    }
    return {};
  }

  /// Gives a reader back, also when a visitor threw.
  struct Return {
    Sqlite& database;
    std::unique_ptr<Connection>& reader;
    ~Return() { database.give_reader(std::move(reader)); }
  };

  Result<std::unique_ptr<Connection>> take_reader() {
    std::unique_lock lock(readers_mutex_);
    reader_free_.wait(lock, [&] { return !readers_.empty() || readers_open_ < options_.readers_max; });
    if (!readers_.empty()) {
      auto reader = std::move(readers_.back());
      readers_.pop_back();
      return reader;
    }
    ++readers_open_;
    lock.unlock();
    auto reader = Connection::open(options_, false);
    if (!reader) {
      lock.lock();
      --readers_open_;
      reader_free_.notify_one();
    }
    return reader;
  }

  void give_reader(std::unique_ptr<Connection> reader) {
    std::lock_guard lock(readers_mutex_);
    readers_.push_back(std::move(reader));
    reader_free_.notify_one();
  }

  const SqliteOptions options_;
  std::mutex turn_mutex_;
  std::condition_variable writer_free_;
  Turn turn_ = Turn::free;
  std::unique_ptr<Connection> writer_;  ///< used by whoever has the turn
  std::mutex readers_mutex_;
  std::condition_variable reader_free_;
  std::vector<std::unique_ptr<Connection>> readers_;
  size_t readers_open_ = 0;
};

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options) {
  auto database = std::make_unique<Sqlite>(options);
  TRY_DO(database->open());
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace foz::store
