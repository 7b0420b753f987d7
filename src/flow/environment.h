#pragma once
// What the parts of the Flow Service share: the database, the vault, time and chance, settings, and whom to tell.

#include <atomic>
#include <chrono>
#include <filesystem>
#include <span>

#include "base/clock.h"
#include "base/id.h"
#include "base/random.h"
#include "flow/list_query.h"
#include "flow/schedule_params.h"
#include "flow/specs.h"
#include "http/client.h"
#include "security/vault.h"
#include "sources/source.h"
#include "store/database.h"

namespace foz::registry {
class Registry;
}
namespace foz::catalog {
class Catalog;
}
namespace foz::prep {
class MappingSets;
}

namespace foz::flow {

struct FlowSettings {
  bool test_on_create = true;                          ///< `connections.testOnCreate`
  ScheduleRules schedule = {};                         ///< `schedule.minuteIntervalMin`
  double partial_ingestion_percent_default = 0;        ///< `flows.defaultPartialIngestionPercent`
  bool strict_schema = false;                          ///< `flows.strictSchema`
  std::chrono::milliseconds test_timeout{30'000};      ///< of a login test (7.3)
  std::chrono::milliseconds explore_timeout{60'000};   ///< of explore and of looks at the source (7.4)
  int quota_reserve_percent = 20;                      ///< `sources.quotaReservePercent`
  int pages_ahead = 0;                                 ///< `sources.pagesAhead`
  std::filesystem::path landing_zone = {};             ///< folder with one folder per sandbox; empty: there is none
};

/// Hears of changes to flows, after they are stored: the scheduler plans anew. Thread-safe.
class FlowObserver {
 public:
  virtual ~FlowObserver() = default;
  virtual void changed(const SandboxId& sandbox, const FlowId& flow) = 0;
};

/// Whoever executes runs. Thread-safe.
class RunControl {
 public:
  virtual ~RunControl() = default;
  /// There may be something to do: a run was made or became due.
  virtual void wake() = 0;
  /// Stop working on a run; its record is final already.
  virtual void cancel(const RunId& run) = 0;
};

struct Environment {
  store::Database& database;
  const security::Vault& vault;
  const Clock& clock;
  Random& random;
  http::Transport& transport;
  registry::Registry& registry;
  catalog::Catalog& catalog;
  prep::MappingSets& mapping_sets;
  FlowSettings settings = {};
  std::span<const sources::SourceSpec* const> sources = sources::all_sources();
};

/// The observers, which are built later than the service and may be missing.
struct Listeners {
  std::atomic<FlowObserver*> flows = nullptr;
  std::atomic<RunControl*> runs = nullptr;

  void flow_changed(const std::string& sandbox, const std::string& flow) const {
    if (FlowObserver* observer = flows) observer->changed(SandboxId(sandbox), FlowId(flow));
  }
  void wake() const {
    if (RunControl* control = runs) control->wake();
  }
  void cancel(const std::string& run) const {
    if (RunControl* control = runs) control->cancel(RunId(run));
  }
};

}  // namespace foz::flow
