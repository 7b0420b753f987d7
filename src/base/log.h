#pragma once
// Events with fields, one JSON line each on standard error. Quiet when all is well: a warning means that we
// recovered, an error that a person must act. No row data, no secrets.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"

namespace foz::log {

enum class Level { debug, info, warning, error, off };

using Value = std::variant<std::string, int64_t, double, bool>;

struct Field {
  std::string_view name;
  Value value;

  Field(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
  Field(std::string_view n, std::string_view v) : name(n), value(std::string(v)) {}
  Field(std::string_view n, const char* v) : name(n), value(std::string(v)) {}
  Field(std::string_view n, bool v) : name(n), value(v) {}
  Field(std::string_view n, double v) : name(n), value(v) {}
  template <class T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  Field(std::string_view n, T v) : name(n), value(static_cast<int64_t>(v)) {}
  Field(std::string_view n, const Error& v) : name(n), value(to_string(v)) {}
};

using Fields = std::initializer_list<Field>;

/// Least level that is written; default info.
void set_level(Level level);
/// "debug", "info", "warning", "error" or "off"; anything else is info.
Level level_named(std::string_view name);

/// `event` is a dotted name that does not change ("run.committed"), for filters; details go into fields.
void debug(std::string_view event, Fields fields = {});
void info(std::string_view event, Fields fields = {});
void warning(std::string_view event, Fields fields = {});
void error(std::string_view event, Fields fields = {});

}  // namespace foz::log
