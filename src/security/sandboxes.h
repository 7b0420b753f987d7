#pragma once
// Sandboxes: separate environments inside the organisation. Follows: Sandbox and authentication contract, 5.

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "store/database.h"

namespace foz::security {

struct Sandbox {
  std::string id;    ///< UUID; what every other table calls `sandbox`
  std::string name;  ///< 1-64 of [a-z0-9-], begins with a letter
  std::string title;
  std::string state;  ///< creating, active, resetting, deleting, deleted, failed
  std::string type;   ///< production, development
  bool is_default = false;
  int64_t etag = 1;  ///< +1 on each change
  int64_t created_ms = 0, updated_ms = 0;
  std::string created_by, updated_by;

  bool active() const { return state == "active"; }
};

struct NewSandbox {
  std::string name, title, type, user;
};

/// A move to another state.
struct SandboxMove {
  std::string to;
  std::string user;
  /// What belongs to the move, in its transaction; `before` is the sandbox as it was. An error leaves all as it was.
  std::function<Status(store::Transaction& transaction, const Sandbox& before)> with = {};
};

/// Thread-safe; reads are cached.
class Sandboxes {
 public:
  /// Makes `prod` on first start. `count_max` is the setting `sandbox.max`.
  static Result<std::unique_ptr<Sandboxes>> open(store::Database& database, const Clock& clock, Random& random, int64_t count_max);

  /// All, deleted ones too, oldest first.
  Result<std::vector<Sandbox>> all();
  /// Errors: not_found.
  Result<Sandbox> named(std::string_view name);
  Result<Sandbox> with_id(std::string_view id);
  /// The default production sandbox.
  Result<Sandbox> standard();

  /// True when nothing is left of a deleted sandbox: then its name is free again.
  using IsPurged = std::function<Result<bool>(store::Reader& reader, const Sandbox& deleted)>;
  /// Errors: invalid (name, type, limit), conflict (the name is taken).
  Result<Sandbox> create(const NewSandbox& wanted, const IsPurged& is_purged = {});
  /// Errors: not_found.
  Result<Sandbox> retitle(std::string_view name, std::string title, std::string_view user);
  /// Errors: not_found; those of `move.with`.
  Result<Sandbox> move(std::string_view name, const SandboxMove& move);

 private:
  Sandboxes(store::Database& database, const Clock& clock, Random& random, int64_t count_max)
      : database_(database), clock_(clock), random_(random), count_max_(count_max) {}
  /// `edit` may refuse; it runs in the transaction of the change.
  using Edit = std::function<Status(store::Transaction& transaction, Sandbox& sandbox)>;
  Result<Sandbox> change(std::string_view name, std::string_view user, const Edit& edit);
  void forget_cache();

  store::Database& database_;
  const Clock& clock_;
  Random& random_;
  const int64_t count_max_;
  std::mutex mutex_;
  std::optional<std::vector<Sandbox>> cache_;
  uint64_t writes_ = 0;  ///< what was read before the last of them is not cached
};

}  // namespace foz::security
