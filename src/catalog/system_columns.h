#pragma once
// Columns of data set tables that no schema has. Follows: Sources contract, 5.2.

#include <string_view>
#include <vector>

#include "catalog/dataset_file.h"

namespace foz::catalog {

/// What a row says of the record: `d`, it is gone at the source; `u`, it changed without the source's own stamp moving;
/// null, it came as rows come. Shown by tables and files, never by schemas.
inline constexpr std::string_view kChangeTypeColumn = "_change_request_type";
/// Far beyond the ids that schemas give, below those that table formats keep for themselves.
inline constexpr int32_t kChangeTypeFieldId = 2'000'000'001;

engine::Field change_type_field();
/// True when one of the files holds the column.
bool has_change_type(const std::vector<DatasetFile>& files);

}  // namespace foz::catalog
