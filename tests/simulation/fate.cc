#include "tests/simulation/fate.h"

#include "base/text.h"

namespace foz::simulation {
namespace {

using What = lake::FileCall::What;
using When = store::DatabaseFault::When;

Error dead() { return Error{.kind = ErrorKind::unavailable, .message = "the process is dead"}; }

bool writes(What what) { return what != What::read && what != What::size && what != What::list && what != What::folders; }

Error disk_error(What what, uint64_t pick) {
  if (what == What::sync) return {.kind = ErrorKind::unavailable, .message = "syncing failed: Input/output error"};
  if (writes(what) && pick % 2 == 0) return {.kind = ErrorKind::unavailable, .message = "storage is full: writing found no room"};
  return {.kind = ErrorKind::unavailable, .message = std::string(name_of(what)) + " failed: Input/output error"};
}

}  // namespace

std::string Fate::without_root(std::string text) const { return replace_all(std::move(text), root_, "$"); }

bool Fate::dies_now() {
  if (!effects_left_) return false;
  if ((*effects_left_)-- > 0) return false;
  effects_left_.reset();
  alive_ = false;
  note("killed", "");
  return true;
}

std::optional<lake::FileFault> Fate::of_file(const lake::FileCall& call) {
  if (!alive_) return lake::FileFault{.error = dead()};
  const std::string detail = std::string(name_of(call.what)) + " " + without_root(call.path.string()) + " " + std::to_string(call.bytes);
  if (dies_now()) {
    const double done = random_.below(3) == 0 ? 0 : random_.below(2) == 0 ? 1 : random_.unit();
    note("file", detail + " killed " + std::to_string(done));
    return lake::FileFault{.error = dead(), .done = writes(call.what) ? done : 0};
  }
  const double share = writes(call.what) ? weather.disk : weather.disk / 4;
  if (share > 0 && chance(share)) {
    const bool torn = call.what == What::append || call.what == What::write_whole || call.what == What::remove_tree;
    const double done = torn && random_.below(2) == 0 ? random_.unit() : 0;
    note("file", detail + " fails " + std::to_string(done));
    return lake::FileFault{.error = disk_error(call.what, random_.next()), .done = done};
  }
  note("file", detail);
  return std::nullopt;
}

std::optional<store::DatabaseFault> Fate::of_database(store::DatabaseCall call) {
  if (!alive_) return store::DatabaseFault{.error = dead()};
  const bool write = call == store::DatabaseCall::write;
  if (write && dies_now()) {
    const When when = std::array{When::before, When::commit, When::after}[random_.below(3)];
    note("database", "killed " + std::to_string(static_cast<int>(when)));
    return store::DatabaseFault{.error = dead(), .when = when};
  }
  const double share = write ? weather.database : weather.database / 8;
  if (share > 0 && chance(share)) {
    const When when = write ? std::array{When::before, When::commit, When::after}[random_.below(3)] : When::before;
    note("database", std::string(write ? "write" : "read") + " fails " + std::to_string(static_cast<int>(when)));
    return store::DatabaseFault{.error = {.kind = ErrorKind::unavailable, .message = "the database: another process holds it for too long"}, .when = when};
  }
  if (write) note("database", "write");
  return std::nullopt;
}

Status Fate::of_network(std::string_view what) {
  if (!alive_) return dead();
  if (dies_now()) {
    note("network", std::string(what) + " killed");
    return dead();
  }
  return {};
}

}  // namespace foz::simulation
