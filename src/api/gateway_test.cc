// The front door. Follows: Sandbox and authentication contract, 1, 2 and 6.
#include "api/gateway.h"

#include <gmock/gmock.h>

#include "api/error_body.h"
#include "api/testing.h"
#include "base/text.h"
#include "http/allowance.h"

namespace foz::api {
namespace {

using http::Verb;
using testing::HasSubstr;

Result<Response> say_hello(Services&, const Request& request) { return json_response(200, {{"sandbox", request.sandbox.name}, {"user", request.caller.user_id}}); }
Result<Response> echo(Services&, const Request& request) { return json_response(200, request.body); }
Result<Response> break_down(Services&, const Request&) { return Error{.kind = ErrorKind::unavailable, .message = "the disk is full", .retry_after = std::chrono::milliseconds(1500)}; }

constexpr Route kRoutes[] = {
    {Verb::get, "/specs", Right::specs, say_hello, ""},         {Verb::get, "/things", Right::view_datasets, say_hello, ""},
    {Verb::get, "/things/{id}", Right::view_datasets, say_hello, ""}, {Verb::post, "/things", Right::view_datasets, echo, "", BodyUse::json},
    {Verb::post, "/sources", Right::manage_sources, echo, "", BodyUse::json}, {Verb::get, "/broken", Right::any, break_down, ""},
};

RouteTable table(Service service, std::string_view prefix) { return {service, prefix, true, kRoutes}; }

/// The same routes as four services: their errors differ.
class GatewayTest : public ApiFixture {
 protected:
  GatewayTest()
      : ApiFixture({table(Service::flow, "/data/foundation/flowservice"), table(Service::catalog, "/data/foundation/catalog"),
                    table(Service::registry, "/data/foundation/schemaregistry"), table(Service::access, "/data/foundation/export"),
                    sandbox_tooling_routes(), observability_routes()}) {}
};

const std::string kFlow = "/data/foundation/flowservice";
const std::string kCatalog = "/data/foundation/catalog";

TEST_F(GatewayTest, RefusesInTheOrderOfTheTable) {  // 2.2
  const auto other = add_client("viewer", {"*"}), revoked = add_client("viewer", {"*"});
  const std::string of_revoked = token_of(revoked.client), expired = token_of(client.client, std::chrono::seconds(1));
  ASSERT_TRUE(organisation->revoke(revoked.client.client_id));
  clock.advance(std::chrono::seconds(2));
  struct Case { const char* name; http::Headers headers; int status; std::string_view code, message; };
  const Case kCases[] = {
      {"nothing at all", {{"Authorization", ""}, {"x-api-key", ""}, {"x-gw-ims-org-id", ""}}, 403, "403010", "Oauth token is missing."},
      {"no bearer", {{"Authorization", "Basic abc"}}, 403, "403010", "Oauth token is missing."},
      {"empty bearer", {{"Authorization", "Bearer "}}, 403, "403010", "Oauth token is missing."},
      {"malformed token", {{"Authorization", "Bearer abc"}, {"x-api-key", ""}}, 401, "401013", "Oauth token is not valid"},
      {"expired token", {{"Authorization", "Bearer " + expired}}, 401, "401013", "Oauth token is not valid"},
      {"revoked client", {{"Authorization", "Bearer " + of_revoked}, {"x-api-key", revoked.client.client_id}}, 401, "401013", "Oauth token is not valid"},
      {"no key", {{"x-api-key", ""}, {"x-gw-ims-org-id", ""}}, 403, "403000", "Api Key is required"},
      {"unknown key", {{"x-api-key", "abc"}, {"x-gw-ims-org-id", ""}}, 403, "403003", "Api Key is invalid"},
      {"another's key", {{"x-api-key", other.client.client_id}, {"x-gw-ims-org-id", ""}}, 403, "403025", "Profile is not valid"},
      {"no org", {{"x-gw-ims-org-id", ""}}, 400, "400003", "Missing header"},
      {"malformed org", {{"x-gw-ims-org-id", "here"}}, 403, "403027", "User region is missing"},
      {"unknown org", {{"x-gw-ims-org-id", "0123@AdobeOrg"}}, 403, "403027", "User region is missing"},
  };
  for (const Case& c : kCases) {
    for (const std::string& path : {kFlow + "/things", kFlow + "/nowhere", std::string("/data/nowhere")}) {
      const Answer answer = get(path, c.headers);
      EXPECT_EQ(answer.status, c.status) << c.name << path << answer;
      EXPECT_EQ(answer.body, (Json{{"error_code", c.code}, {"message", c.message}})) << c.name;
      EXPECT_EQ(answer.header("Content-Type"), "application/json") << c.name;
    }
  }
  EXPECT_EQ(get(kFlow + "/things", {{"Authorization", "bearer  " + token_of(client.client)}, {"x-api-key", " " + client.client.client_id + " "}}).status, 200);
}

TEST_F(GatewayTest, SpecsMayPassWithAKey) {  // 2.2, 7.2
  const http::Headers key_only = {{"Authorization", ""}};
  EXPECT_EQ(get(kFlow + "/specs", key_only).status, 200);
  EXPECT_EQ(get(kFlow + "/things", key_only).status, 403);
  EXPECT_EQ(text_of(get(kFlow + "/specs", {{"Authorization", ""}, {"x-api-key", "abc"}}).body, "error_code"), "403003");
  EXPECT_EQ(text_of(get(kFlow + "/specs", {{"Authorization", ""}, {"x-gw-ims-org-id", ""}}).body, "error_code"), "400003");
  EXPECT_EQ(get(kFlow + "/specs", {{"Authorization", "Bearer abc"}}).status, 401);  // never downgraded
  services->settings.api_key_reads_specs = false;
  EXPECT_EQ(get(kFlow + "/specs", key_only).status, 403);
}

TEST_F(GatewayTest, AClientAsksSoOften) {  // 2.2: 429001
  http::Allowance allowance(clock, {.per_second = 0.5, .burst = 2});
  services->requests = &allowance;
  const auto other = add_client("viewer", {"*"});
  const http::Headers key_only = {{"Authorization", ""}};
  EXPECT_EQ(get(kFlow + "/things").status, 200);
  EXPECT_EQ(get(kCatalog + "/things", {{"x-sandbox-name", "nowhere"}}).status, 404) << "this counts, too";
  for (const std::string& path : {kFlow + "/things", kCatalog + "/things", kFlow + "/nowhere", std::string("/data/nowhere")}) {
    const Answer refused = get(path, {{"x-sandbox-name", "nowhere"}});
    EXPECT_EQ(refused.status, 429) << path;
    EXPECT_EQ(refused.body, (Json{{"error_code", "429001"}, {"message", "Too many requests"}})) << path;
    EXPECT_EQ(refused.header("Retry-After"), "2") << path;
  }
  EXPECT_EQ(get(kFlow + "/things", {{"x-gw-ims-org-id", ""}}).status, 400) << "the order of the table";
  EXPECT_EQ(get(kFlow + "/specs", key_only).status, 200) << "who has the key only has a bucket of its own";
  EXPECT_EQ(get(kFlow + "/specs", key_only).status, 200);
  EXPECT_EQ(get(kFlow + "/specs", key_only).status, 429);
  become(other);
  EXPECT_EQ(get(kFlow + "/things").status, 200);
  become(client);
  clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(get(kFlow + "/things").status, 200);
}

TEST_F(GatewayTest, SelectsTheSandbox) {  // 2.1, 2.4
  const auto dev = *sandboxes->create({.name = "dev", .title = "Dev", .type = "development"});
  ASSERT_TRUE(sandboxes->create({.name = "busy", .title = "Busy", .type = "development"}));
  ASSERT_TRUE(sandboxes->move("busy", {.to = "resetting"}));
  ASSERT_TRUE(sandboxes->create({.name = "gone", .title = "Gone", .type = "development"}));
  ASSERT_TRUE(sandboxes->move("gone", {.to = "deleted"}));
  struct Case { const char* name; http::Headers headers; int status; std::string_view sandbox, flow_code; };
  const Case kCases[] = {
      {"none", {}, 200, "prod", ""},
      {"empty", {{"x-sandbox-name", " "}}, 200, "prod", ""},
      {"name", {{"x-sandbox-name", "dev"}}, 200, "dev", ""},
      {"id", {{"x-sandbox-id", dev.id}}, 200, "dev", ""},
      {"both", {{"x-sandbox-name", "dev"}, {"x-sandbox-id", dev.id}}, 200, "dev", ""},
      {"both, not one", {{"x-sandbox-name", "prod"}, {"x-sandbox-id", dev.id}}, 404, "", "FLOW-2103-404"},
      {"unknown", {{"x-sandbox-name", "nowhere"}}, 404, "", "FLOW-2100-404"},
      {"unknown id", {{"x-sandbox-id", "nowhere"}}, 404, "", "FLOW-2100-404"},
      {"deleted", {{"x-sandbox-name", "gone"}}, 404, "", "FLOW-2100-404"},
      {"resetting", {{"x-sandbox-name", "busy"}}, 409, "", "FLOW-2100-409"},
      {"all", {{"x-sandbox-name", "*"}}, 403, "", "FLOW-2111-403"},
  };
  for (const Case& c : kCases) {
    const Answer flow = get(kFlow + "/things", c.headers), other = get(kCatalog + "/things", c.headers);
    EXPECT_EQ(flow.status, c.status) << c.name << flow;
    EXPECT_EQ(other.status, c.status) << c.name << other;
    if (c.status == 200) {
      EXPECT_EQ(text_of(flow.body, "sandbox"), c.sandbox) << c.name;
      continue;
    }
    EXPECT_THAT(text_of(flow.body, "type"), HasSubstr(std::string(c.flow_code))) << c.name;
    if (c.status != 403) {
      const std::string_view title = c.status == 404 ? "Sandbox not found" : "Sandbox not active";
      EXPECT_EQ(text_of(flow.body, "title"), title) << c.name;
      EXPECT_EQ(text_of(other.body, "title"), title) << c.name;
    }
  }
}

TEST_F(GatewayTest, ASandboxWithoutGrantIsNotThere) {  // 2.4
  ASSERT_TRUE(sandboxes->create({.name = "dev", .title = "Dev", .type = "development"}));
  become(add_client("viewer", {"dev"}));
  EXPECT_EQ(get(kCatalog + "/things", {{"x-sandbox-name", "dev"}}).status, 200);
  EXPECT_EQ(get(kCatalog + "/things").status, 404);
  EXPECT_THAT(text_of(get(kFlow + "/things").body, "type"), HasSubstr("FLOW-2100-404"));
  ASSERT_TRUE(sandboxes->create({.name = "hidden", .title = "Hidden", .type = "development"}));
  ASSERT_TRUE(sandboxes->move("hidden", {.to = "resetting"}));
  EXPECT_EQ(get(kCatalog + "/things", {{"x-sandbox-name", "hidden"}}).status, 404) << "nor is its state";
}

TEST_F(GatewayTest, RightsAreRefusedInTheServicesWords) {  // 4, 6
  become(add_client("viewer", {"*"}));
  const Answer flow = post(kFlow + "/sources", Json::object()), other = post(kCatalog + "/sources", Json::object());
  EXPECT_EQ(flow.status, 403);
  EXPECT_THAT(text_of(flow.body, "type"), HasSubstr("FLOW-2121-403"));
  EXPECT_EQ(other.status, 403);
  EXPECT_EQ(text_of(other.body, "title"), "ForbiddenError");
  EXPECT_THAT(text_of(other.body, "detail"), HasSubstr("manage-sources"));
}

TEST_F(GatewayTest, ReadsBodiesWhateverTheirLabel) {  // 2.3
  struct Case { const char* name; std::string body, label; int status; std::string_view warning; };
  const Case kCases[] = {
      {"json", R"({"a": 1})", "application/json", 200, ""},
      {"json with parameters", R"({"a": 1})", "application/json; charset=utf-8", 200, ""},
      {"a kind of json", R"({"a": 1})", "application/json-patch+json", 200, ""},
      {"as curl labels it", R"({"a": 1})", "application/x-www-form-urlencoded", 200, "content-type"},
      {"no label", R"({"a": 1})", "", 200, "content-type"},
      {"no body", "", "", 200, ""},
      {"broken, labelled", R"({"a": )", "application/json", 400, ""},
      {"no json", "a=1", "text/plain", 400, ""},
  };
  for (const Case& c : kCases) {
    const Answer answer = send(Verb::post, kFlow + "/things", {.body = c.body, .headers = {{"Content-Type", c.label}}});
    EXPECT_EQ(answer.status, c.status) << c.name << answer;
    EXPECT_EQ(answer.header("x-foz-warning"), c.warning) << c.name;
  }
  const Answer broken = send(Verb::post, kFlow + "/things", {.body = R"({"a": )"});
  EXPECT_THAT(text_of(broken.body, "type"), HasSubstr("FLOW-1405-400"));
  const Answer twice = send(Verb::post, kFlow + "/things", {.body = R"({"a": 1, "a": 2})"});
  EXPECT_EQ(twice.status, 400);
  const Answer foreign = send(Verb::post, kFlow + "/things", {.body = "a=1", .headers = {{"Content-Type", "text/plain"}}});
  EXPECT_EQ(foreign.body, (Json{{"type", "/placeholder/type/uri"}, {"status", 400}, {"title", "BadRequestError"}, {"detail", "A valid content-type must be specified"}}));
}

TEST_F(GatewayTest, PathsAreNormalised) {  // 1
  for (const char* path : {"/things", "/things/", "//things", "/th%69ngs", "/things?x=1"}) EXPECT_EQ(get(kFlow + path).status, 200) << path;
  EXPECT_EQ(get("/data/foundation/flow%73ervice/things").status, 200);
  EXPECT_EQ(get(kFlow + "/things/a%2Fb").status, 200);  // stays one segment
  EXPECT_EQ(get(kFlow + "/things/a/b").status, 404);
  EXPECT_EQ(get("/data/foundation/flowservicethings").status, 404);
}

TEST_F(GatewayTest, UnknownPathsAndVerbs) {  // 1, 6
  const Answer unknown = get(kFlow + "/nowhere");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.body, (Json{{"error_code", "404"}, {"message", "Resource not found"}}));
  const Answer wrong = send(Verb::del, kFlow + "/things");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "GET, POST");
  EXPECT_THAT(text_of(wrong.body, "type"), HasSubstr("FLOW-1405-405"));
  for (const char* path : {"/data/foundation/exim/packages", "/data/infrastructure/observability/insights/metrics"}) {
    const Answer missing = get(path);
    EXPECT_EQ(missing.status, 501) << path;
    EXPECT_EQ(missing.body, (Json{{"error_code", "501"}, {"message", "Not available in this version"}})) << path;
  }
}

TEST_F(GatewayTest, AnswersCarryTheRequestId) {  // 2.1
  EXPECT_EQ(get(kFlow + "/things", {{"x-request-id", "mine-1"}}).header("x-request-id"), "mine-1");
  for (const std::string& bad : {std::string(129, 'a'), std::string("a\tb")}) EXPECT_EQ(get(kFlow + "/things", {{"x-request-id", bad}}).header("x-request-id").size(), 36U);
  EXPECT_EQ(get("/nowhere").header("x-request-id").size(), 36U);
}

TEST_F(GatewayTest, TemporaryTroubleSaysWhenToComeBack) {  // 2.5
  const Answer answer = get(kCatalog + "/broken");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("Retry-After"), "2");
  const Response own = error_response(Service::gateway, {.kind = ErrorKind::unavailable, .message = "disk I/O error in clients"}, {});
  EXPECT_EQ(own.status, 503);
  EXPECT_EQ(*parse_json(own.body), (Json{{"error_code", "503000"}, {"message", "Service unavailable"}})) << "2.2";
}

TEST_F(GatewayTest, DefectsOfTheBodyAreTheServicesErrors) {  // 413
  http::Request request{.verb = Verb::post, .url = kCatalog + "/things", .headers = {{"Authorization", "Bearer " + token_of(client.client)}, {"x-api-key", client.client.client_id}, {"x-gw-ims-org-id", organisation->id()}},
                        .defect = Error{.kind = ErrorKind::invalid, .message = "the body is too large", .code = "413"}};
  struct Case { std::string path; std::string_view words; };
  const Case kCases[] = {{kCatalog, "PayloadTooLargeError"}, {kFlow, "FLOW-1405-413"}, {"/data/foundation/schemaregistry", "XDM-1401-413"}, {"/data/foundation/export", "ACCESS-1000-413"}};
  for (const Case& c : kCases) {
    request.url = c.path + "/things";
    const Response response = gateway->handle(request);
    EXPECT_EQ(response.status, 413) << c.path;
    EXPECT_THAT(response.body, HasSubstr(std::string(c.words)));
    EXPECT_THAT(response.body, testing::Not(HasSubstr("\"413\""))) << c.path;
  }
}

}  // namespace
}  // namespace foz::api
