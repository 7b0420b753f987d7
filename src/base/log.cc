#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log_sink.h"
#include "base/time_text.h"

namespace foz::log {
namespace {

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("foz", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->set_level(spdlog::level::info);
    made->flush_on(spdlog::level::warn);
    return made;
  }();
  return *instance;
}

std::function<void(std::string_view)>& sink_of_lines() {
  static std::function<void(std::string_view)> sink;
  return sink;
}

void write(spdlog::level::level_enum level, std::string_view name, std::string_view event, Fields fields) {
  if (!logger().should_log(level)) return;
  Json line = {{"time", iso_millis(SystemClock().now())}, {"level", name}, {"event", event}};
  for (const Field& field : fields) {
    std::visit([&](const auto& value) { line[std::string(field.name)] = value; }, field.value);
  }
  if (const auto& sink = sink_of_lines()) return sink(to_text(line));
  logger().log(level, "{}", to_text(line));
}

}  // namespace

void write_to(std::function<void(std::string_view line)> sink) { sink_of_lines() = std::move(sink); }

void set_level(Level level) {
  switch (level) {
    case Level::debug: return logger().set_level(spdlog::level::debug);
    case Level::info: return logger().set_level(spdlog::level::info);
    case Level::warning: return logger().set_level(spdlog::level::warn);
    case Level::error: return logger().set_level(spdlog::level::err);
    case Level::off: return logger().set_level(spdlog::level::off);
  }
}

Level level_named(std::string_view name) {
  if (name == "debug") return Level::debug;
  if (name == "warning") return Level::warning;
  if (name == "error") return Level::error;
  if (name == "off") return Level::off;
  return Level::info;
}

void debug(std::string_view event, Fields fields) { write(spdlog::level::debug, "debug", event, fields); }
void info(std::string_view event, Fields fields) { write(spdlog::level::info, "info", event, fields); }
void warning(std::string_view event, Fields fields) { write(spdlog::level::warn, "warning", event, fields); }
void error(std::string_view event, Fields fields) { write(spdlog::level::err, "error", event, fields); }

}  // namespace foz::log
