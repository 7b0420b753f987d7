#include "catalog/janitor.h"

#include "base/log.h"

namespace foz::catalog {

Result<Swept> Janitor::sweep(std::stop_token stop) {
  Swept swept;
  TRY(swept.abandoned, database_.write_value([&](store::Transaction& transaction) { return catalog_.abandon_batches(transaction); }));
  TRY(swept.expired, database_.write_value([&](store::Transaction& transaction) { return catalog_.expire_rows(transaction); }));
  TRY_DO(purge(to_millis(clock_.now()), stop, swept));
  return swept;
}

Status Janitor::purge(int64_t now_ms, std::stop_token stop, Swept& swept) {
  TRY(const auto due, database_.query("SELECT path, sandbox, batch FROM purges WHERE after_ms <= ? ORDER BY after_ms, path", {now_ms}));
  for (const store::Row& row : due) {
    if (stop.stop_requested()) return {};
    const std::string path = row.text(0);
    if (const Status removed = files_.remove_tree(catalog_.settings().data_dir / path); !removed) {
      log::warning("catalog.purge_failed", {{"path", path}, {"error", removed.error()}});
      continue;
    }
    TRY_DO(database_.write([&](store::Transaction& transaction) -> Status {
      if (!row.text(2).empty()) TRY_DO(catalog_.mark_deleted(transaction, row.text(1), row.text(2)));
      TRY([[maybe_unused]] const auto rows, transaction.exec("DELETE FROM purges WHERE path = ?", {path}));
      return {};
    }));
    ++swept.purged;
  }
  return {};
}

}  // namespace foz::catalog
