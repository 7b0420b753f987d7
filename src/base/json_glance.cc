#include "base/json_glance.h"

#include <simdjson.h>

namespace foz {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;

/// Follows the wished paths through a page; one depth of names at a time.
class Glancer {
 public:
  Glancer(const GlanceWish& wish, JsonGlance& glance) : wish_(wish), glance_(glance) {}

  error_code root(ondemand::document& document) {
    ondemand::object object;
    if (const auto code = document.get_object().get(object)) return code;
    std::vector<size_t> all(wish_.values.size());
    for (size_t i = 0; i < all.size(); ++i) all[i] = i;
    if (const auto code = members(object, 0, all, true)) return code;
    const char* behind = nullptr;
    return document.current_location().get(behind) ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
  }
  bool found_records() const { return found_records_; }

 private:
  /// Members at `depth`, where `open` are the wished values whose paths led here; `to_records`: so did that of the records.
  error_code members(ondemand::object& object, size_t depth, const std::vector<size_t>& open, bool to_records) {
    for (auto field : object) {
      std::string_view name;
      if (const auto code = field.unescaped_key().get(name)) return code;
      std::vector<size_t> next;
      for (const size_t i : open) {
        if (wish_.values[i].size() > depth && wish_.values[i][depth] == name) next.push_back(i);
      }
      const bool records_here = to_records && wish_.records.size() > depth && wish_.records[depth] == name;
      if (next.empty() && !records_here) continue;
      ondemand::value value;
      if (const auto code = field.value().get(value)) return code;
      if (const auto code = take(value, depth + 1, next, records_here)) return code;
    }
    return simdjson::SUCCESS;
  }

  error_code take(ondemand::value& value, size_t depth, const std::vector<size_t>& open, bool to_records) {
    ondemand::json_type type;
    if (const auto code = value.type().get(type)) return code;
    if (to_records && wish_.records.size() == depth && type == ondemand::json_type::array) return records(value);
    if (type == ondemand::json_type::object) {
      ondemand::object object;
      if (const auto code = value.get_object().get(object)) return code;
      return members(object, depth, open, to_records);
    }
    for (const size_t i : open) {
      if (wish_.values[i].size() != depth) continue;
      return text_of(value, type, glance_.values[i]);  // two equal wishes are one
    }
    return simdjson::SUCCESS;
  }

  error_code records(ondemand::value& value) {
    found_records_ = true;
    ondemand::array array;
    if (const auto code = value.get_array().get(array)) return code;
    for (auto element : array) {
      ondemand::value record;
      if (const auto code = element.get(record)) return code;
      ++glance_.records;
      if (const auto code = one_record(record)) return code;
    }
    return simdjson::SUCCESS;
  }

  error_code one_record(ondemand::value& record) {
    if (wish_.key.empty() && !wish_.texts) return simdjson::SUCCESS;
    if (!wish_.key.empty()) glance_.keys.emplace_back();
    ondemand::object object;
    if (const auto code = record.get_object().get(object)) return code;
    if (wish_.texts) {
      std::string_view text;
      if (const auto code = object.raw_json().get(text)) return code;
      glance_.texts.push_back(text.substr(0, text.find_last_of('}') + 1));  // blanks behind it come along
      if (const auto code = object.reset().error()) return code;
    }
    return wish_.key.empty() ? simdjson::SUCCESS : key(object, 0);
  }

  error_code key(ondemand::object& object, size_t depth) {
    for (auto field : object) {
      std::string_view name;
      if (const auto code = field.unescaped_key().get(name)) return code;
      if (name != wish_.key[depth]) continue;
      ondemand::value value;
      if (const auto code = field.value().get(value)) return code;
      ondemand::json_type type;
      if (const auto code = value.type().get(type)) return code;
      if (depth + 1 == wish_.key.size()) {
        std::optional<std::string> text;
        if (const auto code = text_of(value, type, text)) return code;
        glance_.keys.back() = text.value_or("");
      } else if (type == ondemand::json_type::object) {
        ondemand::object inner;
        if (const auto code = value.get_object().get(inner)) return code;
        if (const auto code = key(inner, depth + 1)) return code;
      }
      return simdjson::SUCCESS;  // the rest of the record is skipped as a whole
    }
    return simdjson::SUCCESS;
  }

  static error_code text_of(ondemand::value& value, ondemand::json_type type, std::optional<std::string>& text) {
    std::string_view view;
    if (type == ondemand::json_type::null) {
      return value.is_null() ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
    }
    if (type == ondemand::json_type::array) {
      ondemand::array array;
      if (const auto code = value.get_array().get(array)) return code;
      if (const auto code = array.raw_json().get(view)) return code;
    } else if (type == ondemand::json_type::string) {
      if (const auto code = value.get_string().get(view)) return code;
    } else if (type == ondemand::json_type::boolean) {
      bool truth = false;
      if (const auto code = value.get_bool().get(truth)) return code;
      view = truth ? "true" : "false";
    } else {
      double number = 0;
      view = value.raw_json_token();
      view = view.substr(0, view.find_last_not_of(" \n\r\t") + 1);
      if (const auto code = value.get_double().get(number)) return code;
    }
    text.emplace(view);
    return simdjson::SUCCESS;
  }

  const GlanceWish& wish_;
  JsonGlance& glance_;
  bool found_records_ = false;
};

Error not_whole(error_code code) {
  return Error{.kind = ErrorKind::corrupt, .message = std::string("the page is not whole JSON: ") + simdjson::error_message(code)};
}

}  // namespace

Result<JsonGlance> glance_json(std::string& body, const GlanceWish& wish) {
  thread_local ondemand::parser parser;
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  ondemand::document document;
  if (const auto code = parser.iterate(body.data(), body.size(), body.capacity()).get(document)) return not_whole(code);
  JsonGlance glance;
  glance.values.resize(wish.values.size());
  Glancer glancer(wish, glance);
  if (const auto code = glancer.root(document)) return not_whole(code);
  if (!wish.records.empty() && !glancer.found_records()) {
    return Error{.kind = ErrorKind::corrupt, .message = "the page has no array of records at \"" + wish.records.back() + "\""};
  }
  return glance;
}

}  // namespace foz
