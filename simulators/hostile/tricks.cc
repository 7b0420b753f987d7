#include "simulators/hostile/tricks.h"

#include <algorithm>

#include "base/json.h"
#include "simulators/gzip.h"

namespace foz::sim {
namespace {

constexpr uint64_t kMegabyte = 1u << 20;

constexpr std::pair<FaultKind, Delivery::Way> kWireKinds[] = {
    {FaultKind::trickle, Delivery::Way::trickle}, {FaultKind::stall, Delivery::Way::stall},
    {FaultKind::endless, Delivery::Way::endless}, {FaultKind::surplus, Delivery::Way::surplus},
    {FaultKind::huge_header, Delivery::Way::huge_header}};

// What vendors call the list of records of a page.
constexpr std::string_view kLists[] = {"results", "records", "value", "contacts", "companies", "deals"};

Json* list_in(Json& body) {
  for (const std::string_view name : kLists) {
    Json* list = member(body, name);
    if (list != nullptr && list->is_array()) return list;
  }
  return nullptr;
}

/// The list becomes a text, whole numbers become texts and texts become lists.
void change_types(Json& body) {
  if (!body.is_object()) return;
  for (auto& [name, value] : body.items()) {
    if (value.is_array()) value = "none";
    else if (value.is_number()) value = "many";
    else if (value.is_string()) value = Json::array({value});
    else change_types(value);
  }
}

void change_records(Json& body, const FaultRule& rule) {
  Json* list = list_in(body);
  if (list == nullptr) return;
  const auto count = std::min<size_t>(list->size(), rule.by > 0 ? static_cast<size_t>(rule.by) : 1);
  for (size_t i = 0; i < count; ++i) {
    if (rule.kind == FaultKind::drop_records) list->erase(list->size() - 1);
    else list->push_back((*list)[i]);
  }
}

/// `{...}` becomes `{"nested":[[[...]]],...}`.
void nest(std::string& body, int64_t depth) {
  const auto levels = static_cast<size_t>(std::clamp<int64_t>(depth, 1, 10'000'000));
  if (body.starts_with('{')) body.insert(1, "\"nested\":" + std::string(levels, '[') + std::string(levels, ']') + (body.size() > 2 ? "," : ""));
}

void apply(const FaultRule& rule, http::Response& response) {
  std::string& body = response.body;
  switch (rule.kind) {
    case FaultKind::garble: {
      const size_t at = std::min<size_t>(rule.bytes == 0 ? body.size() / 2 : rule.bytes, body.size());
      body.replace(at, std::min<size_t>(2, body.size() - at), "\xff}");
      return;
    }
    case FaultKind::pad: body.append(rule.bytes == 0 ? 64 * kMegabyte : rule.bytes, ' '); return;
    case FaultKind::deep: return nest(body, rule.by == 0 ? 100'000 : rule.by);
    case FaultKind::wrong_types:
    case FaultKind::drop_records:
    case FaultKind::double_records:
      if (auto json = parse_json(body)) {
        if (rule.kind == FaultKind::wrong_types) change_types(*json);
        else change_records(*json, rule);
        body = to_text(*json);
      }
      return;
    case FaultKind::bomb:
      body = gzipped_with_blanks(body, rule.bytes == 0 ? 256 * kMegabyte : rule.bytes);
      response.headers.set("Content-Encoding", "gzip");
      return;
    default: return;
  }
}

}  // namespace

bool is_wire_trick(FaultKind kind) {
  return std::any_of(std::begin(kWireKinds), std::end(kWireKinds), [&](const auto& row) { return row.first == kind; });
}

Delivery delivery_of(const Effects& effects) {
  for (const auto& [kind, way] : kWireKinds) {
    const FaultRule* rule = effects.find(kind);
    if (rule == nullptr) continue;
    const bool huge = way == Delivery::Way::huge_header;
    return {.way = way, .bytes = rule->bytes == 0 ? (huge ? kMegabyte : 64) : rule->bytes, .pause_ms = rule->latency_ms == 0 ? 50 : rule->latency_ms};
  }
  return {};
}

void apply_tricks(const Effects& effects, http::Response& response) {
  for (const FaultRule& rule : effects.rules) apply(rule, response);
}

FaultRule random_trick(uint64_t drawn) {
  static const FaultRule kTricks[] = {
      {.kind = FaultKind::garble},
      {.kind = FaultKind::cut, .bytes = 300},
      {.kind = FaultKind::cut, .bytes = 0},
      {.kind = FaultKind::cut_gzip, .bytes = 200},
      {.kind = FaultKind::wrong_types},
      {.kind = FaultKind::deep, .by = 100'000},
      {.kind = FaultKind::pad, .bytes = 2 * kMegabyte},
      {.kind = FaultKind::empty_page},
      {.kind = FaultKind::repeat_page},
      {.kind = FaultKind::status, .status = 500, .body = "html"},
      {.kind = FaultKind::status, .status = 200, .body = "html"},
      {.kind = FaultKind::status, .status = 200, .body = "null"},
      {.kind = FaultKind::status, .status = 429, .retry_after = "1"},
      {.kind = FaultKind::redirect, .status = 302, .text = "http://127.0.0.1:9/elsewhere"},
      {.kind = FaultKind::next_link_host, .text = "http://127.0.0.1:9"},
      {.kind = FaultKind::forge, .text = "http://127.0.0.1:9"},
      {.kind = FaultKind::no_rate_headers},
      {.kind = FaultKind::trickle, .latency_ms = 5, .bytes = 4096},
      {.kind = FaultKind::surplus, .bytes = 100},
      {.kind = FaultKind::huge_header, .bytes = 2 * kMegabyte}};
  return kTricks[drawn % std::size(kTricks)];
}

}  // namespace foz::sim
