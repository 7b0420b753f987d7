#pragma once
// Forms with parts. Follows: RFC 7578.

#include <string_view>

#include "http/message.h"

namespace foz::api {

/// The content of each named part of a multipart/form-data body, files too, in their order.
http::Query multipart_fields(std::string_view body, std::string_view content_type);

}  // namespace foz::api
