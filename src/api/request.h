#pragma once
// What a handler sees of a request, and how it answers. Handlers translate; they never decide.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "http/message.h"
#include "http/router.h"
#include "security/access.h"
#include "security/sandboxes.h"

namespace foz::api {

struct Services;

/// The services of the platform; each has its own error body (Sandbox and authentication contract, 6).
enum class Service { gateway, ims, flow, registry, catalog, dataset, ingestion, access, conversion, sandboxes, access_control };

/// Who calls: from the token, or from the API key alone where that is enough.
struct Caller {
  std::string client_id;
  std::string user_id;
  std::string org_id;
  std::vector<security::Grant> grants = {};
  security::Permissions permissions = {};  ///< in the sandbox of the request
  security::HeldLabels labels = {};        ///< there, too
  bool key_only = false;                   ///< no token: public descriptions only
};

struct Request {
  const http::Request& http;
  http::PathParts parts;        ///< placeholders of the route, decoded
  http::Query query;
  Caller caller;
  security::Sandbox sandbox;    ///< of services that have one
  std::string request_id;
  std::string public_url;       ///< `https://foz.example`, for absolute links
  Json body;                    ///< parsed where the route takes JSON; null when there was none
  mutable std::vector<std::string> warnings = {};  ///< words for `x-foz-warning`

  /// A path variable of the route, such as `id` of `/flows/{id}`. REQUIRES: the route has it.
  const std::string& part(std::string_view name) const;
  /// A request header that is present and not empty. Errors: invalid.
  Result<std::string> header(std::string_view name) const;
  /// Adds a word to the answer's `x-foz-warning`.
  void warn(std::string word) const { warnings.push_back(std::move(word)); }
};

using Response = http::Response;

/// An answer with a JSON body (`application/json`).
Response json_response(int status, const Json& body);
/// 204.
Response no_content();

/// Who may call a route.
enum class Right {
  open,         ///< no credentials (tokens, health)
  any,          ///< any valid token
  specs,        ///< a token with view-sources, or the API key alone where `auth.apiKeyOnly` = specs
  view_schemas, manage_schemas, view_datasets, manage_datasets, view_sources, manage_sources, view_sandboxes,
  manage_sandboxes, reset_sandboxes, manage_access,
};

/// What a route does with the body of a request.
enum class BodyUse {
  json,     ///< parsed into `Request::body`; an empty body is allowed and gives null: the handler says what is missing
  ignored,  ///< not looked at
  raw,      ///< left in `Request::http.body`
  file,     ///< streamed to disk: `Request::http.body_file`
};

using Handler = Result<Response> (*)(Services& services, const Request& request);

/// What a route takes and gives, as the API description has it (openapi.h). Names are those of openapi_schemas.cc.
struct Shape {
  int status = 200;             ///< of success
  std::string_view gives = {};  ///< the answer; empty: any JSON
  std::string_view takes = {};  ///< the JSON body; empty: any
  std::string_view query = {};  ///< parameters, commas between them
  std::string_view headers = {};  ///< the same: those that only some routes look at
  std::string_view also = {};   ///< statuses beside those of its service, commas between them
};

/// A row of a route table.
struct Route {
  http::Verb verb;
  std::string_view pattern;  ///< behind the service's prefix: "/flows/{flowId}"
  Right right;
  Handler handler;
  std::string_view summary;  ///< for the API description
  BodyUse body = BodyUse::ignored;  ///< POST, PUT and PATCH routes say what they take
  Shape shape = {};
};

/// The routes of one service.
struct RouteTable {
  Service service;
  std::string_view prefix;  ///< "/data/foundation/flowservice"
  bool sandboxed;           ///< the request is for one sandbox, named by header or the default one
  std::span<const Route> routes;
};

}  // namespace foz::api
