#include "registry/import.h"

#include <fstream>
#include <map>

#include "registry/compatibility.h"
#include "registry/finder.h"
#include "registry/library.h"
#include "registry/library_files.h"
#include "registry/schema_store.h"

namespace foz::registry {
namespace {

/// A row of registry_library.
struct Row {
  std::string kind, version, doc, license;

  friend bool operator==(const Row&, const Row&) = default;
};
using Rows = std::map<std::string, Row>;

std::vector<LibraryText> texts_of_rows(const Rows& rows) {
  std::vector<LibraryText> texts;
  for (const auto& [id, row] : rows) texts.push_back({.id = id, .kind = *kind_of_type(row.kind), .version = row.version, .text = row.doc});
  return texts;
}

/// Resources say what they extend, where their files leave it to the references.
void add_extends(std::vector<LibraryFile>& files, const std::string& version) {
  std::vector<LibraryText> texts;
  for (const LibraryFile& file : files) texts.push_back({.id = text_of(file.doc, "$id"), .kind = file.kind, .version = version, .text = to_text(file.doc)});
  const Library library(std::move(texts));
  const PartOf parts = [&](const std::string& id) { return library.part_of(id); };
  for (LibraryFile& file : files) {
    if (file.doc.contains("meta:extends")) continue;
    const auto extends = extends_of(file.doc, parts);
    if (!extends.empty()) file.doc["meta:extends"] = extends;
  }
}

void report_missing(const Library& library, const std::vector<LibraryFile>& files, std::vector<std::string>& warnings) {
  for (const LibraryFile& file : files) {
    for (const std::string& ref : external_refs(file.doc)) {
      if (library.find(ref) == nullptr) warnings.push_back(file.path.string() + ": the reference " + ref + " names nothing");
    }
  }
}

Rows rows_of(const LibraryFiles& read) {
  Rows rows;
  for (const LibraryFile& file : read.files) {
    rows[text_of(file.doc, "$id")] = {.kind = std::string(words_of(file.kind).type), .version = read.version, .doc = to_text(file.doc), .license = file.license};
  }
  return rows;
}

Result<Rows> stored_rows(store::Reader& reader) {
  Rows rows;
  TRY_DO(reader.each("SELECT id, kind, version, doc, license FROM registry_library", {}, [&](const store::Row& row) {
    rows[row.text(0)] = {.kind = row.text(1), .version = row.text(2), .doc = row.text(3), .license = row.text(4)};
    return true;
  }));
  return rows;
}

Status check_schema(Finder& before, Finder& after, const std::string& id) {
  TRY(const Found was, before.get(ResourceKind::schema, id));
  TRY(const Found is, after.get(ResourceKind::schema, id));
  TRY(const auto old_form, compose(was, before, {}));
  TRY(const auto new_form, compose(is, after, {}));
  for (const Problem& problem : breaking_changes(old_form.doc, new_form.doc)) {
    if (problem.code != kLostField) continue;
    return Error{.kind = ErrorKind::conflict,
                 .message = "this library cannot take the place of the present one: the field " + problem.path + " of the schema " + id + " " + problem.message};
  }
  return {};
}

/// No schema of any sandbox may lose a field.
Status check_schemas(store::Reader& reader, const Rows& stored, std::shared_ptr<const Library> next) {
  const auto present = std::make_shared<const Library>(texts_of_rows(stored));
  std::vector<std::pair<std::string, std::string>> schemas;
  TRY_DO(reader.each("SELECT sandbox, id FROM registry_resources WHERE kind = 'schemas' ORDER BY sandbox, id", {}, [&](const store::Row& row) {
    schemas.emplace_back(row.text(0), row.text(1));
    return true;
  }));
  for (const auto& [sandbox, id] : schemas) {
    Finder before(reader, present, sandbox), after(reader, next, sandbox);
    TRY_DO(check_schema(before, after, id));
  }
  return {};
}

Status replace_rows(store::Transaction& transaction, const Rows& rows) {
  TRY([[maybe_unused]] const auto gone, transaction.exec("DELETE FROM registry_library"));
  for (const auto& [id, row] : rows) {
    TRY([[maybe_unused]] const auto added, transaction.exec("INSERT INTO registry_library (id, kind, version, doc, license) VALUES (?, ?, ?, ?, ?)",
                                                            {id, row.kind, row.version, row.doc, row.license}));
  }
  return raise_generation(transaction, "");
}

Status keep_license(const std::filesystem::path& license, const std::filesystem::path& data_dir) {
  if (license.empty() || data_dir.empty()) return {};
  std::error_code error;
  std::filesystem::create_directories(data_dir, error);
  std::filesystem::copy_file(license, data_dir / "xdm-library-license.txt", std::filesystem::copy_options::overwrite_existing, error);
  if (error) {
    return Error{.kind = ErrorKind::unavailable, .message = "cannot keep the licence of the library in " + data_dir.string() + ": " + error.message()};
  }
  return {};
}

}  // namespace

Result<ImportReport> import_library(store::Database& database, const LibraryImport& wanted) {
  TRY(LibraryFiles read, read_library(wanted.folder));
  add_extends(read.files, read.version);
  const Rows rows = rows_of(read);
  const auto next = std::make_shared<const Library>(texts_of_rows(rows));
  ImportReport report{.version = read.version, .resources = rows.size(), .warnings = std::move(read.warnings)};
  report_missing(*next, read.files, report.warnings);
  TRY_DO(keep_license(read.license, wanted.data_dir));
  TRY_DO(database.write([&](store::Transaction& transaction) -> Status {
    TRY(const Rows stored, stored_rows(transaction));
    report.changed = stored != rows;
    if (!report.changed) return {};
    TRY_DO(check_schemas(transaction, stored, next));
    return replace_rows(transaction, rows);
  }));
  return report;
}

}  // namespace foz::registry
