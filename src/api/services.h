#pragma once
// What handlers may use: the domain, each part once. Built and owned by server/; lives as long as the server.

#include <chrono>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/random.h"

namespace foz::http {
class Allowance;
}
namespace foz::security {
class Organisation;
class Sandboxes;
class TokenSigner;
class Vault;
}  // namespace foz::security
namespace foz::store {
class Database;
}
namespace foz::registry {
class Registry;
}
namespace foz::catalog {
class Catalog;
}
namespace foz::prep {
class MappingSets;
}
namespace foz::flow {
class FlowService;
}
namespace foz::schedule {
class Ingestor;
class Scheduler;
}

namespace foz::api {

/// Settings that handlers act on; filled from the settings table.
struct ApiSettings {
  bool api_key_reads_specs = true;             ///< `auth.apiKeyOnly` = specs
  std::chrono::seconds token_life{86'400};     ///< `auth.tokenHours`
  bool jwt_verify = true;                      ///< `auth.jwtVerify`
  std::string public_url = {};                 ///< `server.publicUrl`; empty: from the request
  std::string region = "LOCAL";                ///< `server.region`, shown by sandboxes
  bool allow_prod_reset = false;               ///< `sandbox.allowProdReset`
  bool clamp_content_range = false;            ///< `access.contentRangeEnd` = clamped
  uint64_t upload_bytes_max = 512u << 20;      ///< `ingest.uploadBytesMax`
};

struct Services {
  const Clock& clock;
  Random& random;
  ApiSettings settings;
  store::Database& database;
  security::Organisation& organisation;
  security::Sandboxes& sandboxes;
  const security::TokenSigner& tokens;
  registry::Registry* registry = nullptr;
  catalog::Catalog* catalog = nullptr;
  prep::MappingSets* mapping_sets = nullptr;
  flow::FlowService* flows = nullptr;
  schedule::Scheduler* scheduler = nullptr;
  schedule::Ingestor* ingestor = nullptr;
  http::Allowance* requests = nullptr;       ///< of each API client; null: as many as it likes
  http::Allowance* failed_logins = nullptr;  ///< of each address; null: as many as it likes
};

}  // namespace foz::api
