#include "sources/hubspot/hubspot.h"

#include "base/json.h"
#include "sources/hubspot/collections.h"
#include "sources/hubspot/links.h"
#include "sources/hubspot/metadata.h"
#include "sources/hubspot/portal.h"
#include "sources/hubspot/records.h"
#include "sources/hubspot/tables.h"

namespace foz::sources::hubspot {
namespace {

bool holds_records(Kind kind) { return kind == Kind::object || kind == Kind::contacts_v1 || kind == Kind::deals_v1; }

class HubSpotSource final : public Source {
 public:
  HubSpotSource(Settings settings, const World& world) : portal_(std::move(settings), world) {}

  Status check(std::stop_token stop) override {
    if (auto account = portal_.account(stop); !account) return std::move(account).error();
    return {};
  }

  Result<std::vector<Table>> explore(std::stop_token stop) override {
    std::vector<Table> tables;
    for (const HubTable& table : standard_tables()) tables.push_back(table.table);
    TRY(const auto own, custom_objects(stop));
    for (const HubTable& table : own) tables.push_back(table.table);
    return tables;
  }

  Result<Description> describe(const std::string& path, std::stop_token stop) override {
    TRY(const auto found, table_of(path, stop));
    const HubTable& table = *found;
    if (!holds_records(table.kind)) return describe_fixed(table);
    TRY(const Json properties, portal_.ask_json(http::get(portal_.url("/crm/v3/properties/" + http::percent_encode(table.type) + "?archived=false&dataSensitivity=non_sensitive")),
                                                Purpose::look, "describing " + path, stop));
    TRY_DO(list_in(properties, "results", "describing " + path));
    std::string portal_id;
    if (table.kind != Kind::object) {
      TRY(portal_id, portal_.portal_id(stop));
    }
    return describe_records(table, properties, portal_id);
  }

  Result<std::vector<Slice>> plan(const ReadPlan& plan, std::stop_token stop) override {
    TRY(const auto found, table_of(plan.table.table.path, stop));
    const HubTable& table = *found;
    // When its day ends is good to know before its allowance is gone; a right that lacks is no reason not to read.
    if (plan.rows_wanted == 0) (void)portal_.portal_id(stop).has_value();
    if (holds_records(table.kind)) return plan_records(portal_, table, plan, stop);
    return std::vector<Slice>{{.id = "all", .query = "{}"}};
  }

  Result<Page> read(const ReadPlan& plan, const Slice& slice, const Cursor& from, std::stop_token stop) override {
    TRY(const auto found, table_of(plan.table.table.path, stop));
    const HubTable& table = *found;
    const Purpose purpose = plan.rows_wanted > 0 ? Purpose::look : Purpose::collect;
    switch (table.kind) {
      case Kind::associations: return read_link_table(portal_, table, purpose, from, stop);
      case Kind::properties: return read_properties(portal_, table.type, purpose, stop);
      case Kind::collection: return read_collection(portal_, *collection_titled(table.type), purpose, from, stop);
      default: return read_records(portal_, table, plan, slice, from, stop);
    }
  }

  Result<Removals> deletes(const ReadPlan& plan, const std::string& bookmark, const Cursor& from, std::stop_token stop) override {
    TRY(const auto found, table_of(plan.table.table.path, stop));
    const HubTable& table = *found;
    if (!holds_records(table.kind)) return Source::deletes(plan, bookmark, from, stop);
    return read_removals(portal_, table, plan, bookmark, from, stop);
  }

  Result<std::vector<Limit>> limits(std::stop_token stop) override {
    if (auto account = portal_.account(stop); !account) return std::move(account).error();  // its headers tell
    return portal_.calls().governor().allowances();
  }

  std::optional<Instant> vendor_now() const override { return portal_.calls().vendor_clock().now(); }

 private:
  /// Custom objects; none for an account that has no such feature, or an app without that right.
  Result<std::vector<HubTable>> custom_objects(std::stop_token stop) {
    auto answer = portal_.ask_json(http::get(portal_.url("/crm-object-schemas/v3/schemas")), Purpose::look, "listing custom objects", stop);
    if (!answer && (answer.error().kind == ErrorKind::forbidden || answer.error().kind == ErrorKind::not_found)) return std::vector<HubTable>();
    if (!answer) return std::move(answer).error();
    TRY_DO(list_in(*answer, "results", "listing custom objects"));
    return custom_tables(*answer);
  }

  /// The table with exactly that path; those of custom objects are kept once they were seen.
  Result<std::shared_ptr<const HubTable>> table_of(const std::string& path, std::stop_token stop) {
    if (const HubTable* table = table_at(standard_tables(), path)) return std::shared_ptr<const HubTable>(std::shared_ptr<void>(), table);
    {
      std::lock_guard lock(mutex_);
      if (auto table = custom_table(path)) return table;
    }
    TRY(auto tables, custom_objects(stop));
    std::lock_guard lock(mutex_);
    custom_ = std::make_shared<const std::vector<HubTable>>(std::move(tables));
    if (auto table = custom_table(path)) return table;
    return Error{.kind = ErrorKind::not_found, .message = "HubSpot has no table \"" + path + "\" that this app may see", .code = "CONNECTOR-1330-400"};
  }

  /// Lives as long as somebody reads it, also when the list is read anew meanwhile.
  std::shared_ptr<const HubTable> custom_table(const std::string& path) const {
    const HubTable* table = custom_ ? table_at(*custom_, path) : nullptr;
    return table == nullptr ? nullptr : std::shared_ptr<const HubTable>(custom_, table);
  }

  Portal portal_;
  std::mutex mutex_;
  std::shared_ptr<const std::vector<HubTable>> custom_;
};

Result<std::unique_ptr<Source>> open(const Login& login, const World& world) {
  TRY(Settings settings, read_settings(login));
  return std::unique_ptr<Source>(std::make_unique<HubSpotSource>(std::move(settings), world));
}

constexpr Parameter kBaseUrl{.name = "baseUrl", .about = "Where the API is, when that is not https://api.hubapi.com."};

}  // namespace

const SourceSpec kHubSpot{
    .name = "hubspot",
    .id = "cc6a4487-9e91-433e-a3a3-9cf6626c1806",
    .title = "HubSpot",
    .category = "marketing automation",
    .about = "Contacts, companies, deals, tickets, activities, custom objects and the links between them.",
    .auth = {{.name = "Basic Authentication",
              .type = "Basic_Authentication",
              .parameters = {{.name = "clientId", .about = "Client id of the public app.", .required = true},
                             {.name = "clientSecret", .about = "Client secret of the public app.", .required = true, .secret = true},
                             {.name = "accessToken", .about = "Access token; an expired one is renewed.", .required = true, .secret = true},
                             {.name = "refreshToken", .about = "Refresh token of the app's installation.", .required = true, .secret = true},
                             kBaseUrl}},
             {.name = "Private App Token",
              .type = "Private_App_Token",
              .parameters = {{.name = "accessToken", .about = "Access token of a private app with read scopes.", .required = true, .secret = true}, kBaseUrl}}},
    .filters_at_source = false,
    .settle = std::chrono::seconds(120),
    .overlap = std::chrono::seconds(900),
    .open = open,
};

}  // namespace foz::sources::hubspot
