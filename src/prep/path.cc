#include "prep/path.h"

#include <charconv>

#include "base/text.h"
#include "prep/lexer.h"

namespace foz::prep {
namespace {

Error path_error(std::string_view path, std::string why) {
  return {.kind = ErrorKind::invalid, .message = "the path " + std::string(path) + " " + std::move(why)};
}

/// Reads steps with a rule for the characters of a plain name.
class PathReader {
 public:
  PathReader(std::string_view text, bool identifiers) : text_(text), identifiers_(identifiers) {}

  Result<Path> run() {
    if (trim(text_).empty()) return path_error(text_, "is empty");
    while (true) {
      TRY_DO(names());
      while (peek() == '[') TRY_DO(brackets());
      if (at_ == text_.size()) return std::move(path_);
      if (peek() != '.') return path_error(text_, "has " + std::string(text_.substr(at_, 1)) + " where a point or an index is expected");
      ++at_;
      if (path_.size() > 64) return path_error(text_.substr(0, 80), "has more than 64 steps");
    }
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  Status names() {
    if (peek() == '$' && peek(1) == '{') {
      const size_t end = text_.find('}', at_);
      if (end == text_.npos) return path_error(text_, "has an open ${");
      for (std::string& name : wrapped_names(text_.substr(at_ + 2, end - at_ - 2))) path_.push_back({.name = std::move(name)});
      at_ = end + 1;
      return {};
    }
    std::string name;
    while (at_ < text_.size() && peek() != '.' && peek() != '[' && peek() != ']') {
      if (peek() == '\\' && at_ + 1 < text_.size()) ++at_, name += text_[at_++];
      else TRY_DO(character(name));
    }
    if (peek() == ']') return path_error(text_, "has a ] that nothing opens");
    if (name.empty()) return path_error(text_, "has an empty name");
    path_.push_back({.name = std::move(name)});
    return {};
  }

  Status character(std::string& name) {
    size_t end = at_;
    const uint32_t c = utf8::next(text_, end);
    if (identifiers_ && !(name.empty() ? is_name_start(c) : is_name_character(c)) && c != '@') {
      return path_error(text_, "has a name that is no plain identifier; write it as ${name}");
    }
    name.append(text_, at_, end - at_);
    at_ = end;
    return {};
  }

  Status brackets() {
    const size_t end = text_.find(']', at_);
    if (end == text_.npos) return path_error(text_, "has an open [");
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    if (inside == "*") {
      path_.push_back({.kind = Step::Kind::every});
      return {};
    }
    const auto index = to_integer(inside);
    if (!index || *index < 0 || *index > 9999) return path_error(text_, "has an index that is no number from 0 to 9999");
    path_.push_back({.kind = Step::Kind::index, .index = static_cast<size_t>(*index)});
    return {};
  }

  std::string_view text_;
  bool identifiers_;
  size_t at_ = 0;
  Path path_;
};

engine::Value walk_elements(engine::Arena& arena, const engine::Value& array, std::span<const Step> rest) {
  if (array.type != engine::Type::array) return {};
  const auto results = arena.make<engine::Value>(array.size);
  for (size_t i = 0; i < array.size; ++i) results[i] = walk(arena, array.as_array()[i], rest);
  return engine::Value::of_array(results);
}

}  // namespace

std::vector<std::string> wrapped_names(std::string_view inside) {
  std::vector<std::string> names(1);
  for (size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] == '\\' && i + 1 < inside.size()) names.back() += inside[++i];
    else if (inside[i] == '.' && i > 0 && i + 1 < inside.size() && !names.back().empty()) names.emplace_back();
    else names.back() += inside[i];
  }
  return names;
}

Result<Path> parse_source_path(std::string_view text) { return PathReader(text, true).run(); }
Result<Path> parse_destination_path(std::string_view text) {
  TRY(Path path, PathReader(text, false).run());
  if (path.front().kind != Step::Kind::member) return path_error(text, "begins with an index");
  return path;
}

std::string to_string(std::span<const Step> path) {
  std::string text;
  for (const Step& step : path) {
    switch (step.kind) {
      case Step::Kind::index: text += "[" + std::to_string(step.index) + "]"; break;
      case Step::Kind::every: text += "[*]"; break;
      case Step::Kind::member: text += (text.empty() ? "" : ".") + step.name; break;
    }
  }
  return text;
}

ColumnIndex::ColumnIndex(const std::vector<SourceColumn>& columns) : columns_(columns) {
  for (size_t i = 0; i < columns.size(); ++i) by_name_.emplace(columns[i].name, i);
}

std::optional<size_t> ColumnIndex::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Resolved> resolve(std::span<const Step> path, const ColumnIndex& columns) {
  std::vector<std::string> joined;
  for (const Step& step : path) {
    if (step.kind != Step::Kind::member) break;
    joined.push_back(joined.empty() ? step.name : joined.back() + "." + step.name);
  }
  for (size_t used = joined.size(); used > 0; --used) {
    if (const auto column = columns.find(joined[used - 1])) return Resolved{.column = *column, .steps_used = used};
  }
  return std::nullopt;
}

engine::Value walk(engine::Arena& arena, const engine::Value& value, std::span<const Step> path) {
  engine::Value current = value;
  for (size_t i = 0; i < path.size(); ++i) {
    switch (path[i].kind) {
      case Step::Kind::every: return walk_elements(arena, current, path.subspan(i + 1));
      case Step::Kind::index:
        if (current.type != engine::Type::array || path[i].index >= current.size) return {};
        current = current.as_array()[path[i].index];
        break;
      case Step::Kind::member: {
        const engine::Value* member = current.member(path[i].name);
        if (member == nullptr) return {};
        current = *member;
        break;
      }
    }
  }
  return current;
}

bool holds(const engine::Value& value, std::span<const Step> path) {
  const engine::Value* current = &value;
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i].kind == Step::Kind::member) {
      current = current->member(path[i].name);
      if (current == nullptr) return false;
      continue;
    }
    if (current->type != engine::Type::array) return false;
    if (path[i].kind == Step::Kind::every) {
      for (const engine::Value& element : current->as_array()) {
        if (holds(element, path.subspan(i + 1))) return true;
      }
      return false;
    }
    if (path[i].index >= current->size) return false;
    current = &current->as_array()[path[i].index];
  }
  return true;
}

}  // namespace foz::prep
