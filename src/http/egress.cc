#include "http/egress.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.h"

namespace foz::http {
namespace {

struct Range4 {
  uint32_t network;
  int bits;
};

/// What the IANA registries keep from the public internet (RFC 6890 and its successors).
constexpr std::array<Range4, 15> kSpecial4 = {{{0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},
                                               {0xA9FE0000, 16}, {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24},
                                               {0xC0586300, 24}, {0xC0A80000, 16}, {0xC6120000, 15}, {0xC6336400, 24},
                                               {0xCB007100, 24}, {0xE0000000, 4},  {0xF0000000, 4}}};

bool is_public4(uint32_t address) {
  return std::none_of(kSpecial4.begin(), kSpecial4.end(), [&](const Range4& range) {
    return (address >> (32 - range.bits)) == (range.network >> (32 - range.bits));
  });
}

uint32_t read4(const uint8_t* bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

bool is_public6(const uint8_t* b) {
  static constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  static constexpr std::array<uint8_t, 12> kNat64 = {0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
  if (std::equal(kMapped.begin(), kMapped.end(), b) || std::equal(kNat64.begin(), kNat64.end(), b)) {
    return is_public4(read4(b + 12));
  }
  if (b[0] == 0x20 && b[1] == 0x02) return is_public4(read4(b + 2));  // 6to4 carries an IPv4 address
  if (b[0] == 0x20 && b[1] == 0x01 && b[2] < 0x02) return false;      // Teredo and other protocol assignments
  if (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8) return false;  // documentation
  return (b[0] & 0xe0) == 0x20;  // 2000::/3 is the only block given out
}

}  // namespace

bool host_matches(std::string_view host, const std::vector<std::string>& entries) {
  return std::any_of(entries.begin(), entries.end(), [&](const std::string& entry) {
    if (!entry.starts_with("*.")) return entry == host;
    const std::string_view suffix = std::string_view(entry).substr(1);
    return host.size() > suffix.size() && host.ends_with(suffix);
  });
}

bool is_public(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof v4);
    return is_public4(ntohl(v4.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &address, sizeof v6);
    return is_public6(v6.sin6_addr.s6_addr);
  }
  return false;
}

Result<Egress> Egress::parse(std::string_view allow, bool allow_list_only) {
  Egress egress;
  egress.allow_list_only_ = allow_list_only;
  for (const std::string_view part : split(allow, ',')) {
    const std::string entry = lower(trim(part));
    if (entry.empty()) continue;
    if (entry.find("://") != entry.npos) {
      const auto url = Url::parse(entry);
      if (!url || url->path != "/" || !url->query.empty()) {
        return Error{.kind = ErrorKind::invalid,
                     .message = "sources.allow: \"" + entry + "\" is no origin such as http://127.0.0.1:8101"};
      }
      egress.origins_.push_back(url->origin());
      continue;
    }
    const bool plain = entry.find_first_of("/ :@?#") == entry.npos || std::count(entry.begin(), entry.end(), ':') > 1;
    const bool star = entry.find('*') != entry.npos && (!entry.starts_with("*.") || entry.rfind('*') != 0);
    if (!plain || star) {
      return Error{.kind = ErrorKind::invalid,
                   .message = "sources.allow: \"" + entry + "\" is no host such as crm.example.com or *.example.com"};
    }
    egress.hosts_.push_back(entry);
  }
  return egress;
}

bool Egress::names(const Url& url) const {
  if (std::find(origins_.begin(), origins_.end(), url.origin()) != origins_.end()) return true;
  return url.scheme == "https" && host_matches(url.host, hosts_);
}

Status Egress::check_url(const Url& url, const std::vector<std::string>& known_hosts) const {
  if (names(url)) return {};
  const auto refused = [&](std::string why, const std::string& entry) {
    return Error{.kind = ErrorKind::forbidden,
                 .message = why + "; if it is meant, add " + entry + " to the setting sources.allow"};
  };
  if (url.scheme != "https") return refused(url.origin() + " is not an https address", url.origin());
  if (host_matches(url.host, known_hosts)) return {};
  if (!known_hosts.empty()) return refused("the host " + url.host + " is not one of the vendor's", url.host);
  if (allow_list_only_) return refused("the host " + url.host + " is not named by the operator", url.host);
  return {};
}

bool Egress::allows_address(const Url& url, const sockaddr& address) const { return names(url) || is_public(address); }

}  // namespace foz::http
