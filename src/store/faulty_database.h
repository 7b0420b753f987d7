#pragma once
// A metadata database that fails when it is told to: for tests of everything that keeps records.

#include <functional>
#include <optional>

#include "store/database.h"

namespace foz::store {

/// A call of a Database; what happens inside a transaction is part of its `write`.
enum class DatabaseCall : uint8_t { read, write };

struct DatabaseFault {
  enum class When : uint8_t {
    before,  ///< busy, or a disk that fails: nothing happens
    commit,  ///< the whole change is made, then refused and undone
    after,   ///< the change is made and durable, and the answer is an error all the same
  };
  Error error;
  When when = When::before;  ///< of a read: always before
};

/// The fault of a call; nothing: it goes well. Called from all threads that use the database.
using DatabaseFaults = std::function<std::optional<DatabaseFault>(DatabaseCall call)>;

/// Another database with faults. Thread-safe.
class FaultyDatabase final : public Database {
 public:
  FaultyDatabase(Database& next, DatabaseFaults faults) : next_(next), faults_(std::move(faults)) {}
  Status each(std::string_view sql, const Values& parameters, const std::function<bool(const Row&)>& visit) override;
  Status write(const std::function<Status(Transaction&)>& body) override;

 private:
  Database& next_;
  const DatabaseFaults faults_;
};

}  // namespace foz::store
