#pragma once
// The HTTP server: connections and limits. What a request means is the handler's business.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/pool.h"
#include "base/result.h"
#include "http/message.h"

namespace foz::http {

struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 0;  ///< 0: any free one
  size_t io_threads = 2;
  size_t connections_max = 4096;
  size_t request_line_bytes_max = 8 * 1024;
  size_t header_bytes_max = 64 * 1024;
  uint64_t body_bytes_max = 10u << 20;
  std::chrono::milliseconds header_timeout{15'000};  ///< to read a whole header
  std::chrono::milliseconds body_timeout{30'000};    ///< to make progress on a body
  std::chrono::milliseconds idle_timeout{75'000};    ///< between requests of a connection
  std::string tls_certificate_file = {};             ///< PEM; both files: HTTPS instead of plain HTTP
  std::string tls_key_file = {};
  bool lenient_header_names = false;                 ///< strip a blank between a header's name and its colon
  /// True: the handler answers this request without waiting for anything, so it runs on the I/O thread and nothing is handed
  /// over. Empty: every request goes to the pool.
  std::function<bool(const Request&)> at_once = {};
};

/// Where a body goes, decided when its header is there.
struct BodyPlan {
  uint64_t bytes_max = 0;
  std::filesystem::path file = {};  ///< not empty: stream it there (created, replaced)
};

/// Serves until `stop`. Reading and writing happen on the server's own I/O threads; each whole request is handed to
/// `pool`, where `handler` runs as an ordinary blocking function (see `at_once` for the exception). When the pool is full the client gets 503.
/// Requests that cannot be read at all (bad syntax, header too long) are answered by the server itself: 400, 414, 431.
class Server {
 public:
  using Handler = std::function<Response(Request)>;
  using Planner = std::function<BodyPlan(const Request& head)>;

  /// Errors: unavailable (the address is taken or not ours), invalid (certificate or key cannot be read).
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Pool& pool, Handler handler, Planner planner = {});
  /// Stops at once if `stop` was not called.
  ~Server();

  uint16_t port() const;
  /// `http://127.0.0.1:8080`
  std::string url() const;
  /// Takes no new connections or requests, lets those under way finish for up to `grace`.
  void stop(std::chrono::milliseconds grace);

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace foz::http
