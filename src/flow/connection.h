#pragma once
// Base connections: logins to source systems, and the handles of data sets. Follows: Flow Service contract, 7.

#include <optional>
#include <string>
#include <string_view>

#include "flow/document.h"
#include "flow/environment.h"
#include "flow/explore.h"
#include "flow/open_sources.h"
#include "flow/shelf.h"
#include "flow/specs.h"

namespace foz::flow {

/// A base connection as runs need it.
struct Connection {
  ConnectionId id;
  std::string name;
  std::string state;
  std::string spec_id;
};
Connection connection_of(const Json& stored);

/// Base connections of all sandboxes. Thread-safe.
class Connections {
 public:
  Connections(const Environment& environment, const Specs& specs, OpenSources& sources)
      : environment_(environment), specs_(specs), sources_(sources) {}

  /// Checks, logs in (unless it is a draft, or `connections.testOnCreate` is off), stores; secrets go to the vault.
  /// Errors: CONNECTOR-1301, 1304, 1308, 1312; FLOW-1405, 1413 (spec), 1415 (auth spec), 1103, 1104.
  Result<Written> create(const Scope& scope, const Json& body, Mode mode) const;
  /// The stored document. Errors: not_found.
  Result<Json> find(store::Reader& reader, std::string_view sandbox, std::string_view id) const;
  /// A change of `auth` is tried out first; a mask leaves its secret as it is. Errors: as create; FLOW-1403, 1404, 1414
  /// (connectionSpec), 1416 (initializing), 1434, 1455; CONNECTOR-1300, 1302.
  Result<Written> patch(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match, const Json& body) const;
  /// Draft to enabled, after the checks of create. Errors: FLOW-1409 (no draft); as create.
  Result<Written> publish(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const;
  /// Errors: FLOW-1418 (a flow uses it; the message names the flows), 1417 (initializing), 1404.
  Status remove(const Scope& scope, std::string_view id, const std::optional<std::string>& if_match) const;

  /// `{"result":true}`, or false with errors. Errors: not_found; FLOW-1104-504.
  Result<Json> test(const Scope& scope, std::string_view id) const;
  Result<Json> explore(const Scope& scope, std::string_view id, const ExploreRequest& request) const;
  /// Columns of `table` that can serve as delta column; none without a table.
  Result<Json> configs(const Scope& scope, std::string_view id, std::string_view table) const;

  /// The connection logged in, shared with everybody else who uses it. Errors: not_found, FLOW-1439; those of
  /// OpenSources::of.
  Result<std::shared_ptr<OpenSource>> open(std::string_view sandbox, std::string_view id) const;
  /// A run found the login broken, or working again: `disabled` or `enabled`. Informational; runs are tried all the same.
  Status mark_login(std::string_view sandbox, std::string_view id, bool works) const;

 private:
  struct Checked;
  Result<ConnectionSpec> spec_of(store::Reader& reader, std::string_view sandbox, const Json& document) const;
  /// Whether a login is tried out, and whose it is.
  struct Trial {
    bool wanted = false;
    std::optional<StoredConnection> stored = {};
  };
  Result<Checked> checked_login(const Scope& scope, const Json& document, const Json& plain, const Trial& trial) const;
  Status try_login(const ConnectionSpec& spec, const AuthForm& form, Json& plain, const std::optional<StoredConnection>& stored) const;
  Status set_state(std::string_view sandbox, std::string_view id, std::string_view from, std::string_view to) const;

  const Environment& environment_;
  const Specs& specs_;
  OpenSources& sources_;
};

}  // namespace foz::flow
