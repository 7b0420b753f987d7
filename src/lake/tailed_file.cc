#include "lake/tailed_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <mutex>
#include <optional>
#include <thread>

#include "base/log.h"
#include "base/pool.h"
#include "lake/disk.h"

namespace foz::lake {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kBlockBytes = 4096;
/// The tail keeps byte `n` of the file at `n % kRingBytes`.
constexpr uint64_t kRingBytes = 4u << 20;
/// What goes to the disk at once, as soon as there is so much.
constexpr uint64_t kPieceBytes = 1u << 20;
/// A file that grows by no more than this has no tail.
constexpr uint64_t kPlainBytesMax = 1u << 20;
constexpr std::string_view kMagic = "FZT1";
constexpr size_t kBootIdBytes = 36;

/// The first block of a tail. A process writes it without calls, so that whatever it last wrote is there when it is killed: bytes
/// first, then `end`; `flushed` once the file has them.
struct Head {
  std::array<char, 4> magic;
  std::array<char, kBootIdBytes> boot_id;
  std::atomic<uint64_t> flushed;  ///< bytes that the file itself has; whole blocks
  std::atomic<uint64_t> end;      ///< of the file with its tail
};
static_assert(sizeof(Head) <= kBlockBytes && std::atomic<uint64_t>::is_always_lock_free);

fs::path tail_of(const fs::path& file) {
  fs::path tail = file;
  tail += ".tail";
  return tail;
}

/// Another one after each start of the machine; empty where the kernel does not tell.
std::string boot_id() {
  std::ifstream stream("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(stream, id);
  return id.size() == kBootIdBytes ? id : "";
}

/// A tail in memory that is the file's own pages.
class Ring {
 public:
  /// Nothing where the file cannot be mapped, or is none.
  static std::optional<Ring> map(const OpenFile& tail) {
    struct stat info {};
    if (::fstat(tail.get(), &info) != 0 || static_cast<uint64_t>(info.st_size) != kBlockBytes + kRingBytes) return std::nullopt;
    void* memory = ::mmap(nullptr, kBlockBytes + kRingBytes, PROT_READ | PROT_WRITE, MAP_SHARED, tail.get(), 0);
    if (memory == MAP_FAILED) return std::nullopt;
    return Ring(static_cast<char*>(memory));
  }
  Ring(Ring&& other) noexcept : memory_(std::exchange(other.memory_, nullptr)) {}
  Ring(const Ring&) = delete;
  ~Ring() {
    if (memory_ != nullptr) ::munmap(memory_, kBlockBytes + kRingBytes);
  }

  Head& head() const { return *reinterpret_cast<Head*>(memory_); }
  char* begin() const { return memory_ + kBlockBytes; }

  /// The bytes of the file from `from` to `to` that stand in one piece; the first piece of them.
  std::string_view piece(uint64_t from, uint64_t to) const {
    const uint64_t at = from % kRingBytes;
    return {begin() + at, static_cast<size_t>(std::min(to - from, kRingBytes - at))};
  }
  void put(uint64_t at, std::string_view bytes) const {
    const size_t first = static_cast<size_t>(std::min<uint64_t>(bytes.size(), kRingBytes - at % kRingBytes));
    std::memcpy(begin() + at % kRingBytes, bytes.data(), first);
    std::memcpy(begin(), bytes.data() + first, bytes.size() - first);
  }

 private:
  explicit Ring(char* memory) : memory_(memory) {}
  char* memory_;
};

class TailedFile final : public AppendFile {
 public:
  TailedFile(int fd, fs::path path, uint64_t end) : file_(fd), path_(std::move(path)), begun_(end), end_(end) {}

  ~TailedFile() override {
    if (!ring_) return;
    mover_.request_stop();
    mover_.join();
    std::unique_lock lock(mutex_);
    const Status moved = move_all(lock);
    if (moved) ::unlink(tail_of(path_).c_str());
    else log::warning("tail.kept", {{"file", path_.string()}, {"error", moved.error()}});  // to be found the next time
  }

  Status append(std::string_view bytes) override {
    std::unique_lock lock(mutex_);
    if (!ring_ && (end_ + bytes.size() - begun_ <= kPlainBytesMax || !start_tail())) {
      TRY_DO(write_all(file_.get(), bytes, end_, path_));
      end_ += bytes.size();
      return {};
    }
    while (!bytes.empty()) {
      const uint64_t room = kRingBytes - (end_ - flushed_);
      if (room == 0) {
        TRY_DO(move_blocks(lock));
        continue;
      }
      const std::string_view part = bytes.substr(0, static_cast<size_t>(std::min<uint64_t>(room, kPieceBytes)));
      ring_->put(end_, part);
      end_ += part.size();
      ring_->head().end.store(end_, std::memory_order_release);
      bytes.remove_prefix(part.size());
      if (end_ - flushed_ >= kPieceBytes) much_.notify_one();
    }
    return {};
  }

  Status sync() override {
    {
      std::unique_lock lock(mutex_);
      if (ring_) TRY_DO(move_all(lock));
    }
    if (::fdatasync(file_.get()) != 0) return disk_failure(errno, "syncing", path_);
    return {};
  }

 private:
  /// False where there can be none: what is appended then goes into the file at once.
  bool start_tail() {
    if (no_tail_) return false;
    no_tail_ = true;
    const std::string boot = boot_id();
    const OpenFile tail(::open(tail_of(path_).c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0640));
    direct_.emplace(::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_DIRECT));
    const bool possible = !boot.empty() && tail.get() >= 0 && direct_->get() >= 0 && ::posix_fallocate(tail.get(), 0, kBlockBytes + kRingBytes) == 0;
    std::optional<Ring> ring = possible ? Ring::map(tail) : std::nullopt;
    const uint64_t flushed = end_ / kBlockBytes * kBlockBytes;
    const ssize_t begun_block = static_cast<ssize_t>(end_ - flushed);
    if (!ring || ::pread(file_.get(), ring->begin() + flushed % kRingBytes, static_cast<size_t>(begun_block), static_cast<off_t>(flushed)) != begun_block) {
      ::unlink(tail_of(path_).c_str());
      return false;
    }
    Head& head = ring->head();
    std::memcpy(head.boot_id.data(), boot.data(), kBootIdBytes);
    head.flushed.store(flushed);
    head.end.store(end_);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    std::memcpy(head.magic.data(), kMagic.data(), kMagic.size());  // from here on it counts
    flushed_ = flushed;
    ring_.emplace(std::move(*ring));
    mover_ = std::jthread([this](std::stop_token stop) {
      name_this_thread("foz-tail");
      move_pieces(std::move(stop));
    });
    return true;
  }

  /// Moves pieces while more is appended: whoever appends waits for the disk only when the ring is full.
  void move_pieces(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    while (much_.wait(lock, stop, [this] { return end_ - flushed_ >= kPieceBytes; })) {
      if (!move_blocks(lock)) return;  // who appends or syncs next meets the same error, and says so
    }
  }

  /// The whole blocks of the tail, as it is now. The lock is free while they are written: nobody writes to that part of the ring.
  Status move_blocks(std::unique_lock<std::mutex>& lock) {
    moved_.wait(lock, [this] { return !moving_; });
    const uint64_t end = end_ / kBlockBytes * kBlockBytes;
    uint64_t at = flushed_;
    Status written;
    moving_ = true;
    lock.unlock();
    while (written && at < end) {
      const std::string_view piece = ring_->piece(at, end);
      const size_t direct = write_directly(piece, at);
      written = write_all(file_.get(), piece.substr(direct), at + direct, path_);
      if (written) at += piece.size();
    }
    lock.lock();
    flushed_ = at;
    ring_->head().flushed.store(at, std::memory_order_release);
    moving_ = false;
    moved_.notify_all();
    return written;
  }

  /// All that is appended by now: the last block, too, as far as it is filled. It stays in the tail, and goes again once it is whole.
  Status move_all(std::unique_lock<std::mutex>& lock) {
    const uint64_t end = end_;
    TRY_DO(move_blocks(lock));
    return flushed_ < end ? write_all(file_.get(), ring_->piece(flushed_, end), flushed_, path_) : Status();
  }

  /// How many bytes of whole blocks went: fewer than all of them where the file system takes no more this way. What is left is for a
  /// plain write, which has the words for what is wrong.
  size_t write_directly(std::string_view blocks, uint64_t offset) const {
    size_t done = 0;
    while (done < blocks.size()) {
      const ssize_t written = ::pwrite(direct_->get(), blocks.data() + done, blocks.size() - done, static_cast<off_t>(offset + done));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) break;
      done += static_cast<size_t>(written) / kBlockBytes * kBlockBytes;
      if (static_cast<uint64_t>(written) % kBlockBytes != 0) break;
    }
    return done;
  }

  OpenFile file_;
  const fs::path path_;
  const uint64_t begun_;
  std::mutex mutex_;  ///< a sync may run beside an append
  std::condition_variable_any much_;  ///< there is a piece to be moved
  std::condition_variable moved_;
  bool moving_ = false;  ///< somebody writes blocks, without the lock
  uint64_t end_;
  uint64_t flushed_ = 0;
  std::optional<OpenFile> direct_;
  std::optional<Ring> ring_;
  bool no_tail_ = false;  ///< there is one, or none can be made
  std::jthread mover_;    ///< last: it uses the others
};

}  // namespace

Result<std::unique_ptr<AppendFile>> open_tailed(const fs::path& file, uint64_t end) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return disk_failure(errno, "opening", file);
  return std::unique_ptr<AppendFile>(std::make_unique<TailedFile>(fd, file, end));
}

Status settle_tail(const fs::path& file) {
  const fs::path tail_path = tail_of(file);
  const OpenFile tail(::open(tail_path.c_str(), O_RDWR | O_CLOEXEC));
  if (tail.get() < 0) return errno == ENOENT ? Status() : disk_failure(errno, "opening", tail_path);
  if (const auto ring = Ring::map(tail)) {
    const Head& head = ring->head();
    const uint64_t end = head.end.load();
    uint64_t at = head.flushed.load();
    const std::string boot = boot_id();
    const OpenFile opened(::open(file.c_str(), O_RDWR | O_CLOEXEC));
    struct stat info {};
    const bool counts = std::string_view(head.magic.data(), head.magic.size()) == kMagic && !boot.empty() && std::string_view(head.boot_id.data(), kBootIdBytes) == boot &&
                        at % kBlockBytes == 0 && at <= end && end - at <= kRingBytes && opened.get() >= 0 && ::fstat(opened.get(), &info) == 0 &&
                        static_cast<uint64_t>(info.st_size) >= at;
    while (counts && at < end) {
      const std::string_view piece = ring->piece(at, end);
      TRY_DO(write_all(opened.get(), piece, at, file));
      at += piece.size();
    }
    if (counts && ::fdatasync(opened.get()) != 0) return disk_failure(errno, "syncing", file);
  }
  if (::unlink(tail_path.c_str()) != 0) return disk_failure(errno, "removing", tail_path);
  return sync_folder(file.parent_path());
}

}  // namespace foz::lake
