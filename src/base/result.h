#pragma once
// A value, or why there is none. Spelled like std::expected, to become it.

#include <type_traits>
#include <utility>
#include <variant>

#include "base/error.h"

namespace foz {

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  template <class U>
    requires(std::is_convertible_v<U &&, T> && !std::is_same_v<std::remove_cvref_t<U>, Result> &&
             !std::is_same_v<std::remove_cvref_t<U>, T> && !std::is_same_v<std::remove_cvref_t<U>, Error>)
  Result(U&& value) : state_(std::in_place_index<0>, T(std::forward<U>(value))) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // Of a Result that is about to go the value is handed over, never pointed into: `for (auto& x : *f())` is safe.
  T& value() & { return require(), std::get<0>(state_); }
  const T& value() const& { return require(), std::get<0>(state_); }
  T value() && { return require(), std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T value_or(T other) const& { return has_value() ? std::get<0>(state_) : std::move(other); }

  const Error& error() const& { return FOZ_CHECK(!has_value()), std::get<1>(state_); }
  Error&& error() && { return FOZ_CHECK(!has_value()), std::get<1>(std::move(state_)); }

 private:
  void require() const { FOZ_CHECK(has_value(), std::get<1>(state_).message); }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}

  bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }
  void value() const { FOZ_CHECK(!failed_, error_.message); }
  const Error& error() const& { return FOZ_CHECK(failed_), error_; }
  Error&& error() && { return FOZ_CHECK(failed_), std::move(error_); }

 private:
  Error error_;
  bool failed_ = false;
};

using Status = Result<void>;

}  // namespace foz

#define FOZ_JOIN_(a, b) a##b
#define FOZ_JOIN(a, b) FOZ_JOIN_(a, b)

/// `TRY(auto x, f());` names the value of `f()`, or returns its error from the function around it.
#define TRY(declaration, ...) FOZ_TRY_(FOZ_JOIN(try_result_, __COUNTER__), declaration, __VA_ARGS__)
#define FOZ_TRY_(result, declaration, ...)            \
  auto result = (__VA_ARGS__);                        \
  if (!result) return std::move(result).error();      \
  declaration = *std::move(result)

/// `TRY_DO(f());` returns the error of an `f` that gives no value.
#define TRY_DO(...) FOZ_TRY_DO_(FOZ_JOIN(try_status_, __COUNTER__), __VA_ARGS__)
#define FOZ_TRY_DO_(status, ...)                                            \
  do {                                                                      \
    if (auto status = (__VA_ARGS__); !status) return std::move(status).error(); \
  } while (false)
