#pragma once
// A registry over a database of its own, for tests.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/id.h"
#include "base/testing.h"
#include "base/time_text.h"
#include "registry/registry.h"

namespace foz::registry {

/// Verbs over a registry. `use` says which schemas data sets stand on.
class RegistryFixture : public ::testing::Test {
 protected:
  RegistryFixture() {
    auto opened = store::open_sqlite({.file = folder / "foz.db"});
    FOZ_CHECK(opened.has_value(), opened ? "" : opened.error().message);
    database = std::move(*opened);
    open({});
  }
  ~RegistryFixture() override {
    registry.reset();
    database.reset();
  }

  /// A new registry over the same database.
  void open(RegistrySettings settings) {
    settings.org_id = "ABCDEF@AdobeOrg";
    registry = std::make_unique<Registry>(*database, clock, random, settings,
                                          [this](store::Reader&, std::string_view, std::string_view id) -> Result<SchemaUse> {
                                            const auto found = use.find(id);
                                            return found == use.end() ? SchemaUse{} : found->second;
                                          });
  }

  /// The stored body of a new resource; an object with only `error` when it was refused. Time passes with every write.
  Json create(ResourceKind kind, const Json& body) { return outcome(registry->create(scope, kind, body)); }
  Json replace(ResourceKind kind, const std::string& id, const Json& body) { return outcome(registry->replace(scope, kind, id, body)); }
  Json patch(ResourceKind kind, const std::string& id, const Json& body) { return outcome(registry->patch(scope, kind, id, body)); }
  /// "" when it is gone, else the code of the refusal.
  std::string remove(ResourceKind kind, const std::string& id) {
    clock.advance(std::chrono::seconds(1));
    const auto removed = registry->remove(scope, kind, id);
    return removed ? "" : removed.error().code;
  }
  Json get(ResourceKind kind, const std::string& id, const std::string& accept = "application/vnd.adobe.xed+json;version=1") {
    const auto shown = registry->get(scope, {.kind = kind}, id, *parse_accept(accept));
    return shown ? shown->body : refused(shown.error());
  }
  Json full(ResourceKind kind, const std::string& id) { return get(kind, id, "application/vnd.adobe.xed-full+json;version=1"); }

  static Json refused(const Error& error) { return {{"error", error.code}, {"message", error.message}}; }
  static std::string code_of(const Json& body) { return text_of(body, "error"); }
  static std::string id_of(const Json& body) { return text_of(body, "$id"); }

  /// A field group with one custom field.
  Json field_group(const std::string& title, const std::string& field, const Json& type = {{"type", "string"}}) {
    return {{"title", title}, {"type", "object"}, {"meta:intendedToExtend", {kProfileClass}},
            {"definitions", {{"customFields", {{"type", "object"}, {"properties", {{"_foz", {{"type", "object"}, {"properties", {{field, type}}}}}}}}}}},
            {"allOf", {{{"$ref", "#/definitions/customFields"}}}}};
  }
  static Json schema_of(const std::string& title, const std::vector<std::string>& refs) {
    Json body = {{"title", title}, {"type", "object"}, {"allOf", Json::array()}};
    for (const std::string& ref : refs) body["allOf"].push_back({{"$ref", ref}});
    return body;
  }

  TemporaryFolder folder;
  ManualClock clock{*parse_iso_instant("2020-04-15T23:22:21Z")};
  SeededRandom random{20200415};
  std::unique_ptr<store::Database> database;
  std::unique_ptr<Registry> registry;
  std::map<std::string, SchemaUse, std::less<>> use;  ///< by schema id
  Scope scope{.sandbox = "sandbox-1", .client = "client-1", .user = "user-1@techacct.adobe.com", .request_id = "request-1"};

 private:
  Json outcome(const Result<Shown>& shown) {
    clock.advance(std::chrono::seconds(1));
    return shown ? shown->body : refused(shown.error());
  }
};

inline const std::string kProfile(kProfileClass);
inline const std::string kEvent(kExperienceEventClass);
inline const std::string kPersonDetails = "https://ns.adobe.com/xdm/context/profile-person-details";
inline const std::string kPersonalDetails = "https://ns.adobe.com/xdm/context/profile-personal-details";
inline const std::string kIdentityMap(kIdentityMapGroup);

/// The root of the public component library, from FOZ_SHARED (default: the folder beside the project's); empty when it is not there.
inline std::filesystem::path public_library() {
  const char* shared = std::getenv("FOZ_SHARED");
  const auto folder = (shared == nullptr ? std::filesystem::path(FOZ_SOURCE_DIR) / "../shared" : std::filesystem::path(shared)) / "xdm";
  return std::filesystem::exists(folder / "components") ? folder : std::filesystem::path();
}

}  // namespace foz::registry
