#pragma once
// Record ids in a vendor's own form, made from row numbers and read back. Ids grow with row numbers in every style, so
// "by id" is "by row".

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foz::sim {

struct IdStyle {
  enum class Form : uint8_t {
    number,      ///< HubSpot: `first` + row
    salesforce,  ///< 18 characters: three of key prefix, twelve of row, three of check
    guid,        ///< Dataverse: lower case, dashed; `first` tells tables apart
  };
  Form form = Form::number;
  std::string prefix = {};  ///< salesforce
  uint64_t first = 1;
};

void append_id(std::string& out, const IdStyle& style, uint64_t row);
std::string id_text(const IdStyle& style, uint64_t row);
/// The row of an id, or nothing when the text is no id of this style. Salesforce ids may come with 15 characters.
std::optional<uint64_t> row_of_id(const IdStyle& style, std::string_view id);
/// The three characters that make a 15-character id safe where case is lost. `id` has 15 characters.
std::string salesforce_suffix(std::string_view id);

}  // namespace foz::sim
