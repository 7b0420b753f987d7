// Terms of the operators that look at values, not at branches.
#include <algorithm>

#include "prep/kernel.h"
#include "prep/operators.h"
#include "prep/term.h"

namespace foz::prep {
namespace {

using engine::Column;
using engine::Type;
using engine::Value;

constexpr Fault kNullNot{Trouble::function, "the operand of ! is null"};
constexpr Fault kRangeTooLong{Trouble::function, "the range has more than 10000 numbers"};
constexpr Fault kNoRange{Trouble::function, "the ends of a range are whole numbers"};
constexpr Fault kNoText{Trouble::function, "an operand is no text"};
constexpr int64_t kRangeMax = 10'000;

bool is_comparison(Operator op) { return op >= Operator::equal && op <= Operator::ends_not; }

/// Stores what an operator gave for a row.
void keep(Frame& frame, const Site& site, Column& out, size_t row, const Outcome<Value>& result) {
  if (result.is_fault()) frame.fail(row, result.fault(), site);
  out.put(row, result.is_value() ? result.value() : Value());
}

bool holds_for(Operator op, int order) {
  switch (op) {
    case Operator::equal: return order == 0;
    case Operator::unequal: return order != 0;
    case Operator::less: return order < 0;
    case Operator::less_equal: return order <= 0;
    case Operator::greater: return order > 0;
    default: return order >= 0;
  }
}

Outcome<bool> starts_or_ends(engine::Arena& arena, bool at_start, const Value& left, const Value& right) {
  if (left.is_null() || right.is_null()) return left.is_null() && right.is_null();
  const auto text = text_of(arena, left), part = text_of(arena, right);
  if (!text.is_value() || !part.is_value()) return kNoText;
  return at_start ? text.value().starts_with(part.value()) : text.value().ends_with(part.value());
}

Outcome<bool> matched(Call& call, const Value& left, const Value& right) {
  if (left.is_null() || right.is_null()) return left.is_null() && right.is_null();
  if (right.type == Type::array || right.type == Type::object) return contains(call.arena(), right, left);
  const auto text = text_of(call.arena(), left), pattern = text_of(call.arena(), right);
  if (!text.is_value() || !pattern.is_value()) return kNoText;
  Regex* regex = call.regex(pattern.value());
  if (regex == nullptr) return kBadRegex;
  const Regex::Found found = regex->matches_whole(text.value());
  return found == Regex::Found::too_hard ? Outcome<bool>(kRegexTooHard) : found == Regex::Found::yes;
}

Outcome<bool> negated_if(bool negate, const Outcome<bool>& outcome) {
  return outcome.is_value() && negate ? Outcome<bool>(!outcome.value()) : outcome;
}

Outcome<bool> compare_values(Call& call, Operator op, const Value& left, const Value& right) {
  switch (op) {
    case Operator::equal: return equals(call.arena(), left, right);
    case Operator::unequal: return negated_if(true, equals(call.arena(), left, right));
    case Operator::matches:
    case Operator::matches_not: return negated_if(op == Operator::matches_not, matched(call, left, right));
    case Operator::starts:
    case Operator::starts_not: return negated_if(op == Operator::starts_not, starts_or_ends(call.arena(), true, left, right));
    case Operator::ends:
    case Operator::ends_not: return negated_if(op == Operator::ends_not, starts_or_ends(call.arena(), false, left, right));
    default: return ordered(call.arena(), op, left, right);
  }
}

class ComparisonTerm final : public Term {
 public:
  ComparisonTerm(Site site, Operator op, TermPtr left, TermPtr right) : site_(std::move(site)), op_(op), left_(std::move(left)), right_(std::move(right)) {}

  Vector run(Frame& frame, Rows rows) const override {
    const Vector left = left_->run(frame, rows), right = right_->run(frame, rows);
    Column& out = frame.column(site_.slot, Type::boolean);
    const bool by_order = op_ <= Operator::greater_equal;
    if (by_order && left.type() == Type::string && right.type() == Type::string) {
      typed(left, right, rows, out, [](const Column& column, size_t at) { return column.texts()[at]; });
    } else if (by_order && left.type() == Type::integer && right.type() == Type::integer) {
      typed(left, right, rows, out, [](const Column& column, size_t at) { return column.integers()[at]; });
    } else {
      general(frame, left, right, rows, out);
    }
    return Vector(out);
  }

 private:
  template <class Read>
  void typed(const Vector& left, const Vector& right, Rows rows, Column& out, Read read) const {
    rows.each([&](size_t row) {
      const bool no_left = left.is_null(row), no_right = right.is_null(row);
      bool result = false;
      if (no_left || no_right) {
        const bool both = no_left && no_right;
        result = op_ == Operator::unequal ? !both : both && op_ != Operator::less && op_ != Operator::greater;
      } else {
        const auto a = read(left.column(), left.index(row)), b = read(right.column(), right.index(row));
        result = holds_for(op_, a < b ? -1 : a == b ? 0 : 1);
      }
      out.set_valid(row);
      out.booleans()[row] = result ? 1 : 0;
    });
  }

  void general(Frame& frame, const Vector& left, const Vector& right, Rows rows, Column& out) const {
    Call call(frame, site_);
    rows.each([&](size_t row) {
      if (frame.failed(row)) return out.set_null(row);
      call.set_row(row);
      const auto result = compare_values(call, op_, left.value(row, frame.arena()), right.value(row, frame.arena()));
      keep(frame, site_, out, row, result.is_fault() ? Outcome<Value>(result.fault()) : Value::of_boolean(result.value()));
    });
  }

  Site site_;
  Operator op_;
  TermPtr left_, right_;
};

Outcome<Value> range_of(Frame& frame, size_t row, const Value& left, const Value& right) {
  if (left.is_null() || right.is_null()) return nullptr;
  const auto a = value_as(frame.arena(), left, Type::integer), b = value_as(frame.arena(), right, Type::integer);
  if (!a.is_value() || !b.is_value()) return kNoRange;
  const int64_t first = a.value().integer, last = b.value().integer;
  // As JEXL does: the smaller end comes first, whichever way it was written.
  const int64_t low = std::min(first, last), high = std::max(first, last);
  if (static_cast<uint64_t>(high) - static_cast<uint64_t>(low) >= static_cast<uint64_t>(kRangeMax)) return kRangeTooLong;
  const auto items = frame.arena().make<Value>(static_cast<size_t>(high - low) + 1);
  for (size_t i = 0; i < items.size(); ++i) items[i] = Value::of_integer(low + static_cast<int64_t>(i));
  return frame.spend_steps(row, items.size()) ? Outcome<Value>(Value::of_array(items)) : kTooManySteps;
}

class ArithmeticTerm final : public Term {
 public:
  ArithmeticTerm(Site site, Operator op, Arithmetic arithmetic, TermPtr left, TermPtr right)
      : site_(std::move(site)), op_(op), arithmetic_(arithmetic), left_(std::move(left)), right_(std::move(right)) {}

  Vector run(Frame& frame, Rows rows) const override {
    const Vector left = left_->run(frame, rows), right = right_->run(frame, rows);
    Column& out = frame.column(site_.slot, Type::any);
    rows.each([&](size_t row) {
      if (frame.failed(row)) return out.set_null(row);
      const size_t before = frame.arena().used();
      Outcome<Value> result = one(frame, row, left.value(row, frame.arena()), right.value(row, frame.arena()));
      if (!frame.spend_bytes(row, frame.arena().used() - before)) result = kTooMuchMemory;
      keep(frame, site_, out, row, result);
    });
    return Vector(out);
  }

 private:
  Outcome<Value> one(Frame& frame, size_t row, const Value& left, const Value& right) const {
    switch (op_) {
      case Operator::range: return range_of(frame, row, left, right);
      case Operator::bit_or:
      case Operator::bit_xor:
      case Operator::bit_and: return bitwise(op_, arithmetic_, left, right);
      default: return calculate(frame.arena(), op_, arithmetic_, left, right);
    }
  }

  Site site_;
  Operator op_;
  Arithmetic arithmetic_;
  TermPtr left_, right_;
};

class UnaryTerm final : public Term {
 public:
  UnaryTerm(Site site, Operator op, Arithmetic arithmetic, TermPtr operand)
      : site_(std::move(site)), op_(op), arithmetic_(arithmetic), operand_(std::move(operand)) {}

  Vector run(Frame& frame, Rows rows) const override {
    const Vector operand = operand_->run(frame, rows);
    Column& out = frame.column(site_.slot, Type::any);
    rows.each([&](size_t row) {
      if (frame.failed(row)) return out.set_null(row);
      keep(frame, site_, out, row, one(frame, operand.value(row, frame.arena())));
    });
    return Vector(out);
  }

 private:
  Outcome<Value> one(Frame& frame, const Value& value) const {
    switch (op_) {
      case Operator::negate: return value.is_null() && arithmetic_ == Arithmetic::lenient ? Outcome<Value>(Value::of_integer(0)) : negated(frame.arena(), value);
      case Operator::complement: return complemented(arithmetic_, value);
      case Operator::empty: return Value::of_boolean(is_empty(value));
      case Operator::size: {
        const auto size = size_of_value(value);
        return size.is_value() ? Outcome<Value>(Value::of_integer(size.value())) : Outcome<Value>(nullptr);
      }
      default:
        if (value.is_null() && arithmetic_ == Arithmetic::strict) return kNullNot;
        return Value::of_boolean(!truth(value));
    }
  }

  Site site_;
  Operator op_;
  Arithmetic arithmetic_;
  TermPtr operand_;
};

}  // namespace

TermPtr binary_term(Site site, Operator op, Arithmetic arithmetic, TermPtr left, TermPtr right) {
  if (is_comparison(op)) return std::make_unique<ComparisonTerm>(std::move(site), op, std::move(left), std::move(right));
  return std::make_unique<ArithmeticTerm>(std::move(site), op, arithmetic, std::move(left), std::move(right));
}

TermPtr unary_term(Site site, Operator op, Arithmetic arithmetic, TermPtr operand) {
  return std::make_unique<UnaryTerm>(std::move(site), op, arithmetic, std::move(operand));
}

}  // namespace foz::prep
