#include "prep/evaluate.h"

#include "base/json.h"
#include "prep/calls.h"
#include "prep/json_value.h"
#include "prep/names.h"
#include "prep/term.h"

namespace foz::prep {

struct Evaluation::State {
  std::vector<SourceColumn> columns;
  engine::Chunk source;
  engine::Arena arena;
  Constants constants;
  TermPtr term;
  engine::Value value;
  std::string problem;
};

Evaluation::Evaluation(std::unique_ptr<State> state) : state_(std::move(state)) {}
Evaluation::~Evaluation() = default;
Evaluation::Evaluation(Evaluation&&) noexcept = default;

const engine::Value& Evaluation::value() const { return state_->value; }
const std::string& Evaluation::problem() const { return state_->problem; }

Result<Evaluation> Evaluation::of(std::string_view expression, const Json& record, const RunContext& context, const CompileOptions& options) {
  TRY(Tree tree, parse_and_bind(expression));
  auto state = std::make_unique<State>();
  state->columns = columns_of_records({&record, 1});
  fill_chunk(state->source, state->columns, {&record, 1});
  const ColumnIndex index(state->columns);
  std::vector<Error> mistakes;
  bind_names(tree, &index, true, mistakes);
  SlotCounter slots;
  state->term = TreeCompiler(state->constants, slots, index, options.arithmetic).compile(tree);
  Frame frame(context, slots.used + 1);
  frame.start_chunk(state->source, state->arena, {});
  const Vector vector = state->term->run(frame, Rows::first(1));
  if (frame.failed(0)) {
    const auto& [fault, site] = frame.fault_of(0);
    state->problem = site->label + ": " + fault.text + " (at " + site->position + ")";
  } else {
    state->value = vector.value(0, state->arena);
  }
  return Evaluation(std::move(state));
}

}  // namespace foz::prep
