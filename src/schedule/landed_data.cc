#include "schedule/landed_data.h"

#include "catalog/relation.h"
#include "flow/run.h"

namespace foz::schedule {

Result<LandedData> LandedData::open(const Where& where) {
  LandedData data;
  data.data_dir_ = where.catalog.settings().data_dir;
  TRY(data.files_, where.catalog.files_of(where.database, where.sandbox, where.dataset_id));
  if (where.flow_id) {
    TRY(const auto batches, flow::RunStore::batches_of(where.database, where.sandbox, *where.flow_id));
    std::erase_if(data.files_, [&](const catalog::DatasetFile& file) { return !batches.contains(file.batch); });
  }
  for (const prep::Layout& column : where.program.layout().children) data.columns_.push_back(prep::to_field(column));
  TRY(data.engine_, engine::Engine::open({.memory_bytes = where.memory_bytes, .spill_folder = where.spill_dir, .allowed_folders = {data.data_dir_ / "tables"}}));
  return data;
}

Result<std::shared_ptr<const LandedKeys>> LandedData::keys(const std::vector<std::string>& paths, std::stop_token stop) const {
  return LandedKeys::read(*engine_, catalog::relation_sql(data_dir_, files_, columns_), paths, std::move(stop));
}

Result<std::shared_ptr<const LandedKeys>> LandedData::live_keys(const std::string& key_path, std::stop_token stop) const {
  return LandedKeys::read(*engine_, live_keys_sql(data_dir_, files_, columns_, key_path), {"k"}, std::move(stop));
}

Result<std::vector<std::string>> LandedData::missing(const PresentKeys& present, const std::string& key_path, std::stop_token stop) const {
  return keys_missing(*engine_, live_keys_sql(data_dir_, files_, columns_, key_path), present, std::move(stop));
}

}  // namespace foz::schedule
