#include "simulators/hostile/wire_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <thread>

#include "base/text.h"

namespace foz::sim {
namespace {

constexpr size_t kHeadMax = 128 * 1024;
constexpr uint64_t kBodyMax = 10u << 20;
constexpr int kIdleMs = 60'000;
constexpr auto kPatience = std::chrono::minutes(10);  // how long a stalled or endless answer is kept up

/// One connection, from the first request to the last.
class Wire {
 public:
  Wire(int socket, const WireServer::Handler& handler) : socket_(socket), handler_(handler) {}

  void serve() {
    while (auto request = read_request()) {
      Delivery delivery;
      http::Response response = handler_(*request, delivery);
      if (!send(*request, response, delivery)) return;
    }
  }

 private:
  /// More bytes into the buffer; false when the other side is gone or silent.
  bool read_more() {
    pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, kIdleMs) <= 0) return false;
    char piece[16 * 1024];
    const ssize_t got = ::recv(socket_, piece, sizeof piece, 0);
    if (got <= 0) return false;
    buffer_.append(piece, static_cast<size_t>(got));
    return true;
  }

  std::optional<http::Request> read_request() {
    size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == buffer_.npos) {
      if (buffer_.size() > kHeadMax || !read_more()) return std::nullopt;
    }
    http::Request request = head_of(std::string_view(buffer_).substr(0, end));
    buffer_.erase(0, end + 4);
    const auto length = to_integer(request.headers.get("Content-Length").value_or("0")).value_or(-1);
    if (length < 0 || static_cast<uint64_t>(length) > kBodyMax) return std::nullopt;
    if (equal_ignoring_case(request.headers.get("Expect").value_or(""), "100-continue")) write("HTTP/1.1 100 Continue\r\n\r\n");
    while (buffer_.size() < static_cast<size_t>(length)) {
      if (!read_more()) return std::nullopt;
    }
    request.body = buffer_.substr(0, static_cast<size_t>(length));
    buffer_.erase(0, static_cast<size_t>(length));
    return request;
  }

  static http::Request head_of(std::string_view head) {
    http::Request request;
    bool first = true;
    for (std::string_view line : split(head, '\n')) {
      line = trim(line);
      if (first) {
        const auto words = split(line, ' ');
        request.verb_text = std::string(words[0]);
        request.verb = http::verb_named(words[0]);
        request.url = words.size() > 1 ? std::string(words[1]) : "/";
      } else if (const size_t colon = line.find(':'); colon != line.npos) {
        request.headers.add(line.substr(0, colon), std::string(trim(line.substr(colon + 1))));
      }
      first = false;
    }
    return request;
  }

  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  /// False when the connection cannot go on.
  bool send(const http::Request& request, http::Response& response, const Delivery& delivery) {
    uint64_t length = response.body.size();
    if (response.file) {  // a body that was cut: fewer bytes than promised
      std::ifstream file(response.file->path, std::ios::binary);
      response.body.assign(std::istreambuf_iterator<char>(file), {});
      length = response.file->length;
    }
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " " + std::string(http::reason_of(response.status)) + "\r\n";
    for (const auto& [name, value] : response.headers) head += name + ": " + value + "\r\n";
    if (delivery.way == Delivery::Way::huge_header) head += "X-Filler: " + std::string(delivery.bytes, 'x') + "\r\n";
    const bool bodyless = response.status == 204 || response.status == 304;
    const bool endless = delivery.way == Delivery::Way::endless && !bodyless;
    if (endless) head += "Transfer-Encoding: chunked\r\n";
    else if (!bodyless) head += "Content-Length: " + std::to_string(length) + "\r\n";
    if (!write(head + "\r\n")) return false;
    if (bodyless || request.verb == http::Verb::head) return true;
    if (endless) return send_endless(response.body), false;
    if (!send_body(response.body, delivery)) return false;
    return response.body.size() == length;
  }

  bool send_body(std::string_view body, const Delivery& delivery) {
    switch (delivery.way) {
      case Delivery::Way::trickle:
        for (; !body.empty(); body.remove_prefix(std::min<size_t>(body.size(), delivery.bytes))) {
          if (!write(body.substr(0, delivery.bytes))) return false;
          std::this_thread::sleep_for(std::chrono::milliseconds(delivery.pause_ms));
        }
        return true;
      case Delivery::Way::stall: return write(body.substr(0, delivery.bytes)), wait_for_the_end(), false;
      case Delivery::Way::surplus: return write(std::string(body) + std::string(delivery.bytes, '}'));
      default: return write(body);
    }
  }

  void send_endless(const std::string& body) {
    const auto chunk = [](const std::string& text) {
      char size[20];
      std::snprintf(size, sizeof size, "%zx\r\n", text.size());
      return size + text + "\r\n";
    };
    bool there = write(chunk(body));
    const std::string blanks = chunk(std::string(64 * 1024, ' '));
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (there && std::chrono::steady_clock::now() < until) there = write(blanks);
  }

  /// Says nothing until the client hangs up.
  void wait_for_the_end() {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < until) {
      pollfd waiting{.fd = socket_, .events = POLLIN | POLLRDHUP, .revents = 0};
      if (::poll(&waiting, 1, 1000) > 0 && (waiting.revents & (POLLHUP | POLLRDHUP | POLLERR)) != 0) return;
      if ((waiting.revents & POLLIN) != 0 && !read_more()) return;
    }
  }

  const int socket_;
  const WireServer::Handler& handler_;
  std::string buffer_;
};

}  // namespace

WireServer::WireServer(std::string host, uint16_t port, int listener, Handler handler)
    : host_(std::move(host)), port_(port), listener_(listener), handler_(std::move(handler)), acceptor_([this] { accept_all(); }) {}

WireServer::~WireServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  std::unique_lock lock(mutex_);
  for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  closed_.wait(lock, [this] { return sockets_.empty(); });
}

void WireServer::serve(int socket) {
  Wire(socket, handler_).serve();
  std::lock_guard lock(mutex_);
  ::close(socket);
  sockets_.erase(socket);
  closed_.notify_all();
}

Result<std::unique_ptr<WireServer>> WireServer::start(const std::string& host, uint16_t port, Handler handler) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    return Error{.kind = ErrorKind::invalid, .message = "\"" + host + "\" is no address to listen on"};
  }
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener, plain, size) != 0 || ::listen(listener, 128) != 0 || ::getsockname(listener, plain, &size) != 0) {
    const std::string reason = std::strerror(errno);
    ::close(listener);
    return Error{.kind = ErrorKind::unavailable, .message = host + ":" + std::to_string(port) + " cannot be listened on: " + reason};
  }
  return std::unique_ptr<WireServer>(new WireServer(host, ntohs(address.sin_port), listener, std::move(handler)));
}

void WireServer::accept_all() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0 && (errno == EINTR || errno == ECONNABORTED || errno == EMFILE)) continue;
    if (socket < 0) return;  // the listener was shut down
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    std::lock_guard lock(mutex_);
    sockets_.insert(socket);
    std::thread([this, socket] { serve(socket); }).detach();  // the destructor waits for it
  }
}

}  // namespace foz::sim
