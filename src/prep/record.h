#pragma once
// Values on their way into a record of the target: coerced, checked, and what went wrong kept for the row's reasons.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "prep/coerce.h"
#include "prep/frame.h"
#include "prep/program.h"
#include "prep/run.h"
#include "registry/validate.h"

namespace foz::prep {

/// The way from a column's node down to a value, for messages; lives on the stack.
struct Trail {
  const Trail* up = nullptr;
  std::string_view name = {};  ///< of a member; empty: `index` counts
  size_t index = 0;
};

/// What one mapping does wrong in one chunk. Field errors of a kind are counted together.
class MappingIssues {
 public:
  MappingIssues(RowIssues& issues, const Program& program, const Frame& frame, uint32_t mapping)
      : issues_(issues), program_(program), frame_(frame), mapping_(mapping) {}
  /// Hands the counts over.
  ~MappingIssues();
  MappingIssues(const MappingIssues&) = delete;

  /// A field error: the attribute is null and the row goes on, or is rejected where the set is strict.
  void fault(size_t row, Fault fault, const Trail* trail = nullptr, const Site* site = nullptr);
  /// A value breaks a rule of the schema: the row is rejected.
  void broken(size_t row, const registry::Rules& rules, registry::Keyword keyword, const Trail* trail = nullptr);

 private:
  Reason reason(std::string_view code, std::string message, const Trail* trail) const;

  RowIssues& issues_;
  const Program& program_;
  const Frame& frame_;
  uint32_t mapping_;
  struct Count {
    uint64_t rows = 0;
    Reason first = {};
  };
  std::array<Count, 5> counts_;
};

/// The values of `from` as `node`'s kind in `out`, which has its column's type. All faults and broken rules are told.
void write_scalars(Frame& frame, const Vector& from, size_t rows, const registry::Node& node, engine::Column& out, MappingIssues& issues);

/// One value in the shape of `node` (compile.h, column_type): members in node order, nulls left out.
engine::Value shaped(Frame& frame, size_t row, const registry::Node& node, const engine::Value& value, MappingIssues& issues, const Trail* trail);

/// `base`, a value in the shape of `node`, with what `piece` writes along `steps` below it.
engine::Value with_part(Frame& frame, size_t row, const registry::Node& node, const engine::Value& base, std::span<const Step> steps, const engine::Value& value,
                        const Piece& piece, MappingIssues& issues, const Trail* trail);

/// An identity in `identityMap`. Follows: Data Prep contract, 2.6.
engine::Value with_identity(Frame& frame, size_t row, const registry::Node& map, const engine::Value& base, const engine::Value& value, const Piece& piece,
                            MappingIssues& issues);

/// Required members and rules of arrays inside a complete value; `plan` and `path` name it in reasons.
void check_inside(const registry::Node& node, const engine::Value& value, uint32_t row, const OutputPlan& plan, const std::string& path, RowIssues& issues);

}  // namespace foz::prep
