#pragma once
// An effective schema as columns: what a table of it stores, what each value must satisfy, and the field ids.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "engine/types.h"

namespace foz::registry {

/// Formats that are checked (Schema Registry contract, 16; the lenient readings of XDM core, 4.1 and 6.3).
enum class Format : uint8_t { none, email, uri, uri_reference, ipv4, ipv6 };

/// A compiled pattern (RE2, unanchored search). Defined in validate.cc, where the library ends.
class Pattern;

/// What a value must satisfy beyond its type. Follows: Schema Registry contract, 16.
struct Rules {
  std::vector<std::string> allowed = {};       ///< `enum` or `const` of texts; empty: anything
  std::vector<double> allowed_numbers = {};    ///< the same for numbers
  std::string pattern_text = {};
  std::shared_ptr<const Pattern> pattern = {};
  Format format = Format::none;
  std::optional<double> minimum = {}, maximum = {};  ///< beyond what the kind's width already says
  bool exclusive_minimum = false, exclusive_maximum = false;
  std::optional<int64_t> length_min = {}, length_max = {};  ///< Unicode code points
  std::optional<int64_t> items_min = {}, items_max = {};
  bool items_unique = false;
};

/// One node of an effective schema: a column, a part of one, or the root.
/// Names are compatibility (`xed`) names. Members stand in alphabetical order.
struct Node {
  std::string name;
  engine::Kind kind = engine::Kind::object;
  int32_t id = 0;                               ///< field id; 0 until ids are given (columns_of)
  bool required = false;                        ///< its parent object must hold it, once that object is there
  std::shared_ptr<const Rules> rules = {};      ///< null: any value of the kind
  std::vector<Node> children = {};              ///< as in engine::Field

  /// The member `name` of an object; null pointer when there is none.
  const Node* member(std::string_view member_name) const;
  /// The node at a dotted path of member names ("person.name.firstName"); null pointer when there is none.
  const Node* at(std::string_view dotted_path) const;
};

/// The tree of an effective schema in compatibility names. Members without values (objects without fields) are left out;
/// a pattern that RE2 cannot read is no rule. Ids are 0. The root is an object, empty for a schema without fields.
Node node_of(const Json& effective);

/// The column ids of one schema: what was given, and the next to give.
struct IdTable {
  struct Given {
    int32_t id = 0;
    engine::Kind kind = engine::Kind::string;
  };
  int32_t next = 1;
  /// By path of names, each after a slash; `//element`, `//key` and `//value` below lists and maps (names are never empty).
  std::map<std::string, Given, std::less<>> given = {};
};

/// Gives every node below `root` its id: the one of its path while its kind stays, else the next. Ids of paths that are
/// no longer there are forgotten, never given again. True when the table changed.
/// Follows: Schema Registry contract, 10.5.
bool assign_ids(Node& root, IdTable& table);

/// The table as a document, and back. Errors: corrupt.
Json to_json(const IdTable& table);
Result<IdTable> id_table_of(const Json& json);

/// The node and everything below it as a stored column.
engine::Field to_field(const Node& node);

/// Dotted paths of all leaves below `root`, in order; lists end in "[]", map values in ".*".
std::vector<std::string> leaf_paths(const Node& root);

}  // namespace foz::registry
