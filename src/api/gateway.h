#pragma once
// The front door: who calls, for which sandbox, which route. Everything that happens before a handler sees a request.
// Follows: Sandbox and authentication contract, 1-2; Flow Service contract, 1.

#include <vector>

#include "api/error_body.h"
#include "api/request.h"
#include "api/services.h"
#include "http/router.h"

namespace foz::api {

/// Checks run in this order: token, key, org, how often, sandbox, route and verb, right, body; then the handler. Thread-safe.
class Gateway {
 public:
  Gateway(Services& services, std::vector<RouteTable> tables);

  /// The whole answer to a request, errors and headers included.
  Response handle(http::Request request);

  /// All routes, for the API description and for tests that walk them.
  const std::vector<RouteTable>& tables() const { return tables_; }

  /// True for requests whose body is to be streamed to disk.
  bool takes_file(const http::Request& head) const;

 private:
  struct Target {
    const RouteTable* table;
    const Route* route;
  };
  Response answer(const http::Request& request, const std::string& request_id, std::vector<std::string>& warnings);
  const RouteTable* table_of(std::string_view path) const;

  Services& services_;
  const std::vector<RouteTable> tables_;
  std::vector<http::Router> routers_;  ///< one per table, same order
};

}  // namespace foz::api
