#pragma once
// An Error in the shape of each service. Follows: Sandbox and authentication contract, 6; each service's own error section.

#include <string>

#include "api/request.h"
#include "base/clock.h"
#include "base/error.h"

namespace foz::api {

struct ErrorContext {
  std::string request_id;
  std::string sandbox_name = {};
  std::string org_id = {};
  Instant now{};
};

/// HTTP status of an error: from the number at the end of its code ("FLOW-1404-412"), else from its kind.
int status_of(const Error& error);

/// The service's error body. An error without code gets the service's default code for its kind.
/// Flow Service: a code CONNECTOR-* becomes `report.provider-code`; `where` = "flows/{id}" names the resource concerned;
/// `problems` become `report.errors[]` (Data Prep: `report.additionalContext[]`).
Response error_response(Service service, const Error& error, const ErrorContext& context);

/// `{"error_code","message"}`.
Response gateway_error(int status, std::string_view error_code, std::string_view message);
/// The platform's answer to a body that is no JSON and not labelled as such (2.3).
Response content_type_error();

}  // namespace foz::api
