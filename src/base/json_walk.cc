// A use of simdjson: the library ends in this room.
#include "base/json_walk.h"

#include "base/json_slots.h"

namespace foz {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;
using simdjson::SUCCESS;

static_assert(kJsonPadding >= simdjson::SIMDJSON_PADDING);

/// Each level takes a piece of the stack; nobody's records are deeper.
constexpr size_t kDepthMax = 1024;

struct JsonWalk::State {
  ondemand::parser parser;
  size_t depth = 0;

  /// `value` is a document or a value inside it.
  template <class Value>
  error_code walk(Value& value, JsonVisitor& visitor) {
    ondemand::json_type type;
    if (const auto code = value.type().get(type); code != SUCCESS) return code;
    if (type == ondemand::json_type::object || type == ondemand::json_type::array) {
      if (depth == kDepthMax) return simdjson::DEPTH_ERROR;
      ++depth;
      const auto code = type == ondemand::json_type::object ? walk_object(value, visitor) : walk_array(value, visitor);
      --depth;
      return code;
    }
    if constexpr (std::is_same_v<Value, ondemand::document>) {
      return simdjson::INCORRECT_TYPE;
    } else {
      JsonSlot slot;
      if (const auto code = read_slot(value, type, Spelling::mixed, slot); code != SUCCESS) return code;
      visitor.scalar(slot);
      return SUCCESS;
    }
  }

  template <class Value>
  error_code walk_object(Value& value, JsonVisitor& visitor) {
    ondemand::object object;
    if (const auto code = value.get_object().get(object); code != SUCCESS) return code;
    if (!visitor.begin_object()) return skip(object);
    for (auto field : object) {
      if (field.error() != SUCCESS) return field.error();
      std::string_view name;
      if (const auto code = field.unescaped_key().get(name); code != SUCCESS) return code;
      const bool wanted = visitor.member(name);
      ondemand::value inner;
      if (const auto code = field.value().get(inner); code != SUCCESS) return code;
      if (const auto code = wanted ? walk(inner, visitor) : skip_value(inner); code != SUCCESS) return code;
    }
    visitor.end_object();
    return SUCCESS;
  }

  template <class Value>
  error_code walk_array(Value& value, JsonVisitor& visitor) {
    ondemand::array array;
    if (const auto code = value.get_array().get(array); code != SUCCESS) return code;
    if (!visitor.begin_array()) return skip(array);
    for (auto element : array) {
      ondemand::value inner;
      if (const auto code = element.get(inner); code != SUCCESS) return code;
      if (const auto code = walk(inner, visitor); code != SUCCESS) return code;
    }
    visitor.end_array();
    return SUCCESS;
  }

  /// What is passed over must be JSON all the same.
  error_code skip_value(ondemand::value& value) {
    class Nobody final : public JsonVisitor {
      bool begin_object() override { return true; }
      bool member(std::string_view) override { return true; }
      void end_object() override {}
      bool begin_array() override { return true; }
      void end_array() override {}
      void scalar(const JsonSlot&) override {}
    } nobody;
    return walk(value, nobody);
  }

  error_code skip(ondemand::object& object) {
    for (auto field : object) {
      ondemand::value inner;
      if (field.error() != SUCCESS) return field.error();
      if (const auto code = field.value().get(inner); code != SUCCESS) return code;
      if (const auto code = skip_value(inner); code != SUCCESS) return code;
    }
    return SUCCESS;
  }

  error_code skip(ondemand::array& array) {
    for (auto element : array) {
      ondemand::value inner;
      if (const auto code = element.get(inner); code != SUCCESS) return code;
      if (const auto code = skip_value(inner); code != SUCCESS) return code;
    }
    return SUCCESS;
  }
};

JsonWalk::JsonWalk() : state_(std::make_unique<State>()) {}
JsonWalk::~JsonWalk() = default;
JsonWalk::JsonWalk(JsonWalk&&) noexcept = default;

Status JsonWalk::over(std::string_view text, JsonVisitor& visitor) {
  ondemand::document document;
  error_code code = state_->parser.iterate(text.data(), text.size(), text.size() + kJsonPadding).get(document);
  state_->depth = 0;
  if (code == SUCCESS) code = state_->walk(document, visitor);
  // At the end of the text there is no location any more.
  if (code == SUCCESS && document.current_location().error() == SUCCESS) code = simdjson::TAPE_ERROR;
  if (code == SUCCESS) return {};
  return Error{.kind = ErrorKind::corrupt, .message = std::string("the text is no JSON: ") + simdjson::error_message(code)};
}

}  // namespace foz
