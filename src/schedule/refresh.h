#pragma once
// A run that reads the rows whose calculated columns changed: key and calculated columns of the whole table are compared with
// what landed, then those that differ are read whole. Follows: Sources contract, 6, pain 5.

#include <functional>
#include <vector>

#include "schedule/calculated.h"
#include "schedule/row_stamp.h"
#include "schedule/spool.h"
#include "sources/source.h"

namespace foz::schedule {

/// As a run shows it.
Json to_json(const RefreshReport& report);

/// A source that compares when it is planned, and then has the slices of the rows that differ. A comparison that was
/// interrupted begins anew. Borrows the source and the rule's memories.
class WithRefresh final : public sources::Source {
 public:
  struct Parts {
    sources::Source& source;
    RefreshRule rule;
    CalculatedColumns columns;       ///< of the plan's columns
    StampFormat stamp = {};          ///< without a column: nothing dates rows
    int64_t memory = 0;              ///< see RefreshReport
    std::function<void()> alive = {};  ///< called with each page
  };
  explicit WithRefresh(Parts parts) : parts_(std::move(parts)) {}

  /// What the plan was made from. REQUIRES: plan() was called.
  const RefreshReport& report() const { return report_; }

  Status check(std::stop_token stop) override { return parts_.source.check(stop); }
  Result<std::vector<sources::Table>> explore(std::stop_token stop) override { return parts_.source.explore(stop); }
  Result<sources::Description> describe(const std::string& path, std::stop_token stop) override { return parts_.source.describe(path, stop); }
  Result<std::vector<sources::Limit>> limits(std::stop_token stop) override { return parts_.source.limits(stop); }
  Result<std::vector<sources::Slice>> plan(const sources::ReadPlan& plan, std::stop_token stop) override;
  Result<sources::Page> read(const sources::ReadPlan& plan, const sources::Slice& slice, const sources::Cursor& from, std::stop_token stop) override {
    return parts_.source.read(plan, slice, from, stop);
  }

 private:
  class Comparison;
  const Parts parts_;
  RefreshReport report_;
};

}  // namespace foz::schedule
