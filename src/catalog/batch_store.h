#pragma once
// The SQL of batches and of the files they made visible.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/batch.h"
#include "catalog/dataset_store.h"
#include "store/database.h"

namespace foz::catalog {

/// Batches of a sandbox until `visit` returns false.
Status each_batch(store::Reader& reader, std::string_view sandbox, const Where& where, const std::function<bool(Batch)>& visit);
/// Errors: not_found.
Result<Batch> find_batch(store::Reader& reader, std::string_view sandbox, std::string_view id);
/// Errors: conflict (the id is taken).
Status insert_batch(store::Transaction& transaction, const Batch& batch);
/// Errors: not_found, conflict (it has another version meanwhile).
Status update_batch(store::Transaction& transaction, const Batch& batch, std::string_view expected_version);

/// Files until `visit` returns false; layouts that are alike are shared.
Status each_file(store::Reader& reader, std::string_view sandbox, const Where& where, const std::function<bool(DatasetFile)>& visit);
Status insert_file(store::Transaction& transaction, const Batch& batch, const NewFile& file, int64_t now_ms);

/// Sums over the files that one removal or look took in.
struct FileTotals {
  int64_t records = 0, bytes = 0, files = 0;
};
/// Takes the files of a batch out of sight. Returns what went.
Result<FileTotals> remove_files(store::Transaction& transaction, std::string_view sandbox, std::string_view batch);

/// Has the files at `path` (relative to the data directory) removed after `after_ms`; then `batch`, if named, becomes deleted.
/// Of two plans for a path the earlier counts. Never plan a folder that may be written to again.
struct Purge {
  std::string path, sandbox, batch;
  int64_t after_ms = 0;
};
Status plan_purge(store::Transaction& transaction, const Purge& purge);

}  // namespace foz::catalog
