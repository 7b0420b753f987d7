#include "flow/list_query.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace foz::flow {
namespace {

constexpr size_t kLimitDefault = 100;
constexpr int64_t kLimitMax = 1000;
constexpr int64_t kTokenLifeMs = 24LL * 3600 * 1000;

Error parameter_error(std::string_view name, std::string message) {
  return Error{.kind = ErrorKind::invalid, .message = std::move(message), .code = "FLOW-1451-400", .where = std::string(name)};
}

security::SecretName token_name(std::string_view sandbox, std::string_view collection) {
  return {.sandbox = std::string(sandbox), .object = "list/" + std::string(collection), .field = "continuationToken"};
}

Result<size_t> limit_from(std::string_view text) {
  const auto limit = to_integer(text);
  if (!limit || *limit < 1) return parameter_error("limit", "limit is a whole number from 1, \"" + std::string(text) + "\" is not");
  return static_cast<size_t>(std::min(*limit, kLimitMax));
}

bool says_yes(std::string_view text) { return text == "1" || equal_ignoring_case(text, "true"); }

/// The stretches between `&`s outside of double quotes.
std::vector<std::string> clauses_between_ampersands(std::string_view text) {
  std::vector<std::string> clauses(1);
  bool in_quotes = false;
  for (const char c : text) {
    if (c == '"') in_quotes = !in_quotes;
    if (c == '&' && !in_quotes) {
      clauses.emplace_back();
    } else {
      clauses.back() += c;
    }
  }
  return clauses;
}

/// `property=a==b&property=c>1`, or bare clauses joined by `&`.
Result<Filter> filter_from_query_string(std::string_view text) {
  Filter filter;
  for (const std::string& raw : clauses_between_ampersands(text)) {
    std::string clause = http::percent_decode(raw, true);
    if (clause.starts_with("property=") && !clause.starts_with("property==")) clause.erase(0, 9);
    TRY_DO(add_property(filter, clause));
  }
  return filter;
}

Json place_json(const PlaceInOrder& place) { return {{"v", Json(place.values)}, {"c", place.created_ms}, {"i", place.id}}; }

PlaceInOrder place_from(const Json& json) {
  PlaceInOrder place{.values = {}, .created_ms = integer_of(json, "c").value_or(0), .id = text_of(json, "i")};
  if (const Json* values = member(json, "v"); values != nullptr && values->is_array()) place.values.assign(values->begin(), values->end());
  return place;
}

}  // namespace

std::string PageTokens::seal(std::string_view sandbox, std::string_view collection, const ListQuery& next) const {
  Json said = {{"f", print(next.filter)}, {"o", print(next.ordering)}, {"t", to_millis(clock_.now())}};
  if (next.limit) said["l"] = *next.limit;
  if (next.after) said["a"] = place_json(*next.after);
  const std::string sealed = vault_.seal(token_name(sandbox, collection), Secret(to_text(said)));
  return to_base64url(from_base64(sealed).value_or(""));
}

Result<ListQuery> PageTokens::open(std::string_view sandbox, std::string_view collection, std::string_view token) const {
  const Error refused = parameter_error("continuationToken", "this continuationToken is not of this list: begin again without it");
  const auto text = vault_.unseal(token_name(sandbox, collection), token);
  if (!text) return refused;
  const auto said = parse_json(text->reveal());
  if (!said) return refused;
  if (to_millis(clock_.now()) - integer_of(*said, "t").value_or(0) > kTokenLifeMs) {
    return parameter_error("continuationToken", "this continuationToken is older than a day: begin again without it");
  }
  ListQuery query;
  TRY_DO(add_property(query.filter, text_of(*said, "f")));
  TRY(query.ordering, parse_ordering(text_of(*said, "o")));
  if (const auto limit = integer_of(*said, "l")) query.limit = static_cast<size_t>(*limit);
  if (const Json* after = member(*said, "a")) query.after = place_from(*after);
  if (query.after && query.after->values.size() != query.ordering.size()) return refused;
  return query;
}

Result<ListQuery> read_list_query(const http::Query& query, const ListKind& kind, std::string_view sandbox, const PageTokens& tokens) {
  ListQuery result;
  if (const auto token = query.value("continuationToken")) {
    TRY(result, tokens.open(sandbox, kind.collection, *token));
  } else {
    TRY(result.filter, parse_properties(query.get_all("property")));
    TRY(result.ordering, parse_ordering(query.get("orderby").value_or("")));
    if (kind.paged) result.limit = kLimitDefault;
  }
  if (const auto limit = query.value("limit")) {
    TRY(result.limit, limit_from(*limit));
  }
  result.count = says_yes(query.get("count").value_or(""));
  return result;
}

Result<ListQuery> read_search(const Json& body, const std::optional<std::string>& token, const ListKind& kind,
                              std::string_view sandbox, const PageTokens& tokens) {
  if (!body.is_null() && !body.is_object()) {
    return Error{.kind = ErrorKind::invalid, .message = "the body of a search is an object", .code = "FLOW-1405-400"};
  }
  ListQuery result;
  if (token && !token->empty()) {
    TRY(result, tokens.open(sandbox, kind.collection, *token));
  } else {
    TRY(result.filter, filter_from_query_string(text_of(body, "queryString")));
    TRY(result.ordering, parse_ordering(text_of(body, "orderby")));
    TRY_DO(add_property(result.filter, text_of(body, "projectionFields")));
    if (kind.paged) result.limit = kLimitDefault;
  }
  if (const Json* limit = member(body, "limit"); limit != nullptr && !limit->is_null()) {
    TRY(result.limit, limit_from(as_text(*limit)));
  }
  result.count = boolean_of(body, "count").value_or(false);
  return result;
}

}  // namespace foz::flow
