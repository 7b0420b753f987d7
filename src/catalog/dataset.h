#pragma once
// Data sets: rows under one schema, and the table they are read by. Follows: Catalog contract, 3.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "catalog/batch.h"

namespace foz::catalog {

/// What the catalog needs to know of a schema.
struct SchemaFacts {
  std::string id;          ///< its `$id`, however it was referred to
  std::string title;
  std::string behavior;    ///< record, time-series, adhoc
  bool in_union = false;   ///< tagged `union`
};

/// What the engine keeps of a data set; clients only read it.
struct TableState {
  int64_t records = 0, bytes = 0;
  int64_t snapshot = 0;    ///< +1 whenever the set of visible files changes
  Json observed = Json::object();  ///< see observable_schema
  std::string last_batch, last_status, last_success, last_failure;
};

struct Dataset {
  std::string sandbox;
  std::string id;        ///< 24 hex digits
  std::string version;   ///< "1.0.3"; +1 on each write of a client; also its etag
  int64_t created_ms = 0, updated_ms = 0;
  std::string view_id;
  std::string table_name;  ///< what queries call it; unique in the sandbox
  Json doc;                ///< the members that clients own, checked, and who made and changed it
  TableState state = {};

  std::string name() const { return text_of(doc, "name"); }
  /// `$id` of its schema; "" when it has none.
  std::string schema_id() const;
  /// The media type its schema was named with.
  std::string content_type() const;
  /// False: `acp_validationContext: ["disabled"]`, or no schema. Then only rows that cannot be parsed are rejected.
  bool validates_rows() const;
  bool error_diagnostics() const { return boolean_of(doc, "enableErrorDiagnostics").value_or(false); }
  /// `fileDescription.format`, lower case: "parquet".
  std::string format() const;
};

/// Who wrote, and when.
struct Author {
  std::string client, user;
};

/// A data set as a client wants it: its members checked and brought to their stored forms; the engine's own are dropped.
/// Errors: invalid, with the JSON pointer of the member.
Result<Json> checked_dataset(const Json& body);

/// The schema a checked document names: id and media type; nothing when it names none.
struct SchemaRef {
  std::string id, content_type;
};
std::optional<SchemaRef> schema_ref_of(const Json& checked);

/// `checked` with what its schema says: `schemaRef.id`, `classification`, a name. `facts` is empty without a schema.
/// Errors: invalid (`unifiedProfile` wants a schema tagged `union`).
Result<Json> with_schema(Json checked, const std::optional<SchemaFacts>& facts, int64_t created_ms);

/// The name queries may use for `name`: lower case, everything but letters and digits as `_`, no digit first.
std::string table_name_for(std::string_view name);
/// The table name that a checked document asks for in its tags; "" when it leaves that to us.
std::string wanted_table_name(const Json& checked);

/// The object behind the id. Follows: Catalog contract, 3.2.
Json shown(const Dataset& dataset, const Outside& outside);
/// Its only view. Follows: Catalog contract, 6.1.
Json shown_view(const Dataset& dataset, const Outside& outside);
/// Where its files lie, as a storage URI: a name, not a path on this machine.
std::string storage_uri(const Dataset& dataset);

}  // namespace foz::catalog
