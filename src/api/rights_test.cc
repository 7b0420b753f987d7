// Who may call what: every route, every role, with and without a grant in the sandbox. Made from the route table.
// Follows: Sandbox and authentication contract, 2.4 and 4.
#include <gmock/gmock.h>

#include <deque>

#include "api/testing.h"
#include "base/text.h"

namespace foz::api {
namespace {

using security::Permission;

Result<Response> let_in(Services&, const Request&) { return no_content(); }

/// All tables, with handlers that only say that the caller came through.
std::vector<RouteTable> tables_of_doors() {
  static std::deque<std::vector<Route>> kept;
  std::vector<RouteTable> tables = all_routes();
  for (RouteTable& table : tables) {
    std::vector<Route>& doors = kept.emplace_back(table.routes.begin(), table.routes.end());
    for (Route& door : doors) door.handler = let_in;
    table.routes = doors;
  }
  return tables;
}

struct RightRow {
  Right right;
  std::vector<std::string_view> roles;  ///< that have it
};
const std::vector<RightRow> kRights = {
    {Right::any, {"admin", "editor", "operator", "viewer", "service"}},
    {Right::specs, {"admin", "editor", "operator", "viewer", "service"}},
    {Right::view_schemas, {"admin", "editor", "operator", "viewer", "service"}},
    {Right::manage_schemas, {"admin", "editor", "service"}},
    {Right::view_datasets, {"admin", "editor", "operator", "viewer", "service"}},
    {Right::manage_datasets, {"admin", "editor", "service"}},
    {Right::view_sources, {"admin", "editor", "operator", "viewer", "service"}},
    {Right::manage_sources, {"admin", "editor", "operator", "service"}},
    {Right::view_sandboxes, {"admin", "editor", "operator", "viewer", "service"}},
    {Right::manage_sandboxes, {"admin"}},
    {Right::reset_sandboxes, {"admin"}},
    {Right::manage_access, {"admin"}},
};

bool has_right(std::string_view role, Right right) {
  for (const RightRow& row : kRights) {
    if (row.right == right) return std::find(row.roles.begin(), row.roles.end(), role) != row.roles.end();
  }
  return false;
}

/// A path that the pattern fits.
std::string path_of(const RouteTable& table, const Route& route) {
  std::string path(table.prefix);
  for (const std::string_view segment : split(route.pattern, '/')) {
    if (!segment.empty()) path += segment.starts_with('{') ? "/x" : "/" + std::string(segment);
  }
  return path;
}

class Rights : public ApiFixture {
 protected:
  Rights() : ApiFixture(tables_of_doors()) { checks_description = false; }
};

TEST_F(Rights, OfEveryRoute) {
  ASSERT_TRUE(sandboxes->create({.name = "dev", .title = "Dev", .type = "development"}));
  size_t checked = 0;
  for (const security::Role& role : security::roles()) {
    become(add_client(std::string(role.name), {"dev"}));
    for (const RouteTable& table : gateway->tables()) {
      for (const Route& route : table.routes) {
        const std::string path = path_of(table, route);
        const bool open = route.right == Right::open;
        // Tables without sandbox look at grants in the default one.
        const int inside = open || (table.sandboxed ? has_right(role.name, route.right) : route.right == Right::any) ? 204 : 403;
        const int elsewhere = open ? 204 : table.sandboxed ? 404 : inside;
        EXPECT_EQ(send(route.verb, path, {.headers = {{"x-sandbox-name", "dev"}}}).status, inside) << role.name << " " << http::name_of(route.verb) << " " << path;
        EXPECT_EQ(send(route.verb, path).status, elsewhere) << role.name << " " << http::name_of(route.verb) << " " << path << " in prod";
        ++checked;
      }
    }
  }
  RecordProperty("checked", static_cast<int>(checked));
  EXPECT_GT(checked, 500U);
}

TEST_F(Rights, NothingButTokensIsOpen) {
  for (const RouteTable& table : gateway->tables()) {
    for (const Route& route : table.routes) {
      const int status = send(route.verb, path_of(table, route), {.headers = {{"Authorization", ""}}}).status;
      const int wanted = route.right == Right::open || route.right == Right::specs ? 204 : 403;
      EXPECT_EQ(status, wanted) << http::name_of(route.verb) << " " << path_of(table, route);
      if (route.right == Right::open) { EXPECT_FALSE(table.prefix.starts_with("/data/")) << table.prefix << route.pattern; }
    }
  }
}

TEST_F(Rights, WritesTakeARightToWrite) {
  for (const RouteTable& table : gateway->tables()) {
    for (const Route& route : table.routes) {
      const bool writes = route.verb == http::Verb::put || route.verb == http::Verb::patch || route.verb == http::Verb::del;
      const bool reads_only = route.right == Right::view_schemas || route.right == Right::view_datasets || route.right == Right::view_sources || route.right == Right::view_sandboxes;
      EXPECT_FALSE(writes && reads_only) << http::name_of(route.verb) << " " << table.prefix << route.pattern;
    }
  }
}

TEST_F(Rights, EveryRouteSaysWhatItDoes) {
  for (const RouteTable& table : gateway->tables()) {
    for (const Route& route : table.routes) EXPECT_FALSE(route.summary.empty()) << table.prefix << route.pattern;
  }
}

}  // namespace
}  // namespace foz::api
