#include "prep/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>

#include "base/text.h"

namespace foz::prep {
namespace {

constexpr uint32_t kMatchSteps = 200'000;
constexpr uint32_t kMatchDepth = 10'000;
constexpr uint32_t kHeapKilobytes = 4 * 1024;
constexpr size_t kJitStackBytes = 512 * 1024;
/// Texts of so many bytes are searched without counting: n² of them is nothing.
constexpr size_t kShortText = 1024;
/// Bytes looked at that count as much as a part tried.
constexpr size_t kBytesPerStep = 16;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* thing) const { Free(thing); }
};
using Code = std::unique_ptr<pcre2_code, Freed<pcre2_code_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Freed<pcre2_match_data_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Freed<pcre2_match_context_free>>;
using CompileContext = std::unique_ptr<pcre2_compile_context, Freed<pcre2_compile_context_free>>;
using JitStack = std::unique_ptr<pcre2_jit_stack, Freed<pcre2_jit_stack_free>>;

/// One machine stack for compiled patterns per thread, made when first wanted.
pcre2_jit_stack* jit_stack(void*) {
  thread_local const JitStack stack(pcre2_jit_stack_create(32 * 1024, kJitStackBytes, nullptr));
  return stack.get();
}

Error regex_error(std::string_view pattern, std::string why) {
  return {.kind = ErrorKind::invalid,
          .message = "the regular expression \"" + std::string(pattern.substr(0, 80)) + "\" " + std::move(why)};
}

}  // namespace

struct Regex::Parts {
  std::string pattern;
  uint32_t options = 0;
  Code code;
  Code whole;  ///< anchored at both ends; made when first wanted, for compiled code cannot be anchored later
  Code counted, whole_counted;  ///< the same, telling of every part before it is tried; made when first wanted
  MatchData data;
  MatchContext context;
  uint32_t groups = 0;
};

namespace {

struct Failure {
  int error = 0;
  PCRE2_SIZE offset = 0;
};

Code compile_code(std::string_view pattern, uint32_t options, Failure& failure) {
  const CompileContext rules(pcre2_compile_context_create(nullptr));
  pcre2_set_newline(rules.get(), PCRE2_NEWLINE_ANYCRLF);
  pcre2_set_parens_nest_limit(rules.get(), 64);
  Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), options, &failure.error,
                          &failure.offset, rules.get()));
  if (code) pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);  // where it cannot, matching interprets
  return code;
}

/// One search that is counted.
struct Counter {
  RegexBudget& budget;
  PCRE2_SIZE last = 0;
};

int count_part(pcre2_callout_block* block, void* data) {
  auto& counter = *static_cast<Counter*>(data);
  const PCRE2_SIZE at = block->current_position, moved = at > counter.last ? at - counter.last : counter.last - at;
  const uint64_t cost = 1 + moved / kBytesPerStep;
  counter.last = at;
  if (counter.budget.left < cost) return PCRE2_ERROR_CALLOUT;
  counter.budget.left -= cost;
  return 0;
}

}  // namespace

Regex::Regex(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

Result<Regex> Regex::compile(std::string_view pattern, bool ignore_case) {
  if (pattern.size() > kRegexMax * 4 || utf8::length(pattern) > kRegexMax) {
    return regex_error(pattern, "is longer than " + std::to_string(kRegexMax) + " characters");
  }
  auto parts = std::make_unique<Parts>();
  parts->pattern = pattern;
  parts->options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | (ignore_case ? PCRE2_CASELESS : 0u);
  Failure failure;
  parts->code = compile_code(parts->pattern, parts->options, failure);
  if (!parts->code) {
    std::array<PCRE2_UCHAR, 200> why{};
    pcre2_get_error_message(failure.error, why.data(), why.size());
    return regex_error(pattern, std::string("cannot be read at offset ") + std::to_string(failure.offset) + ": " +
                                    reinterpret_cast<const char*>(why.data()));
  }
  parts->data.reset(pcre2_match_data_create_from_pattern(parts->code.get(), nullptr));
  parts->context.reset(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(parts->context.get(), kMatchSteps);
  pcre2_set_depth_limit(parts->context.get(), kMatchDepth);
  pcre2_set_heap_limit(parts->context.get(), kHeapKilobytes);
  pcre2_jit_stack_assign(parts->context.get(), jit_stack, nullptr);
  pcre2_pattern_info(parts->code.get(), PCRE2_INFO_CAPTURECOUNT, &parts->groups);
  return Regex(std::move(parts));
}

Regex::Found Regex::run(std::string_view text, size_t from, bool whole, RegexBudget& budget) {
  static constexpr char kNothing = 0;
  const char* begin = text.data() == nullptr ? &kNothing : text.data();
  const bool counts = text.size() > kShortText;
  Code& code = whole ? (counts ? parts_->whole_counted : parts_->whole) : counts ? parts_->counted : parts_->code;
  if (!code) {
    Failure failure;
    const uint32_t more = (whole ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : 0u) | (counts ? PCRE2_AUTO_CALLOUT : 0u);
    code = compile_code(parts_->pattern, parts_->options | more, failure);
    if (!code) return Found::too_hard;  // the pattern is right: with callouts it is too large
  }
  Counter counter{budget, from};
  pcre2_set_callout(parts_->context.get(), counts ? count_part : nullptr, &counter);
  const int count = pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(begin), text.size(), from, PCRE2_NO_UTF_CHECK,
                                parts_->data.get(), parts_->context.get());
  if (count >= 0) return Found::yes;
  return count == PCRE2_ERROR_NOMATCH ? Found::no : Found::too_hard;
}

Regex::Found Regex::matches_whole(std::string_view text) {
  RegexBudget budget;
  return run(text, 0, true, budget);
}

Regex::Found Regex::find(std::string_view text, size_t from) {
  RegexBudget budget;
  return run(text, from, false, budget);
}

Regex::Found Regex::find(std::string_view text, size_t from, RegexBudget& budget) { return run(text, from, false, budget); }

size_t Regex::groups() const { return parts_->groups; }

Regex::Span Regex::group(size_t number) const {
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(parts_->data.get());
  if (number >= pcre2_get_ovector_count(parts_->data.get()) || offsets[2 * number] == PCRE2_UNSET) return {};
  // \K in a look-around can put the beginning behind the end.
  if (offsets[2 * number] > offsets[2 * number + 1]) return {};
  return {.begin = offsets[2 * number], .end = offsets[2 * number + 1], .took_part = true};
}

Status check_regex(std::string_view pattern) {
  TRY([[maybe_unused]] const Regex compiled, Regex::compile(pattern));
  return {};
}

}  // namespace foz::prep
