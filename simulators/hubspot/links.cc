#include "simulators/hubspot/links.h"

#include <algorithm>
#include <set>

namespace foz::sim {
namespace {

struct PairRow {
  std::string_view from, to;  ///< singular
  int primary;                ///< 0: there is none
  int plain;
};

// The numbers that the vendor gives its own association types.
constexpr PairRow kPairs[] = {
    {"contact", "company", 1, 279},   {"company", "contact", 2, 280},   {"deal", "contact", 0, 3},         {"contact", "deal", 0, 4},
    {"deal", "company", 5, 341},      {"company", "deal", 6, 342},      {"ticket", "contact", 0, 16},      {"contact", "ticket", 0, 15},
    {"ticket", "company", 26, 339},   {"company", "ticket", 25, 340},   {"ticket", "deal", 0, 28},         {"deal", "ticket", 0, 27},
    {"line_item", "deal", 0, 20},     {"deal", "line_item", 0, 19},     {"call", "contact", 0, 194},       {"contact", "call", 0, 193},
    {"call", "company", 0, 182},      {"company", "call", 0, 181},      {"email", "contact", 0, 198},      {"contact", "email", 0, 197},
    {"email", "company", 0, 186},     {"company", "email", 0, 185},     {"meeting", "contact", 0, 200},    {"contact", "meeting", 0, 199},
    {"meeting", "company", 0, 188},   {"company", "meeting", 0, 187},   {"note", "contact", 0, 202},       {"contact", "note", 0, 201},
    {"note", "company", 0, 190},      {"company", "note", 0, 189},      {"task", "contact", 0, 204},       {"contact", "task", 0, 203},
    {"task", "company", 0, 192},      {"company", "task", 0, 191},      {"call", "deal", 0, 206},          {"deal", "call", 0, 205},
    {"email", "deal", 0, 210},        {"deal", "email", 0, 209},        {"meeting", "deal", 0, 212},       {"deal", "meeting", 0, 211},
    {"note", "deal", 0, 214},         {"deal", "note", 0, 213},         {"task", "deal", 0, 216},          {"deal", "task", 0, 215}};

const PairRow* pair_of(const HubspotType& from, const HubspotType& to) {
  const auto* found = std::find_if(std::begin(kPairs), std::end(kPairs), [&](const PairRow& row) { return row.from == from.singular && row.to == to.singular; });
  return found == std::end(kPairs) ? nullptr : found;
}

/// Of two linked types, the one with fewer records each of which has several of the other's.
int rank(const HubspotType& type) {
  if (type.singular == "company") return 0;
  if (type.singular == "contact") return 1;
  return type.singular == "deal" ? 2 : 3;
}

std::string key_of(const HubspotType& from, const HubspotType& to) { return from.plural + ">" + to.plural; }

/// Child `r` belongs to parent `r` modulo the number of parents.
std::set<uint64_t> made_links(const HubspotType& from, uint64_t row, const TableState& from_table, const HubspotType& to, const TableState& to_table) {
  std::set<uint64_t> rows;
  const uint64_t parents = rank(from) > rank(to) ? to_table.made_rows() : from_table.made_rows();
  if (parents == 0 || rank(from) == rank(to) || row >= from_table.made_rows()) return rows;
  if (rank(from) > rank(to)) {
    rows.insert(row % parents);
  } else {
    for (uint64_t child = row; child < to_table.made_rows(); child += parents) rows.insert(child);
  }
  return rows;
}

}  // namespace

std::vector<HubspotLinkType> hubspot_link_types(const HubspotType& from, const HubspotType& to) {
  const PairRow* pair = pair_of(from, to);
  const std::string name = from.singular + "_to_" + to.singular;
  std::vector<HubspotLinkType> types;
  if (pair == nullptr) {
    if (from.scope == "custom" || to.scope == "custom") types.push_back({.id = 1000 + static_cast<int>(salt_of(name) % 1000), .name = name});
    return types;
  }
  if (pair->primary != 0) types.push_back({.id = pair->primary, .label = "Primary", .name = name});
  types.push_back({.id = pair->plain, .name = pair->primary != 0 ? name + "_unlabeled" : name});
  return types;
}

void HubspotLinks::write(const HubspotType& from, uint64_t from_row, const HubspotType& to, uint64_t to_row, bool there) {
  written_[key_of(from, to)][{from_row, to_row}] = there;
  written_[key_of(to, from)][{to_row, from_row}] = there;
}

void HubspotLinks::join(const HubspotType& from, uint64_t from_row, const HubspotType& to, uint64_t to_row) { write(from, from_row, to, to_row, true); }
void HubspotLinks::cut(const HubspotType& from, uint64_t from_row, const HubspotType& to, uint64_t to_row) { write(from, from_row, to, to_row, false); }

std::vector<HubspotLink> HubspotLinks::of(const HubspotType& from, uint64_t row, const TableState& from_table, const HubspotType& to,
                                          const TableState& to_table, int64_t now) const {
  std::vector<HubspotLink> links;
  if (!Row(from_table, row, now).exists()) return links;
  const bool paired = pair_of(from, to) != nullptr;
  const std::set<uint64_t> made = paired ? made_links(from, row, from_table, to, to_table) : std::set<uint64_t>();
  std::set<uint64_t> rows = made;
  if (const auto written = written_.find(key_of(from, to)); written != written_.end()) {
    for (auto at = written->second.lower_bound({row, 0}); at != written->second.end() && at->first.first == row; ++at) {
      if (at->second) rows.insert(at->first.second);
      else rows.erase(at->first.second);
    }
  }
  const std::vector<HubspotLinkType> types = hubspot_link_types(from, to);
  for (const uint64_t other : rows) {
    if (other >= to_table.rows() || !Row(to_table, other, now).live()) continue;
    HubspotLink link{.row = other, .types = types};
    if (!made.contains(other) && types.size() > 1) link.types.erase(link.types.begin());  // only the first is the primary one
    links.push_back(std::move(link));
  }
  return links;
}

}  // namespace foz::sim
