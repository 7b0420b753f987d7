#pragma once
// Compiled expressions: a tree of terms, each of which makes a vector of values for chosen rows of a chunk.

#include <memory>
#include <string>
#include <vector>

#include "engine/chunk.h"
#include "prep/compile.h"
#include "prep/frame.h"
#include "prep/functions.h"
#include "prep/path.h"
#include "prep/tree.h"

namespace foz::prep {

/// A part of a compiled expression. Immutable; shared by threads, each with a frame of its own.
class Term {
 public:
  virtual ~Term() = default;
  /// Values for `rows`, valid until this term runs again in `frame`. Rows that fail are marked there, and null.
  virtual Vector run(Frame& frame, Rows rows) const = 0;
  /// The value where it is the same for every row of every run.
  virtual const engine::Value* constant() const { return nullptr; }
};
using TermPtr = std::unique_ptr<const Term>;
using Terms = std::vector<TermPtr>;

/// The constants of a program. Values are copied; they live as long as this.
class Constants {
 public:
  Vector add(const engine::Value& value);
  engine::Arena& arena() { return arena_; }

 private:
  struct Pool {
    std::vector<std::unique_ptr<engine::Column>> columns;
    size_t used = engine::kChunkRows;
  };
  Pool pools_[11];
  engine::Arena arena_;
};

/// Slots of a frame are given out while a program is compiled.
struct SlotCounter {
  uint32_t used = 0;
  uint32_t take(uint32_t count) { return used += count, used - count; }
};

TermPtr constant_term(Constants& constants, const engine::Value& value);
/// A text with `${NAME}` in it, which the run fills in.
TermPtr template_term(Site site, std::string text);
TermPtr column_term(uint32_t column);
/// The values of a slot that a lambda fills.
TermPtr parameter_term(uint32_t slot);
TermPtr walk_term(Site site, TermPtr from, Path path);
TermPtr index_term(Site site, TermPtr from, TermPtr index);
/// True where the value holds something at the path.
TermPtr holds_term(Site site, TermPtr from, Path path);
TermPtr array_term(Site site, Terms elements, bool distinct);
TermPtr map_term(Site site, Terms keys_and_values);
TermPtr join_term(Site site, Terms parts);

TermPtr binary_term(Site site, Operator op, Arithmetic arithmetic, TermPtr left, TermPtr right);
TermPtr unary_term(Site site, Operator op, Arithmetic arithmetic, TermPtr operand);

/// `&&` where `stops_at` is false, `||` where it is true.
TermPtr logic_term(Site site, bool stops_at, TermPtr left, TermPtr right);
TermPtr condition_term(Site site, TermPtr condition, TermPtr yes, TermPtr no);
/// `a ?: b` takes b where a is not true; `coalesce` where it is null.
TermPtr otherwise_term(Site site, bool by_truth, Terms values);
/// decode(key, k1, v1, …, [default]).
TermPtr decode_term(Site site, Terms arguments);

TermPtr call_term(Site site, const Kernel& kernel, Terms arguments);
/// filterArray (`keeps`: elements for which the body is true) and transformArray. The body reads `parameters`: the
/// element and, where there is a second, its index.
TermPtr lambda_term(Site site, bool keeps, TermPtr array, TermPtr body, std::vector<uint32_t> parameters);

/// Compiles a tree whose calls and names are bound.
class TreeCompiler {
 public:
  TreeCompiler(Constants& constants, SlotCounter& slots, const ColumnIndex& columns, Arithmetic arithmetic)
      : constants_(constants), slots_(slots), columns_(columns), arithmetic_(arithmetic) {}

  TermPtr compile(const Tree& tree);
  /// The value of a source path.
  TermPtr path_term(Position at, int column, const Path& rest);

 private:
  Site site(const Tree& tree, std::string label, size_t arguments);
  TermPtr literal(const Tree& tree);
  TermPtr text(const Tree& tree);
  TermPtr name(const Tree& tree);
  TermPtr call(const Tree& tree);
  TermPtr contains_key(const Tree& tree);
  TermPtr lambda_call(const Tree& tree);
  TermPtr binary(const Tree& tree);
  Terms children(const Tree& tree);

  Constants& constants_;
  SlotCounter& slots_;
  const ColumnIndex& columns_;
  Arithmetic arithmetic_;
  std::vector<std::pair<std::string, uint32_t>> parameters_;  ///< of the lambdas around, innermost last
};

}  // namespace foz::prep
