#pragma once
// What tests of flows stand on: a database and a vault in a folder of their own, a clock that a test moves.

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "base/random.h"
#include "base/testing.h"
#include "security/vault.h"
#include "store/database.h"

namespace foz::flow::testing {

/// 2024-09-23T00:00:00Z: the first instant of the contract's examples.
inline constexpr int64_t kStartSeconds = 1727049600;

struct Store {
  TemporaryFolder folder;
  ManualClock clock{from_seconds(kStartSeconds)};
  SeededRandom random{20240923};
  std::unique_ptr<store::Database> database = store::open_sqlite({.file = folder.path() / "meta.db"}).value();
  security::Vault vault = security::Vault::open(folder.path() / "key").value();
};

}  // namespace foz::flow::testing
