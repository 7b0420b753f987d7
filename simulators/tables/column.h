#pragma once
// Columns of a simulated table: what the vendor says of them, and how their cells are made up.

#include <cstdint>
#include <string>
#include <vector>

#include "simulators/tables/id_style.h"

namespace foz::sim {

/// What a column holds; each vendor has its own words for these.
enum class Kind : uint8_t {
  id, reference, text, textarea, email, phone, url, picklist, multipicklist, boolean, integer, bigint, number, decimal,
  currency, percent, date, datetime, time, base64, compound
};

/// How a cell is made from (seed, row).
enum class Recipe : uint8_t {
  none,         ///< always null, until somebody writes it
  id, created, modified, deleted,
  first_name, last_name, full_name, email, phone, company, domain, url, street, city, state, country, postal_code,
  job_title, sentence,
  dirty_text,   ///< sentences with newlines, quotes, commas, emoji and, rarely, a NUL
  pick, multi_pick,                        ///< from `options`
  integer, decimal, boolean, date, instant, time,  ///< `low` <= value < `high`; boolean: per cent true
  lying_number,                            ///< a number column that also holds `N/A`, `1;2`, 20 digits, 1e21
  lookup,                                  ///< id of a row of `target`
  constant,                                ///< `options[0]`
  csv,                                     ///< field number `low` of the file behind the table
  version,                                 ///< a number that grows with every change of the row
};

struct Option {
  std::string value;
  std::string label = {};  ///< empty: the value
};

struct Column {
  std::string name;
  std::string label = {};  ///< empty: made from the name
  Kind kind = Kind::text;
  Recipe recipe = Recipe::none;
  int64_t low = 0;
  int64_t high = 0;
  int scale = 0;
  int length = 255;
  int null_percent = 0;
  int empty_percent = 0;  ///< cells that are "" and not null, where the vendor tells them apart
  std::vector<Option> options = {};
  std::string target = {};      ///< reference: name of the table it points to
  std::string group = {};       ///< HubSpot property group; Salesforce compound field; Dataverse name of the cast
  bool calculated = false;
  bool custom = false;
  bool hidden = false;          ///< the user may not see it: absent everywhere
  bool unique = false;
  bool required = false;

  // Filled in when the table is made.
  uint64_t salt = 0;
  IdStyle target_id = {};
  uint64_t target_rows = 0;
};

}  // namespace foz::sim
