#pragma once
// The files of a checkout of the public component library. Follows: XDM core, 7.1-7.4.

#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "registry/resource.h"

namespace foz::registry {

struct LibraryFile {
  std::filesystem::path path;
  ResourceKind kind = ResourceKind::data_type;  ///< descriptor: a resource that only others refer to
  std::string license;                          ///< its `meta:license`, one line each
  Json doc;                                     ///< in standard names, what the API does not show left out
};

struct LibraryFiles {
  std::string version;  ///< of `package.json`, else the one of the built-in resources
  std::filesystem::path license;  ///< the library's licence text; empty: there is none
  std::vector<LibraryFile> files;
  std::vector<std::string> warnings = {};
};

/// Errors: not_found (no `*.schema.json` where they should be), invalid (no JSON object with an `$id`, an `$id` twice, two
/// names on one path), unavailable.
Result<LibraryFiles> read_library(const std::filesystem::path& folder);

}  // namespace foz::registry
