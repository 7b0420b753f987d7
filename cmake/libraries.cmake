# The libraries, each found once. What each is for stands in ARCHITECTURE.md.

find_package(Threads REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(simdjson REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(date REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL 7.88 REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Boost 1.81 EXACT REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(pugixml REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)

if(NOT TARGET simdjson)
  add_library(simdjson ALIAS simdjson::simdjson)
endif()
if(NOT TARGET spdlog)
  add_library(spdlog ALIAS spdlog::spdlog)
endif()

set(FOZ_DUCKDB "${PROJECT_SOURCE_DIR}/.deps/duckdb")
if(NOT EXISTS "${FOZ_DUCKDB}/lib/libduckdb.so")
  message(FATAL_ERROR "DuckDB is not there yet: run scripts/setup first")
endif()
add_library(duckdb SHARED IMPORTED)
set_target_properties(duckdb PROPERTIES
  IMPORTED_LOCATION "${FOZ_DUCKDB}/lib/libduckdb.so"
  INTERFACE_INCLUDE_DIRECTORIES "${FOZ_DUCKDB}/include")
