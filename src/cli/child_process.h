#pragma once
// Programs that a command starts and ends again.

#include <chrono>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/result.h"

namespace foz::cli {

/// A child that dies with its parent. Its standard error is the parent's, or nowhere.
class ChildProcess {
 public:
  /// Starts `program`; waits until it prints a line on standard output.
  /// Errors: not_found, unavailable (it ended, or said nothing in time).
  static Result<ChildProcess> start(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                                    const std::vector<std::string>& environment, std::chrono::milliseconds ready_timeout);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  /// Ends it: SIGTERM, then SIGKILL after ten seconds.
  ~ChildProcess();

  const std::string& ready_line() const { return ready_line_; }

 private:
  ChildProcess() = default;
  pid_t pid_ = -1;
  int out_ = -1;
  std::string ready_line_;
};

/// The path of a program that stands beside this one, or where the build puts it.
Result<std::filesystem::path> program_beside(const std::string& name);

}  // namespace foz::cli
