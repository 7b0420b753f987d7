#pragma once
// If-Match and If-None-Match on catalog objects. Follows: Catalog contract, 3.3.

#include "base/result.h"
#include "base/text.h"
#include "catalog/catalog.h"

namespace foz::catalog {

/// Errors: conflict with code CATALOG-412.
inline Status check(const Precondition& precondition, std::string_view version) {
  if (precondition.must_be_new) {
    return Error{.kind = ErrorKind::conflict, .message = "If-None-Match: * asks for something new, but this exists", .code = "CATALOG-412"};
  }
  if (!precondition.if_match) return {};
  std::string_view wanted = trim(*precondition.if_match);
  if (wanted.size() >= 2 && wanted.front() == '"' && wanted.back() == '"') wanted = wanted.substr(1, wanted.size() - 2);
  if (wanted == "*" || wanted == version) return {};
  return Error{.kind = ErrorKind::conflict,
               .message = "If-Match names the version " + std::string(wanted) + ", but it is " + std::string(version) + " now: read it again",
               .code = "CATALOG-412"};
}

}  // namespace foz::catalog
