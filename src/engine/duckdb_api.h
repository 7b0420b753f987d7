#pragma once
// DuckDB's C API, for the files of this room only.

#include <duckdb.h>

#include <memory>

namespace foz::engine {

struct CloseDuckdb {
  void operator()(duckdb_database p) const { duckdb_close(&p); }
  void operator()(duckdb_connection p) const { duckdb_disconnect(&p); }
  void operator()(duckdb_config p) const { duckdb_destroy_config(&p); }
  void operator()(duckdb_logical_type p) const { duckdb_destroy_logical_type(&p); }
  void operator()(duckdb_table_function p) const { duckdb_destroy_table_function(&p); }
  void operator()(duckdb_data_chunk p) const { duckdb_destroy_data_chunk(&p); }
  void operator()(duckdb_extracted_statements p) const { duckdb_destroy_extracted(&p); }
  void operator()(duckdb_prepared_statement p) const { duckdb_destroy_prepare(&p); }
};

/// Owns a handle of the C API, which are all pointers to structs.
template <class Handle>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, CloseDuckdb>;

}  // namespace foz::engine
