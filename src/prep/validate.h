#pragma once
// Mapping sets and expressions checked for people: the answers of the two validate endpoints.

#include <functional>
#include <memory>
#include <string>

#include "base/json_fwd.h"
#include "prep/compile.h"
#include "prep/run.h"

namespace foz::prep {

/// The root of a target schema. Errors: every mapping fails with the message.
using TargetLookup = std::function<Result<std::shared_ptr<const registry::Node>>(const TargetSchema& target)>;

/// `{"validationResponse": […]}`, one entry per mapping in order (3.1). `body` is a mapping set as sent: a mapping that
/// cannot be read at all fails with the reason. Errors: invalid (CONV-1004-400) when the body has no target or no array `mappings`.
Result<Json> validate(const Json& body, const TargetLookup& lookup, const CompileOptions& options = {});

/// What `POST /languages/el/validate` reads (3.6).
struct ExpressionCheck {
  std::string expression;
  std::string sample = {};  ///< a JSON record as text; empty: none
};
/// The expression may be wrapped once more; sample data may be text or JSON. Errors: invalid (CONV-1004-400).
Result<ExpressionCheck> read_expression_check(const Json& body);

/// `{"validationStatus": "succeeded" | "failed", "error": "none" | text}`.
Json validate_expression(const ExpressionCheck& check, const RunContext& context, const CompileOptions& options = {});

}  // namespace foz::prep
