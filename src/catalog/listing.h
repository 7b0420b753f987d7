#pragma once
// The parameters of lists: which objects, in which order, how much of each. Follows: Catalog contract, 5.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "http/message.h"
#include "registry/validate.h"

namespace foz::catalog {

/// A test of one member of a shown object.
struct Condition {
  enum class Op : uint8_t { exists, absent, equals, not_equals, less, less_equal, greater, greater_equal, matches, like };
  std::string path;                  ///< dotted; steps through arrays too. "id" is the key of the object
  Op op = Op::equals;
  std::vector<std::string> values = {};  ///< any of them (not_equals: none of them)
  std::shared_ptr<const registry::Pattern> pattern = {};  ///< of `matches`
  bool negated = false;              ///< of `like`
};

struct Order {
  std::string path;
  bool descending = false;
};

struct Listing {
  int64_t limit = 20;
  int64_t start = 0;
  std::vector<Order> order = {{"created", true}};
  std::vector<Condition> conditions = {};
  std::vector<std::string> properties = {};  ///< empty: all
};

/// What a list holds; decides what the related-object parameters mean.
enum class Collection : uint8_t { datasets, batches, files, views, last_batches };

/// Errors: invalid, naming the parameter; unknown parameters are ignored.
Result<Listing> parse_listing(const http::Query& query, Collection collection);

/// An object with its key.
struct Item {
  std::string id;
  Json object;
};

/// True when `item` meets every condition.
bool keeps(const Listing& listing, const Item& item);

/// Collects items, keeps those that `listing` asks for, and gives its window of them in its order.
/// Holds about twice `start + limit` items at most.
class Selection {
 public:
  /// `listing` must outlive the selection.
  explicit Selection(const Listing& listing) : listing_(listing) {}

  /// False when no further item can matter. REQUIRES: for the default order, items come newest first, equal times by id.
  bool add(Item item);
  /// `{id: object, ...}` with the members asked for.
  Json take();

 private:
  bool before(const Item& a, const Item& b) const;
  void keep_first(size_t count);
  const Listing& listing_;
  std::vector<Item> items_;
};

/// `object` with only the members that `properties` names; everything when it is empty or holds `*`.
Json projected(const Json& object, const std::vector<std::string>& properties);

/// The values at a dotted path, through objects and arrays. A member whose own name has dots is found too.
std::vector<const Json*> values_at(const Json& object, std::string_view path);

/// The values any of which `path` must equal, when some condition says so; for a look-up by index.
std::optional<std::vector<std::string>> wanted_values(const Listing& listing, std::string_view path);

}  // namespace foz::catalog
