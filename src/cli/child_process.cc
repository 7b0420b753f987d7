#include "cli/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <optional>
#include <thread>
#include <utility>

extern char** environ;

namespace foz::cli {
namespace {

/// The first line that arrives on `fd`; nothing when the other side closes or time is up.
std::optional<std::string> first_line(int fd, std::chrono::milliseconds timeout) {
  const auto until = std::chrono::steady_clock::now() + timeout;
  std::string text;
  while (text.find('\n') == text.npos) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    if (left.count() <= 0 || poll(&waiting, 1, static_cast<int>(left.count())) <= 0) return std::nullopt;
    char buffer[4096];
    const ssize_t got = read(fd, buffer, sizeof buffer);
    if (got <= 0) return std::nullopt;
    text.append(buffer, static_cast<size_t>(got));
  }
  return text.substr(0, text.find('\n'));
}

[[noreturn]] void become(const std::filesystem::path& program, std::vector<std::string> arguments, std::vector<std::string> environment, int out) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  dup2(out, STDOUT_FILENO);
  const int nowhere = open("/dev/null", O_RDWR);
  dup2(nowhere, STDIN_FILENO);
  dup2(nowhere, STDERR_FILENO);
  std::vector<char*> argv;
  arguments.insert(arguments.begin(), program.string());
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::vector<char*> envp;
  for (std::string& variable : environment) envp.push_back(variable.data());
  for (char** variable = environ; *variable != nullptr; ++variable) envp.push_back(*variable);
  envp.push_back(nullptr);
  execve(program.c_str(), argv.data(), envp.data());
  _exit(127);
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                                         const std::vector<std::string>& environment, std::chrono::milliseconds ready_timeout) {
  int pipe_fds[2];
  if (pipe2(pipe_fds, O_CLOEXEC) != 0) return Error{.kind = ErrorKind::unavailable, .message = std::string("no pipe: ") + std::strerror(errno)};
  const pid_t pid = fork();
  if (pid == 0) become(program, arguments, environment, pipe_fds[1]);
  close(pipe_fds[1]);
  ChildProcess child;
  child.pid_ = pid;
  child.out_ = pipe_fds[0];
  if (pid < 0) return Error{.kind = ErrorKind::unavailable, .message = "no process for " + program.string() + ": " + std::strerror(errno)};
  auto line = first_line(child.out_, ready_timeout);
  if (!line) return Error{.kind = ErrorKind::unavailable, .message = program.filename().string() + " did not start: run it by itself to see why"};
  child.ready_line_ = std::move(*line);
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), out_(std::exchange(other.out_, -1)), ready_line_(std::move(other.ready_line_)) {}

ChildProcess::~ChildProcess() {
  if (out_ >= 0) close(out_);
  if (pid_ <= 0) return;
  kill(pid_, SIGTERM);
  for (int i = 0; i < 1000; ++i) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

Result<std::filesystem::path> program_beside(const std::string& name) {
  std::error_code code;
  const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", code).parent_path();
  for (const auto& candidate : {folder / name, folder / "simulators" / name}) {
    if (std::filesystem::exists(candidate)) return candidate;
  }
  return Error{.kind = ErrorKind::not_found, .message = name + " does not stand beside " + (folder / "foz").string()};
}

}  // namespace foz::cli
