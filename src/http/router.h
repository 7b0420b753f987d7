#pragma once
// From verb and path to a handler.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace foz::http {

/// What the placeholders of a route stand for in one request, percent-decoded.
using PathParts = std::map<std::string, std::string, std::less<>>;

/// Routes by verb and pattern. A pattern is `/flows/{flowId}/runs`; `{name...}` at its end takes the rest of the path.
/// One trailing slash and doubled slashes in a path do not count; an encoded slash stays inside its segment.
/// Fixed segments win over placeholders. Filled once, then read by many threads.
class Router {
 public:
  struct Match {
    std::optional<size_t> route = {};   ///< index given to `add`; nothing: no such path, or `allow` is not empty
    PathParts parts = {};
    std::vector<std::string> allow = {};  ///< verbs that the path has, when the asked one is missing
  };

  /// `route` is the caller's own index. REQUIRES: no pattern is added twice for a verb.
  void add(Verb verb, std::string_view pattern, size_t route);
  Match match(Verb verb, std::string_view path) const;

 private:
  struct Node {
    std::map<std::string, Node, std::less<>> fixed;
    std::vector<Node> any;  ///< at most one: a path variable
    std::string rest;       ///< name of a `{name...}`
    std::map<Verb, std::pair<size_t, std::vector<std::string>>> routes;       ///< index and names of path variables
    std::map<Verb, std::pair<size_t, std::vector<std::string>>> rest_routes;
  };
  static bool find(const Node& node, const std::vector<std::string_view>& segments, size_t at, Verb verb,
                   std::vector<std::string>& values, Match& match);
  Node root_;
};

}  // namespace foz::http
