#pragma once
// Salesforce as a source. Follows: Sources contract, 2.

#include "sources/source.h"

namespace foz::sources::salesforce {

extern const SourceSpec kSalesforce;

}  // namespace foz::sources::salesforce
