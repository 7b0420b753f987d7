#include "schedule/spool.h"

#include <algorithm>
#include <cstring>

#include "base/checksum.h"
#include "base/crash_point.h"
#include "base/json.h"
#include "base/log.h"
#include "base/words.h"
#include "schedule/plan_json.h"

namespace foz::schedule {
namespace {

constexpr std::string_view kMagic = "FZP1";
constexpr size_t kFrameBytes = 4 + 4 + 4 + 8;
constexpr uint64_t kRecordBytesMax = 4ull << 30;
/// What a power cut may cost of a run's pages: this much time, or this many bytes.
constexpr std::chrono::milliseconds kSyncEvery{100};
constexpr uint64_t kSyncBytes = 16u << 20;

uint32_t crc_of(std::initializer_list<std::string_view> parts) {
  uint32_t crc = 0;
  for (const std::string_view part : parts) crc = crc32_of(part, crc);
  return crc;
}

Json header_of(const std::string& slice, uint32_t number, const sources::Page& page) {
  Json header = {{"slice", slice}, {"page", number}, {"format", page.format == sources::RecordFormat::csv ? "csv" : "json"}, {"records", page.records}};
  if (page.next) header["next"] = page.next->text;
  if (page.total) header["total"] = *page.total;
  if (page.count) header["count"] = *page.count;
  Json lengths = Json::array();
  for (const std::string& body : page.bodies) lengths.push_back(body.size());
  header["bodies"] = lengths;
  return header;
}

/// Magic, CRC and lengths, then the header; the bodies follow as they are.
std::string frame_of(const std::string& header, const std::vector<std::string>& bodies) {
  uint64_t body_bytes = 0;
  for (const std::string& body : bodies) body_bytes += body.size();
  std::string lengths;
  put_word(lengths, header.size(), 4);
  put_word(lengths, body_bytes, 8);
  uint32_t crc = crc_of({lengths, header});
  for (const std::string& body : bodies) crc = crc32_of(body, crc);
  std::string frame(kMagic);
  put_word(frame, crc, 4);
  return frame + lengths + header;
}

/// A whole record, or nothing when it is torn.
std::optional<std::pair<Json, sources::Page>> record_of(std::string_view record) {
  if (record.size() < kFrameBytes || record.substr(0, 4) != kMagic) return std::nullopt;
  const auto header_bytes = get_word(record, 8, 4);
  const auto body_bytes = get_word(record, 12, 8);
  if (record.size() != kFrameBytes + header_bytes + body_bytes) return std::nullopt;
  if (crc_of({record.substr(8)}) != get_word(record, 4, 4)) return std::nullopt;
  auto header = parse_json(record.substr(kFrameBytes, header_bytes));
  if (!header) return std::nullopt;
  sources::Page page;
  page.format = text_of(*header, "format") == "csv" ? sources::RecordFormat::csv : sources::RecordFormat::json;
  page.records = text_of(*header, "records");
  if (member(*header, "next") != nullptr) page.next = sources::Cursor{text_of(*header, "next")};
  page.total = integer_of(*header, "total");
  page.count = integer_of(*header, "count");
  size_t at = kFrameBytes + header_bytes;
  for (const Json& length : header->at("bodies")) {
    page.bodies.emplace_back(record.substr(at, length.get<size_t>()));
    at += length.get<size_t>();
  }
  return std::pair(std::move(*header), std::move(page));
}

}  // namespace

Result<std::unique_ptr<Spool>> Spool::open(lake::FileIo& files, const Clock& clock, const std::filesystem::path& folder) {
  TRY_DO(files.make_folder(folder));
  std::unique_ptr<Spool> spool(new Spool(files, clock, folder));
  TRY_DO(spool->recover());
  return spool;
}

Status Spool::recover() {
  const auto plan_text = files_.read(folder_ / "plan.json", 0, UINT64_MAX);
  if (plan_text) {
    TRY(const Json json, parse_json(*plan_text, {.depth_max = 128}));
    TRY(plan_, plan_of(json));
  } else if (plan_text.error().kind != ErrorKind::not_found) {
    return plan_text.error();
  }
  const std::filesystem::path log = folder_ / "pages.log";
  TRY_DO(files_.settle(log));
  const auto size = files_.size(log);
  if (!size && size.error().kind != ErrorKind::not_found) return size.error();
  const uint64_t bytes = size ? *size : 0;
  uint64_t offset = 0;
  records_ = 0;
  while (offset + kFrameBytes <= bytes) {
    TRY(const std::string frame, files_.read(log, offset, kFrameBytes));
    const uint64_t length = kFrameBytes + get_word(frame, 8, 4) + get_word(frame, 12, 8);
    if (frame.substr(0, 4) != kMagic || length > kRecordBytesMax || offset + length > bytes) break;
    TRY(const std::string record, files_.read(log, offset, length));
    const auto content = record_of(record);
    if (!content) break;
    note({.slice = text_of(content->first, "slice"), .number = static_cast<uint32_t>(integer_of(content->first, "page").value_or(0)),
          .ordinal = ++records_, .offset = offset, .length = length, .body_bytes = get_word(frame, 12, 8)},
         content->second);
    offset += length;
  }
  if (offset < bytes) log::info("spool.torn_tail", {{"folder", folder_.filename().string()}, {"bytes", bytes - offset}});
  appended_ = durable_ = offset;
  TRY(log_, files_.open_append(log, offset, lake::ReadBack::rarely));
  return {};
}

void Spool::note(SpooledPage page, const sources::Page& content) {
  SliceProgress& progress = progress_[page.slice];
  page.from = progress.next.text;
  if (content.next) page.next = content.next->text;
  progress.pages = page.number;
  progress.ended = !content.next.has_value();
  progress.next = content.next.value_or(sources::Cursor{});
  if (content.total) progress.total = content.total;
  if (content.next) met_[page.slice].insert(content.next->text);
  pages_.push_back(std::move(page));
}

Status Spool::keep_plan(SpoolPlan plan) {
  TRY_DO(files_.write_whole(folder_ / "plan.json", to_text(to_json(plan))));
  plan_ = std::move(plan);
  return {};
}

Result<SpooledPage> Spool::append(const std::string& slice, const sources::Page& page) {
  // A slice has one reader, so its next number is known before the other slices are kept waiting.
  SpooledPage entry{.slice = slice, .number = progress(slice).pages + 1};
  const std::string frame = frame_of(to_text(header_of(slice, entry.number, page)), page.bodies);
  bool sync_now = false;
  {
    std::lock_guard lock(mutex_);
    if (failed_) return *failed_;
    FOZ_CHECK(progress_[slice].pages + 1 == entry.number, slice);
    Status written = log_->append(frame);
    for (const std::string& body : page.bodies) {
      if (written) written = log_->append(body);
      entry.body_bytes += body.size();
    }
    if (!written) {
      failed_ = written.error();
      return std::move(written).error();
    }
    entry.offset = appended_;
    entry.ordinal = ++records_;
    entry.length = frame.size() + entry.body_bytes;
    appended_ += entry.length;
    note(entry, page);
    sync_now = is_sync_due();
    crash_point("spool.after_append");
  }
  if (sync_now) TRY_DO(sync());
  return entry;
}

bool Spool::is_sync_due() const {
  if (syncing_) return false;
  return !last_sync_ || clock_.tick() - *last_sync_ >= kSyncEvery || appended_ - durable_ >= kSyncBytes;
}

Status Spool::sync() {
  uint64_t end = 0;
  {
    std::lock_guard lock(mutex_);
    end = appended_;
  }
  TRY_DO(sync_up_to(end));
  crash_point("spool.after_sync");
  return {};
}

/// Waits until the log is durable up to `offset`; one of the waiting threads syncs for all.
Status Spool::sync_up_to(uint64_t offset) {
  std::unique_lock lock(mutex_);
  while (durable_ < offset) {
    if (failed_) return *failed_;
    if (syncing_) {
      synced_.wait(lock);
      continue;
    }
    syncing_ = true;
    const uint64_t target = appended_;
    lock.unlock();
    const Status synced = log_->sync();
    lock.lock();
    syncing_ = false;
    last_sync_ = clock_.tick();
    if (synced) durable_ = std::max(durable_, target);
    else failed_ = synced.error();
    synced_.notify_all();
  }
  return {};
}

SliceProgress Spool::progress(const std::string& slice) const {
  std::lock_guard lock(mutex_);
  const auto found = progress_.find(slice);
  return found == progress_.end() ? SliceProgress{} : found->second;
}

bool Spool::has_met(const std::string& slice, const sources::Cursor& cursor) const {
  std::lock_guard lock(mutex_);
  const auto found = met_.find(slice);
  return cursor.text.empty() || (found != met_.end() && found->second.contains(cursor.text));
}

std::vector<SpooledPage> Spool::pages() const {
  std::lock_guard lock(mutex_);
  std::vector<SpooledPage> pages = pages_;
  std::sort(pages.begin(), pages.end(), [](const SpooledPage& a, const SpooledPage& b) { return a.offset < b.offset; });
  return pages;
}

uint64_t Spool::durable() const {
  std::lock_guard lock(mutex_);
  return durable_;
}

uint64_t Spool::bytes() const {
  std::lock_guard lock(mutex_);
  uint64_t bytes = 0;
  for (const SpooledPage& page : pages_) bytes += page.body_bytes;
  return bytes;
}

Result<sources::Page> Spool::read(const SpooledPage& page) const {
  if (page.offset + page.length > durable()) TRY_DO(log_->sync());
  TRY(const std::string record, files_.read(folder_ / "pages.log", page.offset, page.length));
  auto content = record_of(record);
  if (!content) {
    return Error{.kind = ErrorKind::corrupt, .message = "page " + std::to_string(page.number) + " of slice " + page.slice + " in the spool is damaged"};
  }
  return std::move(content->second);
}

Status Spool::drop_last(const std::string& slice, uint32_t count) {
  TRY_DO(log_->sync());
  const std::vector<SpooledPage> all = pages();
  const uint32_t keep = progress(slice).pages > count ? progress(slice).pages - count : 0;
  const std::filesystem::path rewritten = folder_ / "pages.rewritten";
  {
    TRY(const auto copy, files_.open_append(rewritten, 0, lake::ReadBack::rarely));
    for (const SpooledPage& page : all) {
      if (page.slice == slice && page.number > keep) continue;
      TRY(const std::string record, files_.read(folder_ / "pages.log", page.offset, page.length));
      TRY_DO(copy->append(record));
    }
    TRY_DO(copy->sync());
  }
  std::lock_guard lock(mutex_);
  log_.reset();
  TRY_DO(files_.publish(rewritten, folder_ / "pages.log"));
  pages_.clear();
  progress_.clear();
  met_.clear();
  return recover();
}

Status Spool::remove() {
  std::lock_guard lock(mutex_);
  log_.reset();
  return files_.remove_tree(folder_);
}

}  // namespace foz::schedule
