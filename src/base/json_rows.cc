// simdjson ends in this file.
#include "base/json_rows.h"

#include <simdjson.h>

#include <cstring>
#include <unordered_map>

#include "base/json_slots.h"

namespace foz {

namespace ondemand = simdjson::ondemand;

/// The wanted paths as a tree of member names.
struct JsonPaths::Node {
  std::string name;
  size_t number = 0;                       ///< of the nodes of a tree, from 0
  std::vector<size_t> slots;               ///< that get the value here
  std::vector<std::unique_ptr<Node>> children;
  std::unordered_map<std::string_view, size_t> by_name;  ///< of children
};

namespace {

Error broken_page(simdjson::error_code code, const char* where, const char* begin) {
  Error error{.kind = ErrorKind::corrupt, .message = std::string("the page is not whole JSON: ") + simdjson::error_message(code)};
  if (where != nullptr && begin != nullptr && where >= begin) error.where = "byte " + std::to_string(where - begin);
  return error;
}

/// The key as it stands between its quotes, escapes and all.
std::string_view raw_key(simdjson::ondemand::raw_json_string key) {
  const char* begin = key.raw();
  const char* end = begin;
  while (*end != '"') end += *end == '\\' ? 2 : 1;
  return {begin, static_cast<size_t>(end - begin)};
}

}  // namespace

JsonPaths::JsonPaths(const std::vector<std::vector<std::string>>& paths) : root_(std::make_unique<Node>()), size_(paths.size()), nodes_(1) {
  for (size_t slot = 0; slot < paths.size(); ++slot) {
    Node* node = root_.get();
    for (const std::string& name : paths[slot]) {
      const auto found = node->by_name.find(name);
      if (found != node->by_name.end()) {
        node = node->children[found->second].get();
        continue;
      }
      auto child = std::make_unique<Node>();
      child->name = name;
      child->number = nodes_++;
      Node* made = child.get();
      node->by_name.emplace(made->name, node->children.size());
      node->children.push_back(std::move(child));
      node = made;
    }
    node->slots.push_back(slot);
  }
}

JsonPaths::~JsonPaths() = default;

struct JsonPage::State {
  ondemand::parser parser;
  std::string body;
  ondemand::document document;
  ondemand::array records;
  std::optional<simdjson::simdjson_result<ondemand::array_iterator>> at, end;
  const char* record = nullptr;
  Spelling spelling = Spelling::mixed;

  /// A member of the record before: its key as it stands in the body, and what is wanted of it (null pointer: nothing).
  struct Member {
    std::string_view key;
    const JsonPaths::Node* child = nullptr;
  };
  /// By node: the members that its object had in the record before. Records of a page name theirs in the same order.
  std::vector<std::vector<Member>> members;
  const JsonPaths* read_for = nullptr;  ///< whose nodes `members` are by

  void expect(const JsonPaths& paths) {
    for (auto& known : members) known.clear();
    if (members.size() < paths.nodes_) members.resize(paths.nodes_);
    read_for = &paths;
  }

  Error broken(simdjson::error_code code) {
    const char* where = nullptr;
    if (document.current_location().get(where) != simdjson::SUCCESS) where = nullptr;
    return broken_page(code, where, body.data());
  }

  simdjson::error_code read_value(ondemand::value value, const JsonPaths::Node& node, std::span<JsonSlot> slots) {
    ondemand::json_type type;
    if (const auto code = value.type().get(type); code != simdjson::SUCCESS) return code;
    if (type == ondemand::json_type::object && !node.children.empty()) {
      ondemand::object object;
      if (const auto code = value.get_object().get(object); code != simdjson::SUCCESS) return code;
      if (!node.slots.empty()) {  // wanted whole as well as in parts
        JsonSlot whole{.kind = JsonSlot::Kind::json};
        if (const auto code = object.raw_json().get(whole.text); code != simdjson::SUCCESS) return code;
        for (const size_t slot : node.slots) slots[slot] = whole;
        if (const auto code = object.reset().error(); code != simdjson::SUCCESS) return code;
      }
      return read_object(object, node, slots);
    }
    if (node.slots.empty()) return simdjson::SUCCESS;
    JsonSlot& first = slots[node.slots[0]];
    if (const auto code = read_slot(value, type, spelling, first); code != simdjson::SUCCESS) return code;
    for (size_t i = 1; i < node.slots.size(); ++i) slots[node.slots[i]] = first;
    return simdjson::SUCCESS;
  }

  simdjson::error_code read_object(ondemand::object& object, const JsonPaths::Node& node, std::span<JsonSlot> slots) {
    std::vector<Member>& known = members[node.number];
    size_t place = 0;
    for (auto field : object) {
      if (field.error() != simdjson::SUCCESS) return field.error();
      ondemand::raw_json_string key;
      if (const auto code = field.key().get(key); code != simdjson::SUCCESS) return code;
      if (place == known.size() || !is(key, known[place].key)) {
        known.resize(place);  // the order is another one from here on
        const std::string_view text = raw_key(key);
        const auto found = node.by_name.find(text);
        known.push_back({.key = text, .child = found == node.by_name.end() ? nullptr : node.children[found->second].get()});
      }
      const JsonPaths::Node* child = known[place++].child;
      if (child == nullptr) continue;
      ondemand::value value;
      if (const auto code = field.value().get(value); code != simdjson::SUCCESS) return code;
      if (const auto code = read_value(value, *child, slots); code != simdjson::SUCCESS) return code;
    }
    return simdjson::SUCCESS;
  }

  /// Whether a key of the body is `known`, which stands in it too, with a quote behind it.
  bool is(ondemand::raw_json_string key, std::string_view known) const {
    const size_t bytes = known.size() + 1;
    return static_cast<size_t>(body.data() + body.size() - key.raw()) >= bytes && std::memcmp(key.raw(), known.data(), bytes) == 0;
  }
};

JsonPage::JsonPage() : state_(std::make_unique<State>()) {}
JsonPage::~JsonPage() = default;
JsonPage::JsonPage(JsonPage&&) noexcept = default;

Status JsonPage::open(std::string body, std::string_view records) {
  State& state = *state_;
  state.at.reset();
  state.end.reset();
  state.read_for = nullptr;
  state.body = std::move(body);
  state.spelling = spelling_of(state.body);
  state.body.reserve(state.body.size() + simdjson::SIMDJSON_PADDING);
  auto code = state.parser.iterate(state.body.data(), state.body.size(), state.body.capacity()).get(state.document);
  if (code != simdjson::SUCCESS) return broken_page(code, nullptr, nullptr);
  code = records.empty() ? state.document.get_array().get(state.records) : state.document.at_pointer(records).get_array().get(state.records);
  if (code == simdjson::NO_SUCH_FIELD || code == simdjson::INCORRECT_TYPE) {
    return Error{.kind = ErrorKind::corrupt, .message = "the page has no array of records at \"" + std::string(records) + "\""};
  }
  if (code != simdjson::SUCCESS) return state.broken(code);
  state.at.emplace(state.records.begin());
  state.end.emplace(state.records.end());
  if (state.at->error() != simdjson::SUCCESS) return state.broken(state.at->error());
  return {};
}

Result<bool> JsonPage::next(const JsonPaths& paths, std::span<JsonSlot> slots) {
  State& state = *state_;
  FOZ_CHECK(state.at && slots.size() == paths.size());
  if (state.read_for != &paths) state.expect(paths);
  for (JsonSlot& slot : slots) slot.kind = JsonSlot::Kind::missing;
  if (!(*state.at != *state.end)) return false;
  ondemand::value value;
  auto code = (**state.at).get(value);
  if (code != simdjson::SUCCESS) return state.broken(code);
  state.record = value.raw_json_token().data();
  code = state.read_value(value, *paths.root_, slots);
  if (code != simdjson::SUCCESS) return state.broken(code);
  ++*state.at;
  if (state.at->error() != simdjson::SUCCESS) return state.broken(state.at->error());
  return true;
}

const char* JsonPage::record_begin() const { return state_->record; }

std::string_view raw_record(const char* begin) {
  int depth = 0;
  bool in_text = false;
  for (const char* at = begin;; ++at) {
    if (in_text) {
      if (*at == '\\') ++at;
      else if (*at == '"') in_text = false;
    } else if (*at == '"') {
      in_text = true;
    } else if (*at == '{' || *at == '[') {
      ++depth;
    } else if (*at == '}' || *at == ']') {
      --depth;
    }
    const bool scalar_ends = depth == 0 && !in_text && (at[1] == ',' || at[1] == ']' || at[1] == '}' || at[1] == '\0');
    if (depth <= 0 && !in_text && (*at == '}' || *at == ']' || scalar_ends)) return {begin, static_cast<size_t>(at - begin + 1)};
  }
}

Result<std::optional<std::string>> scan_json(const std::string& body, std::string_view pointer) {
  thread_local ondemand::parser parser;
  std::string padded;
  padded.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  padded = body;
  ondemand::document document;
  if (const auto code = parser.iterate(padded.data(), padded.size(), padded.capacity()).get(document); code != simdjson::SUCCESS) {
    return broken_page(code, nullptr, nullptr);
  }
  ondemand::value value;
  const auto code = document.at_pointer(pointer).get(value);
  if (code == simdjson::NO_SUCH_FIELD || code == simdjson::INDEX_OUT_OF_BOUNDS || code == simdjson::INCORRECT_TYPE) return std::optional<std::string>();
  if (code != simdjson::SUCCESS) return broken_page(code, nullptr, nullptr);
  ondemand::json_type type;
  if (const auto failure = value.type().get(type); failure != simdjson::SUCCESS) return broken_page(failure, nullptr, nullptr);
  if (type == ondemand::json_type::null) return std::optional<std::string>();
  JsonSlot slot;
  if (const auto failure = read_slot(value, type, Spelling::mixed, slot); failure != simdjson::SUCCESS) return broken_page(failure, nullptr, nullptr);
  if (slot.kind == JsonSlot::Kind::boolean) return std::optional<std::string>(slot.boolean ? "true" : "false");
  return std::optional<std::string>(std::string(slot.text));
}

}  // namespace foz
