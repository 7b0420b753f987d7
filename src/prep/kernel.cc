#include "prep/kernel.h"

namespace foz::prep {
namespace {

/// The cache of a site holds the pattern for `text`; compiles it when the last one was another.
template <class Pattern, class Compile>
Pattern* cached(SiteCache& cache, std::unique_ptr<Pattern> SiteCache::*pattern, std::string_view text, Compile compile) {
  if (cache.text == text && (cache.*pattern || !cache.problem.empty())) return (cache.*pattern).get();
  cache.text = text;
  cache.problem.clear();
  (cache.*pattern).reset();
  auto compiled = compile(text);
  if (compiled) (cache.*pattern) = std::make_unique<Pattern>(*std::move(compiled));
  else cache.problem = compiled.error().message;
  return (cache.*pattern).get();
}

}  // namespace

Regex* Call::regex(std::string_view pattern) {
  return cached(frame_.cache(site_.slot), &SiteCache::regex, pattern,
                [](std::string_view text) { return Regex::compile(text); });
}

const DatePattern* Call::date_pattern(std::string_view pattern) {
  return cached(frame_.cache(site_.slot), &SiteCache::pattern, pattern, DatePattern::compile);
}

namespace kernels {

Vector converted_to_moments(Frame& frame, const Site& site, size_t slot, const Vector& vector, Rows rows) {
  Column& to = frame.column(slot, Type::any);
  const auto convert = [&](size_t row) -> Fault {
    if (vector.is_null(row)) return to.set_null(row), Fault{};
    const auto made = value_as(frame.arena(), vector.value(row, frame.arena()), Type::timestamp);
    if (!made.is_value()) return to.set_null(row), made.fault();
    to.put(row, made.value());
    return {};
  };
  if (vector.is_constant() && !rows.empty()) {
    const size_t at = rows.front();
    if (const Fault fault = convert(at)) rows.each([&](size_t row) { frame.fail(row, fault, site); });
    return Vector::constant(to, at);
  }
  rows.each([&](size_t row) {
    if (const Fault fault = convert(row)) frame.fail(row, fault, site);
  });
  return Vector(to);
}

}  // namespace kernels
}  // namespace foz::prep
