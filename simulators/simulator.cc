#include "simulators/simulator.h"

#include <sys/mman.h>
#include <unistd.h>

#include <thread>

#include "base/gzip.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time_text.h"
#include "simulators/gzip.h"
#include "simulators/mutate.h"

namespace foz::sim {
namespace {

constexpr std::string_view kControlPrefix = "/_sim/";
constexpr size_t kPackBytesMin = 1024;
constexpr uint64_t kCutsKept = 64;
constexpr std::string_view kSecretParameters[] = {"client_secret", "password", "access_token", "refresh_token", "hapikey",
                                                  "assertion",     "code",     "sid",          "oauth_token"};

std::string origin_of(const http::Request& request) {
  return (request.tls ? "https://" : "http://") + std::string(request.headers.get("Host").value_or("localhost"));
}

bool carries_credentials(const http::Request& request) {
  return request.headers.has("Authorization") || request.headers.has("X-SFDC-Session");
}

/// Masks parameters whose name says that they are secret, and secrets that the simulator gave out.
bool mask_query(const http::Query& query, std::string& raw, const Masker& masker) {
  bool masked = false;
  for (const std::string_view name : kSecretParameters) {
    if (query.value(name).value_or("").empty()) continue;
    masked = true;
    http::Query clean;
    for (const auto& [key, value] : query) clean.add(key, key == name ? "********" : value);
    raw = clean.text();
  }
  return masker.mask(raw) || masked;
}

}  // namespace

http::Response Simulator::answer(const http::Request& request, Delivery* delivery) {
  if (request.path().starts_with(kControlPrefix)) return control(request);
  const Tick began = real_clock_.tick();
  const Concurrency::Place place(concurrency_);
  const Effects effects = effects_on(request);
  if (delivery != nullptr) *delivery = delivery_of(effects);
  Visit visit{.request = request, .effects = effects, .path = request.path(), .now = clock_.now(),
              .origin = origin_of(request), .query = http::Query::parse(request.raw_query()), .concurrency = place.number()};
  http::Response response = vendor_answer(request, effects, visit);
  const uint64_t body_bytes = response.body.size();
  finish(request, effects, visit, response);
  write_journal(request, effects, visit, response, body_bytes, began);
  return response;
}

/// What rules do to a request, and chance when `hostilePercent` says so.
Effects Simulator::effects_on(const http::Request& request) {
  Effects effects = faults_.draw(request.verb_text, request.path());
  const int64_t percent = hostile_percent_;
  if (percent > 0 && static_cast<int64_t>(faults_.below(100)) < percent) effects.rules.push_back(random_trick(faults_.below(UINT32_MAX)));
  return effects;
}

http::Response Simulator::vendor_answer(const http::Request& request, const Effects& effects, Visit& visit) {
  if (request.defect) return vendor_->refusal(413, visit);
  for (const FaultRule& rule : effects.rules) {
    if (rule.kind == FaultKind::latency) {
      const auto jitter = static_cast<int64_t>(faults_.below(static_cast<uint64_t>(rule.jitter_ms) + 1));
      std::this_thread::sleep_for(std::chrono::milliseconds(rule.latency_ms + jitter));
    }
    if (rule.kind == FaultKind::expire_tokens) vendor_->expire_tokens(false);
    if (rule.kind == FaultKind::mutate) {
      if (const auto done = mutate(world_, rule.mutation); !done) log::warning("sim.mutation_failed", {{"error", done.error()}});
    }
  }
  for (const FaultRule& rule : effects.rules) {
    if (rule.kind == FaultKind::status || rule.kind == FaultKind::redirect) return fault_answer(rule, visit);
  }
  return vendor_->answer(visit);
}

http::Response Simulator::fault_answer(const FaultRule& rule, const Visit& visit) {
  http::Response response;
  if (rule.kind == FaultKind::redirect) {
    response = text_response(rule.status >= 300 && rule.status < 400 ? rule.status : 302, "text/html", "");
    response.headers.set("Location", rule.text);
  } else if (rule.body.empty()) {
    response = vendor_->refusal(rule.status, visit);
  } else if (rule.body == "html") {
    response = html_response(rule.status, http::reason_of(rule.status));
  } else {
    response = json_text_response(rule.status, rule.body);
  }
  if (rule.retry_after) response.headers.set("Retry-After", *rule.retry_after);
  return response;
}

void Simulator::finish(const http::Request& request, const Effects& effects, const Visit& visit, http::Response& response) {
  if (!response.headers.has("Date")) {
    response.headers.set("Date", http_date(from_millis(visit.now + skew_seconds_ * 1000)));
  }
  apply_tricks(effects, response);
  const bool asked = request.headers.get("Accept-Encoding").value_or("").find("gzip") != std::string_view::npos;
  const FaultRule* gzip_cut = effects.find(FaultKind::cut_gzip);
  if ((asked && gzip_ != 0 && response.body.size() >= kPackBytesMin && !response.headers.has("Content-Encoding")) || gzip_cut) {
    std::string packed = gzip(response.body);
    if (gzip_cut != nullptr) packed.resize(std::min<size_t>(packed.size(), gzip_cut->bytes));
    response.body = std::move(packed);
    response.headers.set("Content-Encoding", "gzip");
    response.headers.add("Vary", "Accept-Encoding");
  } else if (asked && !response.headers.has("Content-Encoding")) {
    response.headers.set("Content-Encoding", "identity");  // or the server would pack it
  }
  if (const FaultRule* cut_short = effects.find(FaultKind::cut)) cut(response, cut_short->bytes);
}

/// The server sends files without loading them, and closes the connection when one turns out shorter than promised.
/// The file has no name: it lies in memory and is gone with the process.
void Simulator::cut(http::Response& response, uint64_t bytes) {
  const std::string kept = response.body.substr(0, bytes);
  const int file = ::memfd_create("foz-sim-cut", MFD_CLOEXEC);
  FOZ_CHECK(file >= 0 && ::write(file, kept.data(), kept.size()) == static_cast<ssize_t>(kept.size()));
  response.file = http::FileSlice{.path = "/proc/self/fd/" + std::to_string(file), .offset = 0, .length = std::max<uint64_t>(response.body.size(), bytes + 1)};
  response.body.clear();
  std::lock_guard lock(cuts_mutex_);
  cuts_.push_back(file);
  if (cuts_.size() <= kCutsKept) return;
  ::close(cuts_.front());
  cuts_.pop_front();
}

void Simulator::write_journal(const http::Request& request, const Effects& effects, const Visit& visit,
                              const http::Response& response, uint64_t body_bytes, Tick began) {
  JournalEntry entry{.at = visit.now, .method = request.verb_text, .path = std::string(request.path()),
                     .query = std::string(request.raw_query().substr(0, 4096)),
                     .host = std::string(request.headers.get("Host").value_or("")),
                     .prefer = std::string(request.headers.get("Prefer").value_or("")),
                     .user_agent = std::string(request.headers.get("User-Agent").value_or("")), .status = response.status,
                     .bytes = body_bytes, .concurrency = visit.concurrency, .authorization = carries_credentials(request)};
  entry.micros = static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(real_clock_.tick() - began).count());
  // HubSpot's own look-up of a token carries it in its path.
  const bool token_path = entry.path.starts_with("/oauth/v1/access-tokens/") || entry.path.starts_with("/oauth/v1/refresh-tokens/");
  if (token_path) entry.path = entry.path.substr(0, entry.path.rfind('/')) + "/********";
  entry.secret_in_url = masker_.mask(entry.path);
  if (!entry.query.empty() && mask_query(visit.query, entry.query, masker_)) entry.secret_in_url = true;
  for (const FaultRule& rule : effects.rules) entry.faults.emplace_back(name_of(rule.kind));
  journal_.add(std::move(entry), visit.records);
}

}  // namespace foz::sim
