// The body of POST /runs. Follows: Flow Service contract, 11.3.
#include "base/text.h"
#include "flow/runs.h"

namespace foz::flow {
namespace {

const Json* given(const Json& params, std::string_view name) {
  const Json* value = member(params, name);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

std::string pointer(std::string_view name) { return "/params/" + std::string(name); }

/// A time member; nothing when it is not there.
Result<std::optional<Instant>> time_in(const Json& params, std::string_view name) {
  const Json* value = given(params, name);
  if (value == nullptr) return std::optional<Instant>();
  TRY(const Instant time, read_time(*value, pointer(name)));
  return std::optional(time);
}

Status read_window(const Json& params, RunRequest& request) {
  TRY(request.start, time_in(params, "startTime"));
  TRY(request.window_from, time_in(params, "windowStartTime"));
  TRY(request.window_to, time_in(params, "windowEndTime"));
  const bool has_begin = request.window_from.has_value();
  request.has_window = has_begin || request.window_to;
  if (request.has_window && !has_begin) {
    return provider_error(1384, "windowStartTime is missing: it is where the window begins, 0 for everything before its end.", pointer("windowStartTime"));
  }
  // The beginning of time stands for rows without a time, too.
  if (request.window_from == Instant{}) request.window_from.reset();
  return {};
}

Status read_mode(const Json& params, RunRequest& request) {
  const Json* mode = given(params, "mode");
  if (mode == nullptr || equal_ignoring_case(as_text(*mode), "append")) return {};
  if (!equal_ignoring_case(as_text(*mode), "skipExisting")) {
    return provider_error(1312, "The mode of a run is append or skipExisting, not \"" + as_text(*mode) + "\".", pointer("mode"));
  }
  request.mode = RunMode::skip_existing;
  return {};
}

Status read_replay(const Json& params, RunRequest& request) {
  const Json* replayed = given(params, "replayRejected");
  if (replayed == nullptr) return {};
  request.replay_rejected = as_text(*replayed);
  if (request.replay_rejected.empty()) return provider_error(1384, "replayRejected is the id of a run.", pointer("replayRejected"));
  if (request.has_window) return provider_error(1384, "A run reads a window or the rejected rows of another run, not both.", pointer("replayRejected"));
  return {};
}

}  // namespace

Result<RunRequest> read_run_request(const Json& body) {
  if (!body.is_object()) return flow_error(1405, "The body is not an object: send {\"flowId\": \"...\"}.");
  RunRequest request{.flow_id = text_of(body, "flowId")};
  if (request.flow_id.empty()) return flow_error(1446, "The mandatory field flowId is missing.", "/flowId");
  const Json* params = given(body, "params");
  if (params == nullptr) return request;
  if (!params->is_object()) return provider_error(1384, "params is an object.", "/params");
  TRY_DO(read_window(*params, request));
  TRY_DO(read_mode(*params, request));
  TRY_DO(read_replay(*params, request));
  if (const Json* column = given(*params, "deltaColumn")) {
    TRY(request.delta_column, read_delta_column(*column, pointer("deltaColumn")));
  }
  return request;
}

}  // namespace foz::flow
