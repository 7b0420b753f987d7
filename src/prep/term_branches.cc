// Terms that choose between branches: a branch runs only for the rows that take it.
#include "prep/operators.h"
#include "prep/term.h"

namespace foz::prep {
namespace {

using engine::Column;
using engine::Type;
using engine::Value;

bool is_true(Frame& frame, const Vector& vector, size_t row) {
  if (vector.type() == Type::boolean) return !vector.is_null(row) && vector.column().booleans()[vector.index(row)] != 0;
  return truth(vector.value(row, frame.arena()));
}

/// What branches gave for their own rows, to be put together.
struct Branch {
  Vector vector;
  Rows rows;
};

/// One column of all branches: of their common type where they have one.
Vector merged(Frame& frame, const Site& site, std::span<const Branch> branches) {
  Type type = Type::any;
  bool first = true;
  for (const Branch& branch : branches) {
    if (branch.rows.empty()) continue;
    if (first) type = branch.vector.type();
    else if (branch.vector.type() != type) type = Type::any;
    first = false;
  }
  Column& out = frame.column(site.slot, type);
  for (const Branch& branch : branches) {
    if (!branch.rows.empty()) copy_rows(branch.vector, branch.rows, out, frame.arena());
  }
  return Vector(out);
}

class LogicTerm final : public Term {
 public:
  LogicTerm(Site site, bool stops_at, TermPtr left, TermPtr right) : site_(std::move(site)), stops_at_(stops_at), left_(std::move(left)), right_(std::move(right)) {}

  Vector run(Frame& frame, Rows rows) const override {
    const Vector left = left_->run(frame, rows);
    Column& out = frame.column(site_.slot, Type::boolean);
    Picked open(frame);
    rows.each([&](size_t row) {
      set(out, row, stops_at_);
      if (!frame.failed(row) && is_true(frame, left, row) != stops_at_) open->add(row);
    });
    if (open->empty()) return Vector(out);
    const Vector right = right_->run(frame, open.rows());
    open.rows().each([&](size_t row) { set(out, row, is_true(frame, right, row)); });
    return Vector(out);
  }

 private:
  static void set(Column& out, size_t row, bool value) {
    out.set_valid(row);
    out.booleans()[row] = value ? 1 : 0;
  }

  Site site_;
  bool stops_at_;
  TermPtr left_, right_;
};

class ConditionTerm final : public Term {
 public:
  ConditionTerm(Site site, TermPtr condition, TermPtr yes, TermPtr no)
      : site_(std::move(site)), condition_(std::move(condition)), yes_(std::move(yes)), no_(std::move(no)) {}

  Vector run(Frame& frame, Rows rows) const override {
    const Vector condition = condition_->run(frame, rows);
    Picked yes(frame), no(frame);
    rows.each([&](size_t row) {
      if (is_true(frame, condition, row)) yes->add(row);
      else no->add(row);
    });
    const Branch branches[] = {branch(frame, *yes_, yes.rows()), branch(frame, *no_, no.rows())};
    return merged(frame, site_, branches);
  }

 private:
  static Branch branch(Frame& frame, const Term& term, Rows rows) {
    if (rows.empty()) return {{}, rows};
    return {term.run(frame, rows), rows};
  }

  Site site_;
  TermPtr condition_, yes_, no_;
};

/// The first value that will do: not null, or true.
class OtherwiseTerm final : public Term {
 public:
  OtherwiseTerm(Site site, bool by_truth, Terms values) : site_(std::move(site)), by_truth_(by_truth), values_(std::move(values)) {}

  Vector run(Frame& frame, Rows rows) const override { return next(frame, rows, rows, 0); }

 private:
  /// Rows that value `i` settles keep it; the others go on to the next.
  Vector next(Frame& frame, Rows all, Rows rows, size_t i) const {
    std::vector<Branch> branches;
    std::vector<std::unique_ptr<Picked>> picks;
    for (; i < values_.size() && !rows.empty(); ++i) {
      const Vector vector = values_[i]->run(frame, rows);
      if (i + 1 == values_.size()) {
        branches.push_back({vector, rows});
        break;
      }
      Picked& done = *picks.emplace_back(std::make_unique<Picked>(frame));
      Picked& open = *picks.emplace_back(std::make_unique<Picked>(frame));
      rows.each([&](size_t row) {
        const bool settled = frame.failed(row) || (by_truth_ ? is_true(frame, vector, row) : !vector.is_null(row));
        if (settled) done->add(row);
        else open->add(row);
      });
      branches.push_back({vector, done.rows()});
      rows = open.rows();
    }
    return all.empty() ? Vector(frame.column(site_.slot, Type::any)) : merged(frame, site_, branches);
  }

  Site site_;
  bool by_truth_;
  Terms values_;
};

class DecodeTerm final : public Term {
 public:
  DecodeTerm(Site site, Terms arguments) : site_(std::move(site)), arguments_(std::move(arguments)) {}

  Vector run(Frame& frame, Rows rows) const override {
    Column& out = frame.column(site_.slot, Type::any);
    const Vector key = arguments_[0]->run(frame, rows);
    Picked open(frame);
    rows.each([&](size_t row) {
      out.set_null(row);
      if (!frame.failed(row)) open->add(row);
    });
    return go_on(frame, key, open.rows(), 1, out);
  }

 private:
  Vector go_on(Frame& frame, const Vector& key, Rows open, size_t at, Column& out) const {
    if (open.empty() || at >= arguments_.size()) return Vector(out);
    if (at + 1 == arguments_.size()) {  // the default
      copy_rows(arguments_[at]->run(frame, open), open, out, frame.arena());
      return Vector(out);
    }
    const Vector candidate = arguments_[at]->run(frame, open);
    Picked found(frame), rest(frame);
    open.each([&](size_t row) {
      if (is_equal(frame, key, candidate, row)) found->add(row);
      else rest->add(row);
    });
    if (!found->empty()) copy_rows(arguments_[at + 1]->run(frame, found.rows()), found.rows(), out, frame.arena());
    return go_on(frame, key, rest.rows(), at + 2, out);
  }

  /// Values that cannot be compared are not equal; null is no key.
  static bool is_equal(Frame& frame, const Vector& key, const Vector& candidate, size_t row) {
    if (key.is_null(row) || candidate.is_null(row)) return false;
    const auto same = equals(frame.arena(), key.value(row, frame.arena()), candidate.value(row, frame.arena()));
    return same.is_value() && same.value();
  }

  Site site_;
  Terms arguments_;
};

constexpr Fault kNotAnArray{Trouble::function, "the first argument is no array"};

/// Runs the body once per element number, for all rows whose array has that many.
class LambdaTerm final : public Term {
 public:
  LambdaTerm(Site site, bool keeps, TermPtr array, TermPtr body, std::vector<uint32_t> parameters)
      : site_(std::move(site)), keeps_(keeps), array_(std::move(array)), body_(std::move(body)), parameters_(std::move(parameters)) {}

  Vector run(Frame& frame, Rows rows) const override {
    const Vector arrays = array_->run(frame, rows);
    Column& out = frame.column(site_.slot, Type::any);
    Picked open(frame);
    size_t longest = 0;
    rows.each([&](size_t row) {
      const Value array = frame.failed(row) ? Value() : arrays.value(row, frame.arena());
      out.set_null(row);
      if (array.is_null()) return;
      if (array.type != Type::array) return frame.fail(row, kNotAnArray, site_);
      if (!frame.spend_steps(row, array.size)) return frame.fail(row, kTooManySteps, site_);
      open->add(row);
      longest = std::max<size_t>(longest, array.size);
      out.put(row, Value::of_array({}));
    });
    std::vector<std::vector<Value>> results(longest == 0 ? 0 : engine::kChunkRows);
    // Rows drop out as their arrays end, so that one long array costs no other row anything.
    Picked even(frame), odd(frame);
    Rows going = open.rows();
    for (size_t i = 0; i < longest; ++i) going = run_element(frame, arrays, going, i, i % 2 == 0 ? even : odd, results);
    open.rows().each([&](size_t row) {
      if (longest > 0) out.put(row, kept(frame, results[row]));
    });
    return Vector(out);
  }

 private:
  /// The rows among `rows` that have an element `i`, in `with`, after the body ran for them.
  Rows run_element(Frame& frame, const Vector& arrays, Rows rows, size_t i, Picked& with, std::vector<std::vector<Value>>& results) const {
    Column& element = frame.column(parameters_[0], Type::any);
    with->clear();
    rows.each([&](size_t row) {
      const Value array = arrays.value(row, frame.arena());
      if (frame.failed(row) || array.size <= i) return;
      element.put(row, array.as_array()[i]);
      if (parameters_.size() > 1) frame.column(parameters_[1], Type::any).put(row, Value::of_integer(static_cast<int64_t>(i)));
      with->add(row);
    });
    if (with->empty()) return with.rows();
    const Vector body = body_->run(frame, with.rows());
    with.rows().each([&](size_t row) {
      if (frame.failed(row)) return;
      if (!keeps_) results[row].push_back(body.value(row, frame.arena()));
      else if (is_true(frame, body, row)) results[row].push_back(arrays.value(row, frame.arena()).as_array()[i]);
    });
    return with.rows();
  }

  static Value kept(Frame& frame, const std::vector<Value>& values) {
    const auto items = frame.arena().make<Value>(values.size());
    std::copy(values.begin(), values.end(), items.begin());
    return Value::of_array(items);
  }

  Site site_;
  bool keeps_;
  TermPtr array_, body_;
  std::vector<uint32_t> parameters_;
};

}  // namespace

TermPtr logic_term(Site site, bool stops_at, TermPtr left, TermPtr right) { return std::make_unique<LogicTerm>(std::move(site), stops_at, std::move(left), std::move(right)); }
TermPtr condition_term(Site site, TermPtr condition, TermPtr yes, TermPtr no) { return std::make_unique<ConditionTerm>(std::move(site), std::move(condition), std::move(yes), std::move(no)); }
TermPtr otherwise_term(Site site, bool by_truth, Terms values) { return std::make_unique<OtherwiseTerm>(std::move(site), by_truth, std::move(values)); }
TermPtr decode_term(Site site, Terms arguments) { return std::make_unique<DecodeTerm>(std::move(site), std::move(arguments)); }
TermPtr lambda_term(Site site, bool keeps, TermPtr array, TermPtr body, std::vector<uint32_t> parameters) {
  return std::make_unique<LambdaTerm>(std::move(site), keeps, std::move(array), std::move(body), std::move(parameters));
}

}  // namespace foz::prep
