#pragma once
// What Salesforce's answers mean, and what its headers tell. Follows: Sources contract, 2.1 and 2.9.

#include "sources/calls.h"

namespace foz::sources::salesforce {

/// Known hosts, classes of answers, limit headers.
VendorRules rules();

Answer answer_of(const http::Response& response);

/// The allowance in `Sforce-Limit-Info: api-usage=18/5000`; nothing when the header is missing or foreign.
std::optional<Limit> limit_of(const http::Response& response);

/// Why a login was refused, in words that name what to do (pain 14). `word` and `text` are the vendor's.
std::string login_advice(std::string_view word, std::string_view text);

/// True for a message that says the query ran too long.
bool says_too_heavy(std::string_view text);

inline constexpr std::string_view kDailyRequests = "DailyApiRequests";

}  // namespace foz::sources::salesforce
