#pragma once
// The first rows of what was uploaded for a batch. Follows: Ingestion and access contract, 6.

#include "base/json_fwd.h"
#include "schedule/ingest/ingest.h"

namespace foz::schedule {

/// `{"formatParams": {...}, "preview": {"columns": [{"cid", "name"}], "rows": [{"0": ...}]}}` of the first file; members of
/// objects are columns of their own, named with slashes. Errors: not_found (no file), those of reading it.
Result<Json> preview_upload(lake::FileIo& files, const std::vector<catalog::KeptFile>& inputs, const InputFormat& format, size_t rows_max,
                            const IngestFolders& folders, const IngestSettings& settings);

}  // namespace foz::schedule
