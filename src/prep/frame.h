#pragma once
// What an expression works on while a program runs: rows, vectors of values, and the frame that owns their memory.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/chunk.h"
#include "prep/coerce.h"
#include "prep/date_pattern.h"
#include "prep/regex.h"
#include "prep/run.h"

namespace foz::prep {

/// Which rows of a chunk are worked on, in rising order.
struct Rows {
  const uint16_t* index = nullptr;
  size_t count = 0;
  bool all = false;  ///< rows 0 to count - 1

  static Rows first(size_t count);
  bool empty() const { return count == 0; }
  size_t front() const { return index[0]; }

  template <class Visit>
  void each(Visit&& visit) const {
    if (all) {
      for (size_t row = 0; row < count; ++row) visit(row);
    } else {
      for (size_t i = 0; i < count; ++i) visit(static_cast<size_t>(index[i]));
    }
  }
};

/// Rows picked at run time.
class Selection {
 public:
  void clear() { size_ = 0; }
  void add(size_t row) { rows_[size_++] = static_cast<uint16_t>(row); }
  Rows rows() const { return {rows_.data(), size_, false}; }
  bool empty() const { return size_ == 0; }

 private:
  std::array<uint16_t, engine::kChunkRows> rows_;
  size_t size_ = 0;
};

/// What an expression gave: a value for each row, or one value for all.
class Vector {
 public:
  Vector() = default;
  explicit Vector(const engine::Column& column) : column_(&column) {}
  /// The value at `row` of `column`, whatever row is asked for.
  static Vector constant(const engine::Column& column, size_t row) {
    Vector vector(column);
    vector.mask_ = 0;
    vector.at_ = static_cast<uint32_t>(row);
    return vector;
  }

  const engine::Column& column() const { return *column_; }
  engine::Type type() const { return column_->type(); }
  bool is_constant() const { return mask_ == 0; }
  size_t index(size_t row) const { return (row & mask_) + at_; }
  bool is_null(size_t row) const { return column_->is_null(index(row)); }
  engine::Value value(size_t row, engine::Arena& arena) const { return column_->at(index(row), arena); }

 private:
  const engine::Column* column_ = nullptr;
  uint32_t mask_ = 0xffffffff;
  uint32_t at_ = 0;
};

/// A place of a program where something is computed: what messages name, and where its memory is kept.
struct Site {
  uint32_t slot = 0;         ///< first of this site's slots: the result, then one per argument
  std::string label = {};    ///< "substr", "+"
  std::string position = {}; ///< "line:column"
};

/// Patterns that a site has met: compiled once where the argument is constant.
struct SiteCache {
  std::string text;
  std::unique_ptr<Regex> regex;
  std::unique_ptr<DatePattern> pattern;
  std::string problem;  ///< why the last text could not be compiled
};

/// Bytes that one row may make in one mapping, and all rows of a chunk together.
inline constexpr size_t kRowBytesMax = 8 * 1024 * 1024;
inline constexpr size_t kChunkBytesMax = 192 * 1024 * 1024;
/// Elements and calls of lambdas that one row may cost in one mapping.
inline constexpr uint32_t kRowStepsMax = 1'000'000;
/// Bytes of one text.
inline constexpr size_t kTextBytesMax = 1024 * 1024;

inline constexpr Fault kTextTooLong{Trouble::function, "the text grew beyond 1 MiB"};
inline constexpr Fault kTooMuchMemory{Trouble::function, "the expression needs more memory than a row may have"};
inline constexpr Fault kTooManySteps{Trouble::function, "the expression needs more steps than a row may have"};

/// The memory of one execution. Not thread-safe.
class Frame {
 public:
  Frame(RunContext context, size_t slots);

  const RunContext& context() const { return context_; }
  engine::Arena& arena() { return *arena_; }
  const engine::Chunk& source() const { return *source_; }
  RowPosition position(size_t row) const { return row < positions_.size() ? positions_[row] : RowPosition{}; }

  void start_chunk(const engine::Chunk& source, engine::Arena& arena, std::span<const RowPosition> positions);
  /// Forgets the faults and budgets of the mapping before.
  void start_mapping();

  size_t slots() const { return slots_.size(); }
  /// The column of a slot for values of a type; its contents are those of the last use.
  engine::Column& column(size_t slot, engine::Type type);
  SiteCache& cache(size_t slot);
  /// A selection to fill; give it back with `release`. They nest as calls do.
  Selection& borrow_selection();
  void release_selection() { --selections_used_; }

  /// Marks `row` as failed in this mapping; the first fault of a row stays.
  void fail(size_t row, Fault fault, const Site& site);
  bool failed(size_t row) const { return faults_[row].site != nullptr; }
  struct RowFault {
    Fault fault;
    const Site* site = nullptr;
  };
  const RowFault& fault_of(size_t row) const { return faults_[row]; }
  std::span<const uint16_t> failed_rows() const { return failed_rows_; }

  /// Books memory and steps of a row; false when it has used up its share.
  bool spend_bytes(size_t row, size_t bytes);
  bool spend_steps(size_t row, size_t steps);

 private:
  RunContext context_;
  const engine::Chunk* source_ = nullptr;
  engine::Arena* arena_ = nullptr;
  std::span<const RowPosition> positions_;
  std::vector<std::array<std::unique_ptr<engine::Column>, 11>> slots_;
  std::vector<std::unique_ptr<SiteCache>> caches_;
  std::vector<std::unique_ptr<Selection>> selections_;
  size_t selections_used_ = 0;
  std::vector<RowFault> faults_;
  std::vector<uint16_t> failed_rows_;
  struct Spent {
    uint32_t bytes = 0, steps = 0;
  };
  std::vector<Spent> spent_;
  std::vector<uint16_t> spenders_;
};

/// A borrowed selection, given back at the end of the block.
class Picked {
 public:
  explicit Picked(Frame& frame) : frame_(frame), selection_(frame.borrow_selection()) {}
  ~Picked() { frame_.release_selection(); }
  Picked(const Picked&) = delete;
  Picked& operator=(const Picked&) = delete;
  Selection* operator->() { return &selection_; }
  Rows rows() const { return selection_.rows(); }

 private:
  Frame& frame_;
  Selection& selection_;
};

/// `vector` as values of `type` for `rows`: itself where it has them, else converted into the column of `slot` by the
/// rules of the language (Data Prep 4.4, 4.8 G2). Values that cannot be converted fail their rows and are null. For
/// `array` and `object` the column is of `any`, every value of it null or of that type.
Vector converted(Frame& frame, const Site& site, size_t slot, const Vector& vector, engine::Type type, Rows rows);

/// One value converted so; arrays and objects are only passed through.
Outcome<engine::Value> value_as(engine::Arena& arena, const engine::Value& value, engine::Type type);

/// Is `value` true? null, false, 0, NaN, "" and "false" are not (4.4).
bool truth(const engine::Value& value);

/// Copies `rows` of `from` into `to`, which has the same type or is `any`.
void copy_rows(const Vector& from, Rows rows, engine::Column& to, engine::Arena& arena);

}  // namespace foz::prep
