#pragma once
// The route tables of the catalog, one per resource; catalog_routes.cc joins them.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/request.h"

namespace foz::api {

std::span<const Route> catalog_dataset_routes();
std::span<const Route> catalog_batch_routes();
std::span<const Route> catalog_file_routes();
std::span<const Route> catalog_root_routes();

/// `pattern` under the other names of its collection: "/datasets/{id}" for "/dataSets/{id}".
std::vector<std::string> alias_patterns(std::string_view pattern);

}  // namespace foz::api
