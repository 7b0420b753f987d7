#pragma once
// How connections and flows are made, changed, published and removed: the steps that they share.

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "flow/document.h"
#include "flow/environment.h"
#include "flow/patch.h"

namespace foz::flow {

/// What was created: live at once, or a draft that is completed by patches.
enum class Mode { live, draft };
/// `?mode=draft`. Errors: invalid, CONNECTOR-1312 (another word).
Result<Mode> mode_named(std::string_view word);

/// A live document about to be stored.
struct Candidate {
  const Scope& scope;
  Json document;
  const Json* before = nullptr;            ///< what a patch of a live document began from; null: it is new, or was a draft
  const PatchRequest* request = nullptr;   ///< the patch that made it; null: it was created or published
  std::vector<std::string> warnings = {};  ///< words for `x-foz-warning`
};

/// What a kind of document is like.
struct DocumentKind {
  const Shelf& shelf;
  std::string_view noun;                        ///< "source connection"
  std::span<const std::string_view> patchable;  ///< of live documents; of drafts all that is the client's
  /// Checks a live document and fills in what follows from others.
  std::function<Status(Candidate&)> complete;
  store::Extras (*columns)(const Json& document);
  /// Refuses a patch by what only this kind knows, before the general rules; may be missing.
  Status (*check_request)(const Json& before, const PatchRequest& request) = nullptr;
  /// Fills in what even a draft shows; may be missing.
  std::function<Status(Candidate&)> complete_draft = {};
  /// Joins the transaction that stores `document`, and may still change it. `before` is what was stored until then, as
  /// it was read when the change began; null: nothing. May be missing.
  std::function<Status(store::Transaction&, Json& document, const Json* before)> on_store = {};
};

/// Errors: invalid, FLOW-1405 (no object), CONNECTOR-1304, 1312 (name); those of `complete`.
Result<Written> create_document(const Environment& environment, const DocumentKind& kind, const Scope& scope, const Json& body, Mode mode);

/// Which document a client means, and which state of it.
struct Addressed {
  std::string_view id;
  const std::optional<std::string>& if_match;
};
/// Errors: not_found; FLOW-1403, 1404, 1405, 1434, 1455; those of `complete`.
Result<Written> patch_document(const Environment& environment, const DocumentKind& kind, const Scope& scope, const Addressed& addressed, const Json& body);
/// Draft to enabled. Errors: not_found; FLOW-1404, 1409 (no draft); those of `complete`.
Result<Written> publish_document(const Environment& environment, const DocumentKind& kind, const Scope& scope, const Addressed& addressed);
/// Errors: not_found; FLOW-1404, 1447 (a flow names it in `flow_column`).
Status remove_unused(const Environment& environment, const Shelf& shelf, std::string_view flow_column, const Scope& scope, const Addressed& addressed);

/// Stamps `document` with a new etag and `lastOperation`, and stores it in the place of `before`.
/// Errors: conflict, FLOW-1404; those of `on_store`.
struct Replacement {
  const Scope& scope;
  std::string_view operation;  ///< "update", "publish", "enable"
  Instant begun;
  const Json& before;
  const Json* ops = nullptr;   ///< of an update, without secrets
};
Result<Written> replace_document(const Environment& environment, const DocumentKind& kind, const Replacement& replacement, Json document);

/// What a patch may touch. Errors: invalid, FLOW-1455.
Status check_patchable(const Json& document, const PatchRequest& request, std::span<const std::string_view> live);

}  // namespace foz::flow
