#pragma once
// What a client asks of a list, and the token that takes it to the next page.
// Follows: Flow Service contract, 3.3-3.5.

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "flow/ordering.h"
#include "flow/property_filter.h"
#include "http/message.h"
#include "security/vault.h"

namespace foz::flow {

struct ListQuery {
  Filter filter;
  Ordering ordering;
  std::optional<PlaceInOrder> after = {};  ///< where the page before ended
  std::optional<size_t> limit = {};        ///< nothing: everything that matches (specs)
  bool count = false;                      ///< only the number of matches
};

/// Which list it is: what a token is bound to, and how it behaves.
struct ListKind {
  std::string_view collection;  ///< "flows"
  bool paged = true;            ///< false: everything in one answer unless `limit` is sent
};

/// Makes and reads continuation tokens: the whole query and the last place, sealed with the vault's key and bound to
/// sandbox and collection. Letters, digits, `-` and `_` only. Tokens live 24 hours. Thread-safe.
class PageTokens {
 public:
  PageTokens(const security::Vault& vault, const Clock& clock) : vault_(vault), clock_(clock) {}

  std::string seal(std::string_view sandbox, std::string_view collection, const ListQuery& next) const;
  /// Errors: invalid, FLOW-1451 (tampered, of another list or sandbox, too old).
  Result<ListQuery> open(std::string_view sandbox, std::string_view collection, std::string_view token) const;

 private:
  const security::Vault& vault_;
  const Clock& clock_;
};

/// Reads `property`, `orderby`, `limit`, `count`, `continuationToken`. With a token its filter and order rule; a `limit`
/// beside it overrides. Limits above 1000 are 1000. Errors: those of the parts; FLOW-1451 (limit).
Result<ListQuery> read_list_query(const http::Query& query, const ListKind& kind, std::string_view sandbox, const PageTokens& tokens);

/// The same of a search body (null: no filter). Errors: as above; FLOW-1405 (no object).
Result<ListQuery> read_search(const Json& body, const std::optional<std::string>& token, const ListKind& kind,
                              std::string_view sandbox, const PageTokens& tokens);

}  // namespace foz::flow
