#pragma once
// Records of uploaded files against the schema of their data set: structure, then types, then constraints.
// Follows: Ingestion and access contract, 7 and 8.

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_walk.h"
#include "engine/chunk.h"
#include "prep/run.h"
#include "registry/columns.h"
#include "registry/validate.h"
#include "schedule/ingest/presence.h"
#include "schedule/ingest/scalar.h"

namespace foz::schedule {

struct RecordRules {
  InputForm form = InputForm::json;
  bool reject_unknown = true;  ///< fields that the schema lacks reject the record; else they are dropped
  bool validates = true;       ///< false: only what cannot be parsed is rejected, what does not fit is null
};

/// Where the values below a node stand in a record: objects are spread over their members, depth first, down to what is no
/// object. Lists, maps and what is in them are one value. `node` outlives it.
struct Places {
  explicit Places(const registry::Node& root) : Places(root, 0) {}

  const registry::Node* node;
  size_t begin, end;              ///< of the record's values
  std::vector<Places> children;   ///< of an object that is spread: as the node's own
  bool has_required;              ///< among the children

  bool is_spread() const { return !children.empty(); }

 private:
  Places(const registry::Node& of, size_t first);
};

/// What became of one record: a value for each of its places, in the shape that columns of `any` take (prep/compile.h), or the
/// reasons why it does not land, the graver kinds first.
struct ReadRecord {
  std::vector<engine::Value> values;
  std::vector<prep::Reason> reasons;

  bool is_good() const { return reasons.empty(); }
};

/// Collects reasons by level: unknown fields, types, constraints. Keeps a few of each record.
class RecordIssues {
 public:
  explicit RecordIssues(RecordRules rules) : rules_(rules) {}
  const RecordRules& rules() const { return rules_; }

  void start() { by_level_ = {}; }
  void unknown(const std::string& path);
  void misfit(const std::string& path, std::string_view why);
  void broken(const std::string& path, const registry::Rules& rules, registry::Keyword keyword);
  void missing(const std::string& path);
  /// The rules of a scalar.
  void check(const registry::Node& node, const engine::Value& value, const std::string& path);
  /// The members of an object that must have a value.
  void check_required(const registry::Node& node, std::span<const engine::Value> values, const std::string& path);
  /// The same of one that is spread over `values`, those of a whole record.
  void check_required(const Places& places, std::span<const engine::Value> values, const std::string& path);
  void take(std::vector<prep::Reason>& reasons);

 private:
  void add(size_t level, prep::Reason reason);
  const RecordRules rules_;
  std::array<std::vector<prep::Reason>, 3> by_level_;
};

/// Reads JSON records. Not thread-safe; one per worker. `root` outlives it, and so does `whole`: the schema of which `root`
/// is a part (Presence::mentioned_root), where it is one.
class JsonRecordReader {
 public:
  JsonRecordReader(const registry::Node& root, RecordRules rules, const registry::Node* whole = nullptr);
  ~JsonRecordReader();

  /// Reads the object in `text` (padded, see json_walk.h) into `record`; texts are kept in `arena`. A record in the
  /// envelope of streaming (`{"header", "body": {"xdmEntity"}}`) is taken out of it.
  /// Errors: corrupt (no JSON object).
  Status read(std::string_view text, engine::Arena& arena, ReadRecord& record);
  /// True once a record had a field that `whole` has and `root` lacks: what was read of that record is not all of it.
  bool met_left_out() const;

 private:
  class Builder;
  std::unique_ptr<Builder> builder_;
  JsonWalk walk_;
};

/// Reads rows of delimited text, whose cells go by the names in the header to scalars at the root or one object below it.
class CellRecordReader {
 public:
  /// `header`: names as they stand: a leaf's own name, exactly or in another case, or its path with `.` or `/`.
  CellRecordReader(const registry::Node& root, RecordRules rules, const std::vector<std::string>& header, std::vector<std::string> null_markers);

  /// Tells `presence` which fields the header names.
  void mention(Presence& presence) const;

  /// Errors: corrupt (more or fewer cells than names).
  Status read(std::span<const std::string_view> cells, engine::Arena& arena, ReadRecord& record);

 private:
  struct Target {
    const registry::Node* node = nullptr;  ///< null: no field has that name
    size_t child = 0;                      ///< of the root
    size_t member = SIZE_MAX;              ///< of that child, where it is an object
    std::string path = {};
    size_t place = 0;                      ///< of the value
  };
  Target target_of(const std::string& name) const;
  void finish(ReadRecord& record);

  const Places places_;
  RecordIssues issues_;
  std::vector<Target> targets_;  ///< by cell
  const std::vector<std::string> null_markers_;
};

/// True when rows of delimited text can fill `root`: scalars, and at most one object of scalars. Follows: contract, 2.
bool is_flat(const registry::Node& root);

}  // namespace foz::schedule
