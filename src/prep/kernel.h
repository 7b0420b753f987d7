#pragma once
// A plain function on single values as a kernel over vectors: `kernel<left>`. Nulls, constants, conversions and budgets
// are handled here, once.
//
// What a function may take, in this order:
//   Call& or engine::Arena&      first, when it makes new texts or needs the run
//   T                            a value: null gives null, without calling the function
//   std::optional<T>             null, or an argument that was left out, arrives as nothing
//   std::span<const std::optional<T>>  last: all further arguments
// with T one of bool, int64_t, double, std::string_view, Instant, Moment, Array, Object, engine::Value.
// What it may return: R, std::optional<R> or Outcome<R>, with R one of the same, Array and Object apart.

#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/clock.h"
#include "prep/frame.h"
#include "prep/moment.h"

namespace foz::prep {

/// What a function sees of the run.
class Call {
 public:
  Call(Frame& frame, const Site& site) : frame_(frame), site_(site) {}

  engine::Arena& arena() { return frame_.arena(); }
  const RunContext& context() const { return frame_.context(); }
  const Site& site() const { return site_; }
  /// Of the chunk.
  size_t row() const { return row_; }
  RowPosition position() const { return frame_.position(row_); }
  void set_row(size_t row) { row_ = row; }

  /// Room for a text; null pointer when it would be longer than a text may be (return kTextTooLong then).
  char* room(size_t bytes) {
    return bytes <= kTextBytesMax ? static_cast<char*>(arena().allocate(bytes)) : nullptr;
  }
  /// Books steps of the row; false when it has used up its share (return kTooManySteps then).
  bool spend_steps(size_t steps) { return frame_.spend_steps(row_, steps); }
  /// A compiled pattern, kept at this place of the program. Null pointer: it cannot be compiled (return kBadRegex, kBadPattern).
  Regex* regex(std::string_view pattern);
  const DatePattern* date_pattern(std::string_view pattern);

 private:
  Frame& frame_;
  const Site& site_;
  size_t row_ = 0;
};

inline constexpr Fault kBadRegex{Trouble::function, "the regular expression cannot be read"};
inline constexpr Fault kRegexTooHard{Trouble::function, "the regular expression needs too many steps for this text"};
inline constexpr Fault kBadPattern{Trouble::function, "the date pattern cannot be read"};

/// Elements of an array, members of an object or a map.
struct Array {
  std::span<const engine::Value> items;
};
struct Object {
  std::span<const engine::Member> members;
};

/// How the engine runs a function. Null where the compiler has a form for it.
struct Kernel {
  using Run = Vector (*)(Frame& frame, const Site& site, std::span<const Vector> arguments, Rows rows);
  Run run = nullptr;
  uint8_t fixed = 0;   ///< parameters that stand alone
  bool rest = false;   ///< further arguments are taken
  explicit operator bool() const { return run != nullptr; }
};

namespace kernels {

using engine::Column;
using engine::Type;
using engine::Value;

/// How a C++ type is read from a column, and written to one.
template <class T>
struct Form;
template <>
struct Form<bool> {
  static constexpr Type type = Type::boolean;
  static bool read(const Column& column, size_t at) { return column.booleans()[at] != 0; }
  static void write(Column& column, size_t row, bool value) { column.booleans()[row] = value ? 1 : 0; }
};
template <>
struct Form<int64_t> {
  static constexpr Type type = Type::integer;
  static int64_t read(const Column& column, size_t at) { return column.integers()[at]; }
  static void write(Column& column, size_t row, int64_t value) { column.integers()[row] = value; }
};
template <>
struct Form<double> {
  static constexpr Type type = Type::number;
  static double read(const Column& column, size_t at) { return column.numbers()[at]; }
  static void write(Column& column, size_t row, double value) { column.numbers()[row] = value; }
};
template <>
struct Form<std::string_view> {
  static constexpr Type type = Type::string;
  static std::string_view read(const Column& column, size_t at) { return column.texts()[at]; }
  static void write(Column& column, size_t row, std::string_view value) { column.texts()[row] = value; }
};
template <>
struct Form<Instant> {
  static constexpr Type type = Type::timestamp;
  static Instant read(const Column& column, size_t at) {
    return Instant(std::chrono::microseconds(column.integers()[at]));
  }
  static void write(Column& column, size_t row, Instant value) {
    column.integers()[row] = value.time_since_epoch().count();
  }
};
template <>
struct Form<Value> {
  static constexpr Type type = Type::any;
  static Value read(const Column& column, size_t at) { return column.values()[at]; }
  static void write(Column& column, size_t row, const Value& value) {
    column.values()[row] = value;
    if (value.is_null()) column.set_null(row);
  }
};
template <>
struct Form<Moment> {  // values of `any` keep their zone
  static constexpr Type type = Type::any;
  static Moment read(const Column& column, size_t at) { return moment_of(column.values()[at]); }
  static void write(Column& column, size_t row, Moment value) { column.values()[row] = to_value(value); }
};
template <>
struct Form<Array> {
  static constexpr Type type = Type::array;
  static Array read(const Column& column, size_t at) { return {column.values()[at].as_array()}; }
};
template <>
struct Form<Object> {
  static constexpr Type type = Type::object;
  static Object read(const Column& column, size_t at) { return {column.values()[at].as_object()}; }
};

template <class T>
struct Unwrapped {
  using type = T;
  static constexpr bool nullable = false;
};
template <class T>
struct Unwrapped<std::optional<T>> {
  using type = T;
  static constexpr bool nullable = true;
};
template <class T>
struct Unwrapped<Outcome<T>> {
  using type = T;
  static constexpr bool nullable = true;
};

template <class T>
struct IsRest : std::false_type {};
template <class T>
struct IsRest<std::span<const std::optional<T>>> : std::true_type {
  using type = T;
};

/// Moments: text, dates and typed timestamps become values of type timestamp, zones are kept.
Vector converted_to_moments(Frame& frame, const Site& site, size_t slot, const Vector& vector, Rows rows);

template <class T>
Vector prepared(Frame& frame, const Site& site, size_t argument, const Vector& vector, Rows rows) {
  if constexpr (std::is_same_v<T, Moment>) {
    return converted_to_moments(frame, site, site.slot + 1 + argument, vector, rows);
  } else {
    return converted(frame, site, site.slot + 1 + argument, vector, Form<T>::type, rows);
  }
}

/// One argument of a running kernel.
template <class Parameter>
struct Argument {
  using T = typename Unwrapped<Parameter>::type;
  static constexpr bool nullable = Unwrapped<Parameter>::nullable;
  Vector vector = {};
  bool given = false;

  bool is_null(size_t row) const { return !given || vector.is_null(row); }
  Parameter read(size_t row) const {
    if constexpr (nullable) {
      return is_null(row) ? Parameter() : Parameter(Form<T>::read(vector.column(), vector.index(row)));
    } else {
      return Form<T>::read(vector.column(), vector.index(row));
    }
  }
};

/// The further arguments of a running kernel.
template <class T>
class Rest {
 public:
  Rest(Frame& frame, const Site& site, std::span<const Vector> given, size_t first, Rows rows) {
    for (size_t i = first; i < given.size(); ++i) vectors_.push_back(prepared<T>(frame, site, i, given[i], rows));
    values_.resize(vectors_.size());
  }
  std::span<const std::optional<T>> read(size_t row) {
    for (size_t i = 0; i < vectors_.size(); ++i) {
      const Vector& vector = vectors_[i];
      if (vector.is_null(row)) values_[i].reset();
      else values_[i].emplace(Form<T>::read(vector.column(), vector.index(row)));
    }
    return values_;
  }

 private:
  std::vector<Vector> vectors_;
  std::vector<std::optional<T>> values_;
};
struct NoRest {};

template <class R>
void store(Frame& frame, const Site& site, Column& out, size_t row, const R& result) {
  using T = typename Unwrapped<R>::type;
  if constexpr (std::is_same_v<R, Outcome<T>>) {
    if (result.is_value()) {
      out.set_valid(row);
      Form<T>::write(out, row, result.value());
    } else {
      out.set_null(row);
      if (result.is_fault()) frame.fail(row, result.fault(), site);
    }
  } else if constexpr (Unwrapped<R>::nullable) {
    if (result) out.set_valid(row), Form<T>::write(out, row, *result);
    else out.set_null(row);
  } else {
    out.set_valid(row);
    Form<T>::write(out, row, result);
  }
}

/// The loop over rows. `Lead` is void, Call or engine::Arena; `A` are the parameters behind it.
template <auto F, class R, class Lead, class... A>
struct Loop {
  static constexpr size_t kParameters = sizeof...(A);
  static constexpr bool kRest = [] {
    if constexpr (kParameters == 0) return false;
    else return IsRest<std::tuple_element_t<kParameters - 1, std::tuple<A...>>>::value;
  }();
  static constexpr size_t kFixed = kParameters - (kRest ? 1 : 0);

  static Vector run(Frame& frame, const Site& site, std::span<const Vector> given, Rows rows) {
    return go(frame, site, given, rows, std::make_index_sequence<kFixed>());
  }

 private:
  template <size_t I>
  using Parameter = std::tuple_element_t<I, std::tuple<A...>>;

  template <size_t I>
  static Argument<Parameter<I>> argument(Frame& frame, const Site& site, std::span<const Vector> given, Rows rows) {
    if (I >= given.size()) return {};
    return {prepared<typename Unwrapped<Parameter<I>>::type>(frame, site, I, given[I], rows), true};
  }

  static auto rest(Frame& frame, const Site& site, std::span<const Vector> given, Rows rows) {
    if constexpr (kRest) {
      return Rest<typename IsRest<Parameter<kParameters - 1>>::type>(frame, site, given, kFixed, rows);
    } else {
      return NoRest{};
    }
  }

  template <size_t... I>
  static Vector go(Frame& frame, const Site& site, std::span<const Vector> given, Rows rows, std::index_sequence<I...>) {
    [[maybe_unused]] const std::tuple<Argument<Parameter<I>>...> arguments{argument<I>(frame, site, given, rows)...};
    [[maybe_unused]] auto further = rest(frame, site, given, rows);
    Column& out = frame.column(site.slot, Form<typename Unwrapped<R>::type>::type);
    Call call(frame, site);
    rows.each([&](size_t row) {
      if ((... || (!Argument<Parameter<I>>::nullable && std::get<I>(arguments).is_null(row))) || frame.failed(row)) {
        out.set_null(row);
        return;
      }
      call.set_row(row);
      const auto invoke = [&](auto&&... lead) -> R {
        if constexpr (kRest) return F(lead..., std::get<I>(arguments).read(row)..., further.read(row));
        else return F(lead..., std::get<I>(arguments).read(row)...);
      };
      if constexpr (std::is_void_v<Lead>) {
        store(frame, site, out, row, invoke());
      } else {
        const size_t before = frame.arena().used();
        if constexpr (std::is_same_v<Lead, Call>) store(frame, site, out, row, invoke(call));
        else store(frame, site, out, row, invoke(frame.arena()));
        if (!frame.spend_bytes(row, frame.arena().used() - before)) {
          frame.fail(row, kTooMuchMemory, site);
          out.set_null(row);
        }
      }
    });
    return Vector(out);
  }
};

template <auto F, class Signature>
struct Adapter;
template <auto F, class R, class... A>
struct Adapter<F, R (*)(A...)> {
  using type = Loop<F, R, void, A...>;
};
template <auto F, class R, class... A>
struct Adapter<F, R (*)(Call&, A...)> {
  using type = Loop<F, R, Call, A...>;
};
template <auto F, class R, class... A>
struct Adapter<F, R (*)(engine::Arena&, A...)> {
  using type = Loop<F, R, engine::Arena, A...>;
};

}  // namespace kernels

template <auto F>
constexpr Kernel make_kernel() {
  using Loop = typename kernels::Adapter<F, decltype(F)>::type;
  return {.run = Loop::run, .fixed = static_cast<uint8_t>(Loop::kFixed), .rest = Loop::kRest};
}

/// The kernel of a plain function.
template <auto F>
inline constexpr Kernel kernel = make_kernel<F>();

}  // namespace foz::prep
