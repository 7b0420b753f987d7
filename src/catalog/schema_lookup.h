#pragma once
// Between the catalog and the registry: what a data set's schema is, and which data sets stand on a schema.

#include "catalog/catalog.h"
#include "registry/registry.h"

namespace foz::catalog {

/// What a Catalog asks about schemas; `registry` must outlive it.
/// Errors: not_found (the schema, or its version); invalid (a media type that the registry does not know).
SchemaLookup schema_lookup(registry::Registry& registry);

/// What a Registry asks about data sets, read from the catalog's tables.
registry::SchemaUseLookup schema_use_lookup();

}  // namespace foz::catalog
