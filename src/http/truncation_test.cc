// Fault F11: an answer that ends at any byte of it is never taken for a whole one. A raw server sends what no server should.
// FOZ_CHAOS_SCALE=1 or more walks every byte; without it each seventh.
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "base/gzip.h"
#include "base/id.h"
#include "base/random.h"
#include "http/client.h"

namespace foz::http {
namespace {

/// Answers each connection with the bytes at hand, whatever was asked, and hangs up.
class RawServer {
 public:
  RawServer() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    origin_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::jthread([this] { serve(); });
  }
  ~RawServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  const std::string& origin() const { return origin_; }

  /// For the next connection. From one thread.
  std::string answer;

 private:
  void serve() {
    for (int peer = ::accept(listener_, nullptr, nullptr); peer >= 0; peer = ::accept(listener_, nullptr, nullptr)) {
      std::string request(4096, '\0');
      [[maybe_unused]] const auto got = ::recv(peer, request.data(), request.size(), 0);
      [[maybe_unused]] const auto sent = ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
      ::shutdown(peer, SHUT_WR);
      while (::recv(peer, request.data(), request.size(), 0) > 0) {
      }
      ::close(peer);
    }
  }

  const int listener_;
  std::string origin_;
  std::jthread thread_;
};

/// About 4 kB of JSON that packs badly.
std::string page() {
  SeededRandom random(4);
  std::string text = R"({"results":[)";
  while (text.size() < 4000) text += R"({"id":")" + random_hex(random, 40) + R"("},)";
  text.back() = ']';
  return text + "}";
}

std::string chunked(const std::string& body) {
  std::string text;
  for (size_t at = 0; at < body.size(); at += 1000) {
    const std::string chunk = body.substr(at, 1000);
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
    text += size + chunk + "\r\n";
  }
  return text + "0\r\n\r\n";
}

std::string head(const std::string& more) { return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + more + "\r\n\r\n"; }
std::string length_of(const std::string& body) { return "Content-Length: " + std::to_string(body.size()); }

class Truncation : public testing::Test {
 protected:
  Result<Response> ask(std::string answer) {
    server_.answer = std::move(answer);
    return transport_.send(get(server_.origin() + "/page"), {});
  }
  /// `make` of every length but the whole.
  template <class Make>
  void refuses_all(size_t whole, Make make) {
    const size_t step = std::getenv("FOZ_CHAOS_SCALE") == nullptr ? 7 : 1;
    size_t cases = 0;
    for (size_t bytes = 0; bytes < whole; bytes += step, ++cases) {
      const auto answer = ask(make(bytes));
      ASSERT_FALSE(answer) << "taken at " << bytes << " of " << whole;
      EXPECT_EQ(answer.error().kind, ErrorKind::unavailable) << bytes << ": " << answer.error().message;
    }
    EXPECT_GT(cases, 100u);
    const auto all = ask(make(whole));
    ASSERT_TRUE(all) << all.error().message;
    EXPECT_EQ(all->body, body_);
  }

  const std::string body_ = page();
  RawServer server_;
  CurlTransport transport_{Egress::parse(server_.origin()).value(), {}};
};

TEST_F(Truncation, ABodyShorterThanItsLength) {
  refuses_all(body_.size(), [&](size_t bytes) { return head(length_of(body_)) + body_.substr(0, bytes); });
}

TEST_F(Truncation, ChunksWithoutAnEnd) {
  // What follows the size of the last chunk tells nothing that is not known by then.
  const std::string chunks = chunked(body_);
  refuses_all(chunks.size() - 4, [&](size_t bytes) { return head("Transfer-Encoding: chunked") + (bytes == chunks.size() - 4 ? chunks : chunks.substr(0, bytes)); });
}

TEST_F(Truncation, AGzipBodyThatEndsEarlyThoughItsLengthFits) {
  const std::string packed = gzip(body_);
  ASSERT_GT(packed.size(), 1000u);
  refuses_all(packed.size(), [&](size_t bytes) {
    const std::string part = packed.substr(0, bytes);
    return head("Content-Encoding: gzip\r\n" + length_of(part)) + part;
  });
}

TEST_F(Truncation, AHeadThatEndsEarly) {
  const std::string start = head(length_of(body_));
  for (size_t bytes = 0; bytes + 1 < start.size(); ++bytes) EXPECT_FALSE(ask(start.substr(0, bytes))) << bytes;
}

}  // namespace
}  // namespace foz::http
