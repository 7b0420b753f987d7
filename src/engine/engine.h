#pragma once
// DuckDB, wrapped: an instance with limits, SQL in, rows out, and our rows as a table. The library ends in this room.

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "engine/chunk.h"
#include "engine/types.h"

namespace foz::engine {

struct EngineOptions {
  size_t memory_bytes = 512u << 20;
  int threads = 2;
  std::filesystem::path spill_folder = {};                        ///< empty: nothing is spilled
  std::vector<std::filesystem::path> allowed_folders = {};        ///< nothing else on disk can be touched
};

/// Rows of a query: names, then a JSON value for each column of each row.
/// Dates are "2020-04-15", timestamps "2020-04-15T23:34:21.034Z", decimals texts, maps objects.
struct QueryRows {
  std::vector<std::string> columns;
  std::vector<std::vector<Json>> rows;
  bool cut_off = false;  ///< there were more than asked for

  /// A row as an object; nulls are left out.
  Json object(size_t row) const;
};

/// Where a column of a table comes from: a column of the chunk, or members that do.
struct Slot {
  Field field;
  int column = -1;                  ///< of the chunk: of the scalar type that fits `field`, or `any`; -1: made of `members`
  std::vector<Slot> members = {};   ///< of an object without a column of its own
};

/// Delivers chunks to one thread. Errors end the statement.
class ChunkReader {
 public:
  virtual ~ChunkReader() = default;
  /// The next rows; null pointer at the end. The chunk stays as it is until the next call.
  virtual Result<const Chunk*> next() = 0;
};

/// Rows that stand as a table in SQL: `SELECT * FROM <name>()`. Outlives the statements that use it.
/// Rows with all members of an object null have a null object.
class ChunkTable {
 public:
  virtual ~ChunkTable() = default;
  virtual const std::vector<Slot>& slots() const = 0;
  /// Threads that read side by side. With 1 the whole statement runs on one thread.
  virtual size_t readers_max() const = 0;
  /// A reader for one more thread.
  virtual Result<std::unique_ptr<ChunkReader>> open_reader() = 0;
};

/// An in-memory DuckDB instance: UTC, no extensions from outside, no files but those in the allowed folders, settings
/// locked. Statements of several threads run side by side.
class Engine {
 public:
  /// Errors: internal (the library is not the pinned version), unavailable.
  static Result<std::unique_ptr<Engine>> open(const EngineOptions& options);
  ~Engine();

  /// Runs one statement. Errors: invalid (the SQL is wrong, with DuckDB's words), cancelled, unavailable (memory, disk);
  /// the error of a ChunkTable that broke off.
  Result<QueryRows> query(std::string_view sql, std::stop_token stop = {}, size_t rows_max = 1'000'000);

  /// Is `sql` one statement that only reads: SELECT, SHOW, DESCRIBE, EXPLAIN? Errors: invalid (it is not, or it is wrong).
  Status check_read_only(std::string_view sql);

  /// Makes `table` known as the table function `name`, in the place of one that was known by it and that no statement reads.
  Status add_table(const std::string& name, ChunkTable& table);

  /// The pinned version: "v1.5.6".
  static std::string_view version();

 private:
  struct State;
  explicit Engine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace foz::engine
