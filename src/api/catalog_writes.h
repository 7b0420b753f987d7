#pragma once
// Writes to the catalog: one of a request, or several in one transaction. Follows: Catalog contract, 3, 4 and 8.

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "api/request.h"
#include "api/services.h"
#include "catalog/catalog.h"

namespace foz::api {

/// One write, as its request says it.
struct CatalogCall {
  std::string id = {};  ///< from the path; empty when it names none
  http::Query query = {};
  catalog::Precondition precondition = {};
  Json body = nullptr;
};

/// What a write made: its answer, and the object that references of later writes look into.
struct Written {
  int status = 200;
  Json body;            ///< `["@/dataSets/{id}"]`
  std::string id = {};
  std::string version = {};  ///< empty: nothing is left of it
  Json object = Json::object();
};

/// The transaction that writes share.
struct CatalogWork {
  Services& services;
  store::Transaction& transaction;
  catalog::Scope scope;
  catalog::Outside outside;
  const catalog::Schemas& schemas;
  std::vector<Json>& unknown;  ///< documents that name a schema which is not among `schemas`
};

using CatalogWrite = Result<Written> (*)(CatalogWork& work, const CatalogCall& call);

/// A write by verb and path behind the catalog's base; `{id}` in the pattern becomes `CatalogCall::id`.
struct CatalogWriteRow {
  http::Verb verb;
  std::string_view pattern;
  CatalogWrite write;
};
/// Every write of the catalog but the one on its root.
std::span<const CatalogWriteRow> catalog_writes();

Result<Written> create_dataset(CatalogWork& work, const CatalogCall& call);
Result<Written> replace_dataset(CatalogWork& work, const CatalogCall& call);
/// An object merges, an array is a JSON Patch.
Result<Written> patch_dataset(CatalogWork& work, const CatalogCall& call);
/// Merges only.
Result<Written> merge_dataset(CatalogWork& work, const CatalogCall& call);
Result<Written> delete_dataset(CatalogWork& work, const CatalogCall& call);
Result<Written> create_batch(CatalogWork& work, const CatalogCall& call);
Result<Written> replace_batch(CatalogWork& work, const CatalogCall& call);
Result<Written> patch_batch(CatalogWork& work, const CatalogCall& call);
Result<Written> delete_batch(CatalogWork& work, const CatalogCall& call);

/// Runs `body` in one transaction, in which the registry is never asked: the schemas that `documents` name are known
/// before, and where others turn out to be needed it runs again with those. What it did is kept, unless the request only
/// asks whether it would work (`Pragma: validate-only`).
Status in_catalog(Services& services, const Request& request, const std::vector<Json>& documents,
                  const std::function<Status(CatalogWork&)>& body);

/// The write of a route with at most an `{id}`.
Result<Response> write_one(Services& services, const Request& request, CatalogWrite write);
template <CatalogWrite kWrite>
Result<Response> written(Services& services, const Request& request) {
  return write_one(services, request, kWrite);
}

/// If-Match and If-None-Match.
catalog::Precondition precondition_of(const http::Headers& headers);
catalog::Outside outside_of(const Services& services, const Request& request);
/// `"1.0.0"`, as ETag carries it.
std::string quoted_version(std::string_view version);

}  // namespace foz::api
