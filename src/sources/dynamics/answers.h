#pragma once
// What Dataverse's and Azure AD's answers mean, and what their headers tell. Follows: Sources contract, 3.2 and 3.7.

#include "sources/calls.h"

namespace foz::sources::dynamics {

/// Known hosts, classes of answers, limit headers.
VendorRules rules();

Answer answer_of(const http::Response& response);

/// What the service protection leaves to this user: requests and seconds of execution in five minutes.
std::vector<Limit> limits_of(const http::Response& response);

/// Why a login was refused, in words that name what to do (pain 14). `text` is the vendor's, with its AADSTS number.
std::string login_advice(std::string_view word, std::string_view text);

/// True when the query ran into a time limit: a narrower one may do (pain 2).
bool is_timeout(const http::Response& response);

/// True when `host` is one of Microsoft's login hosts: secrets of these connections go there and nowhere else that is not
/// on the operator's own list.
bool is_login_host(std::string_view host);
/// True for hosts of Dataverse environments, which are never login hosts.
bool is_environment_host(std::string_view host);

/// Requests of one user that a web server takes in five minutes.
inline constexpr int64_t kRequestsMax = 6000;
inline constexpr std::chrono::milliseconds kProtectionWindow{300'000};

}  // namespace foz::sources::dynamics
