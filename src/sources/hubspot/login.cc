#include "sources/hubspot/login.h"

#include <array>

#include "base/json.h"

namespace foz::sources::hubspot {
namespace {

/// The first that the portal knows is used.
constexpr std::array<std::string_view, 2> kTokenPaths = {"/oauth/v1/token", "/oauth/2026-03/token"};

std::string advice(std::string_view word) {
  if (word == "BAD_REFRESH_TOKEN") return "the app was removed from the account, or the refresh token is of another app: connect the app anew";
  if (word == "BAD_CLIENT_ID") return "the client id is wrong";
  if (word == "BAD_CLIENT_SECRET") return "the client secret is wrong or was renewed";
  return "check the app's client id, client secret and refresh token";
}

Error refused(const Answer& answer) {
  return Error{.kind = ErrorKind::unauthorized,
               .message = "HubSpot refused the login: " + answer.code + (answer.message.empty() ? "" : ": " + vendor_words(answer.message)) + " (" + advice(answer.code) + ")",
               .code = "CONNECTOR-1308-400"};
}

}  // namespace

Result<http::CachedToken::Fetched> Renewal::renew(Calls& calls, std::stop_token stop) {
  if (settings_.grant == Grant::private_app) {
    return Error{.kind = ErrorKind::unauthorized,
                 .message = "HubSpot refused the access token of the private app: it was mistyped, rotated or revoked; copy the app's present token",
                 .code = "CONNECTOR-1308-400"};
  }
  TRY(const Secret token, refresh_token_.to_use());
  TRY(const Json answer, ask(token, calls, stop));
  http::CachedToken::Fetched fetched{.value = Secret(text_of(answer, "access_token")), .life = std::chrono::seconds(integer_of(answer, "expires_in").value_or(0))};
  if (fetched.value.empty()) return Error{.kind = ErrorKind::corrupt, .message = "HubSpot answered the login without a token", .code = "CONNECTOR-1308-400"};
  TRY_DO(refresh_token_.take(Secret(text_of(answer, "refresh_token"))));
  return fetched;
}

Result<Json> Renewal::ask(const Secret& token, Calls& calls, std::stop_token stop) const {
  http::Query form;
  form.add("grant_type", "refresh_token");
  form.add("client_id", settings_.client_id);
  form.add("client_secret", settings_.client_secret.reveal());
  form.add("refresh_token", token.reveal());
  http::Response response;
  for (const std::string_view path : kTokenPaths) {
    TRY(response, calls.send_open(http::post_form(settings_.origin + std::string(path), form), stop));
    if (response.status != 404 && response.status != 410) break;
  }
  const Answer answer = calls.answer_of(response);
  if (answer.what == AnswerClass::auth_wrong || answer.what == AnswerClass::auth_expired) return refused(answer);
  if (answer.what != AnswerClass::ok) return calls.error_of(response, "logging in");
  auto json = parse_json(response.body);
  if (!json) return Error{.kind = ErrorKind::corrupt, .message = "HubSpot answered the login with what is no JSON", .code = "CONNECTOR-1308-400"};
  return json;
}

}  // namespace foz::sources::hubspot
