#include "catalog/labels.h"

#include <algorithm>

#include "base/id.h"
#include "base/text.h"
#include "catalog/dataset_store.h"
#include "store/resource_table.h"

namespace foz::catalog {
namespace {

const store::ResourceTable kLabels("dataset_labels");

Error wrong_labels(std::string message) { return Error{.kind = ErrorKind::invalid, .message = std::move(message)}; }

bool is_label_list(const Json* value) {
  return value != nullptr && value->is_array() &&
         std::all_of(value->begin(), value->end(), [](const Json& one) { return one.is_string() && !one.get_ref<const std::string&>().empty(); });
}

Status check_field_labels(const Json& field) {
  const Json* option = member(field, "option");
  if (option == nullptr || text_of(*option, "id").empty()) return wrong_labels("every entry of optionalLabels has an option with the id of a schema");
  if (!text_of(*option, "schemaPath").starts_with('/')) return wrong_labels("the schemaPath of an option begins with a slash");
  if (!is_label_list(member(field, "labels"))) return wrong_labels("every entry of optionalLabels has labels, an array of texts");
  return {};
}

/// The members of a payload that count.
Result<Json> checked_labels(const Json& payload) {
  if (!payload.is_object()) return wrong_labels("the body is an object with labels and optionalLabels");
  Json checked = {{"labels", Json::array()}, {"optionalLabels", Json::array()}};
  if (const Json* labels = member(payload, "labels")) {
    if (!is_label_list(labels)) return wrong_labels("labels is an array of texts");
    checked["labels"] = *labels;
  }
  if (const Json* fields = member(payload, "optionalLabels")) {
    if (!fields->is_array()) return wrong_labels("optionalLabels is an array of labels of fields");
    for (const Json& field : *fields) TRY_DO(check_field_labels(field));
    checked["optionalLabels"] = *fields;
  }
  return checked;
}

Status check_etag(const store::Resource& stored, std::string_view if_match) {
  std::string_view wanted = trim(if_match);
  if (wanted.size() >= 2 && wanted.front() == '"' && wanted.back() == '"') wanted = wanted.substr(1, wanted.size() - 2);
  if (wanted == "*" || wanted == stored.etag) return {};
  return Error{.kind = ErrorKind::conflict, .message = "If-Match names another state of the labels: read them again", .code = "PES-412"};
}

}  // namespace

Result<Labels> find_labels(store::Reader& reader, const Labelled& of) {
  TRY(auto stored, kLabels.find(reader, of.sandbox, of.dataset));
  return Labels{.etag = std::move(stored.etag), .payload = std::move(stored.doc)};
}

Result<Labels> create_labels(store::Transaction& transaction, const Labelled& of, const Json& payload, Instant now, Random& random) {
  TRY(Json checked, checked_labels(payload));
  TRY([[maybe_unused]] const auto dataset, find_dataset(transaction, of.sandbox, "id", of.dataset));
  const store::Resource made{.sandbox = of.sandbox, .id = of.dataset, .etag = new_uuid(random), .created_ms = to_millis(now), .updated_ms = to_millis(now), .doc = std::move(checked)};
  const Status inserted = kLabels.insert(transaction, made);
  if (inserted) return Labels{.etag = made.etag, .payload = made.doc};
  if (inserted.error().kind != ErrorKind::conflict) return inserted.error();
  return Error{.kind = ErrorKind::forbidden, .message = "the data set has labels already: replace them with PUT"};
}

Result<Labels> replace_labels(store::Transaction& transaction, const Labelled& of, const Json& payload, std::string_view if_match, Instant now, Random& random) {
  TRY(Json checked, checked_labels(payload));
  TRY(store::Resource stored, kLabels.find(transaction, of.sandbox, of.dataset));
  TRY_DO(check_etag(stored, if_match));
  const std::string expected = stored.etag;
  stored.etag = new_uuid(random);
  stored.updated_ms = to_millis(now);
  stored.doc = std::move(checked);
  TRY_DO(kLabels.update(transaction, stored, expected));
  return Labels{.etag = std::move(stored.etag), .payload = std::move(stored.doc)};
}

Status delete_labels(store::Transaction& transaction, const Labelled& of, std::string_view if_match) {
  TRY(const store::Resource stored, kLabels.find(transaction, of.sandbox, of.dataset));
  TRY_DO(check_etag(stored, if_match));
  return kLabels.remove(transaction, of.sandbox, of.dataset);
}

}  // namespace foz::catalog
