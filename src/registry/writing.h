#pragma once
// A write of the registry under way.

#include <memory>
#include <utility>

#include "registry/registry.h"

namespace foz::registry {

struct Registry::Writing {
  store::Transaction& transaction;
  const Scope& scope;
  const std::shared_ptr<const Library> library;
  Finder earlier, now;  ///< as stored before, and as it will be

  Writing(store::Transaction& t, const Scope& s, std::shared_ptr<const Library> l)
      : transaction(t), scope(s), library(std::move(l)), earlier(t, library, s.sandbox), now(t, library, s.sandbox) {}
};

template <class Body>
Result<Shown> Registry::write(const Scope& scope, Body&& body) {
  TRY(const auto shared, library());
  return database_.write_value([&](store::Transaction& transaction) -> Result<Shown> {
    Writing writing(transaction, scope, shared);
    auto shown = body(writing);
    if (shown && scope.impact != nullptr) return Error{.kind = ErrorKind::cancelled, .message = "only tried"};
    return shown;
  });
}

}  // namespace foz::registry
