#include "base/json.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "base/text.h"

namespace foz {
namespace {

std::string line_and_column(std::string_view text, size_t offset) {
  offset = std::min(offset, text.size());
  size_t line = 1;
  size_t begin = 0;
  for (size_t i = 0; i < offset; ++i) {
    if (text[i] == '\n') ++line, begin = i + 1;
  }
  return std::to_string(line) + ":" + std::to_string(utf8::length(text.substr(begin, offset - begin)) + 1);
}

/// What the library may say it expected; anything else behind its words is the caller's own text.
constexpr std::array<std::string_view, 9> kExpected = {"string literal", "end of input", "'['", "'{'", "']'", "'}'", "':'", "','",
                                                       "'[', '{', or a literal"};

/// Keeps what the library says was expected and drops its own prefix and position.
std::string plain_message(std::string message) {
  if (const size_t at = message.find("column "); at != message.npos) {
    if (const size_t colon = message.find(": ", at); colon != message.npos) message = message.substr(colon + 2);
  }
  // What was read so far may hold a secret of the caller: say what was wrong, not what stood there.
  if (const size_t at = message.find("; last read"); at != message.npos) {
    static constexpr std::string_view kMark = "; expected ";
    const size_t mark = message.rfind(kMark);
    const std::string expected = mark == message.npos || mark < at ? "" : message.substr(mark + kMark.size());
    const bool known = std::find(kExpected.begin(), kExpected.end(), expected) != kExpected.end();
    message = message.substr(0, at) + (known ? std::string(kMark) + expected : "");
  }
  return message;
}

/// Walks over the text and tells how far the parser has read.
struct Reading {
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  using iterator_category = std::forward_iterator_tag;

  const char* at;
  const char** front;

  reference operator*() const { return *at; }
  Reading& operator++() { return *front = ++at, *this; }
  Reading operator++(int) {
    const Reading before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Reading& other) const { return at == other.at; }
};

/// Builds the document and stops at what we refuse.
class Builder : public nlohmann::json_sax<Json> {
 public:
  Builder(std::string_view text, JsonLimits limits) : text_(text), limits_(limits), front_(text.data()) {}

  Reading begin() { return {.at = text_.data(), .front = &front_}; }
  Reading end() { return {.at = text_.data() + text_.size(), .front = &front_}; }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value <= INT64_MAX) return add(static_cast<int64_t>(value));
    return add(value);
  }
  bool number_float(number_float_t value, const string_t& token) override {
    if (token.find_first_of(".eE") == token.npos) return refuse(number_begin(), "an integer does not fit 64 bits");
    return add(value);
  }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return refuse(read(), "binary values are not JSON"); }
  bool start_object(size_t) override { return open(Json::object()); }
  bool key(string_t& name) override {
    if (!names_.back().insert(name).second) {
      return refuse(key_begin(), "the member name \"" + shortened(name) + "\" stands twice in one object");
    }
    key_ = std::move(name);
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(size_t) override { return open(Json::array()); }
  bool end_array() override { return close(); }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception& e) override {
    static constexpr int kNumberOverflow = 406;
    if (e.id == kNumberOverflow) return refuse(number_begin(), "a number does not fit a double");
    return refuse(position > 0 ? position - 1 : 0, plain_message(e.what()));
  }

  Json root;
  Error error() const { return error_; }

 private:
  bool refuse(size_t offset, std::string why) {
    error_ = Error{.kind = ErrorKind::invalid, .message = std::move(why), .where = line_and_column(text_, offset)};
    return false;
  }
  /// Bytes that the parser has taken; one more than the token where it had to look behind a number.
  size_t read() const { return static_cast<size_t>(front_ - text_.data()); }
  /// Where the number that was just read begins.
  size_t number_begin() const {
    static constexpr std::string_view kNumberBytes = "0123456789+-.eE";
    size_t at = read();
    if (at > 0 && kNumberBytes.find(text_[at - 1]) == kNumberBytes.npos) --at;  // it had to look behind the number
    while (at > 0 && kNumberBytes.find(text_[at - 1]) != kNumberBytes.npos) --at;
    return at;
  }
  /// Where the member name that was just read begins: at the last quote before its end that is not escaped.
  size_t key_begin() const {
    size_t at = read() - 1;
    const auto escaped = [&](size_t quote) {
      size_t slashes = 0;
      while (slashes < quote && text_[quote - slashes - 1] == '\\') ++slashes;
      return slashes % 2 == 1;
    };
    do {
      at = text_.rfind('"', at - 1);
    } while (escaped(at));
    return at;
  }
  static std::string shortened(const std::string& name) {
    static constexpr int64_t kShownMax = 64;
    const size_t end = utf8::offset_of(name, kShownMax);
    return end == name.size() ? name : name.substr(0, end) + "...";
  }
  Json& place(Json value) {
    if (open_.empty()) return root = std::move(value);
    Json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return parent.back();
    }
    // The name is known to be new: append without searching.
    auto& object = parent.get_ref<Json::object_t&>();
    object.Container::emplace_back(std::move(key_), std::move(value));
    return object.Container::back().second;
  }
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    if (open_.size() >= limits_.depth_max) {
      return refuse(read() - 1, "nesting is deeper than " + std::to_string(limits_.depth_max) + " levels");
    }
    open_.push_back(&place(std::move(value)));
    names_.emplace_back();
    return true;
  }
  bool close() {
    open_.pop_back();
    names_.pop_back();
    return true;
  }

  std::string_view text_;
  JsonLimits limits_;
  const char* front_;
  std::vector<Json*> open_;
  std::vector<std::unordered_set<std::string>> names_;
  std::string key_;
  Error error_;
};

nlohmann::json sorted(const Json& json) {
  if (json.is_object()) {
    nlohmann::json result = nlohmann::json::object();
    for (const auto& [name, value] : json.items()) result[name] = sorted(value);
    return result;
  }
  if (json.is_array()) {
    nlohmann::json result = nlohmann::json::array();
    for (const Json& value : json) result.push_back(sorted(value));
    return result;
  }
  if (json.is_string()) return json.get_ref<const std::string&>();
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_float()) return json.get<double>();
  if (json.is_number_unsigned()) return json.get<uint64_t>();
  if (json.is_number_integer()) return json.get<int64_t>();
  return nullptr;
}

/// One step of a pointer without its escapes; nothing where a `~` escapes neither `~` nor `/`.
std::optional<std::string> pointer_step_read(std::string_view raw) {
  std::string step;
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '~') {
      step += raw[i];
    } else if (++i < raw.size() && (raw[i] == '0' || raw[i] == '1')) {
      step += raw[i] == '0' ? '~' : '/';
    } else {
      return std::nullopt;
    }
  }
  return step;
}

/// RFC 6901: digits without a leading zero.
std::optional<size_t> array_index(std::string_view step) {
  if (step.empty() || step.find_first_not_of("0123456789") != step.npos || (step.size() > 1 && step[0] == '0')) return std::nullopt;
  const std::optional<int64_t> index = to_integer(step);
  return index ? std::optional(static_cast<size_t>(*index)) : std::nullopt;
}

}  // namespace

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
  // The parser takes a zero byte for the end of the text, so that anything could follow it.
  if (const size_t zero = text.find('\0'); zero != text.npos) {
    return Error{.kind = ErrorKind::invalid, .message = "a zero byte is not JSON", .where = line_and_column(text, zero)};
  }
  Builder builder(text, limits);
  if (!Json::sax_parse(builder.begin(), builder.end(), &builder)) return builder.error();
  return std::move(builder.root);
}

std::string to_text(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }
std::string to_pretty_text(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace); }
std::string to_canonical_text(const Json& json) {
  return sorted(json).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}
bool same_json(const Json& a, const Json& b) { return sorted(a) == sorted(b); }

const Json* member(const Json& json, std::string_view name) {
  if (!json.is_object()) return nullptr;
  for (const auto& [key, value] : json.get_ref<const Json::object_t&>()) {
    if (key == name) return &value;
  }
  return nullptr;
}

Json* member(Json& json, std::string_view name) {
  return const_cast<Json*>(member(static_cast<const Json&>(json), name));
}

const Json* member_at(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* at = &json;
  for (const std::string_view name : path) {
    at = member(*at, name);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::string text_of(const Json& json, std::string_view name, std::string_view otherwise) {
  const Json* value = member(json, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string(otherwise);
}

std::optional<int64_t> integer_of(const Json& json, std::string_view name) {
  const Json* value = member(json, name);
  return value == nullptr ? std::nullopt : as_integer(*value);
}

std::optional<bool> boolean_of(const Json& json, std::string_view name) {
  const Json* value = member(json, name);
  return value == nullptr ? std::nullopt : as_boolean(*value);
}

std::vector<std::string> texts_of(const Json& json, std::string_view name) {
  std::vector<std::string> texts;
  const Json* values = member(json, name);
  if (values == nullptr || !values->is_array()) return texts;
  for (const Json& value : *values) {
    if (value.is_string()) texts.push_back(value.get<std::string>());
  }
  return texts;
}

std::optional<int64_t> as_integer(const Json& value) {
  if (value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX) return std::nullopt;
  if (value.is_number_integer()) return value.get<int64_t>();
  if (value.is_string()) return to_integer(value.get_ref<const std::string&>());
  return std::nullopt;
}

std::optional<double> as_number(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return to_number(value.get_ref<const std::string&>());
  return std::nullopt;
}

std::optional<bool> as_boolean(const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_string() && equal_ignoring_case(value.get_ref<const std::string&>(), "true")) return true;
  if (value.is_string() && equal_ignoring_case(value.get_ref<const std::string&>(), "false")) return false;
  return std::nullopt;
}

std::string as_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "";
  if (value.is_number_float()) return number_text(value.get<double>());
  return to_text(value);
}

std::string pointer_step(std::string_view name) {
  return replace_all(replace_all(std::string(name), "~", "~0"), "/", "~1");
}

const Json* at_pointer(const Json& json, std::string_view pointer) {
  if (pointer.empty()) return &json;
  if (pointer.front() != '/') return nullptr;
  const Json* at = &json;
  for (const std::string_view raw : split(pointer.substr(1), '/')) {
    const std::optional<std::string> step = pointer_step_read(raw);
    if (!step) return nullptr;
    if (at->is_array()) {
      const std::optional<size_t> index = array_index(*step);
      if (!index || *index >= at->size()) return nullptr;
      at = &(*at)[*index];
    } else {
      at = member(*at, *step);
    }
    if (at == nullptr) return nullptr;
  }
  return at;
}

}  // namespace foz
