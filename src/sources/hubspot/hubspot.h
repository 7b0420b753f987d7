#pragma once
// HubSpot as a source. Follows: Sources contract, 4.

#include "sources/source.h"

namespace foz::sources::hubspot {

extern const SourceSpec kHubSpot;

}  // namespace foz::sources::hubspot
