#pragma once
// `transformations` of a flow: Copy and Mapping as typed values. Follows: Flow Service contract, 10.2, 13.4.

#include <cstdint>
#include <optional>
#include <string>

#include "base/json_fwd.h"
#include "base/result.h"

namespace foz::flow {

/// The column that tells which rows are new.
struct DeltaColumn {
  std::string name;
  std::string date_format = {};  ///< of text columns; empty: the default
  std::string timezone = {};     ///< of values without a zone; empty: UTC

  friend bool operator==(const DeltaColumn&, const DeltaColumn&) = default;
};

struct MappingRef {
  std::string id;
  std::optional<int64_t> version = {};  ///< nothing: the newest when the flow was made

  friend bool operator==(const MappingRef&, const MappingRef&) = default;
};

struct Transformations {
  std::optional<DeltaColumn> delta_column = {};
  std::optional<MappingRef> mapping = {};

  friend bool operator==(const Transformations&, const Transformations&) = default;
};

/// Reads the array; null gives none. Errors: invalid, all mistakes at once: CONNECTOR-1304 (name, mappingId), 1312 (unknown
/// transformation, encryption, time zone, version), 1368 (mode other than append).
Result<Transformations> read_transformations(const Json& transformations);

/// `deltaColumn` of Copy params or of a run request: an object, or the bare name. Errors: as above; `where` is its pointer.
Result<DeltaColumn> read_delta_column(const Json& value, const std::string& where);
Json to_json(const DeltaColumn& column);

/// `transformations` with `column` in its Copy; a Copy is added where there is none.
Json with_delta_column(Json transformations, const DeltaColumn& column);

}  // namespace foz::flow
