#pragma once
// Which hosts Foz may talk to. Follows: architecture.md, decision 8; Sources contract, 1.2 and 9.5.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

struct sockaddr;

namespace foz::http {

/// The operator's allow list and what goes without being named. Immutable; shared by threads.
class Egress {
 public:
  /// `allow` is the setting `sources.allow`: a comma list of hosts (`crm.example.com`, `*.example.com`) and origins
  /// (`http://127.0.0.1:8101`). With `allow_list_only` (`sources.policy=allowlist`) nothing else is reached.
  /// Errors: invalid, naming the entry that is neither.
  static Result<Egress> parse(std::string_view allow, bool allow_list_only = false);

  /// True when the allow list names the host or the origin of `url`.
  bool names(const Url& url) const;

  /// May a request go to `url` at all, before any address is known? Plain http needs its origin on the list; with
  /// `known_hosts` not empty (a vendor's own: `*.salesforce.com`) every other host must be on the list.
  /// Errors: forbidden, saying what to add to `sources.allow`.
  Status check_url(const Url& url, const std::vector<std::string>& known_hosts) const;

  /// May a connection for `url` be made to this address? Private, link-local, loopback and metadata addresses pass
  /// only when the list names the host or origin. Called at connect, so a name that changes its address gains nothing.
  bool allows_address(const Url& url, const sockaddr& address) const;

 private:
  std::vector<std::string> hosts_;    ///< lower case; may begin with `*.`
  std::vector<std::string> origins_;  ///< as Url::origin prints them
  bool allow_list_only_ = false;
};

/// True when `host` equals an entry or lies below one that begins with `*.`.
bool host_matches(std::string_view host, const std::vector<std::string>& entries);
/// True for addresses of the public internet.
bool is_public(const sockaddr& address);

}  // namespace foz::http
