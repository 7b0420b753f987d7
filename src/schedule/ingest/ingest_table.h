#pragma once
// Pages of uploaded records as a table: workers read records against the schema, keep the good ones and tell of the others.

#include <atomic>
#include <mutex>

#include "base/queue.h"
#include "engine/engine.h"
#include "schedule/diagnostics.h"
#include "schedule/ingest/cutter.h"
#include "schedule/ingest/record.h"

namespace foz::schedule {

using InputQueue = BoundedQueue<InputPage>;

struct IngestTotals {
  uint64_t read = 0, written = 0, rejected = 0;
};

/// Borrows everything it is given.
class IngestTable final : public engine::ChunkTable {
 public:
  struct Parts {
    const registry::Node& root;
    const registry::Node* whole = nullptr;  ///< the schema, where `root` may lack what later records mention
    RecordRules rules;
    const CsvDialect& dialect;
    InputQueue& pages;
    Diagnostics& diagnostics;
    size_t workers = 2;
    std::stop_token stop = {};
  };
  explicit IngestTable(Parts parts);
  ~IngestTable() override;

  const std::vector<engine::Slot>& slots() const override { return slots_; }
  size_t readers_max() const override { return parts_.workers; }
  Result<std::unique_ptr<engine::ChunkReader>> open_reader() override;

  /// Complete once all readers have come to the end.
  IngestTotals totals() const;
  /// A record mentioned a field of the schema that the columns lack; the readers ended with an error.
  bool lacks_columns() const { return lacks_columns_; }

 private:
  class Reader;
  const Parts parts_;
  std::vector<engine::Slot> slots_;
  mutable std::mutex mutex_;
  IngestTotals totals_;
  std::atomic<bool> lacks_columns_ = false;
};

}  // namespace foz::schedule
