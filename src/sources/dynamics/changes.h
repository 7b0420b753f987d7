#pragma once
// Removed records, by change tracking. Follows: Sources contract, 3.5.

#include "sources/dynamics/environment.h"

namespace foz::sources::dynamics {

/// The first look, without a bookmark, reads all keys once to get a token; later ones tell what was removed since. A token
/// that has expired is a gap, and a new one is begun at once. Tables without change tracking are a gap each time.
Result<Removals> read_removed(Environment& environment, const ReadPlan& plan, const std::string& bookmark, const Cursor& from, std::stop_token stop);

}  // namespace foz::sources::dynamics
