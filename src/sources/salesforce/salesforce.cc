#include "sources/salesforce/salesforce.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "sources/salesforce/bulk.h"
#include "sources/salesforce/deleted_feed.h"
#include "sources/salesforce/plan.h"
#include "sources/salesforce/rest.h"

namespace foz::sources::salesforce {
namespace {

/// Rows of a window that are read through REST; more are a bulk job's.
constexpr int64_t kRestRowsMax = 20'000;
/// Hidden fields that a message names.
constexpr size_t kHiddenShown = 20;

class SalesforceSource final : public Source {
 public:
  SalesforceSource(Settings settings, const World& world) : org_(std::move(settings), world) {}

  Status check(std::stop_token stop) override {
    // The list of resources: every user may read it, and a version that the org does not speak shows.
    TRY(std::string address, org_.url("", stop));
    TRY(const auto response, org_.calls().send(http::get(std::move(address)), Purpose::look, stop));
    if (response.status == 404) {
      return Error{.kind = ErrorKind::invalid, .message = "the Salesforce org does not know API version " + org_.settings().version, .code = "CONNECTOR-1312-400", .where = "/auth/params/apiVersion"};
    }
    if (!response.ok()) return org_.calls().error_of(response, "checking the login");
    return {};
  }

  Result<std::vector<Table>> explore(std::stop_token stop) override {
    TRY(const Json answer, org_.get_json("/sobjects", Purpose::look, "listing objects", stop));
    TRY_DO(list_in(answer, "sobjects", "listing objects"));
    return tables_of(answer);
  }

  Result<Description> describe(const std::string& path, std::stop_token stop) override {
    TRY(const auto object, org_.describe(path, stop));
    Description description = object->description;
    const std::vector<std::string> hidden = org_.hidden_fields(object, stop);
    if (!hidden.empty()) {
      const std::vector<std::string> shown(hidden.begin(), hidden.begin() + static_cast<std::ptrdiff_t>(std::min(hidden.size(), kHiddenShown)));
      description.if_missing = "field-level security hides " + std::to_string(hidden.size()) + " fields from the integration user: " + join(shown, ", ") + (hidden.size() > shown.size() ? " ..." : "");
    }
    return description;
  }

  Result<std::vector<Slice>> plan(const ReadPlan& plan, std::stop_token stop) override { return plan_slices(org_, plan, stop); }

  Result<Page> read(const ReadPlan& plan, const Slice& slice, const Cursor& from, std::stop_token stop) override {
    TRY(const PlannedPart planned, part_of(slice));
    if (planned.bulk || is_bulk_cursor(from)) return read_bulk(org_, plan, planned.part, from, stop);
    TRY(Page page, read_rest(org_, plan, planned.part, from, stop));
    // A window with many rows: nothing of it is spooled yet, so it can still go another way (2.7).
    if (from.text.empty() && plan.rows_wanted == 0 && plan.window && plan.window->from && page.total.value_or(0) > kRestRowsMax) {
      TRY(const auto object, org_.known(plan.table.table.path, stop));
      if (org_.takes_bulk(*object)) return turn_to_bulk();
    }
    return page;
  }

  Result<Removals> deletes(const ReadPlan& plan, const std::string& bookmark, const Cursor& from, std::stop_token stop) override {
    return read_deleted(org_, plan, bookmark, from, stop);
  }

  Result<std::vector<Limit>> limits(std::stop_token stop) override {
    TRY(const Json answer, org_.get_json("/limits", Purpose::look, "asking for the limits", stop));
    std::vector<Limit> limits;
    for (const auto& [name, limit] : answer.items()) {
      const auto max = integer_of(limit, "Max"), remaining = integer_of(limit, "Remaining");
      if (max && remaining) limits.push_back({.name = name, .max = *max, .remaining = *remaining});
    }
    return limits;
  }

  std::optional<Instant> vendor_now() const override { return org_.calls().vendor_clock().now(); }

 private:
  Org org_;
};

Result<std::unique_ptr<Source>> open(const Login& login, const World& world) {
  TRY(Settings settings, read_settings(login));
  return std::unique_ptr<Source>(std::make_unique<SalesforceSource>(std::move(settings), world));
}

constexpr Parameter kLoginUrl{.name = "loginUrl", .about = "Where to log in, when that is not the environment: https://test.salesforce.com."};
constexpr Parameter kVersion{.name = "apiVersion", .about = "API version, 48.0 or later; 60.0 when it is left out."};

}  // namespace

const SourceSpec kSalesforce{
    .name = "salesforce",
    .id = "cfc0fee1-7dc0-40ef-b73e-d8b134c436f5",
    .title = "Salesforce",
    .category = "CRM",
    .about = "Standard and custom objects of a Salesforce org: accounts, contacts, leads, opportunities and all others that the user may query.",
    .auth = {{.name = "OAuth2 Client Credential",
              .type = "OAuth2_Client_Credential",
              .parameters = {{.name = "environmentUrl", .about = "The org's own address: https://acme.my.salesforce.com.", .required = true},
                             {.name = "clientId", .about = "Consumer key of the connected app.", .required = true},
                             {.name = "clientSecret", .about = "Consumer secret of the connected app.", .required = true, .secret = true},
                             kVersion,
                             kLoginUrl}},
             {.name = "Basic Authentication",
              .type = "Basic_Authentication",
              .parameters = {{.name = "username", .about = "The integration user.", .required = true},
                             {.name = "password", .about = "Its password.", .required = true, .secret = true},
                             {.name = "securityToken", .about = "Its security token, as Salesforce mailed it.", .required = true, .secret = true},
                             {.name = "environmentUrl", .about = "The org's own address; https://login.salesforce.com when it is left out."},
                             {.name = "clientId", .about = "Consumer key of a connected app, for orgs that have switched SOAP logins off: the OAuth password flow is taken then."},
                             {.name = "clientSecret", .about = "Consumer secret of that app.", .secret = true},
                             kVersion,
                             kLoginUrl}},
             {.name = "OAuth2 JWT Token Credential",
              .type = "OAuth2_JWT_Token_Credential",
              .parameters = {{.name = "jwtToken", .about = "A signed assertion; with clientId, clientSecret and instanceUrl.", .secret = true},
                             {.name = "clientId", .about = "Consumer key of the connected app."},
                             {.name = "clientSecret", .about = "Consumer secret of the connected app.", .secret = true},
                             {.name = "instanceUrl", .about = "The org's own address."},
                             {.name = "consumerKey", .about = "Consumer key, when Foz signs the assertion itself; with username and privateKey."},
                             {.name = "username", .about = "The user the app acts for."},
                             {.name = "privateKey", .about = "RSA key in PEM; its certificate is uploaded to the connected app.", .secret = true},
                             {.name = "audience", .about = "The login host the assertion is for, when that is not loginUrl."},
                             {.name = "environmentUrl", .about = "The org's own address, for assertions that Foz signs."},
                             kVersion,
                             kLoginUrl}},
             {.name = "OAuth2 Refresh Code",
              .type = "OAuth2RefreshCode",
              .parameters = {{.name = "clientId", .about = "Consumer key of the connected app.", .required = true},
                             {.name = "clientSecret", .about = "Consumer secret of the connected app, unless the app does without one.", .secret = true},
                             {.name = "refreshToken", .about = "Refresh token of the user's consent; where the app rotates them, the newest is kept.", .secret = true},
                             {.name = "code", .about = "In place of refreshToken: the authorization code of a consent just given. It is exchanged once, and the refresh token it brings is kept.", .secret = true},
                             {.name = "redirectUri", .about = "The callback address that the code was sent to."},
                             {.name = "codeVerifier", .about = "PKCE verifier of the challenge that the code was asked with.", .secret = true},
                             {.name = "environmentUrl", .about = "The org's own address; https://login.salesforce.com when it is left out."},
                             kVersion,
                             kLoginUrl}}},
    .filters_at_source = false,
    .settle = std::chrono::seconds(300),
    .overlap = std::chrono::seconds(600),
    .open = open,
};

}  // namespace foz::sources::salesforce
