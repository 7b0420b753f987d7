#pragma once
// Scalars of simdjson as slots; for the files of this room that end the library.

#include <simdjson.h>

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

inline simdjson::error_code read_slot(simdjson::ondemand::value& value, simdjson::ondemand::json_type type, JsonSlot& slot) {
  switch (type) {
    case simdjson::ondemand::json_type::string:
      slot.kind = JsonSlot::Kind::text;
      return value.get_string().get(slot.text);
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
