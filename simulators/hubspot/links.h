#pragma once
// Which records belong together: made up from row numbers, with the links that somebody made or cut laid over them.

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulators/hubspot/objects.h"

namespace foz::sim {

struct HubspotLinkType {
  int id = 0;
  std::string label = {};  ///< empty: none
  std::string name = {};   ///< how v3 calls it: contact_to_company
};

struct HubspotLink {
  uint64_t row = 0;  ///< of the record linked to
  std::vector<HubspotLinkType> types = {};
};

/// Not thread-safe.
class HubspotLinks {
 public:
  void clear() { written_.clear(); }
  /// Both directions. A link that is there already is left as it is.
  void join(const HubspotType& from, uint64_t from_row, const HubspotType& to, uint64_t to_row);
  void cut(const HubspotType& from, uint64_t from_row, const HubspotType& to, uint64_t to_row);
  /// What row `row` of `from` is linked to in `to`, in id order; rows that were removed are left out.
  std::vector<HubspotLink> of(const HubspotType& from, uint64_t row, const TableState& from_table, const HubspotType& to, const TableState& to_table,
                              int64_t now) const;

 private:
  void write(const HubspotType& from, uint64_t from_row, const HubspotType& to, uint64_t to_row, bool there);
  /// By "contacts>companies", row, row: whether the link is there.
  std::map<std::string, std::map<std::pair<uint64_t, uint64_t>, bool>, std::less<>> written_;
};

/// The ways in which records of two types are linked, the named one first. Empty when the two are never linked.
std::vector<HubspotLinkType> hubspot_link_types(const HubspotType& from, const HubspotType& to);

}  // namespace foz::sim
