// libcurl ends in this file (its URL parser apart, message.cc).
#include <curl/curl.h>

#include <sys/socket.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/gzip.h"
#include "base/json_walk.h"
#include "base/log.h"
#include "base/text.h"
#include "http/client.h"

namespace foz::http {
namespace {

struct EasyFree {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyFree>;

struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListFree>;

/// What is read at once, so that a page comes in few pieces; and what is made ready for a body that announces its length.
constexpr long kReadBytes = 128 * 1024;
constexpr uint64_t kBodyReadyMax = 64u << 20;

/// One call under way; libcurl's callbacks write into it.
struct Call {
  const Request& request;
  const Url& url;
  const Egress& egress;
  std::stop_token stop;
  Response response = {};
  bool too_long = false;
  bool refused = false;
  std::optional<Gunzip> unpacking = {};  ///< libcurl takes a packed body that ends early for whole, so it is unpacked here
  bool badly_packed = false;
  bool head_ended = false;  ///< its blank line came: libcurl takes a head without it for whole
};

size_t on_body(char* data, size_t, size_t count, void* user) {
  auto& call = *static_cast<Call*>(user);
  std::string& body = call.response.body;
  const uint64_t bytes_max = call.request.body_bytes_max;
  if (call.unpacking) {
    const Gunzip::Outcome outcome = call.unpacking->feed({data, count}, body, bytes_max);
    call.too_long = outcome == Gunzip::Outcome::too_long;
    call.badly_packed = outcome == Gunzip::Outcome::broken;
    return outcome == Gunzip::Outcome::ok ? count : 0;
  }
  call.too_long = body.size() + count > bytes_max;
  if (call.too_long) return 0;
  body.append(data, count);
  return count;
}

/// Room for a body of the length that its head announces.
void make_ready(Call& call) {
  const auto announced = call.response.header("Content-Length");
  const auto bytes = announced ? to_integer(trim(*announced)) : std::nullopt;
  if (bytes && *bytes > 0 && static_cast<uint64_t>(*bytes) <= std::min(kBodyReadyMax, call.request.body_bytes_max)) call.response.body.reserve(static_cast<size_t>(*bytes) + kJsonPadding);
}

/// The head is whole: what it says of the body.
void begin_body(Call& call) {
  call.head_ended = true;
  const auto encoding = call.response.header("Content-Encoding");
  if (!encoding || equal_ignoring_case(*encoding, "identity")) return make_ready(call);
  if (equal_ignoring_case(*encoding, "gzip")) call.unpacking.emplace();
  else call.badly_packed = true;
}

size_t on_header(char* data, size_t, size_t count, void* user) {
  auto& call = *static_cast<Call*>(user);
  const std::string_view line = trim(std::string_view(data, count));
  if (line.starts_with("HTTP/")) {  // also after 100 Continue: the headers of the final answer count
    call.response.headers = {};
    call.head_ended = false;
    call.unpacking.reset();
    return count;
  }
  if (line.empty()) begin_body(call);
  const size_t colon = line.find(':');
  if (colon != line.npos) call.response.headers.add(line.substr(0, colon), std::string(trim(line.substr(colon + 1))));
  return count;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Call*>(user)->stop.stop_requested() ? 1 : 0;
}

curl_socket_t on_open_socket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& call = *static_cast<Call*>(user);
  if (!call.egress.allows_address(call.url, address->addr)) {
    call.refused = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

template <class T>
void set_option(CURL* easy, CURLoption option, T value) {
  const CURLcode code = curl_easy_setopt(easy, option, value);
  FOZ_CHECK(code == CURLE_OK, curl_easy_strerror(code));
}

void set_verb(CURL* easy, const Request& request) {
  const bool has_body = !request.body.empty() || request.verb == Verb::post || request.verb == Verb::put ||
                        request.verb == Verb::patch;
  if (request.verb == Verb::head) set_option(easy, CURLOPT_NOBODY, 1L);
  if (has_body) {
    set_option(easy, CURLOPT_POST, 1L);
    set_option(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set_option(easy, CURLOPT_POSTFIELDS, request.body.data());
  }
  set_option(easy, CURLOPT_CUSTOMREQUEST,
             request.verb == Verb::head ? static_cast<const char*>(nullptr) : name_of(request.verb).data());
}

List header_list(const Request& request) {
  List list;
  const auto add = [&](const std::string& line) { list.reset(curl_slist_append(list.release(), line.c_str())); };
  for (const auto& [name, value] : request.headers) add(name + (value.empty() ? ";" : ": " + value));
  if (!request.headers.has("Accept-Encoding")) add("Accept-Encoding: gzip");
  add("Expect:");  // no pause before a body
  return list;
}

void prepare(CURL* easy, Call& call, curl_slist* headers, const CurlOptions& options) {
  curl_easy_reset(easy);  // keeps connections and names
  set_option(easy, CURLOPT_URL, call.request.url.c_str());
  set_option(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set_option(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set_option(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set_option(easy, CURLOPT_PROXY, "");
  set_option(easy, CURLOPT_NOSIGNAL, 1L);
  set_option(easy, CURLOPT_TCP_NODELAY, 1L);
  set_option(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set_option(easy, CURLOPT_BUFFERSIZE, kReadBytes);
  set_option(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  if (!options.ca_file.empty()) set_option(easy, CURLOPT_CAINFO, options.ca_file.c_str());
  set_option(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(call.request.connect_timeout.count()));
  set_option(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(call.request.timeout.count()));
  set_option(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  set_option(easy, CURLOPT_LOW_SPEED_TIME, 30L);
  set_option(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(call.request.body_bytes_max));
  set_option(easy, CURLOPT_HTTPHEADER, headers);
  set_option(easy, CURLOPT_WRITEFUNCTION, on_body);
  set_option(easy, CURLOPT_WRITEDATA, &call);
  set_option(easy, CURLOPT_HEADERFUNCTION, on_header);
  set_option(easy, CURLOPT_HEADERDATA, &call);
  set_option(easy, CURLOPT_NOPROGRESS, 0L);
  set_option(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
  set_option(easy, CURLOPT_XFERINFODATA, &call);
  set_option(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
  set_option(easy, CURLOPT_OPENSOCKETDATA, &call);
  set_verb(easy, call.request);
}

Error failure(CURLcode code, const Call& call) {
  const std::string where = call.url.origin();
  if (call.refused) {
    return Error{.kind = ErrorKind::forbidden,
                 .message = where + " has an address that is not of the public internet; if it is meant, add " + where +
                            " to the setting sources.allow"};
  }
  if (call.too_long || code == CURLE_FILESIZE_EXCEEDED) {
    return Error{.kind = ErrorKind::corrupt,
                 .message = "the answer of " + where + " is longer than " + std::to_string(call.request.body_bytes_max) + " bytes"};
  }
  switch (code) {
    case CURLE_ABORTED_BY_CALLBACK: return Error{.kind = ErrorKind::cancelled, .message = "stopped while waiting for " + where};
    case CURLE_BAD_CONTENT_ENCODING: return Error{.kind = ErrorKind::unavailable, .message = "the answer of " + where + " is cut off or badly compressed"};
    case CURLE_OPERATION_TIMEDOUT: return Error{.kind = ErrorKind::unavailable, .message = where + " did not answer in time"};
    case CURLE_COULDNT_RESOLVE_HOST: return Error{.kind = ErrorKind::unavailable, .message = "the name of " + where + " is not known"};
    case CURLE_COULDNT_CONNECT: return Error{.kind = ErrorKind::unavailable, .message = "no connection to " + where + ": nothing answers there"};
    case CURLE_PARTIAL_FILE: return Error{.kind = ErrorKind::unavailable, .message = "the answer of " + where + " was cut off"};
    case CURLE_PEER_FAILED_VERIFICATION: return Error{.kind = ErrorKind::forbidden, .message = "the certificate of " + where + " is not trusted"};
    default: return Error{.kind = ErrorKind::unavailable, .message = "calling " + where + " failed: " + curl_easy_strerror(code)};
  }
}

/// The answer came to its end: its head, and where its body is packed, that.
bool is_whole(const Call& call, int status) {
  const bool may_be_empty = call.request.verb == Verb::head || status == 204 || status == 304;
  return call.head_ended && (!call.unpacking || call.unpacking->ended() || (may_be_empty && call.response.body.empty()));
}

}  // namespace

/// Handles that wait for the next call, each with its open connections.
struct CurlTransport::Handles {
  std::mutex mutex;
  std::vector<Easy> free;

  Easy take() {
    std::lock_guard lock(mutex);
    if (free.empty()) return Easy(curl_easy_init());
    Easy easy = std::move(free.back());
    free.pop_back();
    return easy;
  }
  void give(Easy easy) {
    std::lock_guard lock(mutex);
    if (free.size() < 64) free.push_back(std::move(easy));
  }
};

CurlTransport::CurlTransport(Egress egress, CurlOptions options)
    : egress_(std::move(egress)), options_(std::move(options)), idle_(std::make_unique<Handles>()) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  FOZ_CHECK(ready == CURLE_OK);
}

CurlTransport::~CurlTransport() = default;

Result<Response> CurlTransport::send(const Request& request, std::stop_token stop) {
  if (stop.stop_requested()) return Error{.kind = ErrorKind::cancelled, .message = "stopped before the call"};
  TRY(const Url url, Url::parse(request.url));
  TRY_DO(egress_.check_url(url, request.known_hosts));
  Easy easy = idle_->take();
  FOZ_CHECK(easy != nullptr);
  Call call{.request = request, .url = url, .egress = egress_, .stop = stop};
  const List headers = header_list(request);
  prepare(easy.get(), call, headers.get(), options_);
  const CURLcode code = curl_easy_perform(easy.get());
  if (code != CURLE_OK) return failure(call.badly_packed ? CURLE_BAD_CONTENT_ENCODING : code, call);
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  call.response.status = static_cast<int>(status);
  if (call.badly_packed) return failure(CURLE_BAD_CONTENT_ENCODING, call);
  if (!is_whole(call, call.response.status)) return failure(CURLE_PARTIAL_FILE, call);
  idle_->give(std::move(easy));
  return std::move(call.response);
}

}  // namespace foz::http
