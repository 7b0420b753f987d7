#include "base/crash_point.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "base/log.h"
#include "base/text.h"

namespace foz {
namespace {

/// What an environment variable names.
class Trap {
 public:
  explicit Trap(const char* variable) {
    const char* text = std::getenv(variable);
    if (text == nullptr || *text == '\0') return;
    const std::string_view whole(text);
    const size_t colon = whole.rfind(':');
    name_ = whole.substr(0, colon);
    if (colon != whole.npos) pass_ = to_integer(whole.substr(colon + 1)).value_or(1);
  }
  /// This is the pass that it waits for.
  bool springs(std::string_view name) { return !name_.empty() && name_ == name && ++passes_ == pass_; }

 private:
  std::string name_;
  int64_t pass_ = 1;
  std::atomic<int64_t> passes_ = 0;
};

}  // namespace

void crash_point(std::string_view name) {
  static Trap crash("FOZ_CRASH_AT"), hold("FOZ_HOLD_AT");
  if (crash.springs(name)) kill(getpid(), SIGKILL);
  if (hold.springs(name)) {
    log::warning("crash_point.held", {{"name", name}});
    std::this_thread::sleep_for(std::chrono::seconds(2));
  }
}

}  // namespace foz
