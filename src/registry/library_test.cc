// Follows: XDM core, 1 and 3-6.
#include "registry/library.h"

#include <gtest/gtest.h>

#include <map>

#include "registry/columns.h"
#include "registry/compose.h"
#include "registry/validate.h"

namespace foz::registry {
namespace {

const Library& library() {
  static const Library kLibrary;
  return kLibrary;
}

std::shared_ptr<const Json> part_of(const std::string& id) { return library().part_of(id); }

Json effective(const Json& doc) {
  const auto made = compose(doc, part_of);
  EXPECT_TRUE(made) << (made ? "" : made.error().message);
  EXPECT_TRUE(made->conflicts.empty());
  EXPECT_TRUE(made->missing.empty()) << made->missing.front();
  return made->doc;
}

/// Dotted paths of leaves with their type, as XDM core prints them.
void collect(const Json& node, const std::string& path, std::map<std::string, Json>& leaves) {
  const Json* fields = member(node, "properties");
  if (fields == nullptr) {
    leaves[path] = node;
    return;
  }
  for (const auto& [name, field] : fields->items()) collect(field, path.empty() ? name : path + "." + name, leaves);
}

std::map<std::string, Json> leaves_of(const std::string& id) {
  std::map<std::string, Json> leaves;
  collect(effective(*part_of(id)), "", leaves);
  return leaves;
}

TEST(Library, HasTierA) {
  EXPECT_EQ(library().all(ResourceKind::behavior).size(), 4u);
  EXPECT_EQ(library().all(ResourceKind::class_).size(), 2u);
  EXPECT_EQ(library().all(ResourceKind::field_group).size(), 5u);
  EXPECT_EQ(library().all(ResourceKind::data_type).size(), 12u);
  EXPECT_EQ(library().version(), "1.9.5");
}

TEST(Library, FindsByIdAndAltId) {
  for (const std::string id : {"https://ns.adobe.com/xdm/context/profile", "_xdm.context.profile", "xdm.context.profile"}) {
    ASSERT_NE(library().find(id), nullptr) << id;
    EXPECT_EQ(library().find(id)->id, "https://ns.adobe.com/xdm/context/profile");
  }
  EXPECT_EQ(library().find("http://schema.org/GeoCoordinates")->alt_id, "_schema.org.GeoCoordinates");
  EXPECT_EQ(library().find("https://ns.adobe.com/xdm/context/nobody"), nullptr);
}

TEST(Library, EnvelopeOfGlobalResources) {
  const Json& doc = *library().document(*library().find("_xdm.context.identitymap"));
  EXPECT_EQ(text_of(doc, "meta:altId"), "_xdm.context.identitymap");
  EXPECT_EQ(text_of(doc, "meta:resourceType"), "mixins");
  EXPECT_EQ(text_of(doc, "version"), "1.9.5");
  EXPECT_EQ(text_of(doc, "$schema"), "http://json-schema.org/draft-06/schema#");
  EXPECT_EQ(text_of(doc, "meta:status"), "stable");
  EXPECT_FALSE(doc.contains("meta:containerId"));
  EXPECT_FALSE(doc.contains("imsOrg"));
  const Json& metadata = doc["meta:registryMetadata"];
  EXPECT_EQ(metadata.size(), 4u);
  EXPECT_EQ(text_of(metadata, "eTag").size(), 64u);
  EXPECT_EQ(text_of(metadata, "meta:globalLibVersion"), "1.9.5");
}

TEST(Library, EveryBuiltInResourceResolves) {
  for (const ResourceKind kind : {ResourceKind::behavior, ResourceKind::class_, ResourceKind::field_group, ResourceKind::data_type}) {
    for (const Library::Entry* entry : library().all(kind)) {
      const Json doc = effective(*library().part(*entry));
      EXPECT_FALSE(doc.contains("allOf")) << entry->id;
      EXPECT_FALSE(doc.contains("definitions")) << entry->id;
      EXPECT_TRUE(same_json(to_compat_names(*library().document(*entry)), *library().part(*entry))) << entry->id;
    }
  }
}

struct SizeCase {
  std::string id;
  size_t leaves;
};

TEST(Library, ResolvedSizes) {
  const SizeCase kCases[] = {
      {"https://ns.adobe.com/xdm/context/profile", 11},
      {"https://ns.adobe.com/xdm/context/profile-person-details", 14},
      {"https://ns.adobe.com/xdm/context/profile-personal-details", 173},
      {"https://ns.adobe.com/xdm/common/address", 33},
      {"https://ns.adobe.com/xdm/common/auditable", 9},
      {"https://ns.adobe.com/xdm/context/optinout", 30},
      {"https://ns.adobe.com/xdm/context/emailaddress", 6},
      {"https://ns.adobe.com/xdm/context/phonenumber", 7},
      {"http://schema.org/GeoCoordinates", 5},
      {"https://ns.adobe.com/xdm/common/geo", 6},
      {"https://ns.adobe.com/xdm/data/record", 1},
      {"https://ns.adobe.com/xdm/data/time-series", 3},
      {"https://ns.adobe.com/xdm/data/adhoc", 0},
      {"https://ns.adobe.com/xdm/data/adhoc-v2", 0},
      {"https://ns.adobe.com/xdm/common/extensible", 0},
  };
  for (const SizeCase& c : kCases) {
    EXPECT_EQ(compose(*part_of(c.id), part_of)->leaves, c.leaves) << c.id;
  }
}

TEST(Library, TheTutorialSchemaHas198LeavesOfTheDocumentedTypes) {
  const Json schema = {{"$id", "https://ns.adobe.com/foz/schemas/1"}, {"type", "object"},
                       {"allOf", {{{"$ref", kProfileClass}},
                                  {{"$ref", "https://ns.adobe.com/xdm/context/profile-person-details"}},
                                  {{"$ref", "https://ns.adobe.com/xdm/context/profile-personal-details"}}}}};
  std::map<std::string, Json> leaves;
  collect(effective(schema), "", leaves);
  EXPECT_EQ(leaves.size(), 198u);
  std::map<std::string, int> types;
  for (const auto& [path, leaf] : leaves) {
    const std::string type = text_of(leaf, "meta:xdmType"), format = text_of(leaf, "format");
    ++types[type == "string" && !format.empty() ? format : type];
  }
  EXPECT_EQ(types, (std::map<std::string, int>{{"string", 126}, {"uri-reference", 15}, {"email", 1}, {"date-time", 20}, {"date", 5},
                                               {"number", 12}, {"int", 8}, {"short", 1}, {"boolean", 10}}));
  for (const std::string path : {"person.name.firstName", "person.name.lastName", "personalEmail.address", "repositoryCreatedBy", "_id"}) {
    EXPECT_TRUE(leaves.contains(path)) << path;  // what the tutorials map to (Schema Registry contract, 18 #13)
  }
}

TEST(Library, ProfileClassFieldByField) {
  const std::map<std::string, std::string> kFields = {
      {"_id", "uri-reference"}, {"personID", ""}, {"repositoryCreatedBy", ""}, {"repositoryLastModifiedBy", ""},
      {"createdByBatchID", "uri-reference"}, {"modifiedByBatchID", "uri-reference"}, {"_repo.createDate", "date-time"},
      {"_repo.modifyDate", "date-time"}, {"_repo.discardDate", "date-time"}, {"_repo.expires", "date-time"}, {"_repo.lastPublishedTime", ""}};
  const auto leaves = leaves_of("https://ns.adobe.com/xdm/context/profile");
  ASSERT_EQ(leaves.size(), kFields.size());
  for (const auto& [path, format] : kFields) {
    ASSERT_TRUE(leaves.contains(path)) << path;
    EXPECT_EQ(text_of(leaves.at(path), "format"), format) << path;
  }
}

TEST(Library, ExperienceEvent) {
  const Json doc = effective(*part_of(std::string(kExperienceEventClass)));
  EXPECT_EQ(texts_of(doc, "required"), (std::vector<std::string>{"_id", "timestamp"}));
  const Json& fields = doc["properties"];
  EXPECT_EQ(fields["eventType"]["meta:enum"].size(), 88u);
  EXPECT_FALSE(fields["eventType"].contains("enum"));
  EXPECT_EQ(text_of(fields["producedBy"], "default"), "self");
  EXPECT_EQ(text_of(fields["identityMap"], "meta:xdmType"), "map");
  EXPECT_EQ(text_of(fields["identityMap"]["additionalProperties"]["items"], "meta:referencedFrom"), "https://ns.adobe.com/xdm/context/identityitem");
  EXPECT_EQ(fields.size(), 6u);
}

TEST(Library, LanguageTags) {
  const Json doc = effective(*part_of("https://ns.adobe.com/xdm/context/profile-preferences-details"));
  const auto rules = rules_of(doc["properties"]["preferredLanguage"], engine::Kind::string);
  ASSERT_TRUE(rules) << rules.error().message;
  for (const std::string_view good : {"en", "pt-BR", "zh-Hant-TW", "de-CH-1996", "sl-rozaj-biske", "en-GB-oed", "x-own", "i-klingon", "zh-min-nan",
                                      "de-a-value", "en-x-private", "zh-cmn-Hans-CN", "es-419"}) {
    EXPECT_FALSE(violation_of(**rules, good)) << good;
  }
  for (const std::string_view bad : {"", "e", "en_US", "english-", "en-", "a-DE", "de-x", "123", "en-US extra", "abcdefghi"}) {
    EXPECT_TRUE(violation_of(**rules, bad)) << bad;
  }
  EXPECT_EQ(text_of(doc["properties"]["optInOut"], "meta:status"), "deprecated");
  EXPECT_NE(field_at(doc, "optInOut/_xdm/channels/direct-mail"), nullptr);
  EXPECT_NE(field_at(doc, "optInOut/optOutDetails/fax/optOutDate"), nullptr);
}

TEST(Library, UnderscoreNames) {
  const auto& names = library().underscore_names();
  EXPECT_TRUE(names.contains("_id"));
  EXPECT_TRUE(names.contains("_repo"));
  EXPECT_TRUE(names.contains("_xdm"));
  EXPECT_FALSE(names.contains("_foz"));
}

TEST(Library, ImportedTakesThePlaceOfBuiltIn) {
  const Library imported({{.id = "https://ns.adobe.com/xdm/data/record", .kind = ResourceKind::behavior, .version = "2.0.0",
                           .text = R"({"$id": "https://ns.adobe.com/xdm/data/record", "title": "Newer", "type": "object"})"}});
  EXPECT_EQ(imported.size(), library().size());
  EXPECT_EQ(text_of(*imported.document(*imported.find("_xdm.data.record")), "title"), "Newer");
  EXPECT_EQ(imported.version(), "2.0.0");
}

}  // namespace
}  // namespace foz::registry
