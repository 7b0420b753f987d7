#pragma once
// Destination paths against the tree of a target schema.

#include <string>
#include <string_view>

#include "base/result.h"
#include "prep/path.h"
#include "registry/columns.h"

namespace foz::prep {

/// Where a mapping writes.
struct Destination {
  Path path = {};
  /// The column that holds it: a scalar, list or map below plain objects, or the object that the path ends at.
  const registry::Node* anchor = nullptr;
  size_t anchor_steps = 0;                ///< steps of `path` up to the anchor
  const registry::Node* leaf = nullptr;   ///< at the end of the path

  bool has_wildcard() const;
  /// Dotted names of the anchor.
  std::string anchor_path() const;
};

/// Follows `text` from `root`. Errors: CONV-1007-400, with what stands there instead.
Result<Destination> find_destination(std::string_view text, const registry::Node& root);

}  // namespace foz::prep
