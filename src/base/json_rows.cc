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

JsonPaths::JsonPaths(const std::vector<std::vector<std::string>>& paths) : root_(std::make_unique<Node>()), size_(paths.size()) {
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
    if (const auto code = read_slot(value, type, first); code != simdjson::SUCCESS) return code;
    for (size_t i = 1; i < node.slots.size(); ++i) slots[node.slots[i]] = first;
    return simdjson::SUCCESS;
  }

  simdjson::error_code read_object(ondemand::object& object, const JsonPaths::Node& node, std::span<JsonSlot> slots) {
    size_t hint = 0;  // records of a page name their members in the same order: try the next one first
    for (auto field : object) {
      if (field.error() != simdjson::SUCCESS) return field.error();
      ondemand::raw_json_string key;
      if (const auto code = field.key().get(key); code != simdjson::SUCCESS) return code;
      const JsonPaths::Node* child = nullptr;
      if (hint < node.children.size() && is(key, node.children[hint]->name)) {
        child = node.children[hint++].get();
      } else if (const auto found = node.by_name.find(raw_key(key)); found != node.by_name.end()) {
        child = node.children[found->second].get();
        hint = found->second + 1;
      } else {
        continue;
      }
      ondemand::value value;
      if (const auto code = field.value().get(value); code != simdjson::SUCCESS) return code;
      if (const auto code = read_value(value, *child, slots); code != simdjson::SUCCESS) return code;
    }
    return simdjson::SUCCESS;
  }

  static bool is(ondemand::raw_json_string key, const std::string& name) {
    return std::memcmp(key.raw(), name.data(), name.size()) == 0 && key.raw()[name.size()] == '"';
  }
};

JsonPage::JsonPage() : state_(std::make_unique<State>()) {}
JsonPage::~JsonPage() = default;
JsonPage::JsonPage(JsonPage&&) noexcept = default;

Status JsonPage::open(std::string body, std::string_view records) {
  State& state = *state_;
  state.at.reset();
  state.end.reset();
  state.body = std::move(body);
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
  if (const auto failure = read_slot(value, type, slot); failure != simdjson::SUCCESS) return broken_page(failure, nullptr, nullptr);
  if (slot.kind == JsonSlot::Kind::boolean) return std::optional<std::string>(slot.boolean ? "true" : "false");
  return std::optional<std::string>(std::string(slot.text));
}

}  // namespace foz
