#pragma once
// What a sandbox holds, taken away: flows are stopped first, then every row and file of it goes.
// Follows: Sandbox and authentication contract, 5.4 and 5.5.

#include <string>
#include <string_view>

#include "api/services.h"
#include "security/sandboxes.h"

namespace foz::api {

/// What would go: "3 flows, 2 data sets and 14 batches". Errors: unavailable.
Result<std::string> contents_of(Services& services, const security::Sandbox& sandbox);

enum class Emptying { reset, deletion };

/// Empties an active sandbox. Nobody can use it meanwhile: it is `resetting`, then active again, or `deleting`, then deleted.
/// Its rows go in the transaction that ends this; its files are invisible then and go when readers had time to finish.
/// Errors: not_found (also when it is deleted already), conflict (another change of it is under way).
Result<security::Sandbox> empty_sandbox(Services& services, std::string_view name, Emptying how, std::string_view user);

/// Ends what a crash interrupted. Call it once at start, before the scheduler.
Status finish_emptying(Services& services);

}  // namespace foz::api
