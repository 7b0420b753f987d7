#pragma once
// One expression for one record: what checks of single expressions and tests run. The terms are those of a program.

#include <memory>
#include <string>
#include <string_view>

#include "base/json_fwd.h"
#include "base/result.h"
#include "prep/compile.h"
#include "prep/run.h"

namespace foz::prep {

/// What an expression gave.
class Evaluation {
 public:
  /// `record` is an object; attributes that it lacks are null.
  /// Errors: CONV-1005-400, CONV-1006-400: the expression is none.
  static Result<Evaluation> of(std::string_view expression, const Json& record, const RunContext& context, const CompileOptions& options = {});
  ~Evaluation();
  Evaluation(Evaluation&&) noexcept;

  /// Lives as long as this.
  const engine::Value& value() const;
  /// Why there is no value ("/: division by zero (at 1:3)"); empty when nothing failed.
  const std::string& problem() const;

 private:
  struct State;
  explicit Evaluation(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace foz::prep
