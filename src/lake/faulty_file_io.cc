#include "lake/faulty_file_io.h"

#include <algorithm>
#include <fstream>

namespace foz::lake {
namespace {

namespace fs = std::filesystem;
using What = FileCall::What;

constexpr std::string_view kWhatNames[] = {"make_folder", "open_append", "append", "sync", "read", "size", "write_whole", "publish", "remove_file", "remove_tree", "list", "folders", "settle"};
/// Disks write whole blocks: a torn tail has holes of this size.
constexpr uint64_t kBlockBytes = 512;

std::string_view first_share(std::string_view bytes, double share) { return bytes.substr(0, static_cast<size_t>(static_cast<double>(bytes.size()) * share)); }

void zero_block(const fs::path& file, uint64_t offset, uint64_t end) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(static_cast<std::streamoff>(offset));
  stream << std::string(std::min(kBlockBytes, end - offset), '\0');
}

}  // namespace

std::string_view name_of(FileCall::What what) { return kWhatNames[static_cast<size_t>(what)]; }

class FaultyFileIo::Appended final : public AppendFile {
 public:
  Appended(FaultyFileIo& owner, std::unique_ptr<AppendFile> file, fs::path path) : owner_(owner), file_(std::move(file)), path_(std::move(path)) {}
  Status append(std::string_view bytes) override { return owner_.append(*file_, path_, bytes); }
  Status sync() override { return owner_.sync(*file_, path_); }

 private:
  FaultyFileIo& owner_;
  const std::unique_ptr<AppendFile> file_;
  const fs::path path_;
};

template <class Effect>
auto FaultyFileIo::unless_faulty(const FileCall& call, Effect&& effect) -> decltype(effect()) {
  const auto fault = faults_(call);
  if (!fault) return effect();
  if (fault->done >= 1) {
    if (auto done = effect(); !done) return done;
  }
  return fault->error;
}

void FaultyFileIo::touch(const fs::path& folder) {
  if (clock_ == nullptr) return;
  std::lock_guard lock(mutex_);
  changed_[folder] = clock_->now();
}

Status FaultyFileIo::make_folder(const fs::path& folder) {
  return unless_faulty({What::make_folder, folder}, [&]() -> Status {
    std::error_code absent;
    for (fs::path made = folder; made.has_relative_path() && !fs::exists(made, absent); made = made.parent_path()) {
      touch(made);
      touch(made.parent_path());
    }
    return next_.make_folder(folder);
  });
}

Result<std::unique_ptr<AppendFile>> FaultyFileIo::open_append(const fs::path& file, uint64_t keep_bytes, ReadBack read_back) {
  return unless_faulty({What::open_append, file}, [&]() -> Result<std::unique_ptr<AppendFile>> {
    const auto before = next_.size(file);
    TRY(auto opened, next_.open_append(file, keep_bytes, read_back));
    if (!before) touch(file.parent_path());
    std::lock_guard lock(mutex_);
    const uint64_t kept = std::min(before ? *before : 0, keep_bytes);
    const auto known = synced_.find(file);
    synced_[file] = known == synced_.end() ? kept : std::min(known->second, kept);
    return std::unique_ptr<AppendFile>(std::make_unique<Appended>(*this, std::move(opened), file));
  });
}

Status FaultyFileIo::append(AppendFile& file, const fs::path& path, std::string_view bytes) {
  const auto fault = faults_({What::append, path, bytes.size()});
  if (!fault) return file.append(bytes);
  if (fault->done > 0) TRY_DO(file.append(first_share(bytes, std::min(fault->done, 1.0))));
  return fault->error;
}

Status FaultyFileIo::sync(AppendFile& file, const fs::path& path) {
  return unless_faulty({What::sync, path}, [&]() -> Status {
    TRY_DO(file.sync());
    TRY(const uint64_t bytes, next_.size(path));
    std::lock_guard lock(mutex_);
    synced_[path] = bytes;
    return {};
  });
}

Status FaultyFileIo::settle(const fs::path& file) {
  return unless_faulty({What::settle, file}, [&] { return next_.settle(file); });
}

Result<std::string> FaultyFileIo::read(const fs::path& file, uint64_t offset, uint64_t length) {
  return unless_faulty({What::read, file}, [&] { return next_.read(file, offset, length); });
}

Result<uint64_t> FaultyFileIo::size(const fs::path& file) {
  return unless_faulty({What::size, file}, [&] { return next_.size(file); });
}

Status FaultyFileIo::write_whole(const fs::path& file, std::string_view text) {
  const FileCall call{What::write_whole, file, text.size()};
  const auto fault = faults_(call);
  if (fault && fault->done < 1) {
    fs::path staged = file;
    staged += ".new";
    if (fault->done > 0) std::ofstream(staged, std::ios::binary) << first_share(text, fault->done);
    return fault->error;
  }
  TRY_DO(next_.write_whole(file, text));
  touch(file.parent_path());
  return fault ? Status(fault->error) : Status();
}

Status FaultyFileIo::publish(const fs::path& staged, const fs::path& final_name) {
  return unless_faulty({What::publish, final_name}, [&]() -> Status {
    TRY_DO(next_.publish(staged, final_name));
    touch(final_name.parent_path());
    if (std::error_code absent; fs::is_directory(final_name, absent)) touch(final_name);
    std::lock_guard lock(mutex_);
    synced_.erase(staged);
    synced_.erase(final_name);
    return {};
  });
}

Status FaultyFileIo::remove_file(const fs::path& file) {
  return unless_faulty({What::remove_file, file}, [&]() -> Status {
    TRY_DO(next_.remove_file(file));
    touch(file.parent_path());
    std::lock_guard lock(mutex_);
    synced_.erase(file);
    return {};
  });
}

Status FaultyFileIo::remove_tree(const fs::path& folder) {
  const auto fault = faults_({What::remove_tree, folder});
  if (fault && fault->done < 1) {
    TRY(const auto files, next_.list(folder));
    const auto gone = static_cast<size_t>(static_cast<double>(files.size()) * fault->done);
    for (size_t i = 0; i < gone; ++i) TRY_DO(next_.remove_file(files[i].path));
    return fault->error;
  }
  TRY_DO(next_.remove_tree(folder));
  touch(folder.parent_path());
  std::lock_guard lock(mutex_);
  const auto below = [&](const auto& entry) { return entry.first.native().starts_with(folder.native() + "/"); };
  std::erase_if(synced_, below);
  std::erase_if(changed_, below);
  changed_.erase(folder);
  return fault ? Status(fault->error) : Status();
}

Result<std::vector<FileEntry>> FaultyFileIo::list(const fs::path& folder) {
  return unless_faulty({What::list, folder}, [&] { return next_.list(folder); });
}

Result<std::vector<FolderEntry>> FaultyFileIo::folders(const fs::path& folder) {
  return unless_faulty({What::folders, folder}, [&]() -> Result<std::vector<FolderEntry>> {
    TRY(auto entries, next_.folders(folder));
    if (clock_ == nullptr) return entries;
    std::lock_guard lock(mutex_);
    for (FolderEntry& entry : entries) {
      const auto known = changed_.find(entry.path);
      entry.changed = known == changed_.end() ? clock_->now() : known->second;
    }
    return entries;
  });
}

void FaultyFileIo::cut_power(Random& random) {
  std::lock_guard lock(mutex_);
  for (const auto& [file, synced] : synced_) {
    std::error_code gone;
    const uint64_t bytes = fs::file_size(file, gone);
    if (gone || bytes <= synced) continue;
    const uint64_t left = synced + random.below(bytes - synced + 1);
    fs::resize_file(file, left, gone);
    if (left > synced && random.below(2) == 0) zero_block(file, synced + random.below(left - synced), left);
  }
  synced_.clear();
}

}  // namespace foz::lake
