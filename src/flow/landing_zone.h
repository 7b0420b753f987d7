#pragma once
// A look into the landing zone: files that people put into a folder of the server, one folder per sandbox.
// Follows: Flow Service contract, 5.1, 5.3 and 7.4.

#include <filesystem>
#include <stop_token>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "flow/explore.h"

namespace foz::flow {

/// Lists a folder, or tells the columns of a file and its first rows. Paths begin at the sandbox's own folder and never
/// leave it. Errors: not_found, FLOW-1101 (there is no landing zone), CONNECTOR-1330 (no such path); invalid, CONNECTOR-1312,
/// 1358, 1371 (a compression that is not read), 1376 (a file that cannot be understood).
Result<Json> explore_landing_zone(const std::filesystem::path& root, std::string_view sandbox_name, const ExploreRequest& request, std::stop_token stop = {});

}  // namespace foz::flow
