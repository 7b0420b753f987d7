#include "schedule/landed_keys.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace foz::schedule {
namespace {

/// Rows that come out of the engine at once.
constexpr int64_t kRowsAtOnce = 400'000;

Error not_mapped(const std::string& column, const std::string& needed_by) {
  return Error{.kind = ErrorKind::invalid,
               .message = needed_by + " needs the table's key in the data set: map the column " + column + " as it is to a text or a whole number"};
}

bool can_hold_a_key(engine::Kind kind) {
  using engine::Kind;
  return kind == Kind::string || kind == Kind::int8 || kind == Kind::int16 || kind == Kind::int32 || kind == Kind::int64;
}

/// `"person"."id"` of person.id.
std::string sql_path(const std::string& dotted) {
  std::string sql;
  for (const std::string_view step : split(dotted, '.')) sql += (sql.empty() ? "" : ".") + engine::quoted(step);
  return sql;
}

}  // namespace

Result<std::vector<std::string>> key_paths(const sources::ReadPlan& plan, const prep::Program& program, const std::string& needed_by) {
  std::vector<std::string> paths;
  for (const sources::Column& column : plan.columns) {
    if (!column.key) continue;
    const auto fits = [&](const prep::Output& output) {
      const bool plain = output.mappings.size() == 1 && program.mappings()[output.mappings[0]].source == column.name;
      return plain && can_hold_a_key(output.node->kind) && output.path.find('[') == output.path.npos;
    };
    const auto output = std::find_if(program.outputs().begin(), program.outputs().end(), fits);
    if (output == program.outputs().end()) return not_mapped(column.name, needed_by);
    paths.push_back(output->path);
  }
  if (paths.empty()) return Error{.kind = ErrorKind::invalid, .message = needed_by + " needs a table with a key, and " + plan.table.table.path + " has none"};
  return paths;
}

Result<std::shared_ptr<const LandedKeys>> LandedKeys::read(engine::Engine& engine, const std::string& relation, const std::vector<std::string>& paths,
                                                           std::stop_token stop) {
  std::string list;
  for (const std::string& path : paths) list += (list.empty() ? "" : ", ") + ("CAST(" + sql_path(path) + " AS VARCHAR)");
  TRY(const auto counted, engine.query("SELECT count(*) FROM (" + relation + ")", stop));
  const int64_t rows = counted.rows.empty() ? 0 : as_integer(counted.rows[0][0]).value_or(0);
  const int64_t parts = rows / kRowsAtOnce + 1;
  auto keys = std::make_shared<LandedKeys>();
  keys->hashes_.reserve(static_cast<size_t>(rows));
  for (int64_t part = 0; part < parts; ++part) {
    const std::string where = " WHERE hash(" + list + ") % " + std::to_string(parts) + " = " + std::to_string(part);
    TRY(const auto found, engine.query("SELECT DISTINCT " + list + " FROM (" + relation + ")" + where, stop, SIZE_MAX));
    for (const auto& row : found.rows) {
      std::vector<std::string_view> key;
      for (const Json& value : row) key.push_back(value.is_string() ? std::string_view(value.get_ref<const std::string&>()) : std::string_view());
      keys->hashes_.push_back(hash_of_key(key));
    }
  }
  std::sort(keys->hashes_.begin(), keys->hashes_.end());
  return std::shared_ptr<const LandedKeys>(std::move(keys));
}

std::shared_ptr<const LandedKeys> LandedKeys::of(const std::vector<std::string>& keys) {
  auto held = std::make_shared<LandedKeys>();
  for (const std::string_view key : keys) held->hashes_.push_back(hash_of_key(std::span(&key, 1)));
  std::sort(held->hashes_.begin(), held->hashes_.end());
  return held;
}

bool LandedKeys::holds(std::span<const std::string_view> key) const { return std::binary_search(hashes_.begin(), hashes_.end(), hash_of_key(key)); }

}  // namespace foz::schedule
