// The server over real sockets: limits, defects, TLS, the graceful end. The other side is our client, or bytes by hand.
#include "http/server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <latch>
#include <thread>

#include "base/testing.h"
#include "http/client.h"

namespace foz::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

class ServerTest : public testing::Test {
 protected:
  void start(Server::Handler handler, ServerOptions options = {}, Server::Planner planner = {}) {
    auto server = Server::start(std::move(options), pool_, std::move(handler), std::move(planner));
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }

  Result<Response> call(Request request, CurlOptions options = {}) {
    CurlTransport transport(Egress::parse(server_->url()).value(), std::move(options));
    request.url = server_->url() + request.url;
    return transport.send(request, {});
  }

  /// Sends the bytes as they are, reads until the server closes or `until` has come.
  std::string raw(const std::string& bytes, std::string_view until = {}) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(server_->port())};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t count = ::send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) break;
      sent += static_cast<size_t>(count);
    }
    std::string answer;
    char buffer[4096];
    for (ssize_t count; (count = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) {
      answer.append(buffer, static_cast<size_t>(count));
      if (!until.empty() && answer.find(until) != answer.npos) break;
    }
    ::close(fd);
    return answer;
  }

  static Response echo(const Request& request) { return Response{.body = std::string(name_of(request.verb)) + " " + request.url + " " + request.body}; }

  Pool pool_{"test", 4, 64};
  TemporaryFolder folder_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, HandsOverWhatCame) {
  start(echo);
  EXPECT_EQ(call({.verb = Verb::post, .url = "/a?b=c", .body = "text"})->body, "POST /a?b=c text");
  // Flow Service clients send quotes and brackets as they are.
  EXPECT_THAT(raw("GET /flows?property=name==\"x\"&a[0]={b}|c HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), HasSubstr("/flows?property=name==\"x\"&a[0]={b}|c"));
}

TEST_F(ServerTest, KeepsAConnectionForManyRequests) {
  start(echo);
  const std::string one = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n", two = "GET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  const std::string answer = raw(one + two);
  EXPECT_THAT(answer, HasSubstr("GET /1"));
  EXPECT_THAT(answer, HasSubstr("GET /2"));
}

TEST_F(ServerTest, RefusesWhatIsNoRequest) {
  start(echo);
  EXPECT_THAT(raw("hello\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(raw("GET / HTTP/1.1\r\nHost: h\r\nx-api-key : k\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(raw("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"), StartsWith("HTTP/1.1 414"));
  EXPECT_THAT(raw("GET / HTTP/1.1\r\nHost: h\r\nx: " + std::string(70'000, 'a') + "\r\n\r\n"), StartsWith("HTTP/1.1 431"));
}

TEST_F(ServerTest, TakesABlankBeforeTheColonWhereAllowed) {
  start([](const Request& request) { return Response{.body = std::string(request.headers.get("x-api-key").value_or("none"))}; }, {.lenient_header_names = true});
  EXPECT_THAT(raw("GET / HTTP/1.1\r\nHost: h\r\nx-api-key : k7\r\nConnection: close\r\n\r\n"), HasSubstr("\r\n\r\nk7"));
}

TEST_F(ServerTest, TellsTheHandlerOfABodyThatIsTooLarge) {
  start([](const Request& request) { return Response{.status = request.defect ? 413 : 200}; }, {.body_bytes_max = 1000});
  EXPECT_EQ(call({.verb = Verb::post, .url = "/", .body = std::string(1000, 'x')})->status, 200);
  EXPECT_EQ(call({.verb = Verb::post, .url = "/", .body = std::string(1001, 'x')})->status, 413);
  const std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n7d0\r\n" + std::string(2000, 'x') + "\r\n0\r\n\r\n";
  EXPECT_THAT(raw(chunked, "\r\n\r\n"), StartsWith("HTTP/1.1 413"));
}

TEST_F(ServerTest, StreamsABodyToAFile) {
  const auto file = folder_ / "body";
  start([&](const Request& request) { return Response{.body = std::to_string(request.body_bytes) + " " + std::to_string(std::filesystem::file_size(request.body_file))}; },
        {}, [&](const Request&) { return BodyPlan{.bytes_max = 64u << 20, .file = file}; });
  EXPECT_EQ(call({.verb = Verb::put, .url = "/", .body = std::string(20 << 20, 'x')})->body, "20971520 20971520");
}

TEST_F(ServerTest, ABodyThatIsCutOffLeavesNoFile) {
  const std::filesystem::path file = folder_.path() / "body";
  start([](const Request&) { return Response{}; }, {}, [&](const Request&) { return BodyPlan{.bytes_max = 1u << 20, .file = file}; });
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(server_->port())};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  ASSERT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const std::string part = "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nhalf of it";
  ASSERT_EQ(::send(fd, part.data(), part.size(), MSG_NOSIGNAL), static_cast<ssize_t>(part.size()));
  while (!std::filesystem::exists(file)) std::this_thread::yield();
  ::close(fd);
  while (std::filesystem::exists(file)) std::this_thread::yield();  // the test ends when it is gone
}

TEST_F(ServerTest, SendsPartOfAFile) {
  std::ofstream(folder_ / "file") << "0123456789";
  start([&](const Request&) { return Response{.status = 206, .file = FileSlice{.path = folder_ / "file", .offset = 3, .length = 4}}; });
  EXPECT_EQ(call({.url = "/"})->body, "3456");
}

TEST_F(ServerTest, ClosesOnWhoeverIsTooSlow) {
  start(echo, {.header_timeout = milliseconds(150)});
  EXPECT_EQ(raw("GET / HTTP/1.1\r\nHost:"), "");
}

TEST_F(ServerTest, AnswersBusyWhenThePoolIsFull) {
  Pool narrow("narrow", 1, 1);
  std::promise<void> open;
  const std::shared_future<void> gate = open.get_future().share();
  std::latch inside(1);
  std::atomic<int> entered = 0;
  auto server = Server::start({}, narrow, [&](const Request&) {
    if (++entered == 1) inside.count_down();
    gate.wait();
    return Response{};
  });
  ASSERT_TRUE(server);
  server_ = std::move(*server);
  std::vector<std::future<int>> calls;
  calls.push_back(std::async(std::launch::async, [&] { return call({.url = "/"})->status; }));
  inside.wait();
  for (int i = 0; i < 4; ++i) calls.push_back(std::async(std::launch::async, [&] { return call({.url = "/"})->status; }));
  // One is under way and one waits: the others are answered while the gate is shut.
  int busy = 0;
  for (size_t i = 1; i < calls.size() && busy < 3;) {
    if (calls[i].wait_for(milliseconds(10)) == std::future_status::ready) busy += calls[i].get() == 503, calls.erase(calls.begin() + static_cast<std::ptrdiff_t>(i));
    else i = i + 1 < calls.size() ? i + 1 : 1;
  }
  EXPECT_EQ(busy, 3);
  open.set_value();
  for (auto& one : calls) EXPECT_EQ(one.get(), 200);
  server_.reset();
}

TEST_F(ServerTest, AnswersAtOnceWhereTheHandlerDoesNotWait) {
  Pool narrow("narrow", 1, 1);
  const auto thread_of = [](const Request&) {
    char name[16] = {};
    pthread_getname_np(pthread_self(), name, sizeof name);
    return Response{.body = name};
  };
  auto server = Server::start({.at_once = [](const Request& request) { return request.path() == "/quick"; }}, narrow, thread_of);
  ASSERT_TRUE(server);
  server_ = std::move(*server);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(call({.url = "/quick"})->body, "foz-http");
    EXPECT_EQ(call({.url = "/slow"})->body, "narrow");
  }
  server_.reset();
}

TEST_F(ServerTest, LetsRequestsUnderWayFinish) {
  std::latch inside(1);
  start([&](const Request&) {
    inside.count_down();
    std::this_thread::sleep_for(milliseconds(200));  // longer than the stop takes to begin
    return Response{.body = "whole"};
  });
  auto answer = std::async(std::launch::async, [&] { return call({.url = "/"}); });
  inside.wait();
  server_->stop(milliseconds(5000));
  const auto response = answer.get();
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "whole");
  EXPECT_FALSE(call({.url = "/"}));
}

TEST_F(ServerTest, SaysWhatIsWrongWithItsAddress) {
  start(echo);
  const auto second = Server::start({.port = server_->port()}, pool_, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(second.error().message, HasSubstr(std::to_string(server_->port())));
}

/// A key and a certificate for 127.0.0.1, signed by itself.
void make_certificate(const std::filesystem::path& key_file, const std::filesystem::path& certificate_file) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("foz test"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* hosts = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(certificate, hosts, -1);
  X509_sign(certificate, key, EVP_sha256());
  std::FILE* out = std::fopen(key_file.c_str(), "w");
  PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);
  out = std::fopen(certificate_file.c_str(), "w");
  PEM_write_X509(out, certificate);
  std::fclose(out);
  X509_EXTENSION_free(hosts);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

TEST_F(ServerTest, SpeaksTlsAndItsClientChecksWhom) {
  make_certificate(folder_ / "key.pem", folder_ / "certificate.pem");
  start([](const Request& request) { return Response{.body = request.tls ? "over TLS" : "plain"}; },
        {.tls_certificate_file = folder_ / "certificate.pem", .tls_key_file = folder_ / "key.pem"});
  EXPECT_THAT(server_->url(), StartsWith("https://127.0.0.1:"));
  const auto trusted = call({.url = "/"}, {.ca_file = folder_ / "certificate.pem"});
  ASSERT_TRUE(trusted) << trusted.error().message;
  EXPECT_EQ(trusted->body, "over TLS");
  const auto stranger = call({.url = "/"});
  ASSERT_FALSE(stranger);
  EXPECT_THAT(stranger.error().message, HasSubstr("certificate"));
}

TEST_F(ServerTest, NamesACertificateItCannotRead) {
  const auto server = Server::start({.tls_certificate_file = folder_ / "nothing.pem", .tls_key_file = folder_ / "nothing.pem"}, pool_, echo);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().kind, ErrorKind::invalid);
  EXPECT_THAT(server.error().message, HasSubstr("nothing.pem"));
}

TEST_F(ServerTest, IsNeverPlainWhereHalfOfTlsIsNamed) {
  const auto server = Server::start({.tls_key_file = folder_ / "key.pem"}, pool_, echo);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().kind, ErrorKind::invalid);
}

TEST_F(ServerTest, TheClientRefusesLongAnswersAndClosedDoors) {
  start([](const Request&) { return Response{.body = std::string(5000, 'x')}; });
  EXPECT_EQ(call({.url = "/", .body_bytes_max = 4999}).error().kind, ErrorKind::corrupt);
  EXPECT_EQ(call({.url = "/", .body_bytes_max = 5000})->body.size(), 5000u);
  CurlTransport elsewhere(Egress::parse("").value(), {});
  EXPECT_EQ(elsewhere.send(get(server_->url()), {}).error().kind, ErrorKind::forbidden);
  // The name may be anybody's; the address is ours.
  EXPECT_EQ(elsewhere.send(get("https://localhost:" + std::to_string(server_->port())), {}).error().kind, ErrorKind::forbidden);
}

}  // namespace
}  // namespace foz::http
