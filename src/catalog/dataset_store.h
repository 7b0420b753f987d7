#pragma once
// The SQL of data sets.

#include <functional>
#include <string>
#include <string_view>

#include "catalog/dataset.h"
#include "store/database.h"

namespace foz::catalog {

/// SQL after AND, with its parameters and an order; nothing in the texts comes from a user.
struct Where {
  std::string condition = {};
  store::Values parameters = {};
  std::string order = {};
};

/// Data sets of a sandbox until `visit` returns false.
Status each_dataset(store::Reader& reader, std::string_view sandbox, const Where& where, const std::function<bool(Dataset)>& visit);
/// Errors: not_found.
Result<Dataset> find_dataset(store::Reader& reader, std::string_view sandbox, std::string_view column, std::string_view value);
/// Errors: conflict (the table name is taken).
Status insert_dataset(store::Transaction& transaction, const Dataset& dataset);
/// Replaces what clients own, where the stored version is `expected_version`. Errors: not_found, conflict.
Status update_dataset(store::Transaction& transaction, const Dataset& dataset, std::string_view expected_version);
Status remove_dataset(store::Transaction& transaction, std::string_view sandbox, std::string_view id);

/// What a batch changes of its data set.
struct StateChange {
  int64_t records = 0, bytes = 0;  ///< added; negative when files go
  bool files_changed = false;
  Json observed = nullptr;         ///< null: as it was
};
Status change_state(store::Transaction& transaction, std::string_view sandbox, std::string_view id, const StateChange& change);

/// Replaces the tags that `collection`/`id` is found by.
struct TaggedObject {
  std::string sandbox, collection, id;
};
Status index_tags(store::Transaction& transaction, const TaggedObject& object, const Json& tags);
Status forget_tags(store::Transaction& transaction, const TaggedObject& object);

}  // namespace foz::catalog
