#pragma once
// Files on their way into a batch: whole ones, and large ones that come in chunks. Nothing of them shows before the batch
// is complete. Follows: Ingestion and access contract, 3.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "catalog/kept_files.h"
#include "lake/file_io.h"
#include "store/database.h"

namespace foz::schedule {

/// Where a file belongs.
struct UploadTarget {
  std::string sandbox, batch, dataset;
  std::string file;  ///< as plain_file_name gives it
};

/// `Content-Range` of a chunk: both ends count.
struct ChunkRange {
  uint64_t first = 0, last = 0;
  std::optional<uint64_t> total = {};
};
/// `bytes 0-99/1411`, `bytes 0-99/*`. Errors: invalid.
Result<ChunkRange> parse_content_range(std::string_view text);

/// What has come of a file.
struct UploadState {
  uint64_t received = 0;  ///< bytes
  uint64_t prefix = 0;    ///< of them, without a gap from the beginning
};

/// A path below a batch without surprises. Errors: invalid (empty, `..`, a blank segment, too long, control characters).
Result<std::string> plain_file_name(std::string_view path);

/// Thread-safe. Errors of all calls: not_found (batch, or its data set is another one), invalid (the batch takes no files
/// any more), unavailable (storage).
class Uploads {
 public:
  Uploads(store::Database& database, const catalog::Catalog& catalog, lake::FileIo& files) : database_(database), catalog_(catalog), files_(files) {}

  /// Takes the file at `body` as a whole; one that was there is replaced.
  Status put(const UploadTarget& target, const std::filesystem::path& body) const;
  /// Makes ready for chunks; those that came before are forgotten.
  Status begin(const UploadTarget& target) const;
  /// Errors: not_found (begin was not called), invalid (the body has another length than the range; INGEST-1000-413: the
  /// file is too large).
  Status add_chunk(const UploadTarget& target, const ChunkRange& range, const std::filesystem::path& body) const;
  /// Puts the chunks together. Returns the size. Errors: not_found; invalid (bytes are missing or come twice, another total).
  Result<uint64_t> complete(const UploadTarget& target) const;
  /// Errors: not_found (also of the file).
  Result<UploadState> look(const UploadTarget& target) const;

  /// The whole files of a batch, by name.
  Result<std::vector<catalog::KeptFile>> list(std::string_view sandbox, std::string_view batch) const;
  /// True when chunks wait for their completion.
  Result<bool> has_unfinished(std::string_view sandbox, std::string_view batch) const;

 private:
  std::filesystem::path file_of(const UploadTarget& target) const;
  std::filesystem::path parts_of(const UploadTarget& target) const;
  Status check(store::Reader& reader, const UploadTarget& target) const;
  /// Gives a durable file its place while the batch still takes files.
  Status settle(const UploadTarget& target, const std::filesystem::path& staged, const std::filesystem::path& place) const;

  store::Database& database_;
  const catalog::Catalog& catalog_;
  lake::FileIo& files_;
};

/// Takes the first file out of a multipart/form-data body, in the place of the whole. Errors: invalid (no form), unavailable.
Status unwrap_form(lake::FileIo& files, const std::filesystem::path& body, std::string_view content_type);
/// Unpacks a gzip body in the place of the packed one. Errors: invalid (no gzip; INGEST-1000-413: more than `bytes_max` inside), unavailable.
Status unpack_gzip(lake::FileIo& files, const std::filesystem::path& body, uint64_t bytes_max);

}  // namespace foz::schedule
