#pragma once
// Microsoft Dynamics 365 / Dataverse as a source. Follows: Sources contract, 3.

#include "sources/source.h"

namespace foz::sources::dynamics {

extern const SourceSpec kDynamics;

}  // namespace foz::sources::dynamics
