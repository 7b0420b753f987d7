#pragma once
// The one history of the database's shape; forward only. Files: migrations/NNNN_name.sql, compiled in.

#include <span>
#include <string_view>

namespace foz::store {

struct Migration {
  int number;  ///< from 1, rising
  std::string_view name;
  std::string_view sql;  ///< statements, separated by `;`
};

/// All migrations in order.
std::span<const Migration> migrations();

}  // namespace foz::store
