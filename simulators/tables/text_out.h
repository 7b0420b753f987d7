#pragma once
// Appending numbers, times and JSON text to a response, quick enough for half a million records a second.

#include <cstdint>
#include <string>
#include <string_view>

#include "simulators/tables/value.h"

namespace foz::sim {

void append_integer(std::string& out, int64_t value);
/// `value` with zeros in front, `digits` wide.
void append_padded(std::string& out, uint64_t value, int digits);
/// "-12.50" of -1250 and scale 2.
void append_decimal(std::string& out, int64_t value, int scale);
/// "2024-01-02" of days since 1970.
void append_date(std::string& out, int64_t days);

/// How a vendor prints a moment.
enum class InstantForm : uint8_t {
  millis_z,       ///< 2024-01-02T03:04:05.000Z
  millis_offset,  ///< 2024-01-02T03:04:05.000+0000
  seconds_z,      ///< 2024-01-02T03:04:05Z
  epoch_millis,   ///< 1704164645000
};
void append_instant(std::string& out, int64_t millis, InstantForm form);

/// Text escaped for the inside of a JSON string; UTF-8 goes through as it is.
void append_json_escaped(std::string& out, std::string_view text);
void append_json_string(std::string& out, std::string_view text);
/// Text for XML: the five entities.
void append_xml_escaped(std::string& out, std::string_view text);
std::string json_string(std::string_view text);

/// The cell as bare text, null as nothing: numbers in plain decimal form, booleans as true and false.
void append_value_text(std::string& out, const Value& value, InstantForm form);

}  // namespace foz::sim
