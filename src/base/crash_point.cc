#include "base/crash_point.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <optional>
#include <string>

#include "base/text.h"

namespace foz {
namespace {

struct Armed {
  std::string name;
  int64_t pass = 1;
};

const std::optional<Armed>& armed() {
  static const std::optional<Armed> instance = []() -> std::optional<Armed> {
    const char* text = std::getenv("FOZ_CRASH_AT");
    if (text == nullptr || *text == '\0') return std::nullopt;
    const std::string_view whole(text);
    const size_t colon = whole.rfind(':');
    if (colon == whole.npos) return Armed{.name = std::string(whole)};
    return Armed{.name = std::string(whole.substr(0, colon)), .pass = to_integer(whole.substr(colon + 1)).value_or(1)};
  }();
  return instance;
}

}  // namespace

void crash_point(std::string_view name) {
  if (!armed() || armed()->name != name) return;
  static std::atomic<int64_t> passes = 0;
  if (++passes == armed()->pass) kill(getpid(), SIGKILL);
}

}  // namespace foz
