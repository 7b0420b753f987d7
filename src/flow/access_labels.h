#pragma once
// Access labels: a document that bears one which the caller does not hold is out of its lists and refused where it is named;
// runs go with their flow. Follows: Flow Service contract, 13.10; holding a label is Foz's own (security/access.h).

#include <functional>
#include <string_view>

#include "flow/document.h"

namespace foz::flow {

/// What a caller wants of a document.
enum class Use : uint8_t { read, change };

/// Errors: forbidden, FLOW-2120-403 (read), FLOW-2121-403 (change). `where` = "flows/{id}".
Status check_reach(const Scope& scope, const Json& document, Use use, std::string_view where);
/// The stored document, when the caller holds its labels. Errors: not_found, FLOW-1439; those of `check_reach`.
Result<Json> find_reachable(store::Reader& reader, const Shelf& shelf, const Scope& scope, std::string_view id, Use use);
/// The same for a run and its flow. Errors: not_found, FLOW-1439; those of `check_reach`.
Result<Json> find_reachable_run(store::Reader& reader, const Scope& scope, std::string_view id, Use use);

/// True for the stored documents of a collection that the caller may see; null when that is all of them.
using Admits = std::function<bool(const Json& stored)>;
Result<Admits> admitted(store::Reader& reader, const Scope& scope, const Shelf& shelf);

}  // namespace foz::flow
