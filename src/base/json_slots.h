#pragma once
// Scalars of simdjson as slots; for the files of this room that end the library.

#include <simdjson.h>

#include <bit>
#include <cstring>
#include <limits>
#include <string_view>

#include "base/json_rows.h"

namespace foz {

inline simdjson::error_code read_number(simdjson::ondemand::value& value, JsonSlot& slot) {
  std::string_view token = value.raw_json_token();
  while (!token.empty() && (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' || token.back() == '\t')) token.remove_suffix(1);
  slot.text = token;
  if (token.find_first_of(".eE") == token.npos) {
    const auto code = value.get_int64().get(slot.integer);
    if (code == simdjson::SUCCESS) {
      slot.kind = JsonSlot::Kind::integer;
      return code;
    }
    if (code != simdjson::NUMBER_OUT_OF_RANGE && code != simdjson::INCORRECT_TYPE) return code;
  }
  slot.kind = JsonSlot::Kind::number;
  const auto code = value.get_double().get(slot.number);
  // Beyond a double, the digits in `text` still tell the value.
  if (code == simdjson::NUMBER_ERROR && token.find_first_not_of("0123456789+-.eE") == token.npos) {
    slot.number = std::numeric_limits<double>::infinity();
    return simdjson::SUCCESS;
  }
  return code;
}

/// How a body spells its texts.
enum class Spelling : uint8_t {
  plain,  ///< not one escape: every text stands there as it is
  mixed,
};

inline Spelling spelling_of(std::string_view body) {
  return std::memchr(body.data(), '\\', body.size()) == nullptr ? Spelling::plain : Spelling::mixed;
}

/// For the many short texts of a record, quicker than a call. Reads up to 7 bytes behind `text`: bodies are padded.
inline bool has_escape(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
  for (size_t at = 0; at < text.size(); at += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof(word));
    const uint64_t zero_where_found = word ^ (kOnes * '\\');
    const uint64_t found = (zero_where_found - kOnes) & ~zero_where_found & kHighs;
    if (found != 0 && at + static_cast<size_t>(std::countr_zero(found)) / 8 < text.size()) return true;
  }
  return false;
}

/// A text without escapes is left where it stands; that there are no control characters in it has been checked for the whole body.
inline simdjson::error_code read_text(simdjson::ondemand::value& value, Spelling spelling, JsonSlot& slot) {
  slot.kind = JsonSlot::Kind::text;
  const std::string_view token = value.raw_json_token();  // with its quotes, and blanks behind them
  slot.may_hold_nul = spelling == Spelling::mixed && has_escape(token);
  if (slot.may_hold_nul) return value.get_string().get(slot.text);
  slot.text = token.substr(1, token.find_last_of('"') - 1);
  simdjson::ondemand::raw_json_string taken;
  return value.get_raw_json_string().get(taken);
}

inline simdjson::error_code read_slot(simdjson::ondemand::value& value, simdjson::ondemand::json_type type, Spelling spelling, JsonSlot& slot) {
  switch (type) {
    case simdjson::ondemand::json_type::string: return read_text(value, spelling, slot);
    case simdjson::ondemand::json_type::number: return read_number(value, slot);
    case simdjson::ondemand::json_type::boolean:
      slot.kind = JsonSlot::Kind::boolean;
      return value.get_bool().get(slot.boolean);
    case simdjson::ondemand::json_type::null: {
      slot.kind = JsonSlot::Kind::null;
      if (!value.is_null()) return simdjson::N_ATOM_ERROR;
      return simdjson::SUCCESS;
    }
    case simdjson::ondemand::json_type::array: {
      slot.kind = JsonSlot::Kind::json;
      simdjson::ondemand::array array;
      if (const auto code = value.get_array().get(array); code != simdjson::SUCCESS) return code;
      return array.raw_json().get(slot.text);
    }
    case simdjson::ondemand::json_type::object: {
      slot.kind = JsonSlot::Kind::json;
      simdjson::ondemand::object object;
      if (const auto code = value.get_object().get(object); code != simdjson::SUCCESS) return code;
      return object.raw_json().get(slot.text);
    }
  }
  return simdjson::INCORRECT_TYPE;
}

}  // namespace foz
