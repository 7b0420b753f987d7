#pragma once
// A client of simulators for tests: asks without a server in between, on a clock that stands still.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/json.h"
#include "base/time_text.h"
#include "simulators/simulator.h"

namespace foz::sim {

/// One simulator with a logged-in client.
class TestClient {
 public:
  explicit TestClient(SimulatorOptions options) : clock_(std::make_unique<ManualClock>(*parse_iso_instant("2024-09-01T12:00:00Z"))) {
    auto made = Simulator::make(std::move(options), *clock_);
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message);
    simulator_ = std::move(*made);
    ready_ = simulator_->ready_line("http://sim.test");
    token_ = text_of(ready_, "accessToken");
  }

  ManualClock& clock() { return *clock_; }
  const Json& ready() const { return ready_; }
  std::string secret(std::string_view name) const { return text_of(ready_, name); }
  void use_token(std::string token) { token_ = std::move(token); }

  http::Response send(http::Verb verb, std::string url, std::string body = "", http::Headers headers = {}) {
    http::Request request{.verb = verb, .verb_text = std::string(http::name_of(verb)), .url = std::move(url), .headers = std::move(headers), .body = std::move(body)};
    request.headers.add("Host", "sim.test");
    if (!token_.empty() && !request.headers.has("Authorization")) request.headers.add("Authorization", "Bearer " + token_);
    return simulator_->answer(request);
  }
  http::Response get(std::string url, http::Headers headers = {}) { return send(http::Verb::get, std::move(url), "", std::move(headers)); }
  http::Response post(std::string url, const Json& body, http::Headers headers = {}) { return send(http::Verb::post, std::move(url), to_text(body), std::move(headers)); }
  http::Response form(std::string url, const http::Query& fields) { return send(http::Verb::post, std::move(url), fields.text()); }

  /// The answer of a control call.
  Json control(std::string what, const Json& body) { return json(post("/_sim/" + std::move(what), body)); }
  Json control(std::string what) { return json(get("/_sim/" + std::move(what))); }

  static Json json(const http::Response& response) {
    auto parsed = parse_json(response.body);
    EXPECT_TRUE(parsed.has_value()) << response.status << " " << response.body.substr(0, 300);
    return parsed ? *parsed : Json();
  }

 private:
  std::unique_ptr<ManualClock> clock_;
  std::unique_ptr<Simulator> simulator_;
  Json ready_;
  std::string token_;
};

}  // namespace foz::sim
