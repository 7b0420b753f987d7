#include "sources/reference.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/text.h"
#include "sources/source.h"

namespace foz::sources {
namespace {

/// What a row of the source table does not say in code: a line for each source.
struct Abilities {
  std::string_view source;
  std::string_view reads, changes, removals;
};
constexpr std::array<Abilities, 3> kAbilities = {{
    {.source = "salesforce",
     .reads = "objects through bulk jobs in parts, REST where bulk refuses or rows are few",
     .changes = "`SystemModstamp`; formulas and roll-ups compared",
     .removals = "feed of deleted records (15 days), keys compared"},
    {.source = "dynamics-online",
     .reads = "tables by next link, in parts; labels and target tables on request",
     .changes = "`modifiedon`; calculated columns compared",
     .removals = "change tracking, keys compared"},
    {.source = "hubspot",
     .reads = "objects, custom objects, associations, owners, pipelines, lists, forms, properties; lists, searches beyond 10,000, batches",
     .changes = "`lastmodifieddate`, `hs_lastmodifieddate`; calculated properties compared",
     .removals = "archived list (90 days), merges, keys compared"},
}};

const Abilities& abilities_of(const SourceSpec& source) {
  const auto found = std::find_if(kAbilities.begin(), kAbilities.end(), [&](const Abilities& one) { return one.source == source.name; });
  if (found == kAbilities.end()) throw std::logic_error("say in reference.cc what the source " + std::string(source.name) + " can do");
  return *found;
}

std::string minutes(std::chrono::seconds span) {
  return span.count() % 60 == 0 ? std::to_string(span.count() / 60) + " min" : std::to_string(span.count()) + " s";
}

std::string logins_of(const SourceSpec& source) {
  std::vector<std::string> names;
  for (const AuthSpec& auth : source.auth) names.emplace_back(auth.name);
  return join(names, ", ");
}

}  // namespace

std::string source_table() {
  std::string text = "| Source | Reads | New and changed rows | Removed records | Log in | Settles |\n|---|---|---|---|---|---|\n";
  for (const SourceSpec* source : all_sources()) {
    const Abilities& can = abilities_of(*source);
    text += "| " + std::string(source->title) + " (`" + std::string(source->name) + "`) | " + std::string(can.reads) + " | by " + std::string(can.changes) + " | " + std::string(can.removals) + " | " +
            logins_of(*source) + " | " + minutes(source->settle) + ", looks back " + minutes(source->overlap) + " |\n";
  }
  return text;
}

std::string source_page() {
  std::string text = "# Sources\n\nMade from the table of sources by the test `SourceReference.PageIsFresh`; `FOZ_REFRESH=1` writes it anew.\n\n" + source_table();
  for (const SourceSpec* source : all_sources()) {
    text += "\n## " + std::string(source->title) + "\n\n" + std::string(source->about) + "\n\nConnection spec `" + std::string(source->name) + "`, `" + std::string(source->id) + "`.\n";
    for (const AuthSpec& auth : source->auth) {
      text += "\n### " + std::string(auth.name) + "\n\n| Parameter | | |\n|---|---|---|\n";
      for (const Parameter& parameter : auth.parameters) {
        std::vector<std::string> marks;
        if (parameter.required) marks.emplace_back("required");
        if (parameter.secret) marks.emplace_back("secret");
        text += "| `" + std::string(parameter.name) + "` | " + join(marks, ", ") + " | " + std::string(parameter.about) + " |\n";
      }
    }
  }
  return text;
}

}  // namespace foz::sources
