#pragma once
// What the files of the Flow Service share: its answers, its lists, and who asks. Follows: Flow Service contract, 1 and 2.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/request.h"
#include "api/services.h"
#include "flow/document.h"
#include "flow/flow_service.h"
#include "flow/lists.h"
#include "flow/shelf.h"

namespace foz::api {

/// The rows of each file; flow_routes() joins them.
std::span<const Route> flow_spec_rows();
std::span<const Route> flow_connection_rows();
std::span<const Route> flow_source_target_rows();
std::span<const Route> flow_flow_rows();
std::span<const Route> flow_run_rows();

flow::Scope scope_of(const Request& request);

/// `If-Match`, else the query parameter `if-match`, which older collections send.
std::optional<std::string> if_match_of(const Request& request);
/// `?mode=draft`. Errors: CONNECTOR-1312.
Result<flow::Mode> mode_of(const Request& request);
/// The word of `?op=`, lower case, without `-` and `_`; "" when it is missing.
std::string operation_of(const Request& request);

/// `application/json;charset=utf-8`, as this service labels it.
Response flow_json(int status, const Json& body);
/// 200 `{"items":[...]}` with its etag.
Response one_item(Json shown);
/// 201 `{"id","etag"}` with `Location`; tells the warnings.
Response created(const Request& request, std::string_view collection, const flow::Written& written);
/// 200 `{"id","etag"}`; tells the warnings.
Response changed(const Request& request, const flow::Written& written);

/// 200: a list of stored documents, by the query of the request.
Result<Response> list_stored(Services& services, const Request& request, const flow::Collection& collection);
/// The same by a query that has been read.
Result<Response> list_found(Services& services, const Request& request, const flow::Collection& collection, flow::ListQuery query);
/// The same by the body of a search.
Result<Response> search_stored(Services& services, const Request& request, const flow::Collection& collection);

/// FLOW-1402: an action that only a provider's back end may call. Nothing when `operation` is none of these.
std::optional<Error> provider_only(const std::string& operation);

}  // namespace foz::api
