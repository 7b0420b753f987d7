#pragma once
// Calls to a vendor, through all layers a source needs: token, retries, governor, known hosts. Follows: Sources contract, 1.7.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/json_glance.h"
#include "http/client.h"
#include "sources/governor.h"
#include "sources/vendor_clock.h"

namespace foz::sources {

/// What an answer of a vendor means. Follows: Sources contract, 1.7.
enum class AnswerClass : uint8_t {
  ok,
  auth_expired,  ///< the token is over: a new one, once
  auth_wrong,    ///< refused for good: never repeated, an account could be locked
  throttled,     ///< too fast: wait
  quota_gone,    ///< the allowance is used up: stop calling
  transient,     ///< the vendor stumbled: again
  too_heavy,     ///< the query takes too long: split it
  handle_gone,   ///< a page handle or change token died: begin anew, behind the last key where there are keys
  unsupported,   ///< not this way (an object that bulk refuses): another way may do
  permanent,     ///< anything else
};

struct Answer {
  AnswerClass what = AnswerClass::ok;
  /// throttled: until the vendor's interval ends, where it tells; quota_gone: until to ask again. Zero: not told.
  std::chrono::milliseconds wait{0};
  std::string code = {};     ///< the vendor's word
  std::string message = {};  ///< the vendor's own, or ours where it has none; no secrets
};

/// What the layers must know of a vendor: plain functions of values.
struct VendorRules {
  std::string vendor;                    ///< "Salesforce"
  std::vector<std::string> known_hosts;  ///< reached without being named in `sources.allow`
  size_t concurrent_max = 8;
  Answer (*answer)(const http::Response& response) = nullptr;
  /// The rate bucket of a call; null: one for all.
  std::string (*bucket)(const http::Request& request) = nullptr;
  /// Reads limit headers into the governor; null: there are none.
  void (*hear)(const http::Request& request, const http::Response& response, Governor& governor) = nullptr;
  std::string quota_name = "DailyRequests";  ///< the allowance that quota_gone means
};

/// The error of an answer that is not ok; its message begins with `doing` ("reading Account").
Error error_of(const VendorRules& rules, const Answer& answer, int status, std::string_view doing);

/// True when a 2xx answer that should hold JSON is cut off: a cheap look at its last byte.
bool is_cut_json(const http::Response& response);

/// Waits for the governor and tells it what the vendor answered. Repeats a throttled call itself for some minutes, such waits
/// are no tries (1.7); when the vendor wants more time than that, the error is rate_limited with `retry_after`, a quarter of an
/// hour at most.
class Governed final : public http::Transport {
 public:
  Governed(http::Transport& next, Governor& governor, VendorClock& vendor_clock, const VendorRules& rules, const Clock& clock, Purpose purpose)
      : next_(next), governor_(governor), vendor_clock_(vendor_clock), rules_(rules), clock_(clock), purpose_(purpose) {}
  Result<http::Response> send(const http::Request& request, std::stop_token stop) override;

 private:
  Result<http::Response> call(const http::Request& request, const std::string& bucket, std::stop_token stop);
  std::chrono::milliseconds wait_of(const Answer& answer, const http::Response& response, int times) const;
  Error busy_for_long(const http::Response& response, std::chrono::milliseconds wait) const;
  http::Transport& next_;
  Governor& governor_;
  VendorClock& vendor_clock_;
  const VendorRules& rules_;
  const Clock& clock_;
  const Purpose purpose_;
};

/// A source's way to its vendor. Thread-safe. Outlives the token source's fetches; the world outlives it.
class Calls {
 public:
  /// `tokens` must outlive the calls that use it.
  Calls(const World& world, VendorRules rules, http::TokenSource& tokens);

  /// Any answer of the vendor, with the token. `send_open` is without: for logins.
  Result<http::Response> send(http::Request request, Purpose purpose, std::stop_token stop);
  Result<http::Response> send_open(http::Request request, std::stop_token stop);
  /// An answer that is ok; anything else is an error that begins with `doing`.
  Result<http::Response> ask(http::Request request, Purpose purpose, std::string_view doing, std::stop_token stop);
  /// The same, parsed: for small documents.
  Result<Json> ask_json(http::Request request, Purpose purpose, std::string_view doing, std::stop_token stop);

  Answer answer_of(const http::Response& response) const;
  Error error_of(const http::Response& response, std::string_view doing) const;
  Governor& governor() { return governor_; }
  const VendorClock& vendor_clock() const { return vendor_clock_; }
  const VendorRules& rules() const { return rules_; }

 private:
  /// Authorizing > Retrying > Governed > the world.
  struct Line {
    Line(const World& world, Governor& governor, VendorClock& vendor_clock, const VendorRules& rules, http::TokenSource& tokens, Purpose purpose);
    Governed governed;
    http::Retrying retrying;
    http::Authorizing authorizing;
  };
  const VendorRules rules_;
  Governor governor_;
  VendorClock vendor_clock_;
  Line look_, collect_;
};

/// A page's envelope. Errors: unavailable (cut off or not JSON: worth another try) beginning with `doing`.
Result<JsonGlance> glance_page(std::string& body, const GlanceWish& wish, std::string_view doing);

/// `text` without what must not be shown: cut to a few hundred bytes, one line, HTML answers by their status alone.
std::string vendor_words(std::string_view text);

/// The list of that name in an answer. What has none, or something else there, is no empty list but an answer that cannot be right.
/// Errors: corrupt, CONNECTOR-1308; the message begins with `doing`.
Result<const Json*> list_in(const Json& answer, const std::string& name, std::string_view doing);

}  // namespace foz::sources
