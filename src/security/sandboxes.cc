#include "security/sandboxes.h"

#include <algorithm>

#include "base/id.h"
#include "base/json.h"

namespace foz::security {
namespace {

Json to_json(const Sandbox& sandbox) {
  return {{"title", sandbox.title},        {"type", sandbox.type},          {"isDefault", sandbox.is_default}, {"etag", sandbox.etag},
          {"createdBy", sandbox.created_by}, {"updatedBy", sandbox.updated_by}};
}

Result<Sandbox> sandbox_of(const store::Row& row) {
  TRY(const Json doc, parse_json(row.text(5)));
  return Sandbox{.id = row.text(0),
                 .name = row.text(1),
                 .title = text_of(doc, "title"),
                 .state = row.text(2),
                 .type = text_of(doc, "type"),
                 .is_default = boolean_of(doc, "isDefault").value_or(false),
                 .etag = integer_of(doc, "etag").value_or(1),
                 .created_ms = row.integer(3),
                 .updated_ms = row.integer(4),
                 .created_by = text_of(doc, "createdBy"),
                 .updated_by = text_of(doc, "updatedBy")};
}

Result<std::vector<Sandbox>> read_all(store::Reader& reader) {
  TRY(const auto rows, reader.query("SELECT id, name, state, created_ms, updated_ms, doc FROM sandboxes ORDER BY created_ms, name"));
  std::vector<Sandbox> sandboxes;
  for (const store::Row& row : rows) {
    TRY(Sandbox sandbox, sandbox_of(row));
    sandboxes.push_back(std::move(sandbox));
  }
  return sandboxes;
}

Status insert(store::Transaction& transaction, const Sandbox& sandbox) {
  TRY([[maybe_unused]] const auto changed,
      transaction.exec("INSERT INTO sandboxes (id, name, state, created_ms, updated_ms, doc) VALUES (?, ?, ?, ?, ?, ?)",
                       {sandbox.id, sandbox.name, sandbox.state, sandbox.created_ms, sandbox.updated_ms, to_text(to_json(sandbox))}));
  return {};
}

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || name[0] < 'a' || name[0] > 'z') return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

Error no_such(std::string_view name) {
  return Error{.kind = ErrorKind::not_found, .message = "there is no sandbox \"" + std::string(name) + "\""};
}

Status check(const NewSandbox& wanted) {
  if (!is_name(wanted.name)) {
    return Error{.kind = ErrorKind::invalid,
                 .message = "a sandbox name has 1 to 64 of a-z, 0-9 and -, and begins with a letter",
                 .where = "/name"};
  }
  if (wanted.title.empty()) return Error{.kind = ErrorKind::invalid, .message = "a sandbox needs a title", .where = "/title"};
  if (wanted.type != "production" && wanted.type != "development") {
    return Error{.kind = ErrorKind::invalid, .message = "the type of a sandbox is production or development", .where = "/type"};
  }
  return {};
}

/// Makes room for the name, where a deleted sandbox that nothing is left of has it.
Status free_name(store::Transaction& transaction, const std::string& name, const std::vector<Sandbox>& present, const Sandboxes::IsPurged& is_purged) {
  const auto holder = std::find_if(present.begin(), present.end(), [&](const Sandbox& s) { return s.name == name; });
  if (holder == present.end()) return {};
  const Error taken{.kind = ErrorKind::conflict, .message = "a sandbox named \"" + name + "\" exists already"};
  if (holder->state != "deleted" || !is_purged) return taken;
  TRY(const bool purged, is_purged(transaction, *holder));
  if (!purged) return taken;
  TRY([[maybe_unused]] const auto rows, transaction.exec("DELETE FROM sandboxes WHERE id = ?", {holder->id}));
  return {};
}

Status check_count(const std::vector<Sandbox>& present, int64_t count_max) {
  const int64_t living = std::count_if(present.begin(), present.end(), [](const Sandbox& s) { return s.state != "deleted"; });
  if (living < count_max) return {};
  return Error{.kind = ErrorKind::invalid, .message = "there are " + std::to_string(living) + " sandboxes already, the most that sandbox.max allows"};
}

}  // namespace

Result<std::unique_ptr<Sandboxes>> Sandboxes::open(store::Database& database, const Clock& clock, Random& random, int64_t count_max) {
  std::unique_ptr<Sandboxes> sandboxes(new Sandboxes(database, clock, random, count_max));
  TRY(const auto present, read_all(database));
  if (present.empty()) {
    const int64_t now = to_millis(clock.now());
    const Sandbox prod{.id = new_uuid(random), .name = "prod", .title = "Prod", .state = "active", .type = "production",
                       .is_default = true, .created_ms = now, .updated_ms = now, .created_by = "foz", .updated_by = "foz"};
    TRY_DO(database.write([&](store::Transaction& transaction) { return insert(transaction, prod); }));
  }
  return sandboxes;
}

Result<std::vector<Sandbox>> Sandboxes::all() {
  uint64_t writes = 0;
  {
    std::lock_guard lock(mutex_);
    if (cache_) return *cache_;
    writes = writes_;
  }
  TRY(auto sandboxes, read_all(database_));
  std::lock_guard lock(mutex_);
  if (writes == writes_) cache_ = sandboxes;
  return sandboxes;
}

Result<Sandbox> Sandboxes::named(std::string_view name) {
  TRY(const auto sandboxes, all());
  const auto found = std::find_if(sandboxes.begin(), sandboxes.end(), [&](const Sandbox& s) { return s.name == name; });
  if (found == sandboxes.end()) return no_such(name);
  return *found;
}

Result<Sandbox> Sandboxes::with_id(std::string_view id) {
  TRY(const auto sandboxes, all());
  const auto found = std::find_if(sandboxes.begin(), sandboxes.end(), [&](const Sandbox& s) { return s.id == id; });
  if (found == sandboxes.end()) return no_such(id);
  return *found;
}

Result<Sandbox> Sandboxes::standard() {
  TRY(const auto sandboxes, all());
  const auto found = std::find_if(sandboxes.begin(), sandboxes.end(), [](const Sandbox& s) { return s.is_default; });
  if (found == sandboxes.end()) return no_such("(default)");
  return *found;
}

Result<Sandbox> Sandboxes::create(const NewSandbox& wanted, const IsPurged& is_purged) {
  TRY_DO(check(wanted));
  const int64_t now = to_millis(clock_.now());
  Sandbox sandbox{.id = new_uuid(random_), .name = wanted.name, .title = wanted.title, .state = "active", .type = wanted.type,
                  .created_ms = now, .updated_ms = now, .created_by = wanted.user, .updated_by = wanted.user};
  const Status made = database_.write([&](store::Transaction& transaction) -> Status {
    TRY(const auto present, read_all(transaction));
    TRY_DO(free_name(transaction, wanted.name, present, is_purged));
    TRY_DO(check_count(present, count_max_));
    return insert(transaction, sandbox);
  });
  forget_cache();
  if (!made) return made.error();
  return sandbox;
}

Result<Sandbox> Sandboxes::retitle(std::string_view name, std::string title, std::string_view user) {
  return change(name, user, [&](store::Transaction&, Sandbox& sandbox) -> Status {
    if (sandbox.state == "deleted") return no_such(name);
    sandbox.title = std::move(title);
    return {};
  });
}

Result<Sandbox> Sandboxes::move(std::string_view name, const SandboxMove& move) {
  return change(name, move.user, [&](store::Transaction& transaction, Sandbox& sandbox) -> Status {
    if (move.with) TRY_DO(move.with(transaction, sandbox));
    sandbox.state = move.to;
    return {};
  });
}

Result<Sandbox> Sandboxes::change(std::string_view name, std::string_view user, const Edit& edit) {
  Sandbox changed;
  const Status done = database_.write([&](store::Transaction& transaction) -> Status {
    TRY(const auto present, read_all(transaction));
    const auto found = std::find_if(present.begin(), present.end(), [&](const Sandbox& s) { return s.name == name; });
    if (found == present.end()) return no_such(name);
    changed = *found;
    TRY_DO(edit(transaction, changed));
    ++changed.etag;
    changed.updated_ms = to_millis(clock_.now());
    changed.updated_by = user;
    TRY([[maybe_unused]] const auto rows,
        transaction.exec("UPDATE sandboxes SET state = ?, updated_ms = ?, doc = ? WHERE id = ?",
                         {changed.state, changed.updated_ms, to_text(to_json(changed)), changed.id}));
    return {};
  });
  forget_cache();
  if (!done) return done.error();
  return changed;
}

void Sandboxes::forget_cache() {
  std::lock_guard lock(mutex_);
  cache_.reset();
  ++writes_;
}

}  // namespace foz::security
