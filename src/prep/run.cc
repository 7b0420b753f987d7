#include "prep/run.h"

#include <algorithm>

#include "prep/column_rules.h"
#include "prep/record.h"

namespace foz::prep {
namespace {

using engine::Chunk;
using engine::Column;
using engine::Type;
using engine::Value;

constexpr Fault kUnusable{Trouble::coercion, "a value of this type cannot become the target type"};

/// The values of a piece, with the rows that failed told as field errors; an identity's mapping told them before.
Vector source_of(Frame& frame, const Piece& piece, size_t rows, MappingIssues& issues) {
  if (!piece.term) return Vector(frame.source().columns[static_cast<size_t>(piece.column)]);
  frame.start_mapping();
  const Vector vector = piece.term->run(frame, Rows::first(rows));
  if (!piece.name_space.empty()) return vector;
  for (const uint16_t row : frame.failed_rows()) issues.fault(row, frame.fault_of(row).fault, nullptr, frame.fault_of(row).site);
  return vector;
}

void refuse_all(const Vector& vector, size_t rows, Column& out, MappingIssues& issues) {
  out.set_all_null();
  for (size_t row = 0; row < rows; ++row) {
    if (!vector.is_null(row)) issues.fault(row, kUnusable);
  }
}

/// A vector that shows null for rows whose mapping failed.
bool is_missing(const Frame& frame, const Piece& piece, const Vector& vector, size_t row) {
  return vector.is_null(row) || (piece.term && frame.failed(row));
}

class ChunkRun {
 public:
  ChunkRun(const Program& program, Frame& frame, const Chunk& source, Chunk& target, RowIssues& issues)
      : program_(program), parts_(program.parts()), frame_(frame), source_(source), target_(target), issues_(issues) {}

  void run() {
    for (const bool identities : {false, true}) {
      for (size_t i = 0; i < parts_.outputs.size(); ++i) {
        if (parts_.plans[i].has_identities == identities) fill(i);
      }
    }
    for (const RequiredMember& member : parts_.required) check(member);
  }

 private:
  void fill(size_t i) {
    const OutputPlan& plan = parts_.plans[i];
    const Piece& first = plan.pieces.front();
    if (plan.aliases) {
      target_.columns[i] = source_.columns[static_cast<size_t>(first.column)].alias();
      MappingIssues issues(issues_, program_, frame_, first.mapping);
      check_column(*parts_.outputs[i].node, source_.rows, target_.columns[i], issues);
    } else if (parts_.outputs[i].type == Type::any) {
      fill_nested(i);
    } else {
      fill_scalar(*parts_.outputs[i].node, first, target_.columns[i]);
    }
  }

  void fill_scalar(const registry::Node& node, const Piece& piece, Column& out) {
    MappingIssues issues(issues_, program_, frame_, piece.mapping);
    const Vector vector = source_of(frame_, piece, source_.rows, issues);
    if (piece.unusable) return refuse_all(vector, source_.rows, out, issues);
    if (!piece.term || frame_.failed_rows().empty()) return write_scalars(frame_, vector, source_.rows, node, out, issues);
    // Failed rows are null already where the outermost term failed; a branch may have left something behind.
    Column& cleaned = frame_.column(frame_.slots() - 1, vector.type());
    copy_rows(vector, Rows::first(source_.rows), cleaned, frame_.arena());
    for (const uint16_t row : frame_.failed_rows()) cleaned.set_null(row);
    write_scalars(frame_, Vector(cleaned), source_.rows, node, out, issues);
  }

  void fill_nested(size_t i) {
    const OutputPlan& plan = parts_.plans[i];
    const registry::Node& node = *parts_.outputs[i].node;
    Column& out = target_.columns[i];
    out.set_all_null();
    for (const Piece& piece : plan.pieces) {
      MappingIssues issues(issues_, program_, frame_, piece.mapping);
      const bool shared = piece.from_output >= 0;
      const Vector vector = shared ? Vector(target_.columns[static_cast<size_t>(piece.from_output)]) : source_of(frame_, piece, source_.rows, issues);
      for (size_t row = 0; row < source_.rows; ++row) {
        if (shared ? vector.is_null(row) : is_missing(frame_, piece, vector, row)) continue;
        const Value value = vector.value(row, frame_.arena());
        if (piece.unusable) issues.fault(row, kUnusable);
        else add(node, piece, value, out, row, issues);
      }
    }
    if (!plan.has_inner_rules) return;
    for (size_t row = 0; row < source_.rows; ++row) {
      if (!out.is_null(row)) check_inside(node, out.values()[row], static_cast<uint32_t>(row), plan, parts_.outputs[i].path, issues_);
    }
  }

  void add(const registry::Node& node, const Piece& piece, const Value& value, Column& out, size_t row, MappingIssues& issues) {
    const Value base = out.is_null(row) ? Value() : out.values()[row];
    if (!piece.name_space.empty()) {
      out.put(row, with_identity(frame_, row, node, base, value, piece, issues));
    } else if (piece.below.empty()) {
      out.put(row, shaped(frame_, row, node, value, issues, nullptr));
    } else {
      out.put(row, with_part(frame_, row, node, base, piece.below, value, piece, issues, nullptr));
    }
  }

  bool is_there(const std::vector<uint32_t>& outputs, size_t row) const {
    return std::any_of(outputs.begin(), outputs.end(), [&](uint32_t output) { return !target_.columns[output].is_null(row); });
  }

  void check(const RequiredMember& member) {
    for (size_t row = 0; row < source_.rows; ++row) {
      if (is_there(member.member_outputs, row) || (!member.always && !is_there(member.object_outputs, row))) continue;
      issues_.reject(static_cast<uint32_t>(row), {.code = "INGEST-1555-400",
                                                  .message = "A required field is missing or null: " + member.destination,
                                                  .column = member.columns,
                                                  .destination = member.destination,
                                                  .keyword = "required"});
    }
  }

  const Program& program_;
  const ProgramParts& parts_;
  Frame& frame_;
  const Chunk& source_;
  Chunk& target_;
  RowIssues& issues_;
};

}  // namespace

uint64_t RowIssues::warning_count() const {
  uint64_t count = 0;
  for (const auto& [key, warning] : warnings_) count += warning.count;
  return count;
}

void RowIssues::merge_warnings(const RowIssues& other) {
  for (const auto& [key, warning] : other.warnings_) warn(key.first, warning.reason, warning.count);
  for (const WarningExample& example : other.examples_) {
    if (!wants_examples()) return;
    add_example(example);
  }
}

void RowIssues::start_chunk() {
  if (rejected_count_ > 0) std::fill(rejected_.begin(), rejected_.end(), uint8_t{0});
  rejected_count_ = 0;
  rejections_.clear();
}

void RowIssues::end_chunk() {
  std::stable_sort(rejections_.begin(), rejections_.end(), [](const Rejection& a, const Rejection& b) { return a.row < b.row; });
}

void RowIssues::reject(uint32_t row, Reason reason) {
  if (rejected_[row] == 0) ++rejected_count_;
  rejected_[row] = 1;
  rejections_.push_back({.row = row, .reason = std::move(reason)});
}

void RowIssues::pardon(const std::function<bool(const Rejection&)>& is_pardoned) {
  for (const Rejection& rejection : rejections_) rejected_[rejection.row] = 0;
  std::erase_if(rejections_, is_pardoned);
  rejected_count_ = 0;
  for (const Rejection& rejection : rejections_) {
    rejected_count_ += rejected_[rejection.row] == 0 ? 1 : 0;
    rejected_[rejection.row] = 1;
  }
}

void RowIssues::warn(uint32_t mapping, Reason reason, uint64_t count) {
  const auto [found, is_new] = warnings_.try_emplace({mapping, reason.code});
  if (is_new) found->second.reason = std::move(reason);
  found->second.count += count;
}

Execution::Execution(std::shared_ptr<const Program> program, RunContext context)
    : program_(std::move(program)), frame_(std::make_unique<Frame>(std::move(context), program_->parts().slots + 1)) {}
Execution::~Execution() = default;
Execution::Execution(Execution&&) noexcept = default;

void Execution::run(const Chunk& source, Chunk& target, RowIssues& issues, std::span<const RowPosition> positions) {
  FOZ_CHECK(source.columns.size() == program_->source_columns().size());
  const auto& outputs = program_->outputs();
  const bool fits = target_ == &target && target.columns.size() == outputs.size();
  if (!fits) {  // columns of another program may show somebody's source
    target.columns.clear();
    for (const Output& output : outputs) target.columns.emplace_back(output.type);
    target_ = &target;
  }
  target.rows = source.rows;
  target.arena.clear();
  issues.start_chunk();
  frame_->start_chunk(source, target.arena, positions);
  ChunkRun(*program_, *frame_, source, target, issues).run();
  issues.end_chunk();
}

}  // namespace foz::prep
