#include "catalog/catalog.h"

namespace foz::catalog {

Catalog::Catalog(SchemaLookup schemas, const Clock& clock, Random& random, CatalogSettings settings)
    : schemas_(std::move(schemas)), clock_(clock), random_(random), settings_(std::move(settings)) {}

Schemas Catalog::schemas_of(std::string_view sandbox, const std::vector<Json>& documents) const {
  Schemas found;
  for (const Json& document : documents) {
    const auto ref = schema_ref_of(document);
    if (ref && !ref->id.empty() && !found.contains(ref->id)) found.emplace(ref->id, schemas_(sandbox, *ref));
  }
  return found;
}

Result<Schemas> Catalog::schemas_of_change(store::Reader& reader, std::string_view sandbox, std::string_view id, const Edit& edit) const {
  TRY(const Dataset current, dataset(reader, sandbox, id));
  TRY(const Json wanted, edit(shown(current, {.org_id = settings_.org_id})));
  return schemas_of(sandbox, {wanted});
}

Status Catalog::discard_sandbox(store::Transaction& transaction, std::string_view sandbox) const {
  const std::string after = std::to_string(purge_time());
  // Folder by folder: the sandbox may go on under its own id, and nobody may lose what is written to it then.
  struct Folder {
    std::string_view kind, table;
  };
  for (const Folder& folder : {Folder{"tables", "datasets"}, Folder{"uploads", "batches"}, Folder{"diagnostics", "batches"}}) {
    TRY([[maybe_unused]] const auto planned,
        transaction.exec("INSERT INTO purges (path, sandbox, after_ms) SELECT '" + std::string(folder.kind) + "/' || sandbox || '/' || id, sandbox, " + after +
                             " FROM " + std::string(folder.table) + " WHERE sandbox = ? ON CONFLICT (path) DO UPDATE SET "
                             "after_ms = CASE WHEN excluded.after_ms < purges.after_ms THEN excluded.after_ms ELSE purges.after_ms END",
                         {std::string(sandbox)}));
  }
  return {};
}

Result<bool> Catalog::has_leftovers(store::Reader& reader, std::string_view sandbox) const {
  TRY(const auto row, reader.first("SELECT 1 FROM purges WHERE sandbox = ? LIMIT 1", {std::string(sandbox)}));
  return row.has_value();
}

std::filesystem::path Catalog::batch_folder(std::string_view sandbox, std::string_view dataset, std::string_view batch) const {
  return settings_.data_dir / "tables" / sandbox / dataset / batch;
}

std::filesystem::path Catalog::diagnostics_folder(std::string_view sandbox, std::string_view batch) const {
  return settings_.data_dir / "diagnostics" / sandbox / batch;
}

std::filesystem::path Catalog::upload_folder(std::string_view sandbox, std::string_view batch) const {
  return settings_.data_dir / "uploads" / sandbox / batch;
}

}  // namespace foz::catalog
