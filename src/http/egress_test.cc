// Where Foz may connect: allow list, vendors' hosts, addresses that are nobody's business.
#include "http/egress.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>

#include <cstring>

namespace foz::http {
namespace {

using testing::HasSubstr;

sockaddr_storage address_of(const std::string& text) {
  sockaddr_storage storage{};
  sockaddr_in v4{.sin_family = AF_INET};
  sockaddr_in6 v6{.sin6_family = AF_INET6};
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) std::memcpy(&storage, &v4, sizeof v4);
  else if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) std::memcpy(&storage, &v6, sizeof v6);
  else ADD_FAILURE() << text;
  return storage;
}

bool reachable(const std::string& text) {
  const sockaddr_storage storage = address_of(text);
  return is_public(reinterpret_cast<const sockaddr&>(storage));
}

TEST(IsPublic, KnowsWhatIsNot) {
  for (const char* text : {"8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"}) EXPECT_TRUE(reachable(text)) << text;
  for (const char* text : {"0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.0.1",
                           "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fc00::1", "fd00:ec2::254", "fe80::1", "ff02::1", "::ffff:127.0.0.1",
                           "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1"}) {
    EXPECT_FALSE(reachable(text)) << text;
  }
}

TEST(Egress, TakesHostsStarsAndOrigins) {
  const auto egress = Egress::parse(" crm.example.com, *.Example.org , http://127.0.0.1:8101 ,");
  ASSERT_TRUE(egress) << egress.error().message;
  const auto names = [&](const char* url) { return egress->names(*Url::parse(url)); };
  EXPECT_TRUE(names("https://crm.example.com/x"));
  EXPECT_TRUE(names("https://a.b.example.org"));
  EXPECT_TRUE(names("http://127.0.0.1:8101/any?thing=1"));
  for (const char* url : {"http://crm.example.com", "https://example.org", "https://evilexample.org", "https://crm.example.com.evil.net", "http://127.0.0.1:8102",
                          "https://127.0.0.1:8101"}) {
    EXPECT_FALSE(names(url)) << url;
  }
}

TEST(Egress, NamesTheEntryItCannotRead) {
  for (const char* entry : {"http://h/path", "http://h?x=1", "ftp://h", "a b", "*", "a.*.com", "*.*.com", "h:80", "user@h"}) {
    const auto egress = Egress::parse(std::string("good.example.com,") + entry);
    ASSERT_FALSE(egress) << entry;
    EXPECT_EQ(egress.error().kind, ErrorKind::invalid);
    EXPECT_THAT(egress.error().message, HasSubstr(entry));
  }
}

TEST(Egress, SendsSecretsToVendorsAndNamedHostsOnly) {
  const std::vector<std::string> vendor = {"*.salesforce.com"};
  const auto open = Egress::parse("mine.example.com").value();
  const auto strict = Egress::parse("", true).value();
  const auto refused = [](const Egress& egress, const char* url, const std::vector<std::string>& known) {
    const Status status = egress.check_url(*Url::parse(url), known);
    return status ? std::string() : status.error().message;
  };
  EXPECT_EQ(refused(open, "https://login.salesforce.com/x", vendor), "");
  EXPECT_EQ(refused(open, "https://mine.example.com", vendor), "");
  EXPECT_EQ(refused(open, "https://any.example.net", {}), "");
  EXPECT_THAT(refused(open, "https://salesforce.com.evil.net", vendor), HasSubstr("sources.allow"));
  EXPECT_THAT(refused(open, "http://login.salesforce.com", vendor), HasSubstr("https"));
  EXPECT_THAT(refused(strict, "https://any.example.net", {}), HasSubstr("any.example.net"));
}

TEST(Egress, ANameMayNotLeadInside) {
  const auto egress = Egress::parse("inside.example.com").value();
  const sockaddr_storage storage = address_of("10.0.0.7");
  const auto& inside = reinterpret_cast<const sockaddr&>(storage);
  EXPECT_TRUE(egress.allows_address(*Url::parse("https://inside.example.com"), inside));
  EXPECT_FALSE(egress.allows_address(*Url::parse("https://login.salesforce.com"), inside));
}

}  // namespace
}  // namespace foz::http
