#include "registry/registry.h"

#include <algorithm>

#include "base/log.h"
#include "registry/compose.h"
#include "registry/descriptor.h"
#include "registry/errors.h"
#include "registry/schema_store.h"
#include "registry/snapshot.h"

namespace foz::registry {
namespace {

/// Schemas kept per sandbox under other spellings of their ids count too; beyond this the sandbox's cache starts anew.
constexpr size_t kCachedMax = 4096;

constexpr size_t kShownLeavesMax = 100'000;

bool is_schema(const Found& found) { return found.kind == ResourceKind::schema || found.kind == ResourceKind::union_view; }

}  // namespace

Registry::Registry(store::Database& database, const Clock& clock, Random& random, RegistrySettings settings, SchemaUseLookup use)
    : database_(database), clock_(clock), random_(random), settings_(std::move(settings)), use_(std::move(use)) {}

Registry::~Registry() = default;

BodyRules Registry::rules() const { return {.tenant = settings_.tenant, .limits = {.leaves_max = settings_.leaf_fields_max}}; }

Result<Registry::LibraryState> Registry::library_state() {
  TRY(const int64_t generation, generation_of(database_, ""));
  {
    const std::lock_guard lock(mutex_);
    if (library_.library != nullptr && library_.generation == generation) return library_;
  }
  TRY(auto imported, imported_library(database_));
  LibraryState made{.library = std::make_shared<const Library>(std::move(imported)), .generation = generation};
  const std::lock_guard lock(mutex_);
  return library_ = std::move(made);
}

Result<std::shared_ptr<const Library>> Registry::library() {
  TRY(auto state, library_state());
  return std::move(state.library);
}

Result<std::shared_ptr<Registry::Snapshot>> Registry::snapshot(std::string_view sandbox) {
  TRY(auto shared, library_state());
  TRY(const int64_t generation, generation_of(database_, sandbox));
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Snapshot>& slot = snapshots_[std::string(sandbox)];
  if (slot == nullptr || slot->generation != generation || slot->library_generation != shared.generation) {
    slot = std::make_shared<Snapshot>(generation, shared.generation, database_, std::move(shared.library), std::string(sandbox));
  }
  return slot;
}

Result<std::shared_ptr<const Json>> Registry::effective(Snapshot& snapshot, const Found& found) {
  {
    const std::lock_guard lock(snapshot.mutex);
    if (const auto known = snapshot.effective.find(found.id); known != snapshot.effective.end()) return known->second;
  }
  // What is stored or standard is shown whatever its size: limits are for writes.
  TRY(auto composition, compose(found, snapshot.finder, {.leaves_max = std::max(settings_.leaf_fields_max, kShownLeavesMax)}));
  for (const std::string& missing : composition.missing) log::warning("registry.reference_missing", {{"resource", found.id}, {"reference", missing}});
  TRY(const auto descriptors, descriptors_of(database_, snapshot.finder.sandbox(), found.id));
  for (const Descriptor& descriptor : descriptors) apply_descriptor(composition.doc, descriptor);
  auto made = std::make_shared<const Json>(std::move(composition.doc));
  const std::lock_guard lock(snapshot.mutex);
  return snapshot.effective[found.id] = std::move(made);
}

Result<bool> Registry::give_ids(const Snapshot& snapshot, const std::string& schema_id, Node& root) {
  const std::string& sandbox = snapshot.finder.sandbox();
  TRY(IdTable table, column_ids(database_, sandbox, schema_id));
  if (!assign_ids(root, table)) return true;
  return database_.write_value([&](store::Transaction& transaction) -> Result<bool> {
    TRY(const int64_t generation, generation_of(transaction, sandbox));
    if (generation != snapshot.generation) return false;
    TRY(IdTable stored, column_ids(transaction, sandbox, schema_id));
    if (assign_ids(root, stored)) TRY_DO(save_column_ids(transaction, sandbox, schema_id, stored));
    return true;
  });
}

Result<std::shared_ptr<const EffectiveSchema>> Registry::schema(std::string_view sandbox, std::string_view id) {
  constexpr int kAttemptsMax = 20;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    TRY(const auto state, snapshot(sandbox));
    {
      const std::lock_guard lock(state->mutex);
      if (const auto known = state->schemas.find(id); known != state->schemas.end()) return known->second;
    }
    TRY(const auto found, state->finder.find(id));
    if (!found || !is_schema(*found)) return no_resource(ResourceKind::schema, id);
    TRY(const auto doc, effective(*state, *found));
    auto made = std::make_shared<EffectiveSchema>();
    const auto tags = texts_of(*found->part, "meta:immutableTags");
    *made = {.id = found->id, .title = text_of(*doc, "title"), .behavior = behavior_of(*found->part, state->finder.parts()),
             .in_union = found->kind == ResourceKind::union_view || std::find(tags.begin(), tags.end(), "union") != tags.end(),
             .doc = *doc, .root = node_of(*doc)};
    TRY(const bool settled, give_ids(*state, found->id, made->root));
    if (!settled) continue;  // somebody changed the sandbox meanwhile: resolve what is there now
    const std::lock_guard lock(state->mutex);
    if (state->schemas.size() >= kCachedMax) state->schemas.clear();
    state->schemas[std::string(id)] = made;
    return std::shared_ptr<const EffectiveSchema>(std::move(made));
  }
  return Error{.kind = ErrorKind::unavailable, .message = "the schemas of this sandbox change too often to read " + std::string(id) + "; try again"};
}

}  // namespace foz::registry
