#pragma once
// The metadata database: SQL in, rows out, one writer at a time. SQLite inside the process; a server when outgrown.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace foz::store {

/// A parameter or a column of a row. Texts are UTF-8; null is std::monostate.
using Value = std::variant<std::monostate, int64_t, double, std::string>;
using Values = std::vector<Value>;

class Row {
 public:
  explicit Row(Values values) : values_(std::move(values)) {}
  bool is_null(size_t column) const { return std::holds_alternative<std::monostate>(values_.at(column)); }
  /// "" when null.
  std::string text(size_t column) const;
  /// 0 when null.
  int64_t integer(size_t column) const;
  double number(size_t column) const;
  std::optional<int64_t> maybe_integer(size_t column) const;
  const Value& at(size_t column) const { return values_.at(column); }
  size_t size() const { return values_.size(); }

 private:
  Values values_;
};

/// Reads. Parameters stand as `?` in the SQL, in order. Errors: unavailable (locked too long, disk), corrupt, internal (wrong SQL).
class Reader {
 public:
  virtual ~Reader() = default;
  /// Calls `visit` for each row until it returns false. `visit` must not use the database.
  virtual Status each(std::string_view sql, const Values& parameters, const std::function<bool(const Row&)>& visit) = 0;

  Result<std::vector<Row>> query(std::string_view sql, const Values& parameters = {});
  /// The first row; nothing when there is none.
  Result<std::optional<Row>> first(std::string_view sql, const Values& parameters = {});
};

/// One atomic change: all of it is durable when `write` returns, or nothing happened.
class Transaction : public Reader {
 public:
  /// Rows changed. A broken uniqueness rule is a conflict.
  virtual Result<int64_t> exec(std::string_view sql, const Values& parameters = {}) = 0;
};

/// Thread-safe. Reads through `reader()` see the last committed state and never wait for a writer.
class Database : public Reader {
 public:
  /// Runs `body` in a transaction; commits when it returns no error, rolls back otherwise (also when it throws).
  /// Writers take turns; `body` must not call the database other than through its argument, nor wait for the world.
  /// Errors: those of `body`; unavailable, also when neither the turn nor the lock of another process could be had in time.
  virtual Status write(const std::function<Status(Transaction&)>& body) = 0;

  /// The same for a body that makes a value.
  template <class Body>
  auto write_value(Body&& body) -> decltype(body(std::declval<Transaction&>())) {
    std::optional<decltype(body(std::declval<Transaction&>()))> outcome;
    TRY_DO(write([&](Transaction& transaction) -> Status {
      outcome.emplace(body(transaction));
      if (!*outcome) return outcome->error();
      return {};
    }));
    return std::move(*outcome);
  }
};

struct SqliteOptions {
  std::filesystem::path file;       ///< ":memory:" is not offered: tests use a file of their own
  size_t readers_max = 8;
  int busy_timeout_ms = 30'000;     ///< of a write: for its turn and for another process, together
};

/// Opens or makes the database file (WAL, synchronous=FULL) and brings it to the newest migration.
/// Errors: unavailable (cannot be opened), corrupt (no database, failed integrity), conflict (it was written by a newer Foz).
Result<std::unique_ptr<Database>> open_sqlite(const SqliteOptions& options);

}  // namespace foz::store
