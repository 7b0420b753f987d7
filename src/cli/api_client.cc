#include "cli/api_client.h"

#include <fstream>
#include <sstream>

namespace foz::cli {
namespace {

http::Egress egress_to(const Credentials& credentials) {
  auto egress = http::Egress::parse(credentials.endpoint + "," + credentials.ims_endpoint);
  return egress ? *egress : *http::Egress::parse("");
}

ErrorKind kind_of(int status) {
  switch (status) {
    case 400: return ErrorKind::invalid;
    case 401: return ErrorKind::unauthorized;
    case 403: return ErrorKind::forbidden;
    case 404: return ErrorKind::not_found;
    case 409:
    case 412: return ErrorKind::conflict;
    case 429: return ErrorKind::rate_limited;
    default: return status >= 500 ? ErrorKind::unavailable : ErrorKind::invalid;
  }
}

}  // namespace

Result<Credentials> Credentials::read(const std::filesystem::path& data_dir) {
  const std::filesystem::path file = data_dir / "credentials.json";
  std::ifstream stream(file);
  if (!stream) {
    return Error{.kind = ErrorKind::not_found, .message = file.string() + " is not there: start the server once (foz serve --data " + data_dir.string() + "), or name its data directory with --data"};
  }
  std::ostringstream text;
  text << stream.rdbuf();
  auto json = parse_json(text.str());
  if (!json) return with_context(Error{.kind = ErrorKind::corrupt, .message = json.error().message, .where = json.error().where}, file.string());
  return Credentials{.endpoint = text_of(*json, "endpoint"), .ims_endpoint = text_of(*json, "imsEndpoint"), .org_id = text_of(*json, "orgId"),
                     .tenant = text_of(*json, "tenant"), .client_id = text_of(*json, "clientId"), .sandbox = text_of(*json, "sandbox", "prod"),
                     .client_secret = Secret(text_of(*json, "clientSecret"))};
}

ApiClient::ApiClient(Credentials credentials)
    : credentials_(std::move(credentials)),
      transport_(std::make_unique<http::CurlTransport>(egress_to(credentials_), http::CurlOptions{.user_agent = "foz-cli"})) {}

Result<Secret> ApiClient::token() {
  http::Query form;
  form.add("grant_type", "client_credentials");
  form.add("client_id", credentials_.client_id);
  form.add("client_secret", credentials_.client_secret.reveal());
  form.add("scope", "openid,AdobeID,read_organizations");
  TRY(const auto response, transport_->send(http::post_form(credentials_.ims_endpoint + "/ims/token/v3", form), {}));
  if (!response.ok()) return Error{.kind = ErrorKind::unauthorized, .message = words_of(response)};
  TRY(const Json body, parse_json(response.body));
  return Secret(text_of(body, "access_token"));
}

Result<http::Response> ApiClient::exchange(const Call& call) {
  if (token_.empty()) {
    TRY(token_, token());
  }
  http::Request request{.verb = call.verb, .url = credentials_.endpoint + call.path, .headers = call.headers};
  request.headers.set("Authorization", "Bearer " + token_.reveal());
  request.headers.set("x-api-key", credentials_.client_id);
  request.headers.set("x-gw-ims-org-id", credentials_.org_id);
  request.headers.set("x-sandbox-name", credentials_.sandbox);
  if (!call.bytes.empty()) {
    request.headers.set("Content-Type", "application/octet-stream");
    request.body = call.bytes;
  } else if (!call.body.is_null()) {
    request.headers.set("Content-Type", "application/json");
    request.body = to_text(call.body);
  }
  return transport_->send(request, {});
}

Result<Json> ApiClient::send(const Call& call) {
  TRY(const auto response, exchange(call));
  if (!response.ok()) return Error{.kind = kind_of(response.status), .message = words_of(response)};
  if (response.body.empty()) return Json();
  return parse_json(response.body, {.depth_max = 256});
}

std::string words_of(const http::Response& response) {
  const auto body = parse_json(response.body);
  std::string words;
  if (body) {
    for (const char* name : {"errorMessage", "detail", "message", "error_description", "title"}) {
      if (words.empty()) words = text_of(*body, name);
    }
  }
  return words.empty() ? "the server answered " + std::to_string(response.status) : words;
}

}  // namespace foz::cli
