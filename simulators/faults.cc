#include "simulators/faults.h"

#include "base/text.h"

namespace foz::sim {
namespace {

constexpr std::pair<FaultKind, std::string_view> kFaultNames[] = {
    {FaultKind::latency, "latency"},         {FaultKind::status, "status"},
    {FaultKind::redirect, "redirect"},       {FaultKind::cut, "cut"},
    {FaultKind::cut_gzip, "cutGzip"},        {FaultKind::expire_tokens, "expireTokens"},
    {FaultKind::repeat_page, "repeatPage"},  {FaultKind::empty_page, "emptyPage"},
    {FaultKind::loop_page, "loopPage"},      {FaultKind::next_link_host, "nextLinkHost"},
    {FaultKind::forge, "forge"},             {FaultKind::no_rate_headers, "noRateHeaders"},
    {FaultKind::mutate, "mutate"},           {FaultKind::job_stuck, "jobStuck"},
    {FaultKind::job_failed, "jobFailed"},    {FaultKind::wrong_total, "wrongTotal"},
    {FaultKind::garble, "garble"},           {FaultKind::wrong_types, "wrongTypes"},
    {FaultKind::drop_records, "dropRecords"}, {FaultKind::double_records, "doubleRecords"},
    {FaultKind::deep, "deep"},               {FaultKind::pad, "pad"},
    {FaultKind::bomb, "bomb"},               {FaultKind::trickle, "trickle"},
    {FaultKind::stall, "stall"},             {FaultKind::endless, "endless"},
    {FaultKind::surplus, "surplus"},         {FaultKind::huge_header, "hugeHeader"}};

constexpr std::string_view kRuleMembers[] = {"kind",   "method",     "path", "skip",      "every",    "times", "probability", "status",
                                             "retryAfter", "body", "latencyMs", "jitterMs", "bytes", "location",    "host",
                                             "url",    "by",         "mutate"};

Error bad_rule(std::string message) { return Error{.kind = ErrorKind::invalid, .message = std::move(message)}; }

Result<FaultKind> kind_named(std::string_view name) {
  for (const auto& [kind, text] : kFaultNames) {
    if (text == name) return kind;
  }
  return bad_rule("there is no fault \"" + std::string(name) + "\"; there are " + join(fault_names(), ", "));
}

uint64_t count_of(const Json& json, std::string_view name, int64_t otherwise) {
  return static_cast<uint64_t>(std::max<int64_t>(0, integer_of(json, name).value_or(otherwise)));
}

}  // namespace

std::string_view name_of(FaultKind kind) {
  for (const auto& [known, text] : kFaultNames) {
    if (known == kind) return text;
  }
  return "";
}

std::vector<std::string> fault_names() {
  std::vector<std::string> names;
  for (const auto& [kind, text] : kFaultNames) names.emplace_back(text);
  return names;
}

Result<FaultRule> FaultRule::read(const Json& json) {
  if (!json.is_object()) return bad_rule("a fault is an object with \"kind\"");
  for (const auto& [name, value] : json.items()) {
    if (std::find(std::begin(kRuleMembers), std::end(kRuleMembers), name) == std::end(kRuleMembers)) {
      return bad_rule("a fault has no member \"" + name + "\"");
    }
  }
  FaultRule rule;
  TRY(rule.kind, kind_named(text_of(json, "kind")));
  rule.method = upper(text_of(json, "method"));
  rule.path = text_of(json, "path");
  rule.skip = count_of(json, "skip", 0);
  rule.every = std::max<uint64_t>(1, count_of(json, "every", 1));
  if (json.contains("times")) rule.times = count_of(json, "times", 1);
  if (const Json* share = member(json, "probability")) rule.probability = as_number(*share).value_or(1);
  rule.status = static_cast<int>(integer_of(json, "status").value_or(503));
  if (const Json* wait = member(json, "retryAfter")) rule.retry_after = as_text(*wait);
  rule.body = text_of(json, "body");
  rule.latency_ms = integer_of(json, "latencyMs").value_or(0);
  rule.jitter_ms = integer_of(json, "jitterMs").value_or(0);
  rule.bytes = count_of(json, "bytes", 0);
  for (const std::string_view name : {"location", "host", "url"}) {
    if (json.contains(name)) rule.text = text_of(json, name);
  }
  rule.by = integer_of(json, "by").value_or(0);
  if (const Json* mutation = member(json, "mutate")) rule.mutation = *mutation;
  if (rule.status < 100 || rule.status > 599) return bad_rule("a fault's \"status\" lies between 100 and 599");
  return rule;
}

const FaultRule* Effects::find(FaultKind kind) const {
  for (const FaultRule& rule : rules) {
    if (rule.kind == kind) return &rule;
  }
  return nullptr;
}

void Faults::add(FaultRule rule) {
  std::lock_guard lock(mutex_);
  rules_.push_back({.rule = std::move(rule)});
  any_ = true;
}

void Faults::clear() {
  std::lock_guard lock(mutex_);
  rules_.clear();
  any_ = false;
}

Effects Faults::draw(std::string_view method, std::string_view path) {
  Effects effects;
  if (!any_) return effects;
  std::lock_guard lock(mutex_);
  for (Counted& counted : rules_) {
    const FaultRule& rule = counted.rule;
    if (!rule.method.empty() && rule.method != method) continue;
    if (!rule.path.empty() && !matches_wildcard(rule.path, path)) continue;
    const uint64_t number = counted.seen++;
    if (number < rule.skip || (number - rule.skip) % rule.every != 0) continue;
    if (rule.times && counted.met >= *rule.times) continue;
    if (rule.probability < 1 && random_.unit() >= rule.probability) continue;
    ++counted.met;
    effects.rules.push_back(rule);
  }
  return effects;
}

Json Faults::listed() const {
  std::lock_guard lock(mutex_);
  Json rules = Json::array();
  for (const Counted& counted : rules_) {
    rules.push_back({{"kind", name_of(counted.rule.kind)}, {"method", counted.rule.method}, {"path", counted.rule.path},
                     {"seen", counted.seen}, {"met", counted.met}});
  }
  return rules;
}

}  // namespace foz::sim
