#include "api/error_body.h"

#include "base/text.h"
#include "base/time_text.h"

namespace foz::api {
namespace {

constexpr std::string_view kAdobeErrors = "http://ns.adobe.com/aep/errors/";
// What Catalog documents and sends as the `type` of its errors: a literal that clients compare.
constexpr std::string_view kCatalogErrorType = "/placeholder/type/uri";

int status_of_kind(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid: return 400;
    case ErrorKind::unauthorized: return 401;
    case ErrorKind::forbidden: return 403;
    case ErrorKind::not_found: return 404;
    case ErrorKind::conflict: return 409;
    case ErrorKind::rate_limited: return 429;
    case ErrorKind::unavailable: return 503;
    case ErrorKind::cancelled: return 503;
    case ErrorKind::corrupt:
    case ErrorKind::internal: return 500;
  }
  return 500;
}

std::string_view title_of(int status) {
  switch (status) {
    case 400: return "Invalid request";
    case 403: return "Forbidden";
    case 404: return "Resource not found";
    case 405: return "Method not allowed";
    case 409: return "Conflict";
    case 412: return "Version not matching";
    case 413: return "Request body too large";
    case 429: return "Too many requests";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Internal Error";
  }
}

/// "Bad body at 3:14: ..." where the place is known.
std::string detail_of(const Error& error) {
  if (error.where.empty()) return error.message;
  if (error.where.find('/') != error.where.npos && error.where.front() != '/') return error.message;  // a resource
  return error.message + " (at " + error.where + ")";
}

Json problems_of(const Error& error, std::string_view text_name) {
  Json list = Json::array();
  for (const Problem& problem : error.problems) {
    Json one = {{"path", problem.path}};
    if (!problem.code.empty()) one["code"] = problem.code;
    one[std::string(text_name)] = problem.message;
    list.push_back(std::move(one));
  }
  return list;
}

std::string flow_code(const Error& error, int status) {
  if (error.code.starts_with("FLOW-")) return error.code;
  if (error.code.starts_with("CONNECTOR-") || error.code.starts_with("CONV-")) {
    if (status == 404) return "FLOW-1101-404";
    if (status == 503) return "FLOW-1103-503";
    if (status == 504) return "FLOW-1104-504";
    return "FLOW-1100-400";
  }
  switch (status) {
    case 400: return "FLOW-1100-400";
    case 403: return "FLOW-2120-403";
    case 404: return "FLOW-1439-404";
    case 405: return "FLOW-1405-405";
    case 409: return "FLOW-2100-409";
    case 412: return "FLOW-1404-412";
    case 413: return "FLOW-1405-413";
    case 503: return "FLOW-1103-503";
    case 504: return "FLOW-1104-504";
    default: return "FLOW-1400-500";
  }
}

std::string_view flow_title(std::string_view code, int status) {
  if (code == "FLOW-1403-400") return "Header is missing";
  if (code.starts_with("FLOW-2100-404") || code.starts_with("FLOW-2103") || code.starts_with("FLOW-2106")) return "Sandbox not found";
  if (code == "FLOW-2100-409") return "Sandbox not active";
  if (code == "FLOW-2111-403") return "Headers with value restricted";
  if (code.starts_with("FLOW-2200") || code.starts_with("FLOW-2250")) return "External service request error";
  if (status == 405 || status == 413) return "Invalid request";
  return title_of(status);
}

Json flow_body(const Error& error, int status, const ErrorContext& context) {
  const std::string code = flow_code(error, status);
  const std::string detail = detail_of(error);
  Json report = {{"detailed-message", detail}};
  if (const size_t slash = error.where.find('/'); slash != error.where.npos && slash > 0) {
    report["id"] = error.where.substr(slash + 1);
    report["type"] = error.where.substr(0, slash);
  }
  if (!error.code.empty() && !error.code.starts_with("FLOW-")) report["provider-code"] = error.code;
  if (!error.problems.empty()) report["errors"] = problems_of(error, "message");
  report["request-id"] = context.request_id;
  return {{"type", "https://ns.adobe.com/aep/errors/" + code}, {"title", flow_title(code, status)}, {"status", status},
          {"report", report}, {"errorMessage", detail}, {"errorDetails", detail}};
}

/// "MM-DD-YYYY HH:mm:ss".
std::string registry_time(Instant now) {
  const std::string iso = iso_seconds(now);
  return iso.substr(5, 2) + "-" + iso.substr(8, 2) + "-" + iso.substr(0, 4) + " " + iso.substr(11, 8);
}

std::string registry_code(const Error& error, int status) {
  if (!error.code.empty()) return error.code;
  switch (status) {
    case 400: return "XDM-1413-400";
    case 403: return "XDM-1403-403";
    case 404: return "XDM-1017-404";
    default: return status < 500 ? "XDM-1401-" + std::to_string(status) : "XDM-2000-" + std::to_string(status);
  }
}

std::string_view registry_title(std::string_view code, int status) {
  struct Row { std::string_view code, title; };
  static constexpr Row kTitles[] = {
      {"XDM-1006-400", "Accept header invalid"}, {"XDM-1007-400", "Accept header invalid"}, {"XDM-1008-400", "Accept header invalid"},
      {"XDM-1009-400", "Accept header invalid"}, {"XDM-1020-400", "Namespace validation error"},
      {"XDM-1021-400", "Namespace validation error"}, {"XDM-1022-400", "Namespace validation error"},
      {"XDM-1023-400", "Namespace validation error"}, {"XDM-1024-400", "Namespace validation error"},
      {"XDM-1401-400", "Malformed request body"}, {"XDM-1403-403", "Operation not allowed"}, {"XDM-1413-400", "Merge Schema Error"},
      {"XDM-1414-400", "Patch operation failed"}, {"XDM-1416-400", "Breaking change"}, {"XDM-1421-400", "Field name validation error"},
      {"XDM-1521-400", "Title not unique"}, {"XDM-1523-400", "Descriptor validation error"}, {"XDM-1524-400", "Descriptor validation error"},
      {"XDM-1526-403", "Union descriptor validation error"}, {"XDM-1527-400", "Union descriptor validation error"},
      {"XDM-1528-400", "Union descriptor validation error"}, {"XDM-3005-400", "Import Resource Failed"}};
  for (const Row& row : kTitles) {
    if (row.code == code) return row.title;
  }
  return status >= 500 ? "Internal error" : title_of(status);
}

Json registry_body(const Error& error, int status, const ErrorContext& context) {
  const std::string code = registry_code(error, status);
  const std::string detail = detail_of(error);
  Json report = {{"registryRequestId", context.request_id}, {"timestamp", registry_time(context.now)}, {"detailed-message", detail}};
  report["sub-errors"] = problems_of(error, "message");
  return {{"type", std::string(kAdobeErrors) + code}, {"title", registry_title(code, status)}, {"status", status}, {"report", report}, {"detail", detail}};
}

std::string conversion_code(const Error& error, int status) {
  if (!error.code.empty()) return error.code;
  if (status == 404) return "CONV-1000-404";
  if (status == 409) return "CONV-1008-409";
  return "CONV-1004-" + std::to_string(status);
}

std::string_view conversion_title(std::string_view code, int status) {
  if (code.starts_with("CONV-1000")) return "Mapping set not found";
  if (code.starts_with("CONV-1001")) return "Mapping set version not found";
  if (code.starts_with("CONV-1002")) return "Mapping not found";
  if (code.starts_with("CONV-1003")) return "Request body is not valid JSON";
  if (code.starts_with("CONV-1008")) return "Mapping set is in use";
  if (code.starts_with("CONV-1009")) return "Query parameter is not valid";
  if (code.starts_with("CONV-1011")) return "Conversion not found";
  if (code.starts_with("CONV-1012")) return "Activity not found";
  if (status == 400) return "Mapping set is not valid";
  return title_of(status);
}

Json conversion_body(const Error& error, int status, const ErrorContext& context) {
  const std::string code = conversion_code(error, status);
  Json more = Json::array();
  for (const Problem& problem : error.problems) {
    more.push_back({{"path", problem.path}, {"reason", problem.code.empty() ? problem.message : problem.code}, {"message", problem.message}});
  }
  return {{"type", std::string(kAdobeErrors) + code},
          {"title", conversion_title(code, status)},
          {"status", status},
          {"detail", code.starts_with("CONV-1003") ? detail_of(error) : error.message},  // others name the place themselves
          {"report", {{"tenantInfo", {{"sandboxName", context.sandbox_name}, {"imsOrgId", context.org_id}}}, {"additionalContext", more}}}};
}

Json catalog_body(const Error& error, int status) {
  std::string_view title = "InternalError";
  switch (status) {
    case 400: title = "BadRequestError"; break;
    case 403: title = "ForbiddenError"; break;
    case 404: title = "NotFoundError"; break;
    case 405: title = "MethodNotAllowedError"; break;
    case 409: title = "ConflictError"; break;
    case 412: title = "PreconditionFailedError"; break;
    case 413: title = "PayloadTooLargeError"; break;
    case 429: title = "TooManyRequestsError"; break;
    case 503: title = "ServiceUnavailableError"; break;
    default: break;
  }
  return {{"type", kCatalogErrorType}, {"status", status}, {"title", title}, {"detail", detail_of(error)}};
}

Json ingestion_body(const Error& error, int status, const ErrorContext& context, std::string_view prefix) {
  const std::string code = error.code.empty() ? std::string(prefix) + "-1000-" + std::to_string(status) : error.code;
  return {{"type", std::string(kAdobeErrors) + code},
          {"title", http::reason_of(status)},
          {"status", status},
          {"report", {{"timestamp", iso_seconds(context.now)}, {"requestId", context.request_id}}},
          {"detail", detail_of(error)}};
}

Json sandbox_body(const Error& error, int status) {
  std::string code = error.code;
  if (code.empty()) {
    code = status == 404 ? "SMS-2001-404" : status == 409 ? "SMS-2002-409" : status == 403 ? "SMS-2003-403" : "SMS-2000-" + std::to_string(status);
  }
  return {{"status", status}, {"title", title_of(status)}, {"type", std::string(kAdobeErrors) + code}, {"detail", detail_of(error)}};
}

Json labels_body(const Error& error, int status, const ErrorContext& context) {
  const std::string code = "PES-" + std::to_string(status);
  const std::string iso = iso_millis(context.now);
  return {{"timestamp", iso.substr(0, 10) + " " + iso.substr(11, 12) + "000+00:00"}, {"status", replace_all(upper(http::reason_of(status)), " ", "_")},
          {"code", code}, {"message", error.message}, {"path", "/entities/AEP:dataset:" + error.where}};
}

Json ims_body(const Error& error, int status) {
  return {{"error", !error.code.empty() ? error.code : status >= 500 ? "server_error" : "invalid_request"}, {"error_description", error.message}};
}

Json body_of(Service service, const Error& error, int status, const ErrorContext& context) {
  switch (service) {
    case Service::flow: return flow_body(error, status, context);
    case Service::registry: return registry_body(error, status, context);
    case Service::conversion: return conversion_body(error, status, context);
    case Service::catalog: return catalog_body(error, status);
    case Service::dataset: return labels_body(error, status, context);
    case Service::ingestion: return ingestion_body(error, status, context, "INGEST");
    case Service::access: return ingestion_body(error, status, context, "ACCESS");
    case Service::sandboxes:
    case Service::access_control: return sandbox_body(error, status);
    case Service::ims: return ims_body(error, status);
    case Service::gateway: break;
  }
  if (status == 503) return {{"error_code", "503000"}, {"message", "Service unavailable"}};
  return {{"error_code", std::to_string(status)}, {"message", error.message}};
}

}  // namespace

int status_of(const Error& error) {
  const size_t dash = error.code.rfind('-');
  if (dash != error.code.npos && error.code.size() - dash == 4) {
    const auto status = to_integer(std::string_view(error.code).substr(dash + 1));
    if (status && *status >= 400 && *status <= 599) {
      // A provider's or a field's code ends in 400 whatever happened: the kind knows better.
      const bool own = !error.code.starts_with("CONNECTOR-") || error.kind == ErrorKind::invalid;
      if (own) return static_cast<int>(*status);
    }
  }
  if (error.code == "413") return 413;
  if (error.code == "invalid_client") return 401;
  return status_of_kind(error.kind);
}

Response error_response(Service service, const Error& error, const ErrorContext& context) {
  const int status = status_of(error);
  Error shown = error;
  if (shown.code == "413" || shown.code.starts_with("HTTP-")) shown.code.clear();  // a status and nothing more: the service has its own code
  Response response = json_response(status, body_of(service, shown, status, context));
  if (service == Service::flow) response.headers.set("Content-Type", "application/json;charset=utf-8");
  if (error.retry_after) {
    response.headers.set("Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(*error.retry_after).count()));
  } else if (status == 503 || status == 429) {
    response.headers.set("Retry-After", "5");
  }
  return response;
}

Response gateway_error(int status, std::string_view error_code, std::string_view message) {
  return json_response(status, {{"error_code", error_code}, {"message", message}});
}

Response content_type_error() {
  return json_response(400, {{"type", kCatalogErrorType}, {"status", 400}, {"title", "BadRequestError"},
                             {"detail", "A valid content-type must be specified"}});
}

}  // namespace foz::api
