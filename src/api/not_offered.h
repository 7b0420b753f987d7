#pragma once
// Services of the platform that this version leaves out. Follows: Sandbox and authentication contract, 1.

#include "api/request.h"

namespace foz::api {

/// 501 `{"error_code": "501", "message": "Not available in this version"}`.
Result<Response> not_offered(Services& services, const Request& request);

}  // namespace foz::api
