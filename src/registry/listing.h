#pragma once
// The parameters of registry lists: which resources, in which order, how many. Follows: Schema Registry contract, 5.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "http/message.h"
#include "registry/validate.h"

namespace foz::registry {

/// A test of one member.
struct Condition {
  enum class Op : uint8_t { exists, equals, not_equals, less_equal, greater_equal, less, greater, matches };
  std::string path;  ///< a member's name, or names joined by dots
  Op op = Op::exists;
  std::string value = {};
  std::shared_ptr<const Pattern> pattern = {};  ///< of `matches`
};

struct Order {
  std::string member;
  bool descending = false;
};

struct Listing {
  std::vector<Order> order = {{"updated"}};
  std::string order_text = "updated";     ///< as it was asked for
  std::optional<size_t> limit = {};       ///< nothing: all
  std::string start = {};                 ///< `next` of the page before, or a value of the first sort member
  std::vector<Condition> conditions = {};  ///< all must hold
  std::vector<std::string> properties = {};  ///< members to show; empty: all
};

inline constexpr int64_t kPageMax = 500;

/// Empty parameters count as absent, unknown ones do not count. Errors: XDM-1401-400, naming the parameter.
Result<Listing> parse_listing(const http::Query& query);

/// The conditions of one `property` parameter. Errors: XDM-1401-400.
Result<std::vector<Condition>> parse_property(std::string_view text);

/// True when `resource` meets the condition.
bool holds(const Condition& condition, const Json& resource);

/// One page of a list.
struct Page {
  std::vector<Json> results;
  std::optional<std::string> next;  ///< what `start` takes for the page behind; nothing behind the last
};

/// The page that `listing` asks for of `resources`, each with its id in `id_member`.
Page page_of(std::vector<Json> resources, const Listing& listing, std::string_view id_member = "$id");

/// `resource` with only the members asked for.
Json projected(const Json& resource, const std::vector<std::string>& properties);

}  // namespace foz::registry
