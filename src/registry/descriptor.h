#pragma once
// Descriptors: their types, what a client may write, and what they change in an effective schema.
// Follows: Schema Registry contract, 10.4 and 11.

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "registry/body.h"
#include "registry/descriptor_store.h"
#include "registry/finder.h"

namespace foz::registry {

/// The members that clients own; what the server sets is dropped.
Json descriptor_members(const Json& body);

/// `body` checked and completed: schemas by `$id`, paths in compatibility names, defaults. Errors: XDM-1401-400, XDM-1523-400.
Result<Json> checked_descriptor(const Json& body, Finder& finder, const BodyRules& rules);

/// True when both speak of the same thing: type, schema and field.
bool same_subject(const Json& a, const Json& b);

/// The stored document of a checked body.
struct DescriptorEnvelope {
  std::string id;
  std::string org_id;
  std::string library_version;
  int64_t created_ms = 0, updated_ms = 0;
  std::string created_client = {}, created_user = {};
};
Json with_envelope(const Json& checked, const DescriptorEnvelope& envelope, const Scope& scope);

/// A path of a client as a slash path of compatibility names: `/properties/` steps go, standard names become `xed` ones.
std::string plain_path(const std::string& path, const Json& effective);

/// Changes an effective schema as the descriptor says; types that say nothing about fields change nothing.
void apply_descriptor(Json& effective, const Descriptor& descriptor);

}  // namespace foz::registry
