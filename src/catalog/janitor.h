#pragma once
// What time does to the catalog: files that nothing shows go, uploads that nobody completes are abandoned, rows
// that lived long enough too.
// Follows: Catalog contract, 3.3 and 4.2; Ingestion contract, 10 and 17.

#include <cstdint>
#include <stop_token>

#include "catalog/catalog.h"
#include "lake/file_io.h"

namespace foz::catalog {

struct Swept {
  int64_t purged = 0;     ///< folders removed
  int64_t abandoned = 0;  ///< batches that loaded for too long
  int64_t expired = 0;    ///< batches whose rows lived long enough
};

/// Call `sweep` every minute or so, from one thread at a time. A crash loses nothing: what is planned stays planned.
class Janitor {
 public:
  Janitor(store::Database& database, const Catalog& catalog, lake::FileIo& files, const Clock& clock)
      : database_(database), catalog_(catalog), files_(files), clock_(clock) {}

  /// Errors: unavailable (storage). A folder that cannot be removed is tried again at the next sweep.
  Result<Swept> sweep(std::stop_token stop = {});

 private:
  Status purge(int64_t now_ms, std::stop_token stop, Swept& swept);

  store::Database& database_;
  const Catalog& catalog_;
  lake::FileIo& files_;
  const Clock& clock_;
};

}  // namespace foz::catalog
