#pragma once
// What stands in a data set, asked for by runs: keys to skip, keys that are gone at the source, keys that landed.

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "engine/engine.h"
#include "prep/compile.h"
#include "schedule/landed_keys.h"
#include "schedule/removals.h"
#include "store/database.h"

namespace foz::schedule {

/// Files of a data set, as they were when it was opened, and an engine to ask about them.
class LandedData {
 public:
  struct Where {
    const catalog::Catalog& catalog;
    store::Database& database;
    std::string sandbox, dataset_id;
    std::optional<std::string> flow_id = {};  ///< what this flow landed alone; nothing: all there is
    const prep::Program& program;             ///< whose columns the rows are shown with
    uint64_t memory_bytes = 0;
    std::filesystem::path spill_dir = {};
  };
  /// Errors: those of the store and the engine.
  static Result<LandedData> open(const Where& where);

  /// Of all rows, at `paths` (see key_paths).
  Result<std::shared_ptr<const LandedKeys>> keys(const std::vector<std::string>& paths, std::stop_token stop) const;
  /// Of records that were not told as removed last.
  Result<std::shared_ptr<const LandedKeys>> live_keys(const std::string& key_path, std::stop_token stop) const;
  /// Of records that were not told as removed last, and are not present.
  Result<std::vector<std::string>> missing(const PresentKeys& present, const std::string& key_path, std::stop_token stop) const;

 private:
  std::filesystem::path data_dir_;
  std::vector<catalog::DatasetFile> files_;
  std::vector<engine::Field> columns_;
  std::unique_ptr<engine::Engine> engine_;
};

}  // namespace foz::schedule
