#include "schedule/run_calculated.h"

#include "base/log.h"
#include "flow/run_windows.h"

namespace foz::schedule {

Status RunCalculated::load() {
  return database_.each("SELECT ordinal, file FROM flow_calculated WHERE sandbox = ? AND flow_id = ? ORDER BY ordinal", {run_.sandbox, run_.flow_id}, [&](const store::Row& one) {
    ordinal_ = one.integer(0);
    in_force_.push_back(keys_dir_ / one.text(1));
    return true;
  });
}

bool RunCalculated::is_stale(const std::optional<SpoolPlan>& spooled) const {
  return run_.trigger == flow::Trigger::refresh && spooled && (!spooled->refresh || spooled->refresh->memory != ordinal_);
}

void RunCalculated::plan(const RunPlan& plan) {
  plan_ = &plan;
  if (plan.flow.options.calculated_refresh) columns_ = CalculatedColumns::of(plan.read, *plan.program, plan.flow.options);
}

Status RunCalculated::add_refresh(std::shared_ptr<const LandedKeys> landed, const KeyMemory* seen, std::function<void()> alive) {
  TRY(before_, CalculatedMemory::read_or_empty(files_, in_force_));  // when empty every row differs, once
  RefreshRule rule{.values = &before_, .landed = std::move(landed), .seen = seen};
  TRY(const flow::Position position, flow::FlowStore::position(database_, run_.sandbox, run_.flow_id, {}));
  rule.covered = position.covered;
  TRY(rule.waiting, flow::windows_out(database_, run_.sandbox, run_.flow_id));
  refresh_.emplace(WithRefresh::Parts{.source = *plan_->source->source, .rule = rule, .columns = columns_, .stamp = plan_->stamp, .memory = ordinal_, .alive = std::move(alive)});
  rule_ = std::move(rule);
  return {};
}

Status RunCalculated::add_to(LoadSpec& load) {
  if (columns_.empty()) return {};
  load.calculated = CalculatedLoad{.columns = columns_, .gatherer = &gatherer_, .refresh = rule_};
  if (plan_->stamp.column.empty()) return {};
  auto stamp = RowStamp::make(load.plan, plan_->stamp);
  if (!stamp) return rule_ ? Status(std::move(stamp).error()) : Status();  // rejected rows, say, come without one
  load.calculated->stamp = std::move(*stamp);
  load.calculated->version = RowVersion::of(load.plan);
  if (run_.trigger != flow::Trigger::retrigger || plan_->look_back == plan_->look_back.zero()) return {};
  TRY(then_, CalculatedMemory::read_or_empty(files_, in_force_));  // a refresh may have brought rows of the window that is repeated
  load.calculated->landed = &then_;
  return {};
}

Result<std::string> RunCalculated::write() const {
  if (gatherer_.empty() && !(refresh_ && !before_.entries().empty())) return std::string();
  std::string file = run_.sandbox + "/" + run_.flow_id + "/" + run_.id + ".calculated";
  TRY_DO(gatherer_.write(files_, keys_dir_ / file, before_));
  return file;
}

void RunCalculated::forget_replaced() const {
  if (!replaces_all()) return;
  for (const std::filesystem::path& file : in_force_) {
    if (const Status removed = files_.remove_file(file); !removed) log::warning("run.leftover", {{"run", run_.id}, {"error", removed.error()}});
  }
}

}  // namespace foz::schedule
