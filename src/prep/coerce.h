#pragma once
// Source values to the kinds of a target schema, and between the types of the language.

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "engine/chunk.h"
#include "engine/types.h"

namespace foz::prep {

/// What kind of field error it was. Follows: Data Prep contract, 7 (codes DPMAP-3101 … 3104).
enum class Trouble : uint8_t {
  none,
  parse,      ///< DPMAP-3101-400: text is not what the target or the function wants
  range,      ///< DPMAP-3102-400: out of range, or precision is lost
  function,   ///< DPMAP-3103-400: a function or an operator failed
  coercion,   ///< DPMAP-3104-400: there is no way from this type to that one
};
std::string_view code_of(Trouble trouble);

/// A failure on the row path: no memory, no value. `text` is static.
struct Fault {
  Trouble trouble = Trouble::none;
  const char* text = "";
  explicit operator bool() const { return trouble != Trouble::none; }
};

/// A value, null, or why there is none: what functions on single values return when they can fail. Cheap to make.
template <class T>
class Outcome {
 public:
  Outcome(T value) : value_(value), state_(State::value) {}
  template <class U>
    requires std::is_same_v<U, std::nullptr_t>  // exactly: 0 is a value
  Outcome(U) : state_(State::null) {}
  Outcome(std::optional<T> value) : value_(value.value_or(T{})), state_(value ? State::value : State::null) {}
  Outcome(Fault fault) : fault_(fault), state_(State::fault) {}

  bool is_value() const { return state_ == State::value; }
  bool is_null() const { return state_ == State::null; }
  bool is_fault() const { return state_ == State::fault; }
  const T& value() const { return value_; }
  Fault fault() const { return fault_; }

 private:
  enum class State : uint8_t { value, null, fault };
  T value_{};
  Fault fault_{};
  State state_;
};

/// Text to boolean: `y yes on true`, `n no off false`, in any letter case (5.2).
Outcome<bool> boolean_of_text(std::string_view text);
/// Text to an integer: digits with a sign, also with a fraction of zeros ("12.0").
Outcome<int64_t> integer_of_text(std::string_view text);
/// Text to a finite double, rounded once.
Outcome<double> number_of_text(std::string_view text);
/// Text to a moment (microseconds since 1970) by the automatic list (5.3).
Outcome<int64_t> moment_of_text(std::string_view text);
/// The same to a day since 1970; a moment gives its UTC day.
Outcome<int64_t> day_of_text(std::string_view text);

/// `value` as a scalar kind (5.1): boolean, integer in range, number, string, date or timestamp. Null and, except for
/// texts, empty text give null. Made text stands in `arena`. `lost_precision` is set when a decimal or an integer did not fit a double exactly.
Outcome<engine::Value> to_kind(engine::Arena& arena, const engine::Value& value, engine::Kind kind,
                               bool* lost_precision = nullptr);

/// The text form of a scalar (5.1); no text for arrays and objects.
Outcome<std::string_view> text_of(engine::Arena& arena, const engine::Value& value);

/// True when some value of `type` can become `kind` (5.1); `any` and null always may.
bool can_become(engine::Type type, engine::Kind kind);

}  // namespace foz::prep
