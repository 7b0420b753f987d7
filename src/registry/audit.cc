#include "registry/audit.h"

#include "base/time_text.h"

namespace foz::registry {
namespace {

Json updates_of(const Change& change) {
  const auto own = [](const Json& doc) { return doc.is_null() ? Json::object() : client_members(doc); };
  Json updates = Json::array();
  for (const Json& step : Json::diff(own(change.before), own(change.after))) {
    Json update = {{"id", change.id}, {"xdmType", words_of(change.kind).type}, {"action", step["op"]}, {"path", step["path"]}};
    if (step.contains("value")) update["value"] = step["value"];
    updates.push_back(std::move(update));
  }
  return updates;
}

}  // namespace

std::string registry_time(Instant now) {
  const std::string iso = iso_seconds(now);
  return iso.substr(5, 2) + "-" + iso.substr(8, 2) + "-" + iso.substr(0, 4) + " " + iso.substr(11, 8);
}

Status append_audit(store::Transaction& transaction, const Scope& scope, const std::string& org_id, Instant now, const Change& change) {
  const Json updates = updates_of(change);
  if (updates.empty()) return {};
  const Json entry = {{"id", change.id}, {"updatedUser", scope.user}, {"imsOrg", org_id}, {"updatedTime", registry_time(now)},
                      {"updated", to_millis(now)}, {"requestId", scope.request_id}, {"clientId", scope.client}, {"sandBoxId", scope.sandbox},
                      {"updates", updates}};
  TRY([[maybe_unused]] const auto added, transaction.exec("INSERT INTO registry_audit (sandbox, resource, doc) VALUES (?, ?, ?)",
                                                          {scope.sandbox, change.id, to_text(entry)}));
  return {};
}

Result<Json> audit_of(store::Reader& reader, std::string_view sandbox, std::string_view resource_id) {
  Json entries = Json::array();
  bool damaged = false;
  TRY_DO(reader.each("SELECT doc FROM registry_audit WHERE sandbox = ? AND resource = ? ORDER BY number DESC", {std::string(sandbox), std::string(resource_id)},
                     [&](const store::Row& row) {
                       auto entry = parse_json(row.text(0), {.depth_max = 256});
                       damaged = !entry;
                       if (damaged) return false;
                       (*entry)["auditTrails"] = (*entry)["updates"];
                       entries.push_back(std::move(*entry));
                       return true;
                     }));
  if (damaged) return Error{.kind = ErrorKind::corrupt, .message = "the stored audit log of " + std::string(resource_id) + " cannot be read"};
  return entries;
}

}  // namespace foz::registry
