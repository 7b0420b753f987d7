// /data/foundation/catalog. Follows: Catalog contract, 1.
#include <deque>
#include <string>

#include "api/catalog_tables.h"
#include "api/routes.h"

namespace foz::api {
namespace {

/// Other spellings of a collection that clients use.
struct CatalogAlias {
  std::string_view canonical, alias;
};
constexpr CatalogAlias kAliases[] = {{"/dataSets", "/datasets"}, {"/dataSets", "/dataSet"}, {"/batches", "/batch"}};

/// All rows of the catalog, and each again under the other names of its collection.
struct CatalogTable {
  std::vector<Route> routes;
  std::deque<std::string> patterns;  ///< those of the aliases

  CatalogTable() {
    for (const auto rows : {catalog_dataset_routes(), catalog_batch_routes(), catalog_file_routes(), catalog_root_routes()}) {
      for (const Route& route : rows) add(route);
    }
  }

  void add(const Route& route) {
    routes.push_back(route);
    for (std::string& pattern : alias_patterns(route.pattern)) {
      Route again = route;
      again.pattern = patterns.emplace_back(std::move(pattern));
      routes.push_back(again);
    }
  }
};

}  // namespace

std::vector<std::string> alias_patterns(std::string_view pattern) {
  std::vector<std::string> patterns;
  for (const CatalogAlias& name : kAliases) {
    const size_t at = pattern.find(name.canonical);
    const size_t end = at + name.canonical.size();
    if (at == pattern.npos || (end < pattern.size() && pattern[end] != '/')) continue;
    patterns.push_back(std::string(pattern.substr(0, at)) + std::string(name.alias) + std::string(pattern.substr(end)));
  }
  return patterns;
}

RouteTable catalog_routes() {
  static const CatalogTable kTable;
  return {Service::catalog, "/data/foundation/catalog", true, kTable.routes};
}

}  // namespace foz::api
