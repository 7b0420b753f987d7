#pragma once
// An HTTP server that can send badly: late, too much, too little, without end. A thread per connection; for tests only.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "base/result.h"
#include "http/message.h"
#include "simulators/hostile/tricks.h"

namespace foz::sim {

/// Plain HTTP/1.1 with kept connections; bodies come with a Content-Length. Thread-safe.
class WireServer {
 public:
  using Handler = std::function<http::Response(const http::Request&, Delivery&)>;

  /// Errors: unavailable (the address is taken), invalid (it is none).
  static Result<std::unique_ptr<WireServer>> start(const std::string& host, uint16_t port, Handler handler);
  /// Hangs up on everybody and waits for the threads of all connections.
  ~WireServer();
  WireServer(const WireServer&) = delete;

  std::string url() const { return "http://" + host_ + ":" + std::to_string(port_); }

 private:
  WireServer(std::string host, uint16_t port, int listener, Handler handler);
  void accept_all();
  void serve(int socket);

  const std::string host_;
  const uint16_t port_;
  const int listener_;
  const Handler handler_;
  std::mutex mutex_;
  std::condition_variable closed_;
  std::set<int> sockets_;
  std::thread acceptor_;
};

}  // namespace foz::sim
