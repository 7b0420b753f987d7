#include "http/router.h"

#include <algorithm>

#include "base/text.h"

namespace foz::http {
namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  for (const std::string_view segment : split(path, '/')) {
    if (!segment.empty()) segments.push_back(segment);
  }
  return segments;
}

bool is_placeholder(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

PathParts named(const std::vector<std::string>& names, const std::vector<std::string>& values) {
  PathParts parts;
  for (size_t i = 0; i < names.size(); ++i) parts[names[i]] = values[i];
  return parts;
}

void note_verbs(const auto& routes, std::vector<std::string>& allow) {
  for (const auto& [verb, route] : routes) {
    const std::string name(name_of(verb));
    if (std::find(allow.begin(), allow.end(), name) == allow.end()) allow.push_back(name);
  }
}

}  // namespace

void Router::add(Verb verb, std::string_view pattern, size_t route) {
  Node* node = &root_;
  std::vector<std::string> names;
  for (const std::string_view segment : segments_of(pattern)) {
    if (!is_placeholder(segment)) {
      node = &node->fixed[std::string(segment)];
      continue;
    }
    const std::string_view name = segment.substr(1, segment.size() - 2);
    if (name.ends_with("...")) {
      names.emplace_back(name.substr(0, name.size() - 3));
      FOZ_CHECK(node->rest_routes.emplace(verb, std::pair(route, names)).second, pattern);
      return;
    }
    names.emplace_back(name);
    if (node->any.empty()) node->any.emplace_back();
    node = &node->any.front();
  }
  FOZ_CHECK(node->routes.emplace(verb, std::pair(route, names)).second, pattern);
}

Router::Match Router::match(Verb verb, std::string_view path) const {
  Match match;
  std::vector<std::string> values;
  find(root_, segments_of(path), 0, verb, values, match);
  if (match.route) match.allow.clear();
  return match;
}

bool Router::find(const Node& node, const std::vector<std::string_view>& segments, size_t at, Verb verb,
                  std::vector<std::string>& values, Match& match) {
  const auto take = [&](const auto& routes) {
    const auto found = routes.find(verb);
    if (found == routes.end()) return note_verbs(routes, match.allow), false;
    match.route = found->second.first;
    match.parts = named(found->second.second, values);
    return true;
  };
  if (at == segments.size()) return take(node.routes);
  if (const auto fixed = node.fixed.find(percent_decode(segments[at])); fixed != node.fixed.end()) {
    if (find(fixed->second, segments, at + 1, verb, values, match)) return true;
  }
  if (!node.any.empty()) {
    values.push_back(percent_decode(segments[at]));
    if (find(node.any.front(), segments, at + 1, verb, values, match)) return true;
    values.pop_back();
  }
  if (!node.rest_routes.empty()) {
    std::string rest;
    for (size_t i = at; i < segments.size(); ++i) rest += (i > at ? "/" : "") + percent_decode(segments[i]);
    values.push_back(rest);
    if (take(node.rest_routes)) return true;
    values.pop_back();
  }
  return false;
}

}  // namespace foz::http
