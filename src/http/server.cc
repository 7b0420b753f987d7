// Boost.Beast and Asio end in this file.
#include "http/server.h"

#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <fstream>
#include <set>

#include "base/gzip.h"
#include "base/log.h"
#include "base/text.h"

namespace foz::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using TcpStream = beast::basic_stream<tcp, Executor>;
using TlsStream = beast::ssl_stream<TcpStream>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;
using boost::system::error_code;

constexpr size_t kSliceBytes = 256 * 1024;

/// What all connections share.
struct Shared {
  ServerOptions options;
  Pool& pool;
  Server::Handler handler;
  Server::Planner planner;
  std::atomic<bool> stopping = false;
  std::atomic<size_t> connections = 0;
  std::atomic<size_t> in_flight = 0;
};

class AnySession {
 public:
  virtual ~AnySession() = default;
  virtual void begin() = 0;
  /// Closes it if it waits for a request; one that is being answered closes itself afterwards.
  virtual void close_if_idle() = 0;
  virtual void close_now() = 0;
};

Response plain_error(int status, std::string_view message) {
  const std::string code = status == 503 ? "503000" : std::to_string(status);
  return Response{.status = status,
                  .headers = {{"Content-Type", "application/json"}},
                  .body = R"({"error_code":")" + code + R"(","message":")" + std::string(message) + "\"}"};
}

/// Removes blanks that stand between a header's name and its colon.
std::string without_blanks_before_colons(std::string_view header) {
  std::string result;
  for (std::string_view rest = header; !rest.empty();) {
    const size_t end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    const size_t colon = line.find(':');
    if (!result.empty() && colon != line.npos && colon > 0 && line[0] != ' ') {
      size_t name_end = colon;
      while (name_end > 0 && (line[name_end - 1] == ' ' || line[name_end - 1] == '\t')) --name_end;
      result.append(line, 0, name_end).append(line, colon);
    } else {
      result.append(line);
    }
    result += "\r\n";
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 2);
  }
  return result;
}

/// One connection: read a header, read a body, let the pool answer, write, again.
template <class Stream>
class Session final : public AnySession, public std::enable_shared_from_this<Session<Stream>> {
 public:
  template <class... Args>
  Session(Shared& shared, std::string peer, Args&&... args)
      : shared_(shared), stream_(std::forward<Args>(args)...), peer_(std::move(peer)) {
    ++shared_.connections;
  }
  ~Session() override {
    if (body_fd_ >= 0) ::close(body_fd_);
    if (file_fd_ >= 0) ::close(file_fd_);
    // A body that was cut off reached no handler: nobody else knows of its file.
    if (!request_.body_file.empty() && !body_is_the_handlers_) ::unlink(request_.body_file.c_str());
    --shared_.connections;
  }

  void begin() override {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      tcp_stream().expires_after(shared_.options.header_timeout);
      stream_.async_handshake(asio::ssl::stream_base::server, [self = this->shared_from_this()](error_code error) {
        if (!error) self->read_header(true);
      });
    } else {
      read_header(true);
    }
  }

  void close_if_idle() override {
    asio::post(tcp_stream().get_executor(), [self = this->shared_from_this()] {
      if (self->idle_) self->tcp_stream().close();
    });
  }

  void close_now() override {
    asio::post(tcp_stream().get_executor(), [self = this->shared_from_this()] { self->tcp_stream().close(); });
  }

 private:
  using Parser = bhttp::request_parser<bhttp::buffer_body>;

  TcpStream& tcp_stream() { return beast::get_lowest_layer(stream_); }

  void read_header(bool first) {
    parser_.emplace();
    request_ = Request{.peer = peer_, .tls = std::is_same_v<Stream, TlsStream>};
    idle_ = true;
    if (shared_.stopping) return close();
    tcp_stream().expires_after(first ? shared_.options.header_timeout : shared_.options.idle_timeout);
    // The first bytes end the idle time; the header must then be whole within its own time.
    if (buffer_.size() > 0) return read_rest_of_header();
    stream_.async_read_some(buffer_.prepare(8192), [self = this->shared_from_this()](error_code error, size_t bytes) {
      if (error) return self->close();
      self->buffer_.commit(bytes);
      self->read_rest_of_header();
    });
  }

  void read_rest_of_header() {
    idle_ = false;
    tcp_stream().expires_after(shared_.options.header_timeout);
    asio::async_read_until(stream_, asio::dynamic_buffer(header_bytes_ = take_buffer(), shared_.options.header_bytes_max),
                           "\r\n\r\n", [self = this->shared_from_this()](error_code error, size_t bytes) {
                             self->on_header(error, bytes);
                           });
  }

  std::string take_buffer() {
    std::string text(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    buffer_.consume(buffer_.size());
    return text;
  }

  void on_header(error_code error, size_t bytes) {
    if (error == asio::error::not_found) {
      const bool long_line = header_bytes_.find("\r\n") > shared_.options.request_line_bytes_max;
      return refuse(long_line ? 414 : 431, long_line ? "The request line is too long" : "The header is too long");
    }
    if (error) return close();
    // A parser that was given a whole header never asks for more, so what follows belongs to the body.
    put_back(std::string_view(header_bytes_).substr(bytes));
    std::string header = header_bytes_.substr(0, bytes);
    if (header.find("\r\n") > shared_.options.request_line_bytes_max) return refuse(414, "The request line is too long");
    if (shared_.options.lenient_header_names) header = without_blanks_before_colons(header);
    parser_->header_limit(static_cast<uint32_t>(shared_.options.header_bytes_max));
    parser_->body_limit(boost::none);
    parser_->put(asio::buffer(header), error);
    if (error && error != bhttp::error::need_buffer && error != bhttp::error::need_more) {
      return refuse(400, "The request is not well-formed HTTP: " + error.message());
    }
    take_head();
  }

  void put_back(std::string_view bytes) {
    asio::buffer_copy(buffer_.prepare(bytes.size()), asio::buffer(bytes.data(), bytes.size()));
    buffer_.commit(bytes.size());
  }

  void take_head() {
    const auto& head = parser_->get();
    request_.verb_text = std::string(head.method_string());
    request_.verb = verb_named(request_.verb_text);
    request_.url = std::string(head.target());
    for (const auto& field : head) {
      request_.headers.add(std::string_view(field.name_string().data(), field.name_string().size()),
                           std::string(field.value()));
    }
    keep_alive_ = head.keep_alive();
    plan_ = BodyPlan{.bytes_max = shared_.options.body_bytes_max};
    if (shared_.planner) plan_ = shared_.planner(request_);
    if (const auto length = parser_->content_length(); length && *length > plan_.bytes_max) return body_too_large();
    if (parser_->is_done()) return answer();
    if (!open_body_file()) return answer();
    if (equal_ignoring_case(request_.headers.get("Expect").value_or(""), "100-continue")) return send_continue();
    read_body();
  }

  bool open_body_file() {
    if (plan_.file.empty()) return true;
    body_fd_ = ::open(plan_.file.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (body_fd_ >= 0) {
      request_.body_file = plan_.file;
      body_is_the_handlers_ = false;
      return true;
    }
    request_.defect = Error{.kind = ErrorKind::unavailable, .message = "the upload cannot be stored on this server"};
    keep_alive_ = false;
    return false;
  }

  void send_continue() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(kContinue.data(), kContinue.size()),
                      [self = this->shared_from_this()](error_code error, size_t) {
                        if (error) return self->close();
                        self->read_body();
                      });
  }

  void read_body() {
    if (piece_.empty()) piece_.resize(64 * 1024);
    parser_->get().body().data = piece_.data();
    parser_->get().body().size = piece_.size();
    tcp_stream().expires_after(shared_.options.body_timeout);
    bhttp::async_read_some(stream_, buffer_, *parser_, [self = this->shared_from_this()](error_code error, size_t) {
      self->on_body(error);
    });
  }

  void on_body(error_code error) {
    if (error == bhttp::error::need_buffer) error = {};
    if (error) {
      if (error == bhttp::error::partial_message || error == asio::error::eof) return close();
      if (error == beast::error::timeout || error == asio::error::connection_reset) return close();
      return refuse(400, "The body is not well-formed HTTP: " + error.message());
    }
    const size_t bytes = piece_.size() - parser_->get().body().size;
    request_.body_bytes += bytes;
    if (request_.body_bytes > plan_.bytes_max) return body_too_large();
    if (!keep(std::string_view(piece_.data(), bytes))) return answer();
    if (parser_->is_done()) return answer();
    read_body();
  }

  bool keep(std::string_view bytes) {
    if (body_fd_ < 0) {
      request_.body.append(bytes);
      return true;
    }
    while (!bytes.empty()) {
      const ssize_t written = ::write(body_fd_, bytes.data(), bytes.size());
      if (written < 0) {
        if (errno == EINTR) continue;
        request_.defect = Error{.kind = ErrorKind::unavailable, .message = "the upload cannot be stored: the disk is full or failing"};
        keep_alive_ = false;
        return false;
      }
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return true;
  }

  void body_too_large() {
    request_.defect = Error{.kind = ErrorKind::invalid,
                            .message = "the body is larger than " + std::to_string(plan_.bytes_max) + " bytes",
                            .code = "413"};
    keep_alive_ = false;
    answer();
  }

  void answer() {
    if (body_fd_ >= 0) {
      ::close(body_fd_);
      body_fd_ = -1;
    }
    tcp_stream().expires_never();
    ++shared_.in_flight;
    body_is_the_handlers_ = true;
    if (shared_.options.at_once && shared_.options.at_once(request_)) return write(handled());
    const bool taken = shared_.pool.submit([self = this->shared_from_this()] {
      auto response = std::make_shared<Response>(self->handled());
      asio::post(self->tcp_stream().get_executor(), [self, response] { self->write(std::move(*response)); });
    });
    if (!taken) {
      body_is_the_handlers_ = false;
      Response busy = plain_error(503, "Service unavailable");
      busy.headers.set("Retry-After", "1");
      write(std::move(busy));
    }
  }

  Response handled() {
    try {
      return shared_.handler(request_);
    } catch (const std::exception& e) {
      log::error("http.handler_failed", {{"path", request_.path()}, {"fault", e.what()}});
      return plain_error(500, "Internal error");
    }
  }

  void refuse(int status, std::string message) {
    keep_alive_ = false;
    ++shared_.in_flight;
    std::erase_if(message, [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; });
    write(plain_error(status, message));
  }

  void write(Response response) {
    response_ = std::move(response);
    pack();
    uint64_t length = response_.body.size();
    if (response_.file) {
      length = response_.file->length;
      file_fd_ = ::open(response_.file->path.c_str(), O_RDONLY | O_CLOEXEC);
      if (file_fd_ < 0) {
        response_ = plain_error(500, "The file cannot be read");
        length = response_.body.size();
      }
    }
    const bool bodyless = response_.status == 204 || response_.status == 304;
    keep_alive_ = keep_alive_ && !shared_.stopping;
    head_ = "HTTP/1.1 " + std::to_string(response_.status) + " " + std::string(reason_of(response_.status)) + "\r\n";
    for (const auto& [name, value] : response_.headers) head_ += name + ": " + value + "\r\n";
    // An answer to HEAD may tell the length of something that is no file of ours.
    const bool told = request_.verb == Verb::head && response_.headers.has("Content-Length");
    if (!bodyless && !told) head_ += "Content-Length: " + std::to_string(length) + "\r\n";
    head_ += keep_alive_ ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    if (bodyless || request_.verb == Verb::head) response_.body.clear(), response_.file.reset();
    tcp_stream().expires_after(shared_.options.body_timeout);
    const std::array<asio::const_buffer, 2> parts = {asio::buffer(head_), asio::buffer(response_.body)};
    asio::async_write(stream_, parts, [self = this->shared_from_this()](error_code error, size_t) {
      self->on_written(error);
    });
  }

  /// Compresses a long JSON answer for a client that asks for it.
  void pack() {
    if (response_.file || response_.body.size() < 1024 || response_.headers.has("Content-Encoding")) return;
    if (request_.headers.get("Accept-Encoding").value_or("").find("gzip") == std::string_view::npos) return;
    if (response_.headers.get("Content-Type").value_or("").find("json") == std::string_view::npos) return;
    std::string packed = gzip(response_.body);
    if (packed.empty()) return;
    response_.body = std::move(packed);
    response_.headers.set("Content-Encoding", "gzip");
    response_.headers.add("Vary", "Accept-Encoding");
  }

  void on_written(error_code error) {
    if (!error && response_.file && response_.file->length > 0) return write_slice();
    if (file_fd_ >= 0) {
      ::close(file_fd_);
      file_fd_ = -1;
    }
    --shared_.in_flight;
    if (error || !keep_alive_) return close();
    response_ = {};
    read_header(false);
  }

  void write_slice() {
    slice_.resize(std::min<uint64_t>(kSliceBytes, response_.file->length));
    const ssize_t got = ::pread(file_fd_, slice_.data(), slice_.size(), static_cast<off_t>(response_.file->offset));
    if (got <= 0) {  // the file shrank: the length is promised, so only closing tells the truth
      keep_alive_ = false;
      response_.file.reset();
      return on_written({});
    }
    slice_.resize(static_cast<size_t>(got));
    response_.file->offset += static_cast<uint64_t>(got);
    response_.file->length -= static_cast<uint64_t>(got);
    tcp_stream().expires_after(shared_.options.body_timeout);
    asio::async_write(stream_, asio::buffer(slice_), [self = this->shared_from_this()](error_code error, size_t) {
      self->on_written(error);
    });
  }

  void close() {
    error_code ignored;
    tcp_stream().socket().shutdown(tcp::socket::shutdown_both, ignored);
    tcp_stream().close();
  }

  Shared& shared_;
  Stream stream_;
  const std::string peer_;
  beast::flat_buffer buffer_;
  std::string header_bytes_;
  std::optional<Parser> parser_;
  Request request_;
  BodyPlan plan_;
  std::string piece_;
  int body_fd_ = -1;
  Response response_;
  int file_fd_ = -1;
  bool body_is_the_handlers_ = false;  ///< what is in request_.body_file; else it goes with the session
  std::string head_;
  std::string slice_;
  bool keep_alive_ = true;
  bool idle_ = false;
};

}  // namespace

/// An acceptor and an io_context for each I/O thread, all on one port.
class Server::Impl {
 public:
  explicit Impl(ServerOptions options, Pool& pool, Handler handler, Planner planner)
      : shared_{.options = std::move(options), .pool = pool, .handler = std::move(handler), .planner = std::move(planner)},
        tls_context_(asio::ssl::context::tls_server) {}

  Status start() {
    tls_ = !shared_.options.tls_certificate_file.empty() || !shared_.options.tls_key_file.empty();
    if (tls_) TRY_DO(load_certificate());
    error_code error;
    const auto address = asio::ip::make_address(shared_.options.host, error);
    if (error) {
      return Error{.kind = ErrorKind::invalid, .message = "\"" + shared_.options.host + "\" is no address to listen on"};
    }
    port_ = shared_.options.port;
    for (size_t i = 0; i < shared_.options.io_threads; ++i) {
      auto lane = std::make_unique<Lane>();
      TRY_DO(listen(*lane, address));
      lanes_.push_back(std::move(lane));
    }
    for (auto& lane : lanes_) {
      accept(*lane);
      lane->thread = std::jthread([&context = lane->context] {
        name_this_thread("foz-http");
        context.run();
      });
    }
    return {};
  }

  void stop(std::chrono::milliseconds grace) {
    if (shared_.stopping.exchange(true)) return;
    for (auto& lane : lanes_) {
      asio::post(lane->context, [&lane = *lane] {
        error_code ignored;
        lane.acceptor.close(ignored);
        lane.each([](AnySession& session) { session.close_if_idle(); });
      });
    }
    const auto until = std::chrono::steady_clock::now() + grace;
    while (shared_.in_flight > 0 && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    for (auto& lane : lanes_) {
      asio::post(lane->context, [&lane = *lane] {
        lane.each([](AnySession& session) { session.close_now(); });
        lane.context.stop();
      });
    }
    for (auto& lane : lanes_) lane->thread.join();
    // Handlers that outlived the grace still hold their session and post to its context: wait for them.
    while (shared_.in_flight > 0 && drain()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

  uint16_t port() const { return port_; }
  std::string url() const {
    const std::string& host = shared_.options.host;
    return std::string(tls_ ? "https://" : "http://") + (host.find(':') == host.npos ? host : "[" + host + "]") + ":" +
           std::to_string(port_);
  }

 private:
  struct Lane {
    asio::io_context context{1};
    asio::basic_socket_acceptor<tcp, Executor> acceptor{context};
    std::set<std::weak_ptr<AnySession>, std::owner_less<>> sessions;
    std::jthread thread;

    void each(auto visit) {
      for (const auto& weak : sessions) {
        if (const auto session = weak.lock()) visit(*session);
      }
    }
  };

  bool drain() {
    for (auto& lane : lanes_) {
      lane->context.restart();
      lane->context.poll();
    }
    return true;
  }

  Status load_certificate() {
    if (shared_.options.tls_certificate_file.empty() || shared_.options.tls_key_file.empty()) {
      return Error{.kind = ErrorKind::invalid, .message = "a TLS certificate and its key go together: one of the two files is not named"};
    }
    error_code error;
    tls_context_.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                             asio::ssl::context::no_tlsv1_1);
    tls_context_.use_certificate_chain_file(shared_.options.tls_certificate_file, error);
    if (error) return Error{.kind = ErrorKind::invalid, .message = "the TLS certificate " + shared_.options.tls_certificate_file + " cannot be read: " + error.message()};
    tls_context_.use_private_key_file(shared_.options.tls_key_file, asio::ssl::context::pem, error);
    if (error) return Error{.kind = ErrorKind::invalid, .message = "the TLS key " + shared_.options.tls_key_file + " cannot be read: " + error.message()};
    return {};
  }

  Status listen(Lane& lane, const asio::ip::address& address) {
    using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
    error_code error;
    const tcp::endpoint endpoint(address, port_);
    const auto failed = [&](std::string_view what) {
      return Error{.kind = ErrorKind::unavailable,
                   .message = "cannot " + std::string(what) + " " + shared_.options.host + ":" + std::to_string(port_) +
                              ": " + error.message()};
    };
    if (lane.acceptor.open(endpoint.protocol(), error); error) return failed("open a socket for");
    lane.acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    // The first lane takes the port alone, so that a second server on it is refused; then its own lanes share it.
    if (!lanes_.empty()) lane.acceptor.set_option(ReusePort(true), error);
    if (lanes_.empty() && port_ != 0) {
      asio::basic_socket_acceptor<tcp, Executor> probe(lane.context);
      if (probe.open(endpoint.protocol(), error); error) return failed("open a socket for");
      probe.set_option(tcp::acceptor::reuse_address(true), error);
      if (probe.bind(endpoint, error); error) return failed("listen on");
    }
    if (lanes_.empty()) lane.acceptor.set_option(ReusePort(true), error);
    if (lane.acceptor.bind(endpoint, error); error) return failed("listen on");
    if (lane.acceptor.listen(1024, error); error) return failed("listen on");
    port_ = lane.acceptor.local_endpoint().port();
    return {};
  }

  void accept(Lane& lane) {
    lane.acceptor.async_accept([this, &lane](error_code error, Socket socket) {
      if (error == asio::error::operation_aborted || shared_.stopping) return;
      if (!error && shared_.connections < shared_.options.connections_max) open(lane, std::move(socket));
      if (error) {  // out of descriptors, say: a short pause instead of a busy loop
        auto timer = std::make_shared<Timer>(lane.context, std::chrono::milliseconds(50));
        timer->async_wait([this, &lane, timer](error_code) { accept(lane); });
        return;
      }
      accept(lane);
    });
  }

  void open(Lane& lane, Socket socket) {
    error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    const std::string peer = error ? "" : endpoint.address().to_string();
    socket.set_option(tcp::no_delay(true), error);
    std::shared_ptr<AnySession> session;
    if (tls_) {
      session = std::make_shared<Session<TlsStream>>(shared_, peer, TcpStream(std::move(socket)), tls_context_);
    } else {
      session = std::make_shared<Session<TcpStream>>(shared_, peer, std::move(socket));
    }
    std::erase_if(lane.sessions, [](const auto& weak) { return weak.expired(); });
    lane.sessions.insert(session);
    session->begin();
  }

  Shared shared_;
  asio::ssl::context tls_context_;
  bool tls_ = false;
  uint16_t port_ = 0;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() { impl_->stop(std::chrono::milliseconds(0)); }
uint16_t Server::port() const { return impl_->port(); }
std::string Server::url() const { return impl_->url(); }
void Server::stop(std::chrono::milliseconds grace) { impl_->stop(grace); }

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Pool& pool, Handler handler, Planner planner) {
  auto impl = std::make_unique<Impl>(std::move(options), pool, std::move(handler), std::move(planner));
  TRY_DO(impl->start());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

}  // namespace foz::http
