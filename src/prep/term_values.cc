// Terms that read and build values.
#include <algorithm>

#include "prep/operators.h"
#include "prep/term.h"

namespace foz::prep {
namespace {

using engine::Arena;
using engine::Column;
using engine::Member;
using engine::Type;
using engine::Value;

constexpr Fault kNoKey{Trouble::function, "a key is null, an array or an object"};
constexpr Fault kNoVariable{Trouble::function, "the text holds a ${variable} that this run does not know"};

/// Runs `make(row)`, an Outcome<Value>, for each row into the site's own column.
template <class Make>
Vector each_value(Frame& frame, const Site& site, Rows rows, Make make) {
  Column& out = frame.column(site.slot, Type::any);
  rows.each([&](size_t row) {
    if (frame.failed(row)) return out.set_null(row);
    const size_t before = frame.arena().used();
    Outcome<Value> made = make(row);
    if (!frame.spend_bytes(row, frame.arena().used() - before)) made = kTooMuchMemory;
    if (made.is_fault()) frame.fail(row, made.fault(), site);
    out.put(row, made.is_value() ? made.value() : Value());
  });
  return Vector(out);
}

Value copied(Arena& arena, const Value& value) {
  switch (value.type) {
    case Type::string: return Value::of_text(arena.keep(value.as_text()));
    case Type::decimal: return Value::of_decimal(arena, *value.decimal);
    case Type::array: {
      const auto items = arena.make<Value>(value.size);
      std::transform(value.as_array().begin(), value.as_array().end(), items.begin(), [&](const Value& item) { return copied(arena, item); });
      return Value::of_array(items);
    }
    case Type::object: {
      const auto members = arena.make<Member>(value.size);
      std::transform(value.as_object().begin(), value.as_object().end(), members.begin(),
                     [&](const Member& one) { return Member{arena.keep(one.name), copied(arena, one.value)}; });
      return Value::of_object(members);
    }
    default: return value;
  }
}

class ConstantTerm final : public Term {
 public:
  ConstantTerm(Vector vector, Value value) : vector_(vector), value_(value) {}
  Vector run(Frame&, Rows) const override { return vector_; }
  const Value* constant() const override { return &value_; }

 private:
  Vector vector_;
  Value value_;
};

class TemplateTerm final : public Term {
 public:
  TemplateTerm(Site site, std::string text) : site_(std::move(site)), text_(std::move(text)) {}

  Vector run(Frame& frame, Rows rows) const override {
    Column& out = frame.column(site_.slot, Type::string);
    if (const auto filled = fill(frame)) {
      out.put(0, Value::of_text(*filled));
    } else {
      out.set_null(0);
      rows.each([&](size_t row) { frame.fail(row, kNoVariable, site_); });
    }
    return Vector::constant(out, 0);
  }

 private:
  std::optional<std::string_view> fill(Frame& frame) const {
    std::string filled;
    for (size_t at = 0; at < text_.size();) {
      const size_t begin = text_.find("${", at), end = begin == text_.npos ? text_.npos : text_.find('}', begin);
      if (end == text_.npos) {
        filled.append(text_, at);
        break;
      }
      const auto variable = frame.context().variables.find(std::string_view(text_).substr(begin + 2, end - begin - 2));
      if (variable == frame.context().variables.end()) return std::nullopt;
      filled.append(text_, at, begin - at).append(variable->second);
      at = end + 1;
    }
    return frame.arena().keep(filled);
  }

  Site site_;
  std::string text_;
};

class ColumnTerm final : public Term {
 public:
  explicit ColumnTerm(uint32_t column) : column_(column) {}
  Vector run(Frame& frame, Rows) const override { return Vector(frame.source().columns[column_]); }

 private:
  uint32_t column_;
};

class ParameterTerm final : public Term {
 public:
  explicit ParameterTerm(uint32_t slot) : slot_(slot) {}
  Vector run(Frame& frame, Rows) const override { return Vector(frame.column(slot_, Type::any)); }

 private:
  uint32_t slot_;
};

class WalkTerm final : public Term {
 public:
  WalkTerm(Site site, TermPtr from, Path path) : site_(std::move(site)), from_(std::move(from)), path_(std::move(path)) {}
  Vector run(Frame& frame, Rows rows) const override {
    const Vector from = from_->run(frame, rows);
    return each_value(frame, site_, rows, [&](size_t row) -> Outcome<Value> { return walk(frame.arena(), from.value(row, frame.arena()), path_); });
  }

 private:
  Site site_;
  TermPtr from_;
  Path path_;
};

class HoldsTerm final : public Term {
 public:
  HoldsTerm(Site site, TermPtr from, Path path) : site_(std::move(site)), from_(std::move(from)), path_(std::move(path)) {}
  Vector run(Frame& frame, Rows rows) const override {
    const Vector from = from_->run(frame, rows);
    return each_value(frame, site_, rows, [&](size_t row) -> Outcome<Value> {
      return Value::of_boolean(!from.is_null(row) && holds(from.value(row, frame.arena()), path_));
    });
  }

 private:
  Site site_;
  TermPtr from_;
  Path path_;
};

/// `a[i]` where i is computed: an element by number, or a member by name.
class IndexTerm final : public Term {
 public:
  IndexTerm(Site site, TermPtr from, TermPtr index) : site_(std::move(site)), from_(std::move(from)), index_(std::move(index)) {}
  Vector run(Frame& frame, Rows rows) const override {
    const Vector from = from_->run(frame, rows), index = index_->run(frame, rows);
    return each_value(frame, site_, rows, [&](size_t row) { return pick(frame.arena(), from.value(row, frame.arena()), index.value(row, frame.arena())); });
  }

 private:
  static Outcome<Value> pick(Arena& arena, const Value& from, const Value& index) {
    if (index.is_null()) return nullptr;
    if (from.type == Type::object) {
      const auto name = text_of(arena, index);
      if (!name.is_value()) return kNoKey;
      const Value* member = from.member(name.value());
      return member == nullptr ? Outcome<Value>(nullptr) : *member;
    }
    if (from.type != Type::array) return nullptr;
    const auto number = value_as(arena, index, Type::integer);
    if (number.is_fault()) return number.fault();
    if (!number.is_value() || number.value().integer < 0 || number.value().integer >= from.size) return nullptr;
    return from.as_array()[static_cast<size_t>(number.value().integer)];
  }

  Site site_;
  TermPtr from_, index_;
};

std::vector<Vector> run_all(const Terms& terms, Frame& frame, Rows rows) {
  std::vector<Vector> vectors;
  vectors.reserve(terms.size());
  for (const TermPtr& term : terms) vectors.push_back(term->run(frame, rows));
  return vectors;
}

class ArrayTerm final : public Term {
 public:
  ArrayTerm(Site site, Terms elements, bool distinct) : site_(std::move(site)), elements_(std::move(elements)), distinct_(distinct) {}
  Vector run(Frame& frame, Rows rows) const override {
    const auto vectors = run_all(elements_, frame, rows);
    return each_value(frame, site_, rows, [&](size_t row) -> Outcome<Value> {
      const auto items = frame.arena().make<Value>(vectors.size());
      size_t count = 0;
      for (const Vector& vector : vectors) {
        const Value item = vector.value(row, frame.arena());
        const auto end = items.begin() + static_cast<std::ptrdiff_t>(count);
        if (!distinct_ || std::none_of(items.begin(), end, [&](const Value& one) { return same(one, item); })) items[count++] = item;
      }
      return Value::of_array(items.first(count));
    });
  }

 private:
  Site site_;
  Terms elements_;
  bool distinct_;
};

class MapTerm final : public Term {
 public:
  MapTerm(Site site, Terms parts) : site_(std::move(site)), parts_(std::move(parts)) {}
  Vector run(Frame& frame, Rows rows) const override {
    const auto vectors = run_all(parts_, frame, rows);
    return each_value(frame, site_, rows, [&](size_t row) -> Outcome<Value> {
      const auto members = frame.arena().make<Member>(vectors.size() / 2);
      size_t count = 0;
      for (size_t i = 0; i + 1 < vectors.size(); i += 2) {
        const auto key = text_of(frame.arena(), vectors[i].value(row, frame.arena()));
        if (!key.is_value()) return kNoKey;
        const auto end = members.begin() + static_cast<std::ptrdiff_t>(count);
        const auto taken = std::find_if(members.begin(), end, [&](const Member& one) { return one.name == key.value(); });
        const Member entry{key.value(), vectors[i + 1].value(row, frame.arena())};
        if (taken == end) members[count++] = entry;
        else *taken = entry;
      }
      return Value::of_object(members.first(count));
    });
  }

 private:
  Site site_;
  Terms parts_;
};

class JoinTerm final : public Term {
 public:
  JoinTerm(Site site, Terms parts) : site_(std::move(site)), parts_(std::move(parts)) {}
  Vector run(Frame& frame, Rows rows) const override {
    const auto vectors = run_all(parts_, frame, rows);
    std::string text;
    return each_value(frame, site_, rows, [&](size_t row) -> Outcome<Value> {
      text.clear();
      for (const Vector& vector : vectors) {
        const auto part = text_of(frame.arena(), vector.value(row, frame.arena()));
        if (part.is_fault()) return part.fault();
        if (part.is_value()) text += part.value();
        if (text.size() > kTextBytesMax) return kTextTooLong;
      }
      return Value::of_text(frame.arena().keep(text));
    });
  }

 private:
  Site site_;
  Terms parts_;
};

class CallTerm final : public Term {
 public:
  CallTerm(Site site, const Kernel& kernel, Terms arguments) : site_(std::move(site)), kernel_(kernel), arguments_(std::move(arguments)) {}
  Vector run(Frame& frame, Rows rows) const override { return kernel_.run(frame, site_, run_all(arguments_, frame, rows), rows); }

 private:
  Site site_;
  Kernel kernel_;
  Terms arguments_;
};

}  // namespace

Vector Constants::add(const Value& value) {
  const Type type = value.is_null() || value.type == Type::array || value.type == Type::object ? Type::any : value.type;
  Pool& pool = pools_[static_cast<size_t>(type)];
  if (pool.used == engine::kChunkRows) {
    pool.columns.push_back(std::make_unique<Column>(type));
    pool.used = 0;
  }
  Column& column = *pool.columns.back();
  column.put(pool.used, copied(arena_, value));
  return Vector::constant(column, pool.used++);
}

TermPtr constant_term(Constants& constants, const Value& value) {
  const Vector vector = constants.add(value);
  return std::make_unique<ConstantTerm>(vector, vector.value(0, constants.arena()));
}
TermPtr template_term(Site site, std::string text) { return std::make_unique<TemplateTerm>(std::move(site), std::move(text)); }
TermPtr column_term(uint32_t column) { return std::make_unique<ColumnTerm>(column); }
TermPtr parameter_term(uint32_t slot) { return std::make_unique<ParameterTerm>(slot); }
TermPtr walk_term(Site site, TermPtr from, Path path) { return std::make_unique<WalkTerm>(std::move(site), std::move(from), std::move(path)); }
TermPtr holds_term(Site site, TermPtr from, Path path) { return std::make_unique<HoldsTerm>(std::move(site), std::move(from), std::move(path)); }
TermPtr index_term(Site site, TermPtr from, TermPtr index) { return std::make_unique<IndexTerm>(std::move(site), std::move(from), std::move(index)); }
TermPtr array_term(Site site, Terms elements, bool distinct) { return std::make_unique<ArrayTerm>(std::move(site), std::move(elements), distinct); }
TermPtr map_term(Site site, Terms parts) { return std::make_unique<MapTerm>(std::move(site), std::move(parts)); }
TermPtr join_term(Site site, Terms parts) { return std::make_unique<JoinTerm>(std::move(site), std::move(parts)); }
TermPtr call_term(Site site, const Kernel& kernel, Terms arguments) { return std::make_unique<CallTerm>(std::move(site), kernel, std::move(arguments)); }

}  // namespace foz::prep
