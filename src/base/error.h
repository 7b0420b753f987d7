#pragma once
// What went wrong, as a value: written for the person who must act on it.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foz {

/// What went wrong, by what the caller can do about it.
enum class ErrorKind {
  invalid,       ///< the request, mapping or setting is wrong: change it
  unauthorized,  ///< the credentials are refused: renew them
  forbidden,     ///< the credentials lack a right: grant it
  not_found,     ///< nothing has that id
  conflict,      ///< it exists, or someone changed it first: read it again
  rate_limited,  ///< the other side asks for time: wait `retry_after`
  unavailable,   ///< the other side is down or slow: try later
  corrupt,       ///< bytes are not what they should be: stop, tell a person
  cancelled,     ///< somebody stopped the work
  internal,      ///< a fault in Foz
};

/// The name of a kind, as logs and stored errors spell it.
std::string_view name_of(ErrorKind kind);

/// One of several mistakes in the same input.
struct Problem {
  std::string path = {};  ///< JSON pointer or line:column in the user's own input
  std::string code = {};
  std::string message = {};

  friend bool operator==(const Problem&, const Problem&) = default;
};

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message = {};  ///< one sentence, no secrets
  std::string code = {};     ///< the contract's own ("XDM-1416-400"); empty: the default of `kind`
  std::string where = {};    ///< JSON pointer or line:column in the user's own input
  std::optional<std::chrono::milliseconds> retry_after = {};
  std::vector<Problem> problems = {};  ///< all mistakes, where more than one can be told at once

  friend bool operator==(const Error&, const Error&) = default;
};

/// `error` with `prefix` before its message ("reading page 3: connection reset").
Error with_context(Error error, std::string_view prefix);

/// One line for logs and test failures: kind, code, message, where.
std::string to_string(const Error& error);

/// A broken invariant: a fault in Foz. Only the root of a request or run catches it.
[[noreturn]] void check_failed(const char* expression, const char* file, int line, std::string_view why = {});

}  // namespace foz

/// Holds an invariant. A failure is a fault in Foz, never a user's mistake.
#define FOZ_CHECK(expression, ...) \
  ((expression) ? (void)0 : ::foz::check_failed(#expression, __FILE__, __LINE__ __VA_OPT__(, ) __VA_ARGS__))
