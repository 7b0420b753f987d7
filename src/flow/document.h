#pragma once
// What connections, flows and specs have in common as JSON documents: who wrote them, their etag, how they change.
// Follows: Flow Service contract, 2.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "base/result.h"
#include "security/access.h"
#include "store/resource_table.h"

namespace foz::flow {

inline constexpr std::string_view kBasePath = "/data/foundation/flowservice";
inline constexpr std::string_view kProviderId = "0ed90a81-07f4-4586-8190-b40eccef1c5a";

/// Who asks, and in which sandbox.
struct Scope {
  std::string org_id;
  std::string sandbox;       ///< id; what tables call `sandbox`
  std::string sandbox_name;
  std::string client_id;
  std::string user_id;
  security::HeldLabels labels = {};
};

/// A stored document together with what a client must know after a write.
struct Written {
  std::string id;
  std::string etag;  ///< quotes included
  std::vector<std::string> warnings = {};  ///< words for `x-foz-warning`
};
/// `{"id","etag"}`.
Json to_json(const Written& written);

/// An etag in Adobe's form, quotes included: 8 random hex digits, `0000-0200-0000`, the second of the write.
std::string new_etag(Random& random, Instant now);

/// What `If-Match` demands: nothing, or an etag with or without quotes and `W/`, or `*`.
/// Errors: invalid, FLOW-1403-400 (missing and `required`); conflict, FLOW-1404-412 (stale). `where` = "flows/{id}".
Status check_if_match(const std::optional<std::string>& if_match, std::string_view etag, bool required, std::string_view where);
/// A document that somebody else changed between read and write.
Error stale(std::string_view where);

/// `No flows resource {id} exists in this sandbox.`
Error no_such(std::string_view collection, std::string_view id);

/// Members that a client may send and that are not its own: dropped from a body.
bool is_server_owned(std::string_view member);

/// What Foz keeps with a document and never shows.
inline constexpr std::string_view kInternal = "_foz";
/// The document as GET shows it.
Json shown(Json stored);
/// A member of what Foz keeps with a document; null when it is not there.
Json internal_of(const Json& stored, std::string_view name);
void set_internal(Json& stored, std::string_view name, Json value);

/// A new document: identity and audit members, then what `body` holds that is its own. Members that must be objects or
/// arrays and came as null are left out. Etag and version stand behind.
Json new_document(const Scope& scope, const Json& body, std::string id, const std::string& etag, Instant now);

/// Marks `document` as changed by `scope` now, with a new etag.
void stamp(Json& document, const Scope& scope, const std::string& etag, Instant now);

/// `lastOperation` after a create (`operation` alone) or an update with its operations.
Json operation_json(std::string_view operation, Instant started, Instant now, const Json* ops = nullptr);

/// The stored row of a document.
store::Resource resource_of(std::string_view sandbox, Json document);

/// A collection of stored documents.
struct Shelf {
  std::string_view collection;  ///< "flows"
  std::string_view table;
};
/// The stored document with that id. Errors: not_found, FLOW-1439.
Result<Json> find_stored(store::Reader& reader, const Shelf& shelf, std::string_view sandbox, std::string_view id);
/// Stores `document` in the place of the one with the etag `before`. Errors: conflict, FLOW-1404 (changed meanwhile).
Status replace_stored(store::Transaction& transaction, const Shelf& shelf, std::string_view sandbox, const Json& document,
                      std::string_view before, const store::Extras& extras);
/// "flows/{id}".
std::string where_of(const Shelf& shelf, std::string_view id);

/// Members that must be objects or arrays and are null go.
void drop_nulls(Json& document);
/// Members that clients index into hold what the contract says, where they are there: labels texts, params an object.
/// Errors: CONNECTOR-1312.
Status check_forms(const Json& document);

/// Moves `member` behind the one named `after`, so that documents read alike. Nothing happens when either is missing.
struct Place {
  std::string_view member, after;
};
void move_behind(Json& document, const Place& place);

/// An invalid member of a body: provider code CONNECTOR-{number}-400.
Error provider_error(int number, std::string message, std::string where = {});
Error flow_error(int number, std::string message, std::string where = {});
/// Several mistakes as one error: the first gives code, message and place, all stand in `problems` when there are more.
Error several(std::vector<Error> errors);

/// A required text member: present, a string, not empty, at most 255 characters. Errors: CONNECTOR-1304, 1312.
Status check_name(const Json& document);

/// The id of `connectionSpec` or `flowSpec`; "" when it is absent.
std::string spec_id_of(const Json& document, std::string_view member);
/// `{"id","version"}` with a version that was absent set to "1.0"; other members stay.
Json spec_reference(const Json& given);

}  // namespace foz::flow
