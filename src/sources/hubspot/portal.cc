#include "sources/hubspot/portal.h"

#include "base/json.h"
#include "base/time_text.h"
#include "sources/hubspot/answers.h"

namespace foz::sources::hubspot {
namespace {

/// Searches have no limit headers. One at a time, four in a second, so that no second sees more than five (4.4).
constexpr std::chrono::milliseconds kSearchInterval{250};
constexpr int kMalformedToken = 530;

/// The allowance of a day comes back at midnight where the account is (4.8).
Instant midnight_after(Instant now, const Zone& zone) {
  const auto today = std::chrono::floor<std::chrono::days>(zone.to_local(now));
  return zone.to_utc(today + std::chrono::days(1));
}

}  // namespace

Portal::Portal(Settings settings, const World& world)
    : settings_(std::move(settings)),
      clock_(world.clock),
      renewal_(settings_, world),
      tokens_(world.clock, [this](std::stop_token stop) { return renewal_.renew(calls_, stop); }, {.value = settings_.access_token}),
      calls_(world, rules(), tokens_) {
  calls_.governor().set_rate(std::string(kSearchBucket), 1, kSearchInterval);
}

Result<http::Response> Portal::send(const http::Request& request, Purpose purpose, std::stop_token stop) {
  auto response = calls_.send(request, purpose, stop);
  if (!response || response->status != kMalformedToken || settings_.grant != Grant::oauth) return response;
  TRY(const auto token, tokens_.current(stop));
  if (token.generation != 1) return response;  // it is one that HubSpot gave us
  if (auto fresh = tokens_.renew(token.generation, stop); !fresh) return std::move(fresh).error();
  return calls_.send(request, purpose, stop);
}

Result<http::Response> Portal::ask(const http::Request& request, Purpose purpose, std::string_view doing, std::stop_token stop) {
  auto response = send(request, purpose, stop);
  if (!response) return with_context(std::move(response).error(), doing);
  if (calls_.answer_of(*response).what != AnswerClass::ok) return calls_.error_of(*response, doing);
  return response;
}

Result<Json> Portal::ask_json(const http::Request& request, Purpose purpose, std::string_view doing, std::stop_token stop) {
  TRY(const auto response, ask(request, purpose, doing, stop));
  auto json = parse_json(response.body, {.depth_max = 200});
  if (json) return json;
  return Error{.kind = ErrorKind::corrupt, .message = std::string(doing) + ": HubSpot sent what is no JSON: " + json.error().message, .code = "CONNECTOR-1308-400"};
}

Result<Json> Portal::account(std::stop_token stop) {
  TRY(Json details, ask_json(http::get(url("/account-info/v3/details")), Purpose::look, "asking for the account", stop));
  const auto id = integer_of(details, "portalId");
  if (!id) return Error{.kind = ErrorKind::corrupt, .message = "HubSpot's account details name no portalId", .code = "CONNECTOR-1308-400"};
  if (const auto zone = Zone::named(text_of(details, "timeZone", "UTC"))) calls_.governor().set_reset(std::string(kDailyRequests), [zone = *zone](Instant now) { return midnight_after(now, zone); });
  std::lock_guard lock(mutex_);
  portal_id_ = std::to_string(*id);
  return details;
}

Result<std::string> Portal::portal_id(std::stop_token stop) {
  {
    std::lock_guard lock(mutex_);
    if (!portal_id_.empty()) return portal_id_;
  }
  TRY(const Json details, account(stop));
  return std::to_string(integer_of(details, "portalId").value_or(0));
}

}  // namespace foz::sources::hubspot
