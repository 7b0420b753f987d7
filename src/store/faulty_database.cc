#include "store/faulty_database.h"

namespace foz::store {

Status FaultyDatabase::each(std::string_view sql, const Values& parameters, const std::function<bool(const Row&)>& visit) {
  if (const auto fault = faults_(DatabaseCall::read)) return fault->error;
  return next_.each(sql, parameters, visit);
}

Status FaultyDatabase::write(const std::function<Status(Transaction&)>& body) {
  const auto fault = faults_(DatabaseCall::write);
  if (!fault) return next_.write(body);
  if (fault->when == DatabaseFault::When::before) return fault->error;
  if (fault->when == DatabaseFault::When::after) {
    TRY_DO(next_.write(body));
    return fault->error;
  }
  return next_.write([&](Transaction& transaction) -> Status {
    TRY_DO(body(transaction));
    return fault->error;
  });
}

}  // namespace foz::store
