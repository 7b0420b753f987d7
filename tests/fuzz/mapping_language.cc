// Lexer, parser, printer and engine on any bytes. The first line of the input is the expression, the rest a record in JSON.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"
#include "base/random.h"
#include "prep/compile.h"
#include "prep/evaluate.h"
#include "prep/path.h"
#include "prep/tree.h"

namespace {

using namespace foz;

/// A promise that was broken is a crash.
void promise(bool kept) {
  if (!kept) std::abort();
}

void check_printing(std::string_view expression) {
  const auto tree = prep::parse(expression);
  if (!tree) return;
  const std::string once = prep::print(*tree);
  if (once.size() > prep::kExpressionMax) return;
  // Brackets nest one level deeper than what they print.
  const auto again = prep::parse(once);
  if (again) promise(prep::print(*again) == once);
}

void check_running(std::string_view expression, std::string_view record_text) {
  static SeededRandom random(1);
  const auto parsed = parse_json(record_text);
  const Json record = parsed && parsed->is_object() ? *parsed : Json::object();
  const prep::RunContext context{.now = from_millis(1586993661034), .random = &random};
  for (const auto arithmetic : {prep::Arithmetic::strict, prep::Arithmetic::lenient}) {
    const auto evaluation = prep::Evaluation::of(expression, record, context, {.arithmetic = arithmetic});
    if (!evaluation) promise(!evaluation.error().message.empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t line = input.find('\n');
  const std::string_view expression = input.substr(0, line);
  check_printing(expression);
  prep::attributes_of(expression);
  if (const auto path = prep::parse_source_path(expression)) promise(!path->empty());
  if (const auto path = prep::parse_destination_path(expression)) promise(!path->empty());
  check_running(expression, line == input.npos ? std::string_view("{}") : input.substr(line + 1));
  return 0;
}
