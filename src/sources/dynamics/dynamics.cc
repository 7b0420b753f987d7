#include "sources/dynamics/dynamics.h"

#include "base/json.h"
#include "sources/dynamics/answers.h"
#include "sources/dynamics/changes.h"
#include "sources/dynamics/read.h"

namespace foz::sources::dynamics {
namespace {

class DynamicsSource final : public Source {
 public:
  DynamicsSource(Settings settings, const World& world) : environment_(std::move(settings), world) {}

  Status check(std::stop_token stop) override {
    TRY([[maybe_unused]] const Json who, environment_.get_json("WhoAmI", "checking the login", stop));
    return {};
  }

  Result<std::vector<Table>> explore(std::stop_token stop) override {
    TRY(const auto entities, environment_.entities(stop));
    std::vector<Table> tables;
    for (const Entity& entity : entities) {
      if (entity.offered) tables.push_back(entity.description.table);
    }
    return tables;
  }

  Result<Description> describe(const std::string& path, std::stop_token stop) override {
    TRY(const auto entity, environment_.describe(path, stop));
    return entity->description;
  }

  Result<std::vector<Slice>> plan(const ReadPlan& plan, std::stop_token stop) override { return plan_slices(environment_, plan, stop); }

  Result<Page> read(const ReadPlan& plan, const Slice& slice, const Cursor& from, std::stop_token stop) override {
    TRY(const Part part, part_of(slice));
    return read_page(environment_, plan, part, from, stop);
  }

  Result<Removals> deletes(const ReadPlan& plan, const std::string& bookmark, const Cursor& from, std::stop_token stop) override {
    return read_removed(environment_, plan, bookmark, from, stop);
  }

  Result<std::vector<Limit>> limits(std::stop_token stop) override {
    TRY(const auto response, environment_.ask(http::get(environment_.url("WhoAmI")), Purpose::look, "asking for the limits", stop));
    return limits_of(response);
  }

  std::optional<Instant> vendor_now() const override { return environment_.calls().vendor_clock().now(); }

 private:
  Environment environment_;
};

Result<std::unique_ptr<Source>> open(const Login& login, const World& world) {
  TRY(Settings settings, read_settings(login));
  return std::unique_ptr<Source>(std::make_unique<DynamicsSource>(std::move(settings), world));
}

constexpr Parameter kServiceUri{.name = "serviceUri", .about = "The environment's address: https://acme.crm4.dynamics.com.", .required = true};
constexpr Parameter kTenant{.name = "tenantId", .about = "The tenant to log in at, when that is not the environment's own."};
constexpr Parameter kAuthority{.name = "authorityUrl", .about = "Where to log in; the environment tells it when it is left out: https://login.microsoftonline.com/{tenant}."};

}  // namespace

const SourceSpec kDynamics{
    .name = "dynamics-online",
    .id = "38ad80fe-8b06-4938-94f4-d4ee80266b07",
    .title = "Microsoft Dynamics",
    .category = "CRM",
    .about = "Standard and custom tables of a Dynamics 365 or Dataverse environment: accounts, contacts, leads, opportunities and all others that the user may read.",
    .auth = {{.name = "Service Principal Key Based Authentication",
              .type = "Service_Principal_Key_Based_Authentication",
              .parameters = {kServiceUri,
                             {.name = "servicePrincipalId", .about = "Application id of the app registration.", .required = true},
                             {.name = "servicePrincipalKey", .about = "Client secret of the app registration: its value, not its id.", .required = true, .secret = true},
                             kTenant,
                             kAuthority}},
             {.name = "Basic Authentication for Dynamics-Online",
              .type = "Basic_Authentication_for_Dynamics_Online",
              .parameters = {kServiceUri,
                             {.name = "username", .about = "The integration user. Logins with a second factor are refused: use a service principal then.", .required = true},
                             {.name = "password", .about = "Its password.", .required = true, .secret = true},
                             kTenant,
                             kAuthority},
              .settings = R"({"authenticationType":"Office365","deploymentType":"Online"})"}},
    .filters_at_source = false,
    .settle = std::chrono::seconds(60),
    .overlap = std::chrono::seconds(300),
    .open = open,
};

}  // namespace foz::sources::dynamics
