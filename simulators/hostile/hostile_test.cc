// Tricks on bodies, and a server that sends them badly.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include "simulators/hostile/wire_server.h"
#include "simulators/test_client.h"

namespace foz::sim {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string kList = "/crm/v3/objects/contacts?limit=10";

TestClient hostile() { return TestClient({.vendor = "hostile", .rows = 30, .seed = 3}); }

TEST(Hostile, WearsTheFaceItIsTold) {
  EXPECT_TRUE(hostile().ready().contains("portalId"));
  EXPECT_TRUE(TestClient({.vendor = "hostile", .hostile_vendor = "salesforce"}).ready().contains("securityToken"));
  const SystemClock clock;
  EXPECT_FALSE(Simulator::make({.vendor = "hostile", .hostile_vendor = "hostile"}, clock).has_value());
}

TEST(Hostile, IsKindUntilTold) {
  TestClient client = hostile();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(TestClient::json(client.get(kList))["results"].size(), 10u);
}

TEST(Hostile, OnlyItTakesTricksOfTheWire) {
  TestClient plain({.vendor = "hubspot", .rows = 5});
  EXPECT_EQ(plain.post("/_sim/faults", {{"rules", {{{"kind", "stall"}}}}}).status, 400);
  EXPECT_EQ(hostile().post("/_sim/faults", {{"rules", {{{"kind", "stall"}}}}}).status, 200);
}

TEST(Hostile, BodiesAreSpoiltAsAskedFor) {
  const std::string whole = hostile().get(kList).body;
  struct Case {
    Json rule;
    std::function<bool(const http::Response&)> holds;
  };
  const auto records = [](const http::Response& answer) { return TestClient::json(answer)["results"].size(); };
  for (const Case& one : {
           Case{{{"kind", "garble"}}, [&](const auto& answer) { return answer.body.size() == whole.size() && !parse_json(answer.body); }},
           Case{{{"kind", "wrongTypes"}}, [](const auto& answer) { return TestClient::json(answer)["results"] == "none"; }},
           Case{{{"kind", "dropRecords"}, {"by", 3}}, [&](const auto& answer) { return records(answer) == 7; }},
           Case{{{"kind", "doubleRecords"}, {"by", 2}}, [&](const auto& answer) { return records(answer) == 12; }},
           Case{{{"kind", "deep"}, {"by", 5000}}, [&](const auto& answer) { return answer.body.size() > whole.size() + 10'000 && !parse_json(answer.body); }},
           Case{{{"kind", "pad"}, {"bytes", 100'000}}, [&](const auto& answer) { return answer.body.size() == whole.size() + 100'000 && parse_json(answer.body); }},
           Case{{{"kind", "bomb"}, {"bytes", 50'000'000}}, [](const auto& answer) { return answer.body.size() < 200'000 && answer.header("Content-Encoding") == "gzip"; }},
       }) {
    TestClient client = hostile();
    client.control("faults", {{"rules", {one.rule}}});
    EXPECT_TRUE(one.holds(client.get(kList))) << to_text(one.rule);
  }
}

TEST(Hostile, ChanceSpoilsTheShareItIsTold) {
  TestClient client = hostile();
  client.control("settings", {{"hostilePercent", 30}});
  for (int i = 0; i < 300; ++i) client.get(kList);
  int spoilt = 0;
  const Json journal = client.control("journal");
  for (const Json& entry : journal["entries"]) spoilt += entry.contains("faults") ? 1 : 0;
  EXPECT_GT(spoilt, 50);
  EXPECT_LT(spoilt, 130);
}

/// Bytes that a server sends for one GET, until it hangs up, `bytes_max` came, or `patience_ms` passed in silence.
std::string raw_answer(const WireServer& server, size_t bytes_max, int patience_ms) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(std::stoi(server.url().substr(server.url().rfind(':') + 1))));
  ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const timeval patience{.tv_sec = patience_ms / 1000, .tv_usec = patience_ms % 1000 * 1000};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  EXPECT_EQ(::send(socket, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  std::string text;
  char piece[4096];
  for (ssize_t got = 1; got > 0 && text.size() < bytes_max;) {
    got = ::recv(socket, piece, sizeof piece, 0);
    if (got > 0) text.append(piece, static_cast<size_t>(got));
  }
  ::close(socket);
  return text;
}

TEST(WireServer, SendsAsBadlyAsTold) {
  Delivery delivery;
  const auto server = WireServer::start("127.0.0.1", 0, [&](const http::Request&, Delivery& way) {
    way = delivery;
    return http::Response{.status = 200, .body = std::string(500, 'b')};
  });
  ASSERT_TRUE(server.has_value());
  const auto answer = [&](Delivery next, size_t bytes_max = 1u << 20) {
    delivery = next;
    return raw_answer(**server, bytes_max, 200);
  };
  const std::string whole = answer({});
  EXPECT_THAT(whole, HasSubstr("Content-Length: 500"));
  EXPECT_EQ(whole.size() - whole.find("\r\n\r\n") - 4, 500u);
  EXPECT_EQ(answer({.way = Delivery::Way::trickle, .bytes = 50, .pause_ms = 1}), whole);
  EXPECT_EQ(answer({.way = Delivery::Way::stall, .bytes = 70}).size(), whole.size() - 430);
  EXPECT_EQ(answer({.way = Delivery::Way::surplus, .bytes = 9}), whole + std::string(9, '}'));
  EXPECT_GT(answer({.way = Delivery::Way::endless}, 3u << 20).size(), (3u << 20) - 1);
  EXPECT_GT(answer({.way = Delivery::Way::huge_header, .bytes = 300'000}).size(), 300'000u);
}

TEST(WireServer, RefusesWhatItCannotListenOn) {
  const auto handler = [](const http::Request&, Delivery&) { return http::Response{}; };
  EXPECT_FALSE(WireServer::start("nowhere", 0, handler).has_value());
  const auto first = WireServer::start("127.0.0.1", 0, handler);
  const auto port = static_cast<uint16_t>(std::stoi((*first)->url().substr((*first)->url().rfind(':') + 1)));
  EXPECT_FALSE(WireServer::start("127.0.0.1", port, handler).has_value());
}

}  // namespace
}  // namespace foz::sim
