#include <gtest/gtest.h>

#include "sources/source.h"

namespace foz::sources {
namespace {

// Flow Service contract, 5.4: spec names compare without case, blanks, `-` and `_`, by name and by type.
TEST(AuthSpecNamed, ComparesLeniently) {
  const SourceSpec source{.auth = {{.name = "Basic Authentication for Dynamics-Online", .type = "Basic"},
                                   {.name = "OAuth2 Refresh Code", .type = "OAuth2RefreshCode"}}};
  const std::pair<std::string, const AuthSpec*> cases[] = {
      {"Basic Authentication for Dynamics-Online", &source.auth[0]},
      {"basic authentication for dynamics online", &source.auth[0]},
      {"BASIC", &source.auth[0]},
      {"oAuth2RefreshCode", &source.auth[1]},
      {"OAuth2_Refresh-Code", &source.auth[1]},
      {"Basic Authentication", nullptr},
      {"", nullptr},
  };
  for (const auto& [given, wanted] : cases) EXPECT_EQ(auth_spec_named(source, given), wanted) << given;
}

TEST(Login, GivesEmptyForWhatIsAbsent) {
  const Login login{.auth_spec = "x", .parameters = {{"a", Secret("1")}}};
  EXPECT_EQ(login.text("a"), "1");
  EXPECT_EQ(login.text("b"), "");
  EXPECT_TRUE(login.secret("b").empty());
}

}  // namespace
}  // namespace foz::sources
