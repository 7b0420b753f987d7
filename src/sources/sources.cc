// THE table of sources.
#include <algorithm>
#include <array>

#include "sources/dynamics/dynamics.h"
#include "sources/hubspot/hubspot.h"
#include "sources/salesforce/salesforce.h"
#include "sources/source.h"

namespace foz::sources {

std::span<const SourceSpec* const> all_sources() {
  static constexpr std::array kSources = std::to_array<const SourceSpec*>({
      &salesforce::kSalesforce,
      &dynamics::kDynamics,
      &hubspot::kHubSpot,
  });
  return kSources;
}

const SourceSpec* source_with_spec(std::string_view connection_spec_id) {
  const auto sources = all_sources();
  const auto found = std::find_if(sources.begin(), sources.end(), [&](const SourceSpec* source) { return source->id == connection_spec_id; });
  return found == sources.end() ? nullptr : *found;
}

}  // namespace foz::sources
