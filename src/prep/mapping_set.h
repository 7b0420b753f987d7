#pragma once
// Mapping sets as values: read from requests of both generations, changed, and written as answers.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json_fwd.h"
#include "base/random.h"
#include "base/result.h"

namespace foz::prep {

/// What `source` of a mapping holds. Follows: Data Prep contract, 2.4.
enum class SourceType : uint8_t {
  attribute,   ///< a path to a source attribute
  expression,  ///< an expression of the mapping language
  constant,    ///< the text itself
};

/// The word of answers: "text/x.schema-path", "text/x.aep-xl", "text/plain".
std::string_view mime_of(SourceType type);
/// Reads either word (ATTRIBUTE or its MIME form), in any letter case.
std::optional<SourceType> source_type_of(std::string_view word);

/// One source and where it goes. Follows: Data Prep contract, 2.1.
struct Mapping {
  std::string id = {};  ///< 32 hex digits; empty until stored
  int64_t version = 0;
  Instant created_at = {}, modified_at = {};
  std::string created_by = {}, modified_by = {};
  SourceType source_type = SourceType::attribute;
  std::string source = {};
  std::string destination = {};
  std::string name = {}, description = {};
  bool identity = false, primary_identity = false;
  std::string identity_group = {}, namespace_code = {};
  double match_score = 0;
  std::string warning = {};  ///< what a reader should know (a path that was taken for an expression); not stored
};

/// The schema that the mappings write to, as it was named in the request.
struct TargetSchema {
  std::string id = {};            ///< "https://ns.adobe.com/…"
  std::string content_type = {};  ///< "application/vnd.adobe.xed-full+json;version=1", or the older "1.0"
};

/// Mappings with their target. Follows: Data Prep contract, 2.1.
struct MappingSet {
  std::string id = {};  ///< 32 hex digits; empty until stored
  int64_t version = 0;
  Instant created_at = {}, modified_at = {};
  std::string created_by = {}, modified_by = {};
  std::string name = {};
  TargetSchema target = {};
  std::string output_schema_id = {};  ///< of `outputSchema`: sent, or made when stored
  std::string input_schema = {};      ///< `inputSchema` as sent, JSON text; empty: none
  std::string tags = {};              ///< `tags` as sent, JSON text; empty: none
  bool draft = false;
  bool strict_mapping = false;     ///< a field error rejects the row; paths are checked on save
  bool allow_null_values = false;  ///< a null result is written, not left out
  std::vector<Mapping> mappings = {};
};

/// Reads a body of either generation and makes checks 1 to 3 of the contract's 2.2.
/// Errors: invalid with CONV-1004-400 (not a mapping set), CONV-1005-400 (an expression does not parse), CONV-1006-400
/// (unknown function, wrong number of arguments); `where` is the JSON path, such as "mappings[2].destination".
Result<MappingSet> read_mapping_set(const Json& body);
/// The target that a body of either generation names. Errors: invalid (CONV-1004-400).
Result<TargetSchema> read_target(const Json& body);
/// One mapping, read and checked in the same way; `where` prefixes the paths of errors ("mappings[2]").
Result<Mapping> read_mapping(const Json& body, std::string_view where = "");
/// Two fields of a set that differ in letter case only: schemas tell them apart, tables do not.
struct LetterCaseClash {
  size_t mapping = 0;  ///< the later of the two
  std::string first, second;
};
/// The first there is.
std::optional<LetterCaseClash> letter_case_clash(const std::vector<Mapping>& mappings);
/// One sentence that names both fields and says what to do.
std::string message_of(const LetterCaseClash& clash);

/// Reads back what `to_json` wrote; expressions are not looked at again. Errors: invalid, when it is no mapping set.
Result<MappingSet> stored_mapping_set(const Json& json);
/// `report.additionalContext` for an error of the two above: `[{"path", "reason"}]`.
Json problem_context(const Error& error);

/// A whole set with the members of both generations (2.3). `json_schema` (may be null) becomes `outputSchema.jsonSchema`.
Json to_json(const MappingSet& set, const Json* json_schema = nullptr);
Json to_json(const Mapping& mapping);
/// `GET …/mappings`: a bare array.
Json mappings_json(const MappingSet& set);
/// The six members that a create answers.
Json created_json(const MappingSet& set);

/// Who changes a set, when, and where new ids come from.
struct Stamp {
  Instant now;
  std::string actor;
  Random& random;
};

/// `set` as it is first stored: new ids, version 0.
MappingSet created(MappingSet set, const Stamp& stamp);
/// `body` in the place of `stored`: the next version, creation kept, new ids for all mappings.
MappingSet replaced(const MappingSet& stored, MappingSet body, const Stamp& stamp);

/// Changes of single mappings; each gives the next version of the set. `id` may hold dashes.
/// Errors: not_found (CONV-1002-404).
struct MappingChange {
  MappingSet set;
  Mapping mapping;
};
Result<Mapping> find_mapping(const MappingSet& set, std::string_view id);
MappingChange with_mapping(const MappingSet& set, Mapping mapping, const Stamp& stamp);
Result<MappingChange> with_mapping_replaced(const MappingSet& set, std::string_view id, Mapping mapping,
                                            const Stamp& stamp);
Result<MappingSet> without_mapping(const MappingSet& set, std::string_view id, const Stamp& stamp);

/// An id as it is stored and compared: lower case, without dashes.
std::string plain_id(std::string_view id);

}  // namespace foz::prep
