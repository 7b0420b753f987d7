#pragma once
// How the stores of this room walk their tables. Only their .cc files include it.

#include <functional>
#include <string>
#include <string_view>

#include "catalog/dataset_store.h"
#include "store/database.h"

namespace foz::catalog {

/// The rows of `select`, which ends with the condition on the sandbox, its one parameter; read one by one until `visit`
/// returns false. `read` makes a Thing or an error of a row. Errors: those of the store and of `read`.
template <class Thing, class Read>
Status each_stored(store::Reader& reader, std::string select, std::string_view sandbox, const Where& where, const Read& read,
                   const std::function<bool(Thing)>& visit) {
  if (!where.condition.empty()) select += " AND " + where.condition;
  if (!where.order.empty()) select += " ORDER BY " + where.order;
  store::Values values = {std::string(sandbox)};
  values.insert(values.end(), where.parameters.begin(), where.parameters.end());
  Status damage;
  TRY_DO(reader.each(select, values, [&](const store::Row& row) {
    Result<Thing> thing = read(row);
    if (thing) return visit(std::move(*thing));
    damage = std::move(thing).error();
    return false;
  }));
  return damage;
}

}  // namespace foz::catalog
