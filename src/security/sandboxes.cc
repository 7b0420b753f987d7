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

Status check(const NewSandbox& wanted, const std::vector<Sandbox>& present, int64_t count_max) {
  if (!is_name(wanted.name)) {
    return Error{.kind = ErrorKind::invalid,
                 .message = "a sandbox name has 1 to 64 of a-z, 0-9 and -, and begins with a letter",
                 .where = "/name"};
  }
  if (wanted.title.empty()) return Error{.kind = ErrorKind::invalid, .message = "a sandbox needs a title", .where = "/title"};
  if (wanted.type != "production" && wanted.type != "development") {
    return Error{.kind = ErrorKind::invalid, .message = "the type of a sandbox is production or development", .where = "/type"};
  }
  int64_t living = 0;
  for (const Sandbox& sandbox : present) {
    if (sandbox.name == wanted.name) {
      return Error{.kind = ErrorKind::conflict, .message = "a sandbox named \"" + wanted.name + "\" exists already"};
    }
    living += sandbox.state != "deleted" ? 1 : 0;
  }
  if (living >= count_max) {
    return Error{.kind = ErrorKind::invalid, .message = "there are " + std::to_string(living) + " sandboxes already, the most that sandbox.max allows"};
  }
  return {};
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
  {
    std::lock_guard lock(mutex_);
    if (cache_) return *cache_;
  }
  TRY(auto sandboxes, read_all(database_));
  std::lock_guard lock(mutex_);
  cache_ = sandboxes;
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

Result<Sandbox> Sandboxes::create(const NewSandbox& wanted) {
  const int64_t now = to_millis(clock_.now());
  Sandbox sandbox{.id = new_uuid(random_), .name = wanted.name, .title = wanted.title, .state = "active", .type = wanted.type,
                  .created_ms = now, .updated_ms = now, .created_by = wanted.user, .updated_by = wanted.user};
  TRY_DO(database_.write([&](store::Transaction& transaction) -> Status {
    TRY(const auto present, read_all(transaction));
    TRY_DO(check(wanted, present, count_max_));
    return insert(transaction, sandbox);
  }));
  forget_cache();
  return sandbox;
}

Result<Sandbox> Sandboxes::retitle(std::string_view name, std::string title, std::string_view user) {
  return change(name, user, [&](Sandbox& sandbox) { sandbox.title = std::move(title); });
}

Result<Sandbox> Sandboxes::set_state(std::string_view name, std::string state, std::string_view user) {
  return change(name, user, [&](Sandbox& sandbox) { sandbox.state = std::move(state); });
}

Result<Sandbox> Sandboxes::change(std::string_view name, std::string_view user, const std::function<void(Sandbox&)>& edit) {
  TRY(Sandbox sandbox, named(name));
  edit(sandbox);
  ++sandbox.etag;
  sandbox.updated_ms = to_millis(clock_.now());
  sandbox.updated_by = user;
  TRY_DO(database_.write([&](store::Transaction& transaction) -> Status {
    TRY([[maybe_unused]] const auto changed,
        transaction.exec("UPDATE sandboxes SET state = ?, updated_ms = ?, doc = ? WHERE id = ?",
                         {sandbox.state, sandbox.updated_ms, to_text(to_json(sandbox)), sandbox.id}));
    return {};
  }));
  forget_cache();
  return sandbox;
}

void Sandboxes::forget_cache() {
  std::lock_guard lock(mutex_);
  cache_.reset();
}

}  // namespace foz::security
