#pragma once
// Cells made up from (seed, row, column): the same on every machine, in any order, without memory.

#include <cstdint>
#include <string_view>

#include "simulators/tables/column.h"
#include "simulators/tables/value.h"

namespace foz::sim {

/// A well-mixed function of its argument (the finaliser of splitmix64).
constexpr uint64_t mixed(uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9;
  x ^= x >> 27;
  x *= 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

/// What all cells of one row share.
struct RowSeed {
  uint64_t row = 0;
  uint64_t hash = 0;
  RowSeed(uint64_t seed, uint64_t row_number) : row(row_number), hash(mixed(seed * 0x9e3779b97f4a7c15 + row_number + 1)) {}
};

uint64_t salt_of(std::string_view name);

/// When the row was created, in milliseconds: spread evenly over 2019 to mid 2024, different for every row.
int64_t made_created(const RowSeed& row, int64_t precision_ms);
/// When it was last changed: up to 180 days later.
int64_t made_modified(const RowSeed& row, int64_t precision_ms);
/// The cell of any other recipe. `id`, `created`, `modified`, `deleted`, `version` and `csv` are the table's business.
Value made_cell(const Column& column, const RowSeed& row, Scratch& scratch);

}  // namespace foz::sim
