#pragma once
// Bodies of tenant resources: what a client may write, what it becomes, and what the server puts around it.
// Follows: Schema Registry contract, 4, 7-9 and 14.

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "registry/finder.h"
#include "registry/resource.h"

namespace foz::registry {

/// What a change would come to for a schema.
struct Impact {
  std::string schema, title;
  bool in_use = false;
  std::vector<Problem> problems;
};

/// Who writes, and where.
struct Scope {
  std::string sandbox;                     ///< its id
  std::string sandbox_type = "production";
  std::string client = {}, user = {};
  std::string request_id = {};
  std::vector<Impact>* impact = nullptr;  ///< not null: write nothing, tell here what would break
};

/// What holds for every body of an installation.
struct BodyRules {
  std::string tenant;         ///< without underscore
  ComposeLimits limits = {};

  std::string tenant_namespace() const { return "_" + tenant; }
};

/// The members that clients own, in the order they came; what the server sets is dropped.
Json client_members(const Json& body);

/// The same for a client, whatever the server completes.
bool says_the_same(const Json& before, const Json& after);

/// A schema without class whose fields are its own (section 9).
bool is_relational(const Json& body);

/// `body` checked and completed: references by `$id`, types on every node, `_adhoc` by its name, and the members that follow
/// from it (`refs`, `meta:class`, `meta:extends`, `meta:datasetNamespace` ...). `id` is the resource's own.
/// Errors: XDM-1401-400, XDM-1413-400, XDM-1421-400, XDM-1020-400 to XDM-1023-400.
Result<Json> checked_body(ResourceKind kind, const Json& body, const std::string& id, Finder& finder, const BodyRules& rules);

/// When a resource was first written, by whom; and its version.
struct History {
  std::string version = "1.0";
  int64_t created_ms = 0;
  std::string created_client = {}, created_user = {};
};
History history_of(const Json& stored);
/// "1.7" after "1.6".
std::string next_version(std::string_view version);

/// What the server puts around a body.
struct Envelope {
  ResourceKind kind;
  std::string id;
  std::string org_id;
  std::string library_version;
  int64_t now_ms = 0;
  History history;
};

/// The stored document: `checked` in its envelope, with a new eTag.
Json with_envelope(const Json& checked, const Envelope& envelope, const Scope& scope, const BodyRules& rules);

/// record, time-series or adhoc.
std::string behavior_of(const Json& raw, const PartOf& part_of);

}  // namespace foz::registry
