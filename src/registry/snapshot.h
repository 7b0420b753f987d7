#pragma once
// What the registry keeps in memory of one sandbox, as of one state of it.

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "registry/registry.h"

namespace foz::registry {

struct Registry::Snapshot {
  Snapshot(int64_t sandbox_generation, int64_t library_state, store::Reader& reader, std::shared_ptr<const Library> library, std::string sandbox)
      : generation(sandbox_generation), library_generation(library_state), finder(reader, std::move(library), std::move(sandbox)) {}

  const int64_t generation, library_generation;
  Finder finder;
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<const Json>, std::less<>> effective;          ///< by `$id`
  std::map<std::string, std::shared_ptr<const EffectiveSchema>, std::less<>> schemas;  ///< by the id that was asked for
};

}  // namespace foz::registry
