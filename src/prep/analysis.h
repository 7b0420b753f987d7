#pragma once
// A mapping set read against a source and a target: what `check` reports and `compile` builds on.

#include <optional>
#include <vector>

#include "prep/compile.h"
#include "prep/destination.h"
#include "prep/tree.h"

namespace foz::prep {

/// What is known of one mapping. Parts that could not be read are missing, and a mistake says why.
struct Reading {
  std::optional<Tree> tree = {};  ///< bound; a path or a constant is a tree too
  std::optional<Destination> destination = {};
  bool unusable = false;          ///< no value of the source can become the target
};

struct Analysis {
  std::vector<Reading> readings;  ///< one per mapping
  std::vector<Mistake> mistakes;
};

/// Null pointers: not known, and not checked. `target` must outlive the destinations.
Analysis analyse(const MappingSet& set, const std::vector<SourceColumn>* columns, const registry::Node* target, const CompileOptions& options);

/// The namespace an identity mapping is filed under; empty where the mapping is none.
std::string identity_namespace(const Mapping& mapping);
/// `identityMap` of a target, when it has the standard shape: namespace to a list of objects with `id`.
const registry::Node* identity_map_of(const registry::Node& target);

}  // namespace foz::prep
