#pragma once
// The one function that builds everything: each part once, by constructor, destroyed in reverse.

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "server/settings.h"

namespace foz::server {

struct Start {
  std::filesystem::path data_dir;
  Settings settings;
};

/// A running Foz: APIs, scheduler, workers.
class Foz {
 public:
  /// Makes or opens the data directory, brings the database up to date, starts the server, then the scheduler, and writes
  /// `credentials.json` when there is none or the address changed.
  /// Errors: invalid (a setting), forbidden (an open address without TLS, a key file others can read), unavailable (port,
  /// disk, a second Foz on the same directory), corrupt.
  static Result<std::unique_ptr<Foz>> start(const Start& start);
  /// Stops at once where `stop` was not called.
  ~Foz();

  /// `http://127.0.0.1:8080`
  std::string url() const;
  /// Takes no more requests, checkpoints the runs under way, and ends within `grace`.
  void stop(std::chrono::milliseconds grace);

 private:
  struct Parts;
  explicit Foz(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace foz::server
