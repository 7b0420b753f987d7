#include "base/error.h"

#include <stdexcept>

namespace foz {

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid: return "invalid";
    case ErrorKind::unauthorized: return "unauthorized";
    case ErrorKind::forbidden: return "forbidden";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::conflict: return "conflict";
    case ErrorKind::rate_limited: return "rate_limited";
    case ErrorKind::unavailable: return "unavailable";
    case ErrorKind::corrupt: return "corrupt";
    case ErrorKind::cancelled: return "cancelled";
    case ErrorKind::internal: return "internal";
  }
  return "internal";
}

Error with_context(Error error, std::string_view prefix) {
  error.message = std::string(prefix) + ": " + error.message;
  return error;
}

std::string to_string(const Error& error) {
  std::string text(name_of(error.kind));
  if (!error.code.empty()) text += " " + error.code;
  text += ": " + error.message;
  if (!error.where.empty()) text += " (at " + error.where + ")";
  return text;
}

void check_failed(const char* expression, const char* file, int line, std::string_view why) {
  std::string text = std::string("broken invariant: ") + expression + " at " + file + ":" + std::to_string(line);
  if (!why.empty()) text += ": " + std::string(why);
  throw std::logic_error(text);
}

}  // namespace foz
