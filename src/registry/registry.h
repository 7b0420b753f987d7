#pragma once
// The Schema Registry: what schemas, classes, field groups, data types and descriptors a sandbox has, and what they
// come to. Follows: Schema Registry contract; XDM core.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "registry/accept.h"
#include "registry/body.h"
#include "registry/columns.h"
#include "registry/csv_schema.h"
#include "registry/descriptor_store.h"
#include "registry/finder.h"
#include "registry/library.h"
#include "registry/listing.h"
#include "registry/resource.h"
#include "store/database.h"

namespace foz::registry {

struct Dependant;

struct RegistrySettings {
  std::string tenant = "foz";        ///< `tenant.id`, without underscore
  std::string org_id = {};
  bool unique_titles = true;         ///< `registry.uniqueTitles` = enforce
  bool lenient_accept = false;       ///< `registry.lenientAccept`
  size_t leaf_fields_max = 5000;     ///< `registry.leafFieldsMax`
  int64_t descriptors_max = 4000;    ///< of a sandbox
};

/// An effective schema (or union): one tree of fields, descriptors applied, and its columns. Immutable.
struct EffectiveSchema {
  std::string id;        ///< its `$id`, however it was asked for
  std::string title;
  std::string behavior;  ///< record, time-series, adhoc
  bool in_union = false;  ///< tagged `union`, or a union itself
  Json doc;              ///< `properties` in compatibility names
  Node root;             ///< the same as columns, field ids given and stored
};

/// Whether data sets stand on a schema; the catalog knows.
struct SchemaUse {
  bool referenced = false;  ///< a data set names it
  bool holds_rows = false;  ///< one of them has a successful batch
};
using SchemaUseLookup = std::function<Result<SchemaUse>(store::Reader& reader, std::string_view sandbox, std::string_view schema_id)>;

/// Which resources a path means.
struct Shelf {
  bool global = false;  ///< the global container; else the tenant's
  ResourceKind kind = ResourceKind::schema;
};

/// A resource in the form that was asked for.
struct Shown {
  Json body;
  std::string etag;
};

/// Thread-safe. Reads see the last committed state; effective schemas are kept until their sandbox changes.
class Registry {
 public:
  /// `use` is the catalog's (catalog/schema_lookup.h); without it nothing counts as used. References outlive the registry.
  Registry(store::Database& database, const Clock& clock, Random& random, RegistrySettings settings, SchemaUseLookup use = {});
  ~Registry();

  const RegistrySettings& settings() const { return settings_; }

  /// The effective form of a schema or union, by any id that look-ups take. First resolution gives its nodes their field ids.
  /// Errors: not_found (XDM-1012-404), those of composition.
  Result<std::shared_ptr<const EffectiveSchema>> schema(std::string_view sandbox, std::string_view id);

  // --- Reads (5, 6, 7.6, 13) -------------------------------------------------------------------------------------

  /// Errors: not_found, by kind and version.
  Result<Shown> get(const Scope& scope, const Shelf& shelf, std::string_view id, const Form& form);
  Result<Page> list(const Scope& scope, const Shelf& shelf, const Form& form, const Listing& listing);
  Result<Json> stats(const Scope& scope);

  // --- Writes: schemas, classes, field groups, data types (7, 14, 15) --------------------------------------------

  /// The stored resource. Errors: those of section 17.
  Result<Shown> create(const Scope& scope, ResourceKind kind, const Json& body);
  /// A body that changes nothing makes no new version.
  Result<Shown> replace(const Scope& scope, ResourceKind kind, std::string_view id, const Json& body);
  /// `patch`: an array of operations.
  Result<Shown> patch(const Scope& scope, ResourceKind kind, std::string_view id, const Json& patch);
  /// What `change` (a replace, patch or remove) would come to, without making it: every change that rows or programs made for
  /// a schema would notice, whether it is in use or not.
  /// `{"compatible", "changes": [{"schema", "title", "inUse", "path", "message"}]}`; compatible: no schema in use is touched.
  /// Errors: those of `change` that have other reasons.
  using Change = std::function<Status(Registry& registry, const Scope& scope)>;
  Result<Json> impact(const Scope& scope, const Change& change);
  /// Descriptors of a schema go with it.
  Status remove(const Scope& scope, ResourceKind kind, std::string_view id);

  // --- Descriptors (11) ------------------------------------------------------------------------------------------

  /// One that exists already, member for member, is answered as it is. Errors: XDM-1401-400, XDM-1523-400, XDM-1524-400.
  Result<Json> create_descriptor(const Scope& scope, const Json& body);
  Result<Json> replace_descriptor(const Scope& scope, std::string_view id, const Json& body);
  Status delete_descriptor(const Scope& scope, std::string_view id);
  /// Errors: not_found.
  Result<Json> descriptor(const Scope& scope, std::string_view id);
  Result<Page> list_descriptors(const Scope& scope, const Listing& listing);

  // --- Transfer (12) ---------------------------------------------------------------------------------------------

  /// A tenant resource and the tenant resources it is made of, dependencies first, the tenant as its stand-in.
  /// Errors: not_found.
  Result<Json> export_resource(const Scope& scope, std::string_view id);
  /// All of an export, or nothing; ids stay, the tenant becomes this one. Errors: XDM-1401-400, XDM-3005-400.
  Result<Json> import_resources(const Scope& scope, const Json& body);
  /// A record that is valid for a schema, in names of `naming`. Errors: not_found.
  Result<Json> sample(const Scope& scope, std::string_view schema_id, Naming naming);
  /// Changes of a resource, newest first. Errors: not_found.
  Result<Json> audit_log(const Scope& scope, std::string_view id);
  /// What import_resources takes, made of a CSV file. Errors: XDM-1401-400.
  Result<Json> schema_from_csv(const CsvSchema& wanted);

  /// The resources of the global container, as they are now.
  Result<std::shared_ptr<const Library>> library();

 private:
  /// The library as of one state of it.
  struct LibraryState {
    std::shared_ptr<const Library> library;
    int64_t generation = -1;
  };
  Result<LibraryState> library_state();

  struct Snapshot;
  /// What is cached for a sandbox, as of its last change.
  Result<std::shared_ptr<Snapshot>> snapshot(std::string_view sandbox);
  /// The effective document of what was found, descriptors applied.
  Result<std::shared_ptr<const Json>> effective(Snapshot& snapshot, const Found& found);
  /// `root` with its stored field ids, new ones stored. False when the sandbox changed since `snapshot` was taken.
  Result<bool> give_ids(const Snapshot& snapshot, const std::string& schema_id, Node& root);
  Result<Json> shown_as(Snapshot& snapshot, const Found& found, const Form& form, const Scope& scope);
  Result<std::vector<Found>> all_of(Snapshot& snapshot, const Shelf& shelf);
  BodyRules rules() const;

  /// A resource as it is to be stored.
  struct Draft {
    ResourceKind kind;
    std::string id;
    Json body = {};
    std::optional<Stored> before = {};
  };
  struct Writing;
  /// Runs `body` in one transaction.
  template <class Body>
  Result<Shown> write(const Scope& scope, Body&& body);
  Result<Shown> put(Writing& writing, const Draft& draft) const;
  Status expect(Writing& writing, const std::vector<Json>& resources) const;
  Result<Shown> import_one(Writing& writing, const Json& resource) const;
  Result<Stored> stored(Writing& writing, ResourceKind kind, std::string_view id) const;
  Result<bool> in_use(store::Reader& reader, std::string_view sandbox, const Found& schema) const;
  Status check_title(Writing& writing, const std::string& id, const std::string& title) const;
  Status check_dependants(Writing& writing, const Found& changed, const Json* before) const;
  Status check_part(Writing& writing, const Dependant& part) const;
  Status check_dependant(Writing& writing, const std::string& id, const Found& changed, const Json& before) const;
  Status check_union(Writing& writing, const Found& schema, const Stored* before) const;
  Status check_removal(Writing& writing, const Stored& resource) const;
  Status check_identity_change(Writing& writing, const Descriptor& before) const;

  store::Database& database_;
  const Clock& clock_;
  Random& random_;
  const RegistrySettings settings_;
  const SchemaUseLookup use_;

  std::mutex mutex_;
  LibraryState library_;
  std::map<std::string, std::shared_ptr<Snapshot>, std::less<>> snapshots_;
};

}  // namespace foz::registry
