#include "catalog/system_columns.h"

#include <algorithm>

namespace foz::catalog {

engine::Field change_type_field() { return {.name = std::string(kChangeTypeColumn), .kind = engine::Kind::string, .id = kChangeTypeFieldId}; }

bool has_change_type(const std::vector<DatasetFile>& files) {
  return std::any_of(files.begin(), files.end(), [](const DatasetFile& file) {
    return file.layout && std::any_of(file.layout->begin(), file.layout->end(), [](const engine::Field& field) { return field.name == kChangeTypeColumn; });
  });
}

}  // namespace foz::catalog
