// The `property` language. Follows: Flow Service contract, 3.1.
#include "flow/property_filter.h"

#include <gtest/gtest.h>

#include "base/id.h"
#include "base/json.h"
#include "base/random.h"
#include "http/message.h"

namespace foz::flow {
namespace {

Json flow_document() {
  return parse_json(R"({
    "id": "51a0", "name": "CRMToAEP", "state": "enabled", "createdAt": 1726981000412, "etag": "\"e\"", "description": "Test description",
    "flowSpec": {"id": "1451", "version": "1.0"}, "quoted": "say \"hi\", you", "nothing": null, "digits": "1567411548",
    "sourceConnectionIds": ["e2b7", "ffff"],
    "inheritedAttributes": {"properties": {"isSourceFlow": true},
      "targetConnections": [{"id": "t1", "connectionSpec": {"id": "c604"}}, {"id": "t2", "connectionSpec": {"id": "26f5"}}]},
    "transformations": [{"name": "Copy", "params": {"mode": "append"}}, {"name": "Mapping", "params": {"mappingId": "4f1c", "mappingVersion": 0}}],
    "scheduleParams": {"startTime": 1727049600, "interval": "30"},
    "metrics": {"statusSummary": {"status": "partialSuccess"}, "durationSummary": {"startedAtUTC": 1727136301250}, "ratio": 0.5}
  })").value();
}

struct Case {
  std::string property;
  bool wanted;
};

class Matching : public ::testing::TestWithParam<Case> {};

TEST_P(Matching, KeepsOrDropsTheDocument) {
  const auto filter = parse_properties({GetParam().property});
  ASSERT_TRUE(filter) << GetParam().property << ": " << to_string(filter.error());
  const auto kept = matches(*filter, flow_document());
  ASSERT_TRUE(kept) << GetParam().property << ": " << to_string(kept.error());
  EXPECT_EQ(*kept, GetParam().wanted) << GetParam().property;
}

INSTANTIATE_TEST_SUITE_P(Operators, Matching, ::testing::Values(
    Case{"name==CRMToAEP", true}, Case{"name=CRMToAEP", true}, Case{"name==crmtoaep", false}, Case{"name!=CRMToAEP", false},
    Case{"name!=other", true}, Case{"createdAt>1726981000411", true}, Case{"createdAt>1726981000412", false},
    Case{"createdAt>=1726981000412", true}, Case{"createdAt<1726981000413", true}, Case{"createdAt<=1726981000411", false},
    Case{"createdAt==1726981000412", true}, Case{"metrics.ratio<0.6", true}, Case{"metrics.ratio==0.50", true}));

INSTANTIATE_TEST_SUITE_P(Quotes, Matching, ::testing::Values(
    Case{R"(name=="CRMToAEP")", true}, Case{"name=='CRMToAEP'", true}, Case{R"(name == "CRMToAEP" )", true},
    Case{R"(quoted=="say \"hi\", you")", true}, Case{"description==Test description", true},
    Case{R"(description=="O'Brien","Test description")", true}, Case{"description==O'Brien,Test description", true},
    Case{"name=='a,b','CRMToAEP'", true}, Case{R"(name=="CRMToAEP ")", false}));

INSTANTIATE_TEST_SUITE_P(Commas, Matching, ::testing::Values(
    Case{"id==a,51a0", true}, Case{"id==a,b", false}, Case{"id!=a,b", true}, Case{"id!=a,51a0", false},
    Case{"state==enabled,name==CRMToAEP", true}, Case{"state==enabled,name==x", false}, Case{"state==a,enabled,name==x,CRMToAEP", true},
    Case{"state==enabled,", true}, Case{"", true}, Case{"  ", true}));

INSTANTIATE_TEST_SUITE_P(Paths, Matching, ::testing::Values(
    Case{"flowSpec.id==1451", true}, Case{"sourceConnectionIds[]==ffff", true}, Case{"sourceConnectionIds==ffff", true},
    Case{"sourceConnectionIds[]!=ffff", false}, Case{"sourceConnectionIds[]!=gggg", true}, Case{"transformations[].params.mappingId==4f1c", true},
    Case{"transformations.params.mappingId==4f1c", true}, Case{"transformations[].params.mappingVersion==0", true},
    Case{"inheritedAttributes.targetConnections[].connectionSpec.id==26f5", true},
    Case{"inheritedAttributes.properties.isSourceFlow==true", true}, Case{"inheritedAttributes.properties.isSourceFlow==True", true},
    Case{"inheritedAttributes.properties.isSourceFlow==False", false}, Case{"inheritedAttributes.properties.isDestinationFlow==true", false},
    Case{"inheritedAttributes.properties.isSourceFlow>false", false}, Case{"flowSpec==1451", false}, Case{"flowSpec!=1451", true}));

INSTANTIATE_TEST_SUITE_P(MissingAndNull, Matching, ::testing::Values(
    Case{"nowhere==x", false}, Case{"nowhere!=x", true}, Case{"nowhere>1", false}, Case{"nothing==null", false},
    Case{"nothing!=null", true}, Case{"flowSpec.name.deeper==x", false}));

INSTANTIATE_TEST_SUITE_P(TextAndNumbers, Matching, ::testing::Values(
    Case{"metrics.statusSummary.status==PartialSuccess", true}, Case{"state==ENABLED", true}, Case{"digits>1567411547", true},
    Case{"digits<9", false}, Case{"digits==1567411548", true}, Case{"scheduleParams.interval>=4", true},
    Case{"scheduleParams.startTime<1800000000", true}, Case{"metrics.durationSummary.startedAtUTC>1726980000000", true}));

TEST(PropertyFilter, EightSpellingsAreOne) {
  for (const std::string_view raw :
       {"property=name==%22CRMToAEP%22", "property=name==\"CRMToAEP\"", "property=name==CRMToAEP", "property=name%3D%3DCRMToAEP",
        "property=name%3D%3D%22CRMToAEP%22", "property=name=CRMToAEP", "property=name==%27CRMToAEP%27", "property=name=='CRMToAEP'"}) {
    const auto filter = parse_properties(http::Query::parse(raw).get_all("property"));
    ASSERT_TRUE(filter) << raw;
    EXPECT_EQ(*filter, (Filter{.clauses = {{.path = {{"name"}}, .comparison = Comparison::equal, .values = {"CRMToAEP"}}}, .projection = {}})) << raw;
  }
  for (const std::string_view raw : {"property=createdAt%3E5", "property=createdAt>5"}) {
    EXPECT_EQ(parse_properties(http::Query::parse(raw).get_all("property")).value().clauses[0].comparison, Comparison::greater) << raw;
  }
  for (const std::string_view raw : {"property=description==Test%20description", "property=description==Test+description"}) {
    EXPECT_TRUE(matches(parse_properties(http::Query::parse(raw).get_all("property")).value(), flow_document()).value()) << raw;
  }
}

TEST(PropertyFilter, RepeatedParametersAreAnded) {
  const auto both = parse_properties({"state==enabled", "name==CRMToAEP"}).value();
  EXPECT_TRUE(matches(both, flow_document()).value());
  EXPECT_FALSE(matches(parse_properties({"state==enabled", "name==x"}).value(), flow_document()).value());
}

TEST(PropertyFilter, ProjectionKeepsNamedMembersWithIdAndEtag) {
  const auto filter = parse_properties({"name,state", "id==51a0"}).value();
  EXPECT_EQ(filter.projection, (std::vector<std::string>{"name", "state"}));
  EXPECT_TRUE(matches(filter, flow_document()).value());
  EXPECT_EQ(projected(filter, flow_document()), Json::parse(R"({"id":"51a0","name":"CRMToAEP","state":"enabled","etag":"\"e\""})"));
}

TEST(PropertyFilter, MistakesHaveTheirCodes) {
  struct Row { std::string property, code; };
  for (const Row& row : std::vector<Row>{
           {"name~CRM", "FLOW-1440-400"}, {"name=~CRM", "FLOW-1440-400"}, {"createdAt>1,2", "FLOW-1443-400"}, {"id>a", "FLOW-1448-400"},
           {"id<=a", "FLOW-1448-400"}, {"createdAt!>5", "FLOW-1450-400"}, {"createdAt=>5", "FLOW-1450-400"}, {"a===b", "FLOW-1450-400"},
           {"a<>b", "FLOW-1450-400"}, {"==x", "FLOW-1450-400"}, {"a b==x", "FLOW-1450-400"}, {"a..b==x", "FLOW-1450-400"},
           {"createdAt==", "FLOW-1453-400"}, {"name==\"CRM", "FLOW-1453-400"}, {"createdAt>noon", "FLOW-1452-400"},
           {"metrics.durationSummary.startedAtUTC>x", "FLOW-1452-400"}}) {
    const auto filter = parse_properties({row.property});
    ASSERT_FALSE(filter) << row.property;
    EXPECT_EQ(filter.error().code, row.code) << row.property;
    EXPECT_EQ(filter.error().kind, ErrorKind::invalid) << row.property;
  }
}

TEST(PropertyFilter, NumberFieldAgainstTextIsTold) {
  const auto filter = parse_properties({"metrics.ratio==half"}).value();
  EXPECT_EQ(matches(filter, flow_document()).error().code, "FLOW-1452-400");
}

/// parse(print(filter)) = filter, whatever the values hold.
TEST(PropertyFilter, PrintsWhatItParses) {
  SeededRandom random(7);
  const std::string_view characters = "ab ,=!<>\"'\\[]{}%+\n\xC3\xA9";
  for (int round = 0; round < 2000; ++round) {
    Filter filter;
    for (uint64_t i = random.below(4); i > 0; --i) {
      Clause clause{.path = {{"p" + std::to_string(random.below(9)), random.below(2) == 0}, {"q"}}, .comparison = Comparison::equal, .values = {}};
      clause.comparison = random.below(2) == 0 ? Comparison::equal : Comparison::not_equal;
      for (uint64_t values = 1 + random.below(3); values > 0; --values) {
        std::string value;
        for (uint64_t length = random.below(6); length > 0; --length) value += characters[random.below(characters.size())];
        clause.values.push_back(value);
      }
      filter.clauses.push_back(clause);
    }
    if (random.below(3) == 0) filter.projection = {"name", "state"};
    const auto again = parse_properties({print(filter)});
    ASSERT_TRUE(again) << print(filter) << ": " << to_string(again.error());
    EXPECT_EQ(*again, filter) << print(filter);
  }
}

/// Whatever comes over the wire, it is a filter or an error.
TEST(PropertyFilter, SurvivesAnyText) {
  SeededRandom random(11);
  const std::string_view characters = "a.[]=!<>~,\"'\\ 1";
  const Json document = flow_document();
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (uint64_t length = random.below(14); length > 0; --length) text += characters[random.below(characters.size())];
    const auto filter = parse_properties({text});
    if (!filter) {
      EXPECT_TRUE(filter.error().code.starts_with("FLOW-14")) << text;
      continue;
    }
    const auto kept = matches(*filter, document);
    EXPECT_TRUE(kept || kept.error().code == "FLOW-1452-400") << text;
  }
}

}  // namespace
}  // namespace foz::flow
