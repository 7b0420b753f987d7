// Logging in. Follows: Sources contract, 2.2.
#include "base/text.h"
#include "base/time_text.h"
#include "simulators/salesforce/jwt.h"
#include "simulators/salesforce/salesforce.h"
#include "simulators/tables/text_out.h"

namespace foz::sim {
namespace {

constexpr int64_t kCodeLifeMs = 15 * 60'000;

http::Response oauth_error(std::string_view error, std::string_view description) {
  return json_response(400, Json{{"error", error}, {"error_description", description}});
}

/// The text of the first element of that local name; entities undone.
std::string element_text(std::string_view xml, std::string_view name) {
  for (size_t at = xml.find(name); at != xml.npos; at = xml.find(name, at + 1)) {
    const size_t end = at + name.size();
    if (at == 0 || (xml[at - 1] != '<' && xml[at - 1] != ':') || end >= xml.size() || (xml[end] != '>' && xml[end] != ' ')) continue;
    const size_t open = xml.rfind('<', at);
    if (open == xml.npos || xml[open + 1] == '/') continue;
    const size_t from = xml.find('>', end);
    const size_t to = from == xml.npos ? xml.npos : xml.find('<', from);
    if (to == xml.npos) return "";
    std::string text(xml.substr(from + 1, to - from - 1));
    for (const auto& [entity, plain] : {std::pair("&lt;", "<"), std::pair("&gt;", ">"), std::pair("&quot;", "\""), std::pair("&apos;", "'"), std::pair("&amp;", "&")}) {
      text = replace_all(std::move(text), entity, plain);
    }
    return text;
  }
  return "";
}

http::Response soap_response(int status, std::string_view body) {
  return text_response(status, "text/xml;charset=UTF-8",
                       "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" "
                       "xmlns=\"urn:partner.soap.sforce.com\" xmlns:sf=\"urn:fault.partner.soap.sforce.com\" "
                       "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body>" +
                           std::string(body) + "</soapenv:Body></soapenv:Envelope>");
}

http::Response soap_fault(std::string_view code, std::string_view message) {
  std::string text;
  append_xml_escaped(text, message);
  const std::string name(code);
  return soap_response(500, "<soapenv:Fault><faultcode>sf:" + name + "</faultcode><faultstring>" + name + ": " + text +
                                "</faultstring><detail><sf:LoginFault xsi:type=\"sf:LoginFault\"><sf:exceptionCode>" + name +
                                "</sf:exceptionCode><sf:exceptionMessage>" + text + "</sf:exceptionMessage></sf:LoginFault></detail></soapenv:Fault>");
}

}  // namespace

std::string Salesforce::new_session() {
  const uint64_t number = ++issued_;
  std::string session = secrets_.org_id.substr(0, 15) + "!AQ" + made_secret(world_.seed + number * 7919, "session", 90);
  tokens_.add(session, {.idle_ms = token_life_ * 1000, .used_at = world_.clock.now(), .subject = secrets_.username});
  return session;
}

http::Response Salesforce::grant(const Visit& visit, bool with_refresh) {
  const std::string session = new_session();
  Json body = {{"access_token", session}, {"instance_url", visit.forged_origin()},
               {"id", visit.origin + "/id/" + secrets_.org_id + "/" + secrets_.user_id}, {"token_type", "Bearer"},
               {"issued_at", std::to_string(visit.now)}, {"signature", made_secret(world_.seed + issued_, "signature", 43) + "="},
               {"scope", "api refresh_token"}};
  if (with_refresh) {
    std::lock_guard lock(mutex_);
    body["refresh_token"] = refresh_token_;
  }
  return json_response(200, body);
}

std::optional<http::Response> Salesforce::wrong_client(const Visit& visit, const http::Query& form) const {
  const auto basic = basic_of(visit.request);
  const std::string id = form.get("client_id").value_or(basic ? basic->first : "");
  const std::string secret = form.get("client_secret").value_or(basic ? basic->second : "");
  if (id.empty()) return oauth_error("invalid_request", "client_id is required");
  if (id != secrets_.client_id) return oauth_error("invalid_client_id", "client identifier invalid");
  const bool optional = require_secret_ == 0 && (form.get("grant_type") == "refresh_token" || form.get("grant_type") == "authorization_code");
  if (secret.empty() && optional) return std::nullopt;
  if (secret != secrets_.client_secret) return oauth_error("invalid_client", "invalid client credentials");
  return std::nullopt;
}

std::optional<http::Response> Salesforce::wrong_assertion(const Visit& visit, const std::string& assertion) const {
  if (world_.options.jwt_key_file.empty()) return oauth_error("invalid_grant", "user hasn't approved this consumer");
  const auto claims = verified_jwt(assertion, world_.options.jwt_key_file);
  if (!claims) return oauth_error("invalid_grant", "invalid assertion");
  if (text_of(*claims, "iss") != secrets_.client_id) return oauth_error("invalid_client_id", "client identifier invalid");
  if (text_of(*claims, "sub") != secrets_.username) return oauth_error("invalid_grant", "user hasn't approved this consumer");
  const int64_t expires = integer_of(*claims, "exp").value_or(0) * 1000;
  if (expires <= visit.now || expires > visit.now + 185'000) return oauth_error("invalid_grant", "expired authorization code");
  const std::string audience = text_of(*claims, "aud");
  if (audience != visit.origin && audience != "https://login.salesforce.com" && audience != "https://test.salesforce.com") {
    return oauth_error("invalid_grant", "audience is invalid");
  }
  return std::nullopt;
}

http::Response Salesforce::token(Visit& visit) {
  const http::Query form = http::Query::parse(visit.request.body);
  const std::string grant_type = form.get("grant_type").value_or("");
  if (grant_type.empty()) return oauth_error("invalid_request", "must provide grant_type");
  if (grant_type == "urn:ietf:params:oauth:grant-type:jwt-bearer") {
    if (auto wrong = wrong_assertion(visit, form.get("assertion").value_or(""))) return std::move(*wrong);
    return grant(visit, false);
  }
  if (auto wrong = wrong_client(visit, form)) return std::move(*wrong);
  if (grant_type == "client_credentials") return grant(visit, false);
  if (grant_type == "password") {
    const bool right = form.get("username") == secrets_.username && form.get("password") == secrets_.password + secrets_.security_token;
    if (!right || password_grant_ == 0) return oauth_error("invalid_grant", "authentication failure");
    return grant(visit, false);
  }
  if (grant_type == "refresh_token") return refresh(visit, form);
  if (grant_type == "authorization_code") return redeem(visit, form);
  return oauth_error("unsupported_grant_type", "grant type not supported");
}

http::Response Salesforce::refresh(Visit& visit, const http::Query& form) {
  std::unique_lock lock(mutex_);
  if (form.get("refresh_token") != refresh_token_) return oauth_error("invalid_grant", "expired access/refresh token");
  const bool rotate = rotate_refresh_ != 0;
  if (rotate) {
    refresh_token_ = "5Aep" + made_secret(world_.seed + issued_ + 1, "refresh", 80);
    world_.masker.add_passing(refresh_token_);
  }
  lock.unlock();
  return grant(visit, rotate);
}

/// The user is logged in and consents at once: the browser goes back with a code.
http::Response Salesforce::authorize(Visit& visit) {
  const std::string redirect = visit.query.get("redirect_uri").value_or("");
  if (visit.query.get("client_id") != secrets_.client_id) return oauth_error("invalid_client_id", "client identifier invalid");
  if (visit.query.get("response_type") != "code") return oauth_error("unsupported_response_type", "response type not supported");
  if (!http::Url::parse(redirect)) return oauth_error("redirect_uri_mismatch", "redirect_uri must match configuration");
  std::unique_lock lock(mutex_);
  const std::string code = "aPrx" + made_secret(world_.seed + ++numbered_, "code", 60) + "==";
  world_.masker.add_passing(code);
  consents_[code] = {.redirect_uri = redirect, .challenge = visit.query.get("code_challenge").value_or(""), .given = visit.now};
  lock.unlock();
  std::string back = redirect + (redirect.find('?') == std::string::npos ? "?" : "&") + "code=" + http::percent_encode(code);
  if (const auto state = visit.query.get("state")) back += "&state=" + http::percent_encode(*state);
  http::Response response = text_response(302, "text/html", "");
  response.headers.set("Location", back);
  return response;
}

/// A code is good for once and for a quarter of an hour.
http::Response Salesforce::redeem(Visit& visit, const http::Query& form) {
  std::unique_lock lock(mutex_);
  const auto found = consents_.find(form.get("code").value_or(""));
  if (found == consents_.end()) return oauth_error("invalid_grant", "invalid authorization code");
  const Consent consent = found->second;
  consents_.erase(found);
  lock.unlock();
  if (visit.now - consent.given > kCodeLifeMs) return oauth_error("invalid_grant", "expired authorization code");
  if (form.get("redirect_uri") != consent.redirect_uri) return oauth_error("redirect_uri_mismatch", "redirect_uri must match configuration");
  if (!consent.challenge.empty() && pkce_challenge(form.get("code_verifier").value_or("")) != consent.challenge) {
    return oauth_error("invalid_grant", "invalid code verifier");
  }
  return grant(visit, true);
}

http::Response Salesforce::revoke(Visit& visit) {
  const http::Query form = http::Query::parse(visit.request.body);
  const std::string token = form.get("token").value_or(visit.query.get("token").value_or(""));
  if (!tokens_.revoke(token)) return oauth_error("unsupported_token_type", "this token type is not supported");
  return text_response(200, "text/html", "");
}

http::Response Salesforce::userinfo(Visit& visit) {
  return json_response(200, Json{{"sub", visit.origin + "/id/" + secrets_.org_id + "/" + secrets_.user_id}, {"user_id", secrets_.user_id},
                                 {"organization_id", secrets_.org_id}, {"preferred_username", secrets_.username}, {"nickname", "integration"},
                                 {"name", "Integration User"}, {"email", secrets_.username}, {"email_verified", true}, {"active", true},
                                 {"urls", {{"rest", visit.origin + "/services/data/v{version}/"}, {"query", visit.origin + "/services/data/v{version}/query/"}}}});
}

http::Response Salesforce::identity(Visit& visit) {
  return json_response(200, Json{{"id", visit.origin + std::string(visit.path)}, {"asserted_user", true}, {"user_id", secrets_.user_id},
                                 {"organization_id", secrets_.org_id}, {"username", secrets_.username}, {"display_name", "Integration User"},
                                 {"email", secrets_.username}, {"active", true}, {"user_type", "STANDARD"}, {"language", "en_US"}, {"locale", "en_GB"},
                                 {"utcOffset", 0}, {"urls", {{"rest", visit.origin + "/services/data/v{version}/"}}},
                                 {"last_modified_date", iso_seconds(from_millis(visit.now))}, {"is_app_installed", true}});
}

http::Response Salesforce::soap(Visit& visit) {
  const std::string& xml = visit.request.body;
  const std::string version = visit.part("version");
  if (!visit.request.headers.has("SOAPAction")) {
    return soap_fault("INVALID_OPERATION", "SOAPAction HTTP header missing");
  }
  if (xml.find("logout") != xml.npos && xml.find("<login") == xml.npos) {
    tokens_.revoke(element_text(xml, "sessionId"));
    return soap_response(200, "<logoutResponse/>");
  }
  if (xml.find("getUserInfo") != xml.npos) {
    return soap_response(200, "<getUserInfoResponse><result><userId>" + secrets_.user_id + "</userId></result></getUserInfoResponse>");
  }
  return soap_login(visit, version);
}

http::Response Salesforce::soap_login(const Visit& visit, const std::string& version) {
  const std::string& xml = visit.request.body;
  const auto number = salesforce_version(version);
  if (!number) return soap_fault("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL");
  if (soap_ends_ != 0 && *number >= soap_ends_ * 10) {
    return soap_fault("INVALID_OPERATION", "SOAP API login() is disabled by default in this org.");
  }
  const bool right = element_text(xml, "username") == secrets_.username && element_text(xml, "password") == secrets_.password + secrets_.security_token;
  if (!right) return soap_fault("INVALID_LOGIN", "Invalid username, password, security token; or user locked out.");
  const bool expired = password_expired_ != 0;
  const std::string session = new_session();
  return soap_response(200, "<loginResponse><result><metadataServerUrl>" + visit.forged_origin() + "/services/Soap/m/" + version + "/" + secrets_.org_id +
                                "</metadataServerUrl><passwordExpired>" + (expired ? "true" : "false") + "</passwordExpired><sandbox>false</sandbox><serverUrl>" +
                                visit.forged_origin() + "/services/Soap/u/" + version + "/" + secrets_.org_id + "</serverUrl><sessionId>" + session +
                                "</sessionId><userId>" + secrets_.user_id + "</userId><userInfo><organizationId>" + secrets_.org_id +
                                "</organizationId><sessionSecondsValid>" + std::to_string(token_life_.load()) + "</sessionSecondsValid><userEmail>" +
                                secrets_.username + "</userEmail></userInfo></result></loginResponse>");
}

}  // namespace foz::sim
