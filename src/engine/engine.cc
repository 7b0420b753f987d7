#include "engine/engine.h"

#include <atomic>
#include <map>
#include <mutex>

#include "base/log.h"
#include "base/text.h"
#include "engine/duckdb_api.h"
#include "engine/vector_reader.h"
#include "engine/vector_writer.h"

namespace foz::engine {
namespace {

constexpr std::string_view kVersion = "v1.5.6";

/// A table of ours while statements read it, with the first error that a reader met.
struct TableState {
  ChunkTable* table = nullptr;
  std::mutex mutex;
  std::optional<Error> error;

  void fail(duckdb_function_info info, Error failure) {
    duckdb_function_set_error(info, failure.message.c_str());
    std::lock_guard lock(mutex);
    if (!error) error = std::move(failure);
  }
};

TableState& state_of(void* extra_info) { return *static_cast<TableState*>(extra_info); }

void bind_table(duckdb_bind_info info) {
  const TableState& state = state_of(duckdb_bind_get_extra_info(info));
  for (const Slot& slot : state.table->slots()) {
    duckdb_bind_add_result_column(info, slot.field.name.c_str(), logical_type(slot.field).get());
  }
}

void init_table(duckdb_init_info info) {
  duckdb_init_set_max_threads(info, state_of(duckdb_init_get_extra_info(info)).table->readers_max());
}

/// What a thread holds while it reads; no reader: opening it failed.
struct ThreadState {
  std::unique_ptr<ChunkReader> reader;
};

void init_thread(duckdb_init_info info) {
  TableState& state = state_of(duckdb_init_get_extra_info(info));
  auto reader = state.table->open_reader();
  if (!reader) {
    duckdb_init_set_error(info, reader.error().message.c_str());
    std::lock_guard lock(state.mutex);
    if (!state.error) state.error = reader.error();
    return;
  }
  auto* held = new ThreadState{std::move(*reader)};
  duckdb_init_set_init_data(info, held, [](void* p) { delete static_cast<ThreadState*>(p); });
}

void read_table(duckdb_function_info info, duckdb_data_chunk output) {
  TableState& state = state_of(duckdb_function_get_extra_info(info));
  auto* held = static_cast<ThreadState*>(duckdb_function_get_local_init_data(info));
  try {
    auto chunk = held->reader->next();
    if (!chunk) return state.fail(info, std::move(chunk).error());
    if (*chunk == nullptr) return duckdb_data_chunk_set_size(output, 0);
    const std::vector<Slot>& slots = state.table->slots();
    for (size_t i = 0; i < slots.size(); ++i) write_vector(slots[i], **chunk, duckdb_data_chunk_get_vector(output, i));
    duckdb_data_chunk_set_size(output, (*chunk)->rows);
  } catch (const std::exception& fault) {
    state.fail(info, Error{.kind = ErrorKind::internal, .message = fault.what()});
  }
}

ErrorKind kind_of(duckdb_error_type type, std::string_view message) {
  switch (type) {
    case DUCKDB_ERROR_INTERRUPT: return ErrorKind::cancelled;
    case DUCKDB_ERROR_OUT_OF_MEMORY:
    case DUCKDB_ERROR_IO: return ErrorKind::unavailable;
    case DUCKDB_ERROR_INTERNAL:
    case DUCKDB_ERROR_FATAL: return ErrorKind::internal;
    default: break;
  }
  return message.find("No space left") != message.npos ? ErrorKind::unavailable : ErrorKind::invalid;
}

std::string first_paragraph(std::string message) {
  message = message.substr(0, message.find("\n\n"));
  return replace_all(std::move(message), "\n", " ");
}

/// A result that frees itself.
struct HeldResult {
  duckdb_result value{};
  ~HeldResult() { duckdb_destroy_result(&value); }
};

Result<QueryRows> rows_of(HeldResult& result, size_t rows_max) {
  QueryRows rows;
  std::vector<Owned<duckdb_logical_type>> types;
  const idx_t columns = duckdb_column_count(&result.value);
  for (idx_t i = 0; i < columns; ++i) {
    rows.columns.emplace_back(duckdb_column_name(&result.value, i));
    types.emplace_back(duckdb_column_logical_type(&result.value, i));
  }
  for (;;) {
    const Owned<duckdb_data_chunk> chunk(duckdb_fetch_chunk(result.value));
    if (chunk == nullptr) break;
    const idx_t count = duckdb_data_chunk_get_size(chunk.get());
    for (idx_t row = 0; row < count; ++row) {
      if (rows.rows.size() == rows_max) {
        rows.cut_off = true;
        return rows;
      }
      std::vector<Json>& values = rows.rows.emplace_back();
      for (idx_t i = 0; i < columns; ++i) {
        values.push_back(json_value(duckdb_data_chunk_get_vector(chunk.get(), i), types[i].get(), row));
      }
    }
  }
  return rows;
}

std::string folder_list(const std::vector<std::filesystem::path>& folders) {
  std::string list;
  for (const auto& folder : folders) list += (list.empty() ? "" : ", ") + sql_text(folder.string() + "/");
  return "[" + list + "]";
}

}  // namespace

struct Engine::State {
  Owned<duckdb_database> database;
  std::mutex mutex;
  std::map<std::string, std::unique_ptr<TableState>> tables;
};

Json QueryRows::object(size_t row) const {
  Json object = Json::object();
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!rows.at(row)[i].is_null()) object[columns[i]] = rows[row][i];
  }
  return object;
}

std::string_view Engine::version() { return kVersion; }

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}

Engine::~Engine() {
  state_->database.reset();  // before the tables it may still know
}

Result<std::unique_ptr<Engine>> Engine::open(const EngineOptions& options) {
  if (duckdb_library_version() != kVersion) {
    return Error{.kind = ErrorKind::internal,
                 .message = "libduckdb.so is " + std::string(duckdb_library_version()) + ", but Foz is built for " + std::string(kVersion)};
  }
  duckdb_config config = nullptr;
  FOZ_CHECK(duckdb_create_config(&config) == DuckDBSuccess);
  const Owned<duckdb_config> held(config);
  duckdb_set_config(config, "threads", std::to_string(options.threads).c_str());
  duckdb_set_config(config, "memory_limit", (std::to_string(options.memory_bytes >> 20) + "MiB").c_str());
  duckdb_set_config(config, "preserve_insertion_order", "false");
  duckdb_set_config(config, "autoinstall_known_extensions", "false");
  duckdb_set_config(config, "autoload_known_extensions", "false");
  duckdb_database database = nullptr;
  char* why = nullptr;
  if (duckdb_open_ext(nullptr, &database, config, &why) != DuckDBSuccess) {
    Error error{.kind = ErrorKind::unavailable, .message = std::string("DuckDB does not start: ") + (why == nullptr ? "" : why)};
    duckdb_free(why);
    return error;
  }
  auto state = std::make_unique<State>();
  state->database.reset(database);
  std::unique_ptr<Engine> engine(new Engine(std::move(state)));
  std::vector<std::filesystem::path> folders = options.allowed_folders;
  if (!options.spill_folder.empty()) folders.push_back(options.spill_folder);
  for (const std::string& sql : {std::string("SET TimeZone = 'UTC'"),
                                 "SET temp_directory = " + sql_text(options.spill_folder.string()),
                                 "SET allowed_directories = " + folder_list(folders),
                                 std::string("SET enable_external_access = false"),
                                 std::string("SET lock_configuration = true")}) {
    TRY([[maybe_unused]] const auto rows, engine->query(sql));
  }
  return engine;
}

Status Engine::add_table(const std::string& name, ChunkTable& table) {
  {
    // DuckDB keeps what it was given first under a name.
    std::lock_guard lock(state_->mutex);
    if (const auto known = state_->tables.find(name); known != state_->tables.end()) {
      std::lock_guard table_lock(known->second->mutex);
      known->second->table = &table;
      known->second->error.reset();
      return {};
    }
  }
  auto state = std::make_unique<TableState>();
  state->table = &table;
  duckdb_connection raw = nullptr;
  FOZ_CHECK(duckdb_connect(state_->database.get(), &raw) == DuckDBSuccess);
  const Owned<duckdb_connection> connection(raw);
  const Owned<duckdb_table_function> function(duckdb_create_table_function());
  duckdb_table_function_set_name(function.get(), name.c_str());
  duckdb_table_function_set_extra_info(function.get(), state.get(), nullptr);
  duckdb_table_function_set_bind(function.get(), bind_table);
  duckdb_table_function_set_init(function.get(), init_table);
  duckdb_table_function_set_local_init(function.get(), init_thread);
  duckdb_table_function_set_function(function.get(), read_table);
  if (duckdb_register_table_function(connection.get(), function.get()) != DuckDBSuccess) {
    return Error{.kind = ErrorKind::internal, .message = "the table function " + name + " cannot be registered"};
  }
  std::lock_guard lock(state_->mutex);
  state_->tables[name] = std::move(state);
  return {};
}

Status Engine::check_read_only(std::string_view sql) {
  duckdb_connection raw = nullptr;
  FOZ_CHECK(duckdb_connect(state_->database.get(), &raw) == DuckDBSuccess);
  const Owned<duckdb_connection> connection(raw);
  duckdb_extracted_statements extracted = nullptr;
  const idx_t count = duckdb_extract_statements(raw, std::string(sql).c_str(), &extracted);
  const Owned<duckdb_extracted_statements> statements(extracted);
  if (count == 0) {
    const char* words = duckdb_extract_statements_error(extracted);
    return Error{.kind = ErrorKind::invalid, .message = words == nullptr ? "there is no statement" : first_paragraph(words)};
  }
  if (count > 1) return Error{.kind = ErrorKind::invalid, .message = "one statement at a time"};
  duckdb_prepared_statement prepared = nullptr;
  const bool good = duckdb_prepare_extracted_statement(raw, extracted, 0, &prepared) == DuckDBSuccess;
  const Owned<duckdb_prepared_statement> statement(prepared);
  if (!good) {
    const char* words = duckdb_prepare_error(prepared);
    return Error{.kind = ErrorKind::invalid, .message = words == nullptr ? "the statement cannot be prepared" : first_paragraph(words)};
  }
  switch (duckdb_prepared_statement_type(prepared)) {
    case DUCKDB_STATEMENT_TYPE_SELECT:
    case DUCKDB_STATEMENT_TYPE_EXPLAIN: return {};
    default: return Error{.kind = ErrorKind::invalid, .message = "only statements that read are run: SELECT, SHOW, DESCRIBE, EXPLAIN"};
  }
}

Result<QueryRows> Engine::query(std::string_view sql, std::stop_token stop, size_t rows_max) {
  duckdb_connection raw = nullptr;
  FOZ_CHECK(duckdb_connect(state_->database.get(), &raw) == DuckDBSuccess);
  const Owned<duckdb_connection> connection(raw);
  const std::stop_callback interrupt(stop, [&] { duckdb_interrupt(raw); });
  if (stop.stop_requested()) return Error{.kind = ErrorKind::cancelled, .message = "stopped before the statement began"};
  HeldResult result;
  if (duckdb_query(raw, std::string(sql).c_str(), &result.value) == DuckDBSuccess) return rows_of(result, rows_max);
  {
    std::lock_guard lock(state_->mutex);
    for (const auto& [name, table] : state_->tables) {
      std::lock_guard table_lock(table->mutex);
      if (table->error) return std::exchange(table->error, std::nullopt).value();
    }
  }
  const char* words = duckdb_result_error(&result.value);
  const std::string message = first_paragraph(words == nullptr ? "the statement failed" : words);
  return Error{.kind = stop.stop_requested() ? ErrorKind::cancelled : kind_of(duckdb_result_error_type(&result.value), message),
               .message = message};
}

}  // namespace foz::engine
