#include "schedule/ingest/uploads.h"

#include <algorithm>

#include "base/text.h"
#include "security/digest.h"

namespace foz::schedule {
namespace {

namespace fs = std::filesystem;

constexpr size_t kNameBytesMax = 1024, kSegmentBytesMax = 200;
constexpr uint64_t kCopyBytes = 1u << 20;
/// Of a file that comes in chunks. Follows: contract, 3.2.
constexpr uint64_t kFileBytesMax = 100'000'000'000;

Error wrong_upload(std::string message) { return Error{.kind = ErrorKind::invalid, .message = std::move(message)}; }

struct Chunk {
  ChunkRange range;
  fs::path path;
};

std::string chunk_name(const ChunkRange& range) {
  return std::to_string(range.first) + "-" + std::to_string(range.last) + "-" + (range.total ? std::to_string(*range.total) : "any");
}

std::optional<ChunkRange> range_of_name(const std::string& name) {
  const auto parts = split(name, '-');
  if (parts.size() != 3) return std::nullopt;
  const auto first = to_integer(parts[0]), last = to_integer(parts[1]), total = to_integer(parts[2]);
  if (!first || !last) return std::nullopt;
  ChunkRange range{.first = static_cast<uint64_t>(*first), .last = static_cast<uint64_t>(*last)};
  if (total) range.total = static_cast<uint64_t>(*total);
  return range;
}

/// The chunks in a folder, in the order of their bytes.
Result<std::vector<Chunk>> chunks_in(const fs::path& folder) {
  TRY(const auto kept, catalog::kept_files(folder));
  std::vector<Chunk> chunks;
  for (const catalog::KeptFile& file : kept) {
    if (const auto range = range_of_name(file.name)) chunks.push_back({*range, file.path});
  }
  std::sort(chunks.begin(), chunks.end(), [](const Chunk& a, const Chunk& b) { return std::pair(a.range.first, a.range.last) < std::pair(b.range.first, b.range.last); });
  return chunks;
}

Result<uint64_t> whole_size(const std::vector<Chunk>& chunks) {
  uint64_t next = 0;
  std::optional<uint64_t> total;
  for (const Chunk& chunk : chunks) {
    if (chunk.range.first != next) {
      return wrong_upload(std::string(chunk.range.first > next ? "Bytes are missing before " : "Chunks overlap at ") + std::to_string(chunk.range.first));
    }
    next = chunk.range.last + 1;
    if (total && chunk.range.total && *total != *chunk.range.total) return wrong_upload("The chunks name different totals");
    if (chunk.range.total) total = chunk.range.total;
  }
  if (chunks.empty()) return wrong_upload("No chunk was uploaded");
  if (total && *total != next) return wrong_upload("The chunks end at " + std::to_string(next) + ", their total is " + std::to_string(*total));
  return next;
}

/// Putting a file together takes its size once more.
Status check_space(const fs::path& folder, uint64_t bytes) {
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (error || space.available >= bytes) return {};
  return Error{.kind = ErrorKind::unavailable,
               .message = "the file has " + std::to_string(bytes) + " bytes, the storage has " + std::to_string(space.available) + " left: free some, then complete it again"};
}

}  // namespace

Result<ChunkRange> parse_content_range(std::string_view text) {
  const Error wrong = wrong_upload("Content-Range looks like bytes 0-99/1411");
  text = trim(text);
  if (!starts_with_ignoring_case(text, "bytes ")) return wrong;
  const auto parts = split(text.substr(6), '/');
  if (parts.size() != 2) return wrong;
  const auto ends = split(trim(parts[0]), '-');
  if (ends.size() != 2) return wrong;
  const auto first = to_integer(trim(ends[0])), last = to_integer(trim(ends[1])), total = to_integer(trim(parts[1]));
  const bool any_total = trim(parts[1]) == "*";
  if (!first || !last || *first < 0 || *last < *first || (!total && !any_total) || (total && *total <= *last)) return wrong;
  ChunkRange range{.first = static_cast<uint64_t>(*first), .last = static_cast<uint64_t>(*last)};
  if (total) range.total = static_cast<uint64_t>(*total);
  return range;
}

Result<std::string> plain_file_name(std::string_view path) {
  if (path.empty() || path.size() > kNameBytesMax) return wrong_upload("A file has a path of 1 to " + std::to_string(kNameBytesMax) + " bytes");
  if (!utf8::valid(path)) return wrong_upload("The path of a file is UTF-8");
  for (const std::string_view segment : split(path, '/')) {
    const bool odd = segment.empty() || segment == "." || segment == ".." || segment.size() > kSegmentBytesMax;
    const bool unprintable = std::any_of(segment.begin(), segment.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\'; });
    if (odd || unprintable) return wrong_upload("A segment of the path of a file has 1 to " + std::to_string(kSegmentBytesMax) + " printable characters and is not . or ..");
  }
  return std::string(path);
}

fs::path Uploads::file_of(const UploadTarget& target) const { return catalog_.upload_folder(target.sandbox, target.batch) / "files" / target.file; }

fs::path Uploads::parts_of(const UploadTarget& target) const {
  return catalog_.upload_folder(target.sandbox, target.batch) / "parts" / security::sha256_hex(target.file).substr(0, 32);
}

Status Uploads::check(store::Reader& reader, const UploadTarget& target) const {
  TRY(const auto batch, catalog_.batch(reader, target.sandbox, target.batch));
  if (batch.dataset != target.dataset) return Error{.kind = ErrorKind::not_found, .message = "Batch " + target.batch + " is not of the data set " + target.dataset};
  if (batch.status != catalog::BatchStatus::loading) return wrong_upload("Batch " + target.batch + " is " + std::string(catalog::name_of(batch.status)) + ": it takes files while it is loading");
  if (batch.completed_ms) return wrong_upload("Batch " + target.batch + " ended once: make a new one for further files");
  return {};
}

Status Uploads::settle(const UploadTarget& target, const fs::path& staged, const fs::path& place) const {
  for (fs::path above = place.parent_path(); above != catalog_.upload_folder(target.sandbox, target.batch); above = above.parent_path()) {
    std::error_code ignored;
    if (fs::is_regular_file(above, ignored)) return wrong_upload("\"" + above.filename().string() + "\" is a file already, and \"" + target.file + "\" would lie below it");
  }
  TRY_DO(files_.make_folder(place.parent_path()));
  TRY(const uint64_t bytes, files_.size(staged));
  TRY(const auto written, files_.open_append(staged, bytes));
  TRY_DO(written->sync());
  // Completing the batch waits for this transaction: what was answered with 200 is part of it.
  return database_.write([&](store::Transaction& transaction) -> Status {
    TRY_DO(check(transaction, target));
    return files_.publish(staged, place);
  });
}

Status Uploads::put(const UploadTarget& target, const fs::path& body) const {
  TRY_DO(check(database_, target));
  std::error_code ignored;
  if (fs::is_directory(file_of(target), ignored)) return wrong_upload("\"" + target.file + "\" is a folder of other files already");
  return settle(target, body, file_of(target));
}

Status Uploads::begin(const UploadTarget& target) const {
  TRY_DO(check(database_, target));
  TRY_DO(files_.remove_tree(parts_of(target)));
  return files_.make_folder(parts_of(target));
}

Status Uploads::add_chunk(const UploadTarget& target, const ChunkRange& range, const fs::path& body) const {
  TRY_DO(check(database_, target));
  if (std::max(range.last + 1, range.total.value_or(0)) > kFileBytesMax) {
    return Error{.kind = ErrorKind::invalid, .message = "A file has at most " + std::to_string(kFileBytesMax) + " bytes: split it", .code = "INGEST-1000-413"};
  }
  std::error_code ignored;
  if (!fs::is_directory(parts_of(target), ignored)) return Error{.kind = ErrorKind::not_found, .message = "no upload of \"" + target.file + "\" was initialized"};
  TRY(const uint64_t bytes, files_.size(body));
  if (bytes != range.last - range.first + 1) {
    return wrong_upload("Content-Range says " + std::to_string(range.last - range.first + 1) + " bytes, the body has " + std::to_string(bytes));
  }
  return settle(target, body, parts_of(target) / chunk_name(range));
}

Result<uint64_t> Uploads::complete(const UploadTarget& target) const {
  TRY_DO(check(database_, target));
  std::error_code ignored;
  if (!fs::is_directory(parts_of(target), ignored)) return Error{.kind = ErrorKind::not_found, .message = "no upload of \"" + target.file + "\" was initialized"};
  TRY(const auto chunks, chunks_in(parts_of(target)));
  TRY(const uint64_t size, whole_size(chunks));
  TRY_DO(check_space(parts_of(target), size));
  const fs::path staged = parts_of(target) / "whole";
  TRY(const auto out, files_.open_append(staged, 0));
  for (const Chunk& chunk : chunks) {
    const uint64_t length = chunk.range.last - chunk.range.first + 1;
    for (uint64_t at = 0; at < length; at += kCopyBytes) {
      TRY(const std::string block, files_.read(chunk.path, at, kCopyBytes));
      TRY_DO(out->append(block));
    }
  }
  TRY_DO(settle(target, staged, file_of(target)));
  TRY_DO(files_.remove_tree(parts_of(target)));
  return size;
}

Result<UploadState> Uploads::look(const UploadTarget& target) const {
  TRY(const auto batch, catalog_.batch(database_, target.sandbox, target.batch));
  if (batch.dataset != target.dataset) return Error{.kind = ErrorKind::not_found, .message = "Batch " + target.batch + " is not of the data set " + target.dataset};
  std::error_code ignored;
  if (fs::is_directory(parts_of(target), ignored)) {
    TRY(const auto chunks, chunks_in(parts_of(target)));
    UploadState state;
    for (const Chunk& chunk : chunks) {
      state.received += chunk.range.last - chunk.range.first + 1;
      if (chunk.range.first <= state.prefix) state.prefix = std::max(state.prefix, chunk.range.last + 1);
    }
    return state;
  }
  const auto size = files_.size(file_of(target));
  if (!size) return Error{.kind = ErrorKind::not_found, .message = "there is no file \"" + target.file + "\""};
  return UploadState{.received = *size, .prefix = *size};
}

Result<std::vector<catalog::KeptFile>> Uploads::list(std::string_view sandbox, std::string_view batch) const {
  return catalog::kept_files(catalog_.upload_folder(sandbox, batch) / "files");
}

Result<bool> Uploads::has_unfinished(std::string_view sandbox, std::string_view batch) const {
  std::error_code error;
  const fs::path parts = catalog_.upload_folder(sandbox, batch) / "parts";
  const bool any = fs::is_directory(parts, error) && !fs::is_empty(parts, error);
  return any;
}

}  // namespace foz::schedule
