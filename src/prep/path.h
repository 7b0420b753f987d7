#pragma once
// Paths to source attributes and to members of the target. Follows: Data Prep contract, 2.5.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "engine/chunk.h"
#include "prep/compile.h"

namespace foz::prep {

struct Step {
  enum class Kind : uint8_t {
    member,
    index,  ///< [3]
    every,  ///< [*]
  };
  Kind kind = Kind::member;
  std::string name = {};
  size_t index = 0;

  friend bool operator==(const Step&, const Step&) = default;
};
using Path = std::vector<Step>;

/// `customerInfo.emails[*].name`, `${First Name}`, `address.street\.name`. Errors: invalid, naming what to write.
Result<Path> parse_source_path(std::string_view text);
/// `piList[0].value`, `pi[*].names`, `map.key`; names may hold any character but `.[]`, which a backslash escapes.
Result<Path> parse_destination_path(std::string_view text);
/// The name inside `${…}`: one step per unescaped point.
std::vector<std::string> wrapped_names(std::string_view inside);

/// The path as people write it.
std::string to_string(std::span<const Step> path);

/// The columns of a source by name.
class ColumnIndex {
 public:
  /// `columns` must outlive the index.
  explicit ColumnIndex(const std::vector<SourceColumn>& columns);
  const std::vector<SourceColumn>& columns() const { return columns_; }
  std::optional<size_t> find(std::string_view name) const;

 private:
  const std::vector<SourceColumn>& columns_;
  std::unordered_map<std::string_view, size_t> by_name_;
};

/// A path against the columns of a source.
struct Resolved {
  size_t column = 0;
  size_t steps_used = 1;  ///< steps that name the column ("a.b" may be one)
};
/// The longest name that is a column. Nothing when there is none.
std::optional<Resolved> resolve(std::span<const Step> path, const ColumnIndex& columns);

/// Walks from `value` along `path`. A missing member, an index past the end and a step through a scalar give null;
/// [*] gives an array of what the rest of the path gives for each element.
engine::Value walk(engine::Arena& arena, const engine::Value& value, std::span<const Step> path);

/// True when the record holds something at the path, be it null.
bool holds(const engine::Value& value, std::span<const Step> path);

}  // namespace foz::prep
