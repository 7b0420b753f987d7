// Rows that have lived long enough. Follows: Catalog contract, 3.1 and 3.3 (`rowExpiration`).
#include <algorithm>

#include "base/log.h"
#include "base/time_text.h"
#include "catalog/batch_store.h"
#include "catalog/catalog.h"
#include "catalog/dataset_store.h"
#include "catalog/retention.h"

namespace foz::catalog {
namespace {

/// The column that says when an event was.
constexpr std::string_view kEventTime = "timestamp";

std::optional<Ttl> ttl_of(const Dataset& dataset) {
  const Json* text = member_at(dataset.doc, {"extensions", "adobe_lakeHouse", "rowExpiration", "ttlValue"});
  if (text == nullptr || !text->is_string()) return std::nullopt;
  const auto ttl = parse_ttl(text->get<std::string>());
  return ttl ? std::optional(*ttl) : std::nullopt;
}

bool holds_events(const Dataset& dataset) {
  const Json* behavior = member_at(dataset.doc, {"classification", "dataBehavior"});
  return behavior != nullptr && *behavior == "time-series";
}

/// The newest event in a file; nothing when its statistics do not say.
std::optional<Instant> newest_event(const DatasetFile& file) {
  const Json* column = member(file.statistics, kEventTime);
  return column == nullptr ? std::nullopt : parse_iso_instant(text_of(*column, "max"));
}

}  // namespace

Result<int64_t> Catalog::expire_rows(store::Transaction& transaction) const {
  TRY(const auto rows, transaction.query("SELECT sandbox, id FROM datasets WHERE doc LIKE '%\"rowExpiration\"%' AND records > 0"));
  int64_t expired = 0;
  for (const store::Row& row : rows) {
    TRY(const Dataset target, dataset(transaction, row.text(0), row.text(1)));
    if (const auto ttl = ttl_of(target)) {
      TRY(const int64_t gone, expire_batches(transaction, target, ttl->cutoff(clock_.now())));
      expired += gone;
    }
  }
  return expired;
}

Result<int64_t> Catalog::expire_batches(store::Transaction& transaction, const Dataset& target, Instant cutoff) const {
  std::map<std::string, Instant> newest;  // of the rows of each batch
  TRY(const auto files, files_of(transaction, target.sandbox, target.id));
  for (const DatasetFile& file : files) {
    const Instant landed = from_millis(file.created_ms);
    const Instant of_file = holds_events(target) ? newest_event(file).value_or(landed) : landed;
    const auto [known, is_new] = newest.try_emplace(file.batch, of_file);
    if (!is_new) known->second = std::max(known->second, of_file);
  }
  int64_t expired = 0;
  for (const auto& [id, newest_row] : newest) {
    if (newest_row >= cutoff) continue;
    TRY(Batch batch, find_batch(transaction, target.sandbox, id));
    if (batch.status != BatchStatus::success) continue;
    batch.doc["tags"]["foz/expired"] = {iso_millis(clock_.now())};
    TRY_DO(hide(transaction, batch, ""));
    log::info("catalog.batch_expired", {{"dataset", target.id}, {"batch", id}, {"newest", iso_millis(newest_row)}});
    ++expired;
  }
  return expired;
}

}  // namespace foz::catalog
