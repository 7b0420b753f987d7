#include "prep/mapping_set_store.h"

#include "base/json.h"
#include "base/text.h"
#include "prep/compile.h"

namespace foz::prep {
namespace {

Error unknown_set(std::string_view id) {
  return {.kind = ErrorKind::not_found, .message = "there is no mapping set " + std::string(id.substr(0, 64)), .code = "CONV-1000-404"};
}

Error unknown_version(std::string_view id, int64_t version) {
  return {.kind = ErrorKind::not_found,
          .message = "the mapping set " + std::string(id.substr(0, 64)) + " has no version " + std::to_string(version),
          .code = "CONV-1001-404"};
}

Result<MappingSet> set_of(const std::string& doc) {
  const Error damaged{.kind = ErrorKind::corrupt, .message = "a stored mapping set cannot be read"};
  auto json = parse_json(doc, {.depth_max = 256});
  if (!json) return damaged;
  auto set = stored_mapping_set(*json);
  return set ? set : damaged;
}

Result<std::optional<int64_t>> newest_version(store::Reader& reader, std::string_view sandbox, const std::string& id) {
  TRY(const auto row, reader.first("SELECT version FROM mapping_sets WHERE sandbox = ? AND id = ?", {std::string(sandbox), id}));
  return row ? std::optional(row->integer(0)) : std::nullopt;
}

Result<MappingSet> find_in(store::Reader& reader, std::string_view sandbox, std::string_view given_id, std::optional<int64_t> version) {
  const std::string id = plain_id(given_id);
  TRY(const auto newest, newest_version(reader, sandbox, id));
  if (!newest) return unknown_set(given_id);
  const int64_t wanted = version.value_or(*newest);
  TRY(const auto row, reader.first("SELECT doc FROM mapping_set_versions WHERE sandbox = ? AND id = ? AND version = ?", {std::string(sandbox), id, wanted}));
  if (!row) return unknown_version(given_id, wanted);
  return set_of(row->text(0));
}

Status insert_version(store::Transaction& transaction, std::string_view sandbox, const MappingSet& set) {
  TRY([[maybe_unused]] const int64_t rows,
      transaction.exec("INSERT INTO mapping_set_versions (sandbox, id, version, doc) VALUES (?, ?, ?, ?)",
                       {std::string(sandbox), set.id, set.version, to_text(to_json(set))}));
  return {};
}

/// SQL after AND for the filters of a list, its texts as parameters.
std::string name_condition(const std::string& name, store::Values& values) {
  if (name.empty() || name == "*") return "";
  const bool open_start = name.starts_with('*'), open_end = name.ends_with('*');
  const std::string part = name.substr(open_start ? 1 : 0, name.size() - (open_start ? 1 : 0) - (open_end ? 1 : 0));
  if (!open_start && !open_end) {
    values.push_back(part);
    return " AND s.name = ?";
  }
  // GLOB and LIKE would read signs inside the name.
  values.push_back(part);
  if (open_start && open_end) return " AND instr(s.name, ?) > 0";
  values.push_back(part);
  return open_end ? " AND substr(s.name, 1, length(?)) = ?" : " AND substr(s.name, max(1, length(s.name) - length(?) + 1)) = ?";
}

bool keeps(const MappingSet& set, const MappingSetList& wanted) {
  if (wanted.properties.empty()) return true;
  const Json json = to_json(set);
  for (const auto& [name, value] : wanted.properties) {
    const Json* found = member(json, name);
    if (found == nullptr || as_text(*found) != value) return false;
  }
  return true;
}

/// Whatever the schema says: no flow could write it.
Status check_letter_case(const std::vector<Mapping>& mappings, std::string_view where = "") {
  const auto clash = letter_case_clash(mappings);
  if (!clash) return {};
  const std::string path = where.empty() ? "mappings[" + std::to_string(clash->mapping) + "].destination" : std::string(where);
  return Error{.kind = ErrorKind::invalid,
               .message = message_of(*clash),
               .code = "CONV-1007-400",
               .where = path,
               .problems = {{.path = path, .code = "CONV-1007-400", .message = message_of(*clash)}}};
}

/// The others of the set may have been stored before this was refused: they are not this change's business.
Status check_letter_case(const MappingSet& set, const Mapping& changed) {
  for (const Mapping& other : set.mappings) {
    if (other.id != changed.id) TRY_DO(check_letter_case({other, changed}, "destination"));
  }
  return {};
}

}  // namespace

Result<MappingSet> MappingSets::find(std::string_view sandbox, std::string_view id, std::optional<int64_t> version) const {
  return find_in(database_, sandbox, id, version);
}

Result<MappingSetPage> MappingSets::list(std::string_view sandbox, const MappingSetList& wanted) const {
  store::Values values = {std::string(sandbox)};
  std::string sql = "SELECT v.doc FROM mapping_sets s JOIN mapping_set_versions v ON v.sandbox = s.sandbox AND v.id = s.id AND v.version = s.version WHERE s.sandbox = ?";
  sql += name_condition(wanted.name, values);
  sql += wanted.order == MappingSetList::Order::created ? " ORDER BY s.created_ms" : " ORDER BY s.modified_ms";
  sql += wanted.descending ? " DESC, s.id DESC" : ", s.id";
  MappingSetPage page;
  int64_t passed = 0;
  Status damage;
  TRY_DO(database_.each(sql, values, [&](const store::Row& row) {
    auto set = set_of(row.text(0));
    if (!set) {
      damage = std::move(set).error();
      return false;
    }
    if (!keeps(*set, wanted) || passed++ < wanted.start) return true;
    page.more = static_cast<int64_t>(page.sets.size()) == wanted.limit;
    if (!page.more) page.sets.push_back(*std::move(set));
    return !page.more;
  }));
  TRY_DO(std::move(damage));
  return page;
}

Stamp MappingSets::stamp(std::string_view actor) const {
  return {.now = clock_.now(), .actor = std::string(actor), .random = random_};
}

Result<std::shared_ptr<const registry::Node>> MappingSets::target_root(std::string_view sandbox, const TargetSchema& target) const {
  if (!hooks_.schema_root) return Error{.kind = ErrorKind::unavailable, .message = "schemas cannot be looked up here"};
  auto root = hooks_.schema_root(sandbox, target);
  if (root || root.error().kind != ErrorKind::not_found) return root;
  return Error{.kind = ErrorKind::invalid,
               .message = "the target schema " + target.id + " is not in this sandbox",
               .code = "CONV-1004-400",
               .where = "outputSchema.schemaRef.id",
               .problems = {{.path = "outputSchema.schemaRef.id", .code = "NOT_FOUND", .message = root.error().message}}};
}

Status MappingSets::check_target(std::string_view sandbox, const MappingSet& set, bool validate) const {
  if (!validate && !set.strict_mapping) return {};
  TRY(const auto root, target_root(sandbox, set.target));
  const auto mistakes = check(set, {.target = root.get(), .options = compile_options()});
  return has_errors(mistakes) ? Status(to_error(mistakes)) : Status();
}

Result<MappingSet> MappingSets::create(std::string_view sandbox, MappingSet set, std::string_view actor, bool validate) {
  TRY_DO(check_letter_case(set.mappings));
  TRY_DO(check_target(sandbox, set, validate));
  const MappingSet stored = created(std::move(set), stamp(actor));
  TRY_DO(database_.write([&](store::Transaction& transaction) -> Status {
    TRY([[maybe_unused]] const int64_t rows,
        transaction.exec("INSERT INTO mapping_sets (sandbox, id, version, created_ms, modified_ms, name) VALUES (?, ?, ?, ?, ?, ?)",
                         {std::string(sandbox), stored.id, stored.version, to_millis(stored.created_at), to_millis(stored.modified_at), stored.name}));
    return insert_version(transaction, sandbox, stored);
  }));
  return stored;
}

Result<MappingSet> MappingSets::change(std::string_view sandbox, std::string_view id,
                                       const std::function<Result<MappingSet>(const MappingSet&)>& edit) {
  return database_.write_value([&](store::Transaction& transaction) -> Result<MappingSet> {
    TRY(const MappingSet stored, find_in(transaction, sandbox, id, {}));
    TRY(MappingSet changed, edit(stored));
    TRY([[maybe_unused]] const int64_t rows,
        transaction.exec("UPDATE mapping_sets SET version = ?, modified_ms = ?, name = ? WHERE sandbox = ? AND id = ?",
                         {changed.version, to_millis(changed.modified_at), changed.name, std::string(sandbox), changed.id}));
    TRY_DO(insert_version(transaction, sandbox, changed));
    return changed;
  });
}

Result<MappingSet> MappingSets::replace(std::string_view sandbox, std::string_view id, MappingSet body, std::string_view actor, bool validate) {
  TRY_DO(check_letter_case(body.mappings));
  TRY_DO(check_target(sandbox, body, validate));
  return change(sandbox, id, [&](const MappingSet& stored) -> Result<MappingSet> { return replaced(stored, std::move(body), stamp(actor)); });
}

Status MappingSets::remove(std::string_view sandbox, std::string_view given_id) {
  const std::string id = plain_id(given_id);
  return database_.write([&](store::Transaction& transaction) -> Status {
    TRY(const auto newest, newest_version(transaction, sandbox, id));
    if (!newest) return unknown_set(given_id);
    if (hooks_.used_by) {
      TRY(const auto flow, hooks_.used_by(transaction, sandbox, id));
      if (flow) {
        return Error{.kind = ErrorKind::conflict,
                     .message = "the enabled flow " + *flow + " uses this mapping set: disable the flow first",
                     .code = "CONV-1008-409"};
      }
    }
    for (const std::string_view sql : {"DELETE FROM mapping_set_versions WHERE sandbox = ? AND id = ?", "DELETE FROM mapping_sets WHERE sandbox = ? AND id = ?"}) {
      TRY([[maybe_unused]] const int64_t rows, transaction.exec(sql, {std::string(sandbox), id}));
    }
    return {};
  });
}

Status MappingSets::check_one(std::string_view sandbox, std::string_view id, const Mapping& mapping) const {
  TRY(MappingSet set, find(sandbox, id));
  set.mappings = {mapping};
  return check_target(sandbox, set, false);
}

Result<Mapping> MappingSets::add_mapping(std::string_view sandbox, std::string_view id, Mapping mapping, std::string_view actor) {
  TRY_DO(check_one(sandbox, id, mapping));
  Mapping added;
  TRY([[maybe_unused]] const MappingSet set, change(sandbox, id, [&](const MappingSet& stored) -> Result<MappingSet> {
        MappingChange changed = with_mapping(stored, std::move(mapping), stamp(actor));
        TRY_DO(check_letter_case(changed.set, changed.mapping));
        added = std::move(changed.mapping);
        return std::move(changed.set);
      }));
  return added;
}

Result<Mapping> MappingSets::replace_mapping(std::string_view sandbox, std::string_view id, std::string_view mapping_id, Mapping mapping,
                                             std::string_view actor) {
  TRY_DO(check_one(sandbox, id, mapping));
  Mapping written;
  TRY([[maybe_unused]] const MappingSet set, change(sandbox, id, [&](const MappingSet& stored) -> Result<MappingSet> {
        TRY(MappingChange changed, with_mapping_replaced(stored, mapping_id, std::move(mapping), stamp(actor)));
        TRY_DO(check_letter_case(changed.set, changed.mapping));
        written = std::move(changed.mapping);
        return std::move(changed.set);
      }));
  return written;
}

Status MappingSets::remove_mapping(std::string_view sandbox, std::string_view id, std::string_view mapping_id, std::string_view actor) {
  TRY([[maybe_unused]] const MappingSet set,
      change(sandbox, id, [&](const MappingSet& stored) -> Result<MappingSet> { return without_mapping(stored, mapping_id, stamp(actor)); }));
  return {};
}

}  // namespace foz::prep
