#include "sources/hubspot/tables.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"
#include "sources/hubspot/collections.h"

namespace foz::sources::hubspot {
namespace {

constexpr std::string_view kPrefix = "Hubspot.";

constexpr std::array kTypes = std::to_array<ObjectType>({{"contacts", "contact", "Contacts"},
                                                         {"companies", "company", "Companies"},
                                                         {"deals", "deal", "Deals"},
                                                         {"tickets", "ticket", "Tickets"},
                                                         {"products", "product", "Products"},
                                                         {"line_items", "line_item", "Line_Items"},
                                                         {"quotes", "quote", "Quotes"},
                                                         {"calls", "call", "Calls"},
                                                         {"emails", "email", "Emails"},
                                                         {"meetings", "meeting", "Meetings"},
                                                         {"notes", "note", "Notes"},
                                                         {"tasks", "task", "Tasks"},
                                                         {"communications", "communication", "Communications"},
                                                         {"leads", "lead", "Leads"}});

/// Types that most others are linked to.
constexpr std::array<size_t, 4> kCore = {0, 1, 2, 3};
constexpr size_t kLineItems = 5, kQuotes = 6, kFirstActivity = 7, kLastActivity = 12;

HubTable table_of(std::string name, std::string bare_name, Kind kind, std::string_view type, std::string_view to = "") {
  return {.table = {.name = name, .path = std::move(name), .also_known_as = {std::move(bare_name)}}, .kind = kind, .type = std::string(type), .to = std::string(to)};
}

HubTable named(std::string bare_name, Kind kind, std::string_view type, std::string_view to = "") {
  return table_of(std::string(kPrefix) + bare_name, bare_name, kind, type, to);
}

HubTable link_table(size_t from, size_t to) {
  return named(std::string(kTypes[from].title) + "_To_" + std::string(kTypes[to].title), Kind::associations, kTypes[from].path, kTypes[to].path);
}

void add_links(std::vector<HubTable>& tables) {
  for (const size_t from : kCore) {
    for (const size_t to : kCore) {
      if (from != to) tables.push_back(link_table(from, to));
    }
  }
  tables.push_back(link_table(kCore[2], kLineItems));
  tables.push_back(link_table(kCore[2], kQuotes));
  for (size_t from = kFirstActivity; from <= kLastActivity; ++from) {
    for (const size_t to : kCore) tables.push_back(link_table(from, to));
  }
}

std::vector<HubTable> make_standard_tables() {
  std::vector<HubTable> tables;
  for (const ObjectType& type : kTypes) {
    tables.push_back(named(std::string(type.title), type.path == "contacts" ? Kind::contacts_v1 : Kind::object, type.path));
    if (type.path == "deals") tables.push_back(named("All_Deals", Kind::deals_v1, type.path));
  }
  for (const Collection& collection : collections()) tables.push_back(named(std::string(collection.title), Kind::collection, collection.title));
  add_links(tables);
  for (const ObjectType& type : kTypes) tables.push_back(named(std::string(type.title) + "_Properties", Kind::properties, type.path));
  return tables;
}

}  // namespace

std::span<const ObjectType> object_types() { return kTypes; }

const std::vector<HubTable>& standard_tables() {
  static const std::vector<HubTable> kTables = make_standard_tables();
  return kTables;
}

std::vector<HubTable> custom_tables(const Json& answer) {
  std::vector<HubTable> tables;
  const Json* schemas = member(answer, "results");
  if (schemas == nullptr || !schemas->is_array()) return tables;
  for (const Json& schema : *schemas) {
    const std::string name = text_of(schema, "name"), type = text_of(schema, "objectTypeId");
    if (name.empty() || type.empty() || boolean_of(schema, "archived").value_or(false)) continue;
    HubTable table = named("P_" + flat_name({name}), Kind::object, type);
    if (table_at(tables, table.table.path) != nullptr) table = named("P_" + flat_name({name}) + "_" + replace_all(type, "-", "_"), Kind::object, type);
    auto& others = table.table.also_known_as;
    others.push_back(text_of(schema, "fullyQualifiedName", name));
    others.push_back(name);
    if (const Json* labels = member(schema, "labels")) {
      others.push_back(text_of(*labels, "plural", name));
      others.push_back(text_of(*labels, "singular", name));
    }
    tables.push_back(table);
    const std::string own = table.table.path.substr(kPrefix.size());
    for (const size_t core : kCore) {
      const std::string title(kTypes[core].title);
      tables.push_back(named(own + "_To_" + title, Kind::associations, type, kTypes[core].path));
      tables.push_back(named(title + "_To_" + own, Kind::associations, kTypes[core].path, type));
    }
    table.kind = Kind::properties;
    table.table = named(table.table.path.substr(kPrefix.size()) + "_Properties", Kind::properties, type).table;
    tables.push_back(std::move(table));
  }
  return tables;
}

const HubTable* table_at(std::span<const HubTable> tables, std::string_view path) {
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const HubTable& table) { return table.table.path == path; });
  return found == tables.end() ? nullptr : &*found;
}

std::string_view modified_property(std::string_view type) { return type == "contacts" ? "lastmodifieddate" : "hs_lastmodifieddate"; }

}  // namespace foz::sources::hubspot
