#pragma once
// Samples and source schemas that last. Follows: Data Prep contract, 3.7.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "base/result.h"
#include "prep/mapping_set_store.h"
#include "store/database.h"

namespace foz::prep {

/// Documents of one list, in its order.
struct DocumentPage {
  std::vector<Json> documents;
  bool more = false;
};

/// Cheap to make; thread-safe. Ids may hold dashes. Errors of look-ups: not_found (CONV-1010-404).
class SampleStore {
 public:
  /// All must outlive this.
  SampleStore(store::Database& database, const Clock& clock, Random& random) : database_(database), clock_(clock), random_(random) {}

  /// `{"id", "version", "createdDate", …, "sampleData", "sampleType"}`; `sampleData` is a JSON text.
  /// `body` holds `sampleData`, as text or JSON. Errors: invalid (CONV-1004-400).
  Result<Json> create_sample(std::string_view sandbox, const Json& body, std::string_view actor);
  Result<Json> replace_sample(std::string_view sandbox, std::string_view id, const Json& body, std::string_view actor);
  Result<Json> sample(std::string_view sandbox, std::string_view id) const;

  /// The effective document of a schema in the registry. Errors: not_found.
  using SchemaLookup = std::function<Result<Json>(const std::string& id)>;
  /// `{"id", "version", "jsonSchema", "schemaRef"}` of a body with `jsonSchema`, `sampleId`, or `schemaRef`; the last one
  /// answers its `jsonSchema` as text. Errors: invalid (CONV-1004-400), not_found (the sample).
  Result<Json> create_schema(std::string_view sandbox, const Json& body, std::string_view actor, const SchemaLookup& lookup);
  /// A file: a JSON schema, or a sample whose schema is inferred.
  Result<Json> create_schema_of_file(std::string_view sandbox, std::string_view text, std::string_view actor);
  Result<Json> schema(std::string_view sandbox, std::string_view id) const;

  /// `wanted.name` and `wanted.properties` do not count here.
  Result<DocumentPage> samples(std::string_view sandbox, const MappingSetList& wanted) const { return list(sandbox, "samples", wanted); }
  Result<DocumentPage> schemas(std::string_view sandbox, const MappingSetList& wanted) const { return list(sandbox, "schemas", wanted); }

 private:
  Result<Json> insert(std::string_view sandbox, std::string_view kind, Json doc, std::string_view actor);
  Result<Json> find(std::string_view sandbox, std::string_view kind, std::string_view id) const;
  Result<DocumentPage> list(std::string_view sandbox, std::string_view kind, const MappingSetList& wanted) const;

  store::Database& database_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace foz::prep
