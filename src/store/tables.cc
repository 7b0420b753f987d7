#include "store/tables.h"

namespace foz::store {

Result<std::vector<std::string>> tables_with_column(Reader& reader, std::string_view column) {
  TRY(const auto rows, reader.query("SELECT t.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name = ? ORDER BY t.name",
                                    {std::string(column)}));
  std::vector<std::string> names;
  for (const Row& row : rows) names.push_back(row.text(0));
  return names;
}

}  // namespace foz::store
