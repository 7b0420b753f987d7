#pragma once
// Uploaded files of any form as pages of records, one file after the other.

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "engine/engine.h"
#include "schedule/ingest/ingest.h"

namespace foz::schedule {

/// A DuckDB for one batch: it may touch the batch's folders only.
Result<std::unique_ptr<engine::Engine>> open_engine(const IngestFolders& folders, const IngestSettings& settings);

class PageReader {
 public:
  /// False: no more pages of this file are wanted.
  using Take = std::function<bool(InputPage page)>;

  PageReader(lake::FileIo& files, engine::Engine& engine, const InputFormat& format, const IngestFolders& folders, const IngestSettings& settings)
      : files_(files), engine_(engine), format_(format), folders_(folders), settings_(settings) {}

  /// `rows_max`: as many rows of each Parquet file are enough.
  /// Errors: those of the cutters; invalid with INGEST-1401-400 (no Parquet); cancelled.
  Status read(const std::vector<catalog::KeptFile>& inputs, const Take& take, std::stop_token stop, size_t rows_max = SIZE_MAX);

 private:
  /// As JSON lines in the file `rows`.
  Status unpack_parquet(const catalog::KeptFile& file, const std::filesystem::path& rows, std::stop_token stop, size_t rows_max);
  Status read_cut(const std::filesystem::path& path, const std::string& name, const Take& take, std::stop_token stop);

  lake::FileIo& files_;
  engine::Engine& engine_;
  const InputFormat& format_;
  const IngestFolders& folders_;
  const IngestSettings& settings_;
};

}  // namespace foz::schedule
