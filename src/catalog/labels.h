#pragma once
// Usage labels of data sets and of their fields: kept and shown, not enforced. Follows: Catalog contract, 9.

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "base/result.h"
#include "store/database.h"

namespace foz::catalog {

struct Labels {
  std::string etag;  ///< opaque
  Json payload;      ///< {"labels": [...], "optionalLabels": [{"option": {"id", "contentType", "schemaPath"}, "labels": [...]}]}
};

/// Which data set.
struct Labelled {
  std::string sandbox, dataset;
};

/// Errors: not_found (it has none).
Result<Labels> find_labels(store::Reader& reader, const Labelled& of);
/// Errors: invalid (the payload), forbidden (it has some already), not_found (there is no such data set).
Result<Labels> create_labels(store::Transaction& transaction, const Labelled& of, const Json& payload, Instant now, Random& random);
/// Errors: invalid, not_found; conflict with code PES-412 when `if_match` is not their etag.
Result<Labels> replace_labels(store::Transaction& transaction, const Labelled& of, const Json& payload, std::string_view if_match, Instant now, Random& random);
/// Errors: not_found; conflict with code PES-412.
Status delete_labels(store::Transaction& transaction, const Labelled& of, std::string_view if_match);

}  // namespace foz::catalog
