#pragma once
// A program over chunks of rows. One Execution per thread; all of them agree on what a mapping means.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "engine/chunk.h"
#include "prep/compile.h"

namespace foz::prep {

/// What is the same for all rows of a run.
struct RunContext {
  Instant now = {};                                ///< `now()` and `timestamp()`: one value per run
  std::map<std::string, std::string, std::less<>> variables = {};  ///< of "${CRM_ORG_ID}" in texts
  Random* random = nullptr;                        ///< for `uuid()`; null: uuid() is a field error
  std::string replay_id = {};  ///< not empty: `uuid()` is made of this (the flow), page and row: the same on a replay
};

/// Where a row stands in its run.
struct RowPosition {
  uint32_t page = 0;
  uint32_t row = 0;
};

/// Why a value or a row was refused. Holds names and rules, never a value.
struct Reason {
  std::string code;         ///< INGEST-1555-400, INGEST-1557-400, MAPPER-3700-400, DPMAP-310x-400
  std::string message;
  std::string column;       ///< source paths of the mapping, joined by ", "
  std::string destination;
  std::string keyword = {};  ///< of the schema that is broken: required, maxLength, additionalProperties
};

struct Rejection {
  uint32_t row = 0;  ///< of the chunk
  Reason reason;
};

/// Field errors of one mapping and kind: the attribute became null, or lost precision; the row went on.
struct Warning {
  Reason reason;
  uint64_t count = 0;
};

/// A field error of one row, for the diagnostics.
struct WarningExample {
  uint32_t mapping = 0;
  RowPosition position = {};
  uint32_t row = 0;  ///< of the chunk it was in
  Reason reason;
};

/// What went wrong with rows: rejections of the last chunk, warnings of all chunks so far. Not thread-safe.
class RowIssues {
 public:
  static constexpr size_t kExamplesMax = 100;

  /// True for a row of the last chunk that must not land.
  bool is_rejected(size_t row) const { return !rejections_.empty() && rejected_[row] != 0; }
  /// 1 = rejected, by row of the last chunk.
  std::span<const uint8_t> rejected() const { return rejected_; }
  size_t rejected_count() const { return rejected_count_; }
  /// Every reason of the last chunk, by row; a row may have several.
  const std::vector<Rejection>& rejections() const { return rejections_; }

  /// By mapping and code.
  const std::map<std::pair<uint32_t, std::string>, Warning>& warnings() const { return warnings_; }
  const std::vector<WarningExample>& examples() const { return examples_; }
  uint64_t warning_count() const;
  /// Adds the warnings of another thread's rows; the first 100 examples are kept.
  void merge_warnings(const RowIssues& other);

  void start_chunk();
  /// Puts the rejections in the order of rows.
  void end_chunk();
  void reject(uint32_t row, Reason reason);
  /// Takes back the rejections of the last chunk that `is_pardoned` names; a row without any other lands.
  void pardon(const std::function<bool(const Rejection&)>& is_pardoned);
  void warn(uint32_t mapping, Reason reason, uint64_t count = 1);
  bool wants_examples() const { return examples_.size() < kExamplesMax; }
  void add_example(WarningExample example) { examples_.push_back(std::move(example)); }

 private:
  std::vector<uint8_t> rejected_ = std::vector<uint8_t>(engine::kChunkRows);
  size_t rejected_count_ = 0;
  std::vector<Rejection> rejections_;
  std::map<std::pair<uint32_t, std::string>, Warning> warnings_;
  std::vector<WarningExample> examples_;
};

class Frame;

/// Runs a program on the thread that made it.
class Execution {
 public:
  Execution(std::shared_ptr<const Program> program, RunContext context);
  ~Execution();
  Execution(Execution&&) noexcept;

  /// Maps and checks the rows of `source`, whose columns are those the program was compiled for. Afterwards
  /// `target.columns[i]` belongs to `outputs()[i]`; texts stand in the memory of `source` or in `target.arena`, so both
  /// must live while `target` is read, and `source` must not be refilled before. Rejected rows keep their place and are
  /// marked in `issues`. `positions` (one per row, or none) name the rows in examples and in replay-safe ids.
  void run(const engine::Chunk& source, engine::Chunk& target, RowIssues& issues,
           std::span<const RowPosition> positions = {});

  const Program& program() const { return *program_; }

 private:
  std::shared_ptr<const Program> program_;
  std::unique_ptr<Frame> frame_;
  const engine::Chunk* target_ = nullptr;  ///< whose columns were made here
};

}  // namespace foz::prep
