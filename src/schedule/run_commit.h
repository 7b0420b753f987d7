#pragma once
// The end of a run whose rows are through: batch, files, key memory, run and the flow's last run, in one transaction.
// Follows: Flow Service contract, 13.5, step 4.

#include <string>

#include "catalog/catalog.h"
#include "flow/run.h"
#include "schedule/pipeline.h"
#include "schedule/planner.h"
#include "schedule/removals.h"
#include "schedule/run_report.h"
#include "store/database.h"

namespace foz::schedule {

/// What is committed. Borrows everything.
struct RunCommit {
  const catalog::Catalog& catalog;
  const flow::Run& run;  ///< as it will be stored, with the lease it was claimed under
  const RunPlan& plan;
  const PipelineResult& result;
  const RunNumbers& numbers;
  bool lands = false;          ///< the threshold lets the good rows land
  std::string keys_file = {};  ///< key memory that comes into force, below the keys folder; empty: the old one stays
  /// What calculated columns came to, below the keys folder; empty: nothing new.
  std::string calculated_file = {};
  bool calculated_anew = false;  ///< that file, or none, takes the place of all earlier ones
  std::string_view removal_look = {};  ///< the flow's last one when the pages were planned
  const RemovalReport* removals = nullptr;  ///< how the look at removed records ended; null: there was none
};

/// To be called inside the transaction. Errors: conflict (somebody else moved the run, or claimed it), invalid
/// CONNECTOR-1384 (rejected rows that have landed already), those of the store.
Status commit_run(store::Transaction& transaction, const RunCommit& commit);

}  // namespace foz::schedule
