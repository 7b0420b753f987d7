#pragma once
// What HubSpot's answers mean, and what its headers tell. Follows: Sources contract, 4.1 and 4.8.

#include "sources/calls.h"

namespace foz::sources::hubspot {

/// Known hosts, classes of answers, rate buckets and limit headers.
VendorRules rules();

Answer answer_of(const http::Response& response);

/// The rate bucket of searches of CRM objects: they are counted by themselves, and tell no limits.
inline constexpr std::string_view kSearchBucket = "search";
inline constexpr std::string_view kDailyRequests = "DailyRequests";

}  // namespace foz::sources::hubspot
