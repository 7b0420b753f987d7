// pugixml ends in this file: SOAP is an envelope of XML.
#include "sources/salesforce/login.h"

#include <pugixml.hpp>

#include <sstream>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "security/jwt.h"
#include "sources/salesforce/answers.h"

namespace foz::sources::salesforce {
namespace {

constexpr std::string_view kJwtGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// SOAP login() ends with API 65.0.
constexpr int kSoapVersionMax = 64;

Error refused(std::string_view word, std::string_view text) {
  return Error{.kind = ErrorKind::unauthorized,
               .message = "Salesforce refused the login: " + std::string(word) + (text.empty() ? "" : ": " + vendor_words(text)) + " (" + login_advice(word, text) + ")",
               .code = "CONNECTOR-1308-400"};
}

Error no_session() { return Error{.kind = ErrorKind::corrupt, .message = "Salesforce answered the login without a session", .code = "CONNECTOR-1308-400"}; }

Error no_refresh_token() {
  return Error{.kind = ErrorKind::unauthorized,
               .message = "Salesforce took the authorization code and gave no refresh token: add the scope refresh_token (offline_access) to the connected app and give it your consent anew",
               .code = "CONNECTOR-1308-400"};
}

Result<std::string> origin_of(const std::string& url) {
  const auto parsed = http::Url::parse(url);
  if (!parsed) return no_session();
  return parsed->origin();
}

/// The node by its name without a namespace prefix, anywhere below `node`.
pugi::xml_node find_node(const pugi::xml_node& node, std::string_view name) {
  return node.find_node([&](const pugi::xml_node& each) {
    const std::string_view full = each.name();
    const size_t colon = full.find(':');
    return (colon == full.npos ? full : full.substr(colon + 1)) == name;
  });
}

std::string soap_envelope(const Settings& settings) {
  pugi::xml_document document;
  auto envelope = document.append_child("se:Envelope");
  envelope.append_attribute("xmlns:se") = "http://schemas.xmlsoap.org/soap/envelope/";
  envelope.append_child("se:Header");
  auto login = envelope.append_child("se:Body").append_child("login");
  login.append_attribute("xmlns") = "urn:partner.soap.sforce.com";
  login.append_child("username").text() = settings.username.c_str();
  login.append_child("password").text() = settings.password.reveal().c_str();
  std::ostringstream text;
  document.save(text, "", pugi::format_raw);
  return text.str();
}

/// The word of a refusal goes with it: it tells whether SOAP logins are off altogether.
struct SoapOutcome {
  Result<Session> session;
  std::string refusal = {};
};

SoapOutcome read_soap_fault(const pugi::xml_node& fault, const http::Response& response, Calls& calls) {
  if (calls.answer_of(response).what == AnswerClass::transient) return {.session = calls.error_of(response, "logging in")};
  std::string word = find_node(fault, "exceptionCode").text().get();
  if (word.empty()) word = find_node(fault, "faultcode").text().get();
  return {.session = refused(word, find_node(fault, "faultstring").text().get()), .refusal = word};
}

SoapOutcome read_soap(const http::Response& response, Calls& calls) {
  pugi::xml_document document;
  const bool readable = static_cast<bool>(document.load_buffer(response.body.data(), response.body.size()));
  if (const auto fault = find_node(document, "Fault")) return read_soap_fault(fault, response, calls);
  if (!response.ok()) return {.session = calls.error_of(response, "logging in")};
  if (!readable) return {.session = no_session()};
  if (find_node(document, "passwordExpired").text().as_bool()) return {.session = refused("PASSWORD_EXPIRED", "password expired")};
  Session session{.token = Secret(find_node(document, "sessionId").text().get()),
                  .life = std::chrono::seconds(find_node(document, "sessionSecondsValid").text().as_int())};
  auto origin = origin_of(find_node(document, "serverUrl").text().get());
  if (session.token.empty() || !origin) return {.session = no_session()};
  session.api_origin = *origin;
  return {.session = std::move(session)};
}

SoapOutcome soap_login(const Settings& settings, Calls& calls, std::stop_token stop) {
  const int version = std::min(static_cast<int>(to_number(settings.version).value_or(kSoapVersionMax)), kSoapVersionMax);
  http::Request request{.verb = http::Verb::post,
                        .url = settings.login_origin + "/services/Soap/u/" + std::to_string(version) + ".0",
                        .headers = {{"Content-Type", "text/xml; charset=UTF-8"}, {"SOAPAction", "login"}},
                        .body = soap_envelope(settings)};
  auto response = calls.send_open(std::move(request), stop);
  if (!response) return {.session = std::move(response).error()};
  return read_soap(*response, calls);
}

Result<Session> oauth_login(const Settings& settings, const http::Query& form, Calls& calls, std::stop_token stop) {
  TRY(const auto response, calls.send_open(http::post_form(settings.login_origin + "/services/oauth2/token", form), stop));
  const auto json = parse_json(response.body);
  if (!response.ok()) {
    if (json && !text_of(*json, "error").empty()) return refused(text_of(*json, "error"), text_of(*json, "error_description"));
    return calls.error_of(response, "logging in");
  }
  if (!json) return no_session();
  Session session{.token = Secret(text_of(*json, "access_token")), .life = std::chrono::seconds(integer_of(*json, "expires_in").value_or(0)),
                  .refresh_token = Secret(text_of(*json, "refresh_token"))};
  if (session.token.empty()) return no_session();
  TRY(session.api_origin, origin_of(text_of(*json, "instance_url")));
  return session;
}

http::Query client_form(const Settings& settings) {
  http::Query form;
  form.add("client_id", settings.client_id);
  if (!settings.client_secret.empty()) form.add("client_secret", settings.client_secret.reveal());  // apps with PKCE may have none
  return form;
}

/// The login of AEP's basic authentication: SOAP; the password grant when the org has no SOAP login and an app is named.
Result<Session> password_login(const Settings& settings, Calls& calls, std::stop_token stop) {
  SoapOutcome soap = soap_login(settings, calls, stop);
  const bool wrong_person = soap.refusal == "INVALID_LOGIN" || soap.refusal == "sf:INVALID_LOGIN";
  if (soap.session || soap.refusal.empty() || wrong_person || settings.client_id.empty()) return std::move(soap.session);
  http::Query form = client_form(settings);
  form.add("grant_type", "password");
  form.add("username", settings.username);
  form.add("password", settings.password.reveal());
  return oauth_login(settings, form, calls, stop);
}

Result<Session> signed_login(const Settings& settings, Calls& calls, const Clock& clock, std::stop_token stop) {
  const Json claims = {{"iss", settings.client_id}, {"sub", settings.username}, {"aud", settings.audience}, {"exp", to_seconds(clock.now()) + 170}};
  auto assertion = security::sign_jwt(claims, settings.private_key);
  if (!assertion) {
    Error error = std::move(assertion).error();
    error.code = "CONNECTOR-1312-400";
    error.where = "/auth/params/privateKey";
    return error;
  }
  http::Query form;
  form.add("grant_type", std::string(kJwtGrant));
  form.add("assertion", assertion->reveal());
  return oauth_login(settings, form, calls, stop);
}

}  // namespace

Result<Session> LogIn::operator()(Calls& calls, std::stop_token stop) {
  switch (settings_.grant) {
    case Grant::password: return password_login(settings_, calls, stop);
    case Grant::signed_jwt: return signed_login(settings_, calls, clock_, stop);
    case Grant::refresh_token: return code_.empty() ? refresh(calls, stop) : redeem_code(calls, stop);
    case Grant::given_jwt: {
      http::Query form = client_form(settings_);
      form.add("grant_type", std::string(kJwtGrant));
      form.add("assertion", settings_.jwt.reveal());
      return oauth_login(settings_, form, calls, stop);
    }
    case Grant::client_credentials: break;
  }
  http::Query form = client_form(settings_);
  form.add("grant_type", "client_credentials");
  return oauth_login(settings_, form, calls, stop);
}

/// What the code brings is kept in its place.
Result<Session> LogIn::redeem_code(Calls& calls, std::stop_token stop) {
  http::Query form = client_form(settings_);
  form.add("grant_type", "authorization_code");
  form.add("code", code_.reveal());
  form.add("redirect_uri", settings_.redirect_uri);
  if (!settings_.code_verifier.empty()) form.add("code_verifier", settings_.code_verifier.reveal());
  TRY(Session session, oauth_login(settings_, form, calls, stop));
  if (session.refresh_token.empty()) return no_refresh_token();
  std::vector<RenewedSecret> used_up = {{.parameter = "code", .was = std::exchange(code_, Secret()), .now = {}}};
  if (!settings_.code_verifier.empty()) used_up.push_back({.parameter = "codeVerifier", .was = settings_.code_verifier, .now = {}});
  TRY_DO(refresh_token_.take(session.refresh_token, std::move(used_up)));
  return session;
}

Result<Session> LogIn::refresh(Calls& calls, std::stop_token stop) {
  TRY(const Secret token, refresh_token_.to_use());
  http::Query form = client_form(settings_);
  form.add("grant_type", "refresh_token");
  form.add("refresh_token", token.reveal());
  TRY(Session session, oauth_login(settings_, form, calls, stop));
  TRY_DO(refresh_token_.take(session.refresh_token));
  return session;
}

}  // namespace foz::sources::salesforce
