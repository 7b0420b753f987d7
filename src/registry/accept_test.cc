// Follows: Schema Registry contract, 2 and 11.2.
#include "registry/accept.h"

#include <gtest/gtest.h>

namespace foz::registry {
namespace {

struct AcceptCase {
  std::string header;
  std::optional<Form> form;
};

TEST(Accept, TheGrammar) {
  const AcceptCase kCases[] = {
      {"application/vnd.adobe.xed+json", Form{}},
      {"application/vnd.adobe.xdm+json", Form{.naming = Naming::xdm}},
      {"application/vnd.adobe.xed-id+json", Form{.id = true}},
      {"application/vnd.adobe.xed+json; version=1", Form{.major = 1}},
      {"application/vnd.adobe.xed-full+json;version=1.0", Form{.full = true, .major = 1}},
      {"application/vnd.adobe.xed-full+json; version=1.7.3", Form{.full = true, .major = 1}},
      {"application/vnd.adobe.xed-full-notext+json; version=1", Form{.full = true, .notext = true, .major = 1}},
      {"application/vnd.adobe.xdm-full-desc+json; version=1", Form{.naming = Naming::xdm, .full = true, .desc = true, .major = 1}},
      {"application/vnd.adobe.xdm-flat+json; version=2", Form{.naming = Naming::xdm, .flat = true, .major = 2}},
      {"application/vnd.adobe.xed-deprecatefield+json; version=1", Form{.full = true, .deprecated = true, .major = 1}},
      {"application/vnd.adobe.xed-deprecated+json; version=1", Form{.full = true, .deprecated = true, .major = 1}},
      {"application/vnd.adobe.xdm-v2-link+json", Form{.naming = Naming::xdm, .v2 = true, .link = true}},
      {"APPLICATION/VND.ADOBE.XED-FULL+JSON ;  Version = 1", Form{.full = true, .major = 1}},
      {"application/vnd.adobe.xed+json; charset=utf-8; version=\"1\"; q=0.9", Form{.major = 1}},
      {"text/html, application/vnd.adobe.xed+json;version=1;q=0.5, */*", Form{.major = 1}},
      {"", std::nullopt},
      {"*/*", std::nullopt},
      {"application/json", std::nullopt},
      {"application/vnd.adobe.xxx+json", std::nullopt},
      {"application/vnd.adobe.xed-fuller+json; version=1", std::nullopt},
      {"application/vnd.adobe.xed-+json", std::nullopt},
      {"application/vnd.adobe.xed+xml; version=1", std::nullopt},
      {"application/vnd.adobe.+json", std::nullopt},
      {"application/vnd.adobe.xed+json; version=one", std::nullopt},
      {"application/vnd.adobe.xed+json; version=1.2.3.4", std::nullopt},
      {"application/vnd.adobe.xed+json; version=", std::nullopt},
  };
  for (const AcceptCase& c : kCases) EXPECT_EQ(parse_accept(c.header), c.form) << c.header;
}

TEST(Accept, ContentTypeEchoesTheNegotiatedForm) {
  for (const std::string type : {"application/vnd.adobe.xed-full+json;version=1", "application/vnd.adobe.xdm-full-notext+json;version=1",
                                 "application/vnd.adobe.xed-deprecated+json;version=1", "application/vnd.adobe.xed-id+json"}) {
    EXPECT_EQ(media_type(*parse_accept(type)), type);
  }
  EXPECT_EQ(media_type(*parse_accept("application/vnd.adobe.xed-deprecatefield+json; version=1.2; q=0.4")),
            "application/vnd.adobe.xed-deprecated+json;version=1");
}

struct RuleCase {
  Lookup lookup;
  std::string header;
  bool lenient;
  std::string code;  ///< empty: accepted
};

TEST(Accept, WhichRequestsNeedWhat) {
  const RuleCase kCases[] = {
      {Lookup::list, "application/vnd.adobe.xed-id+json", false, ""},
      {Lookup::list, "application/vnd.adobe.xdm+json; version=1", false, ""},
      {Lookup::list, "application/vnd.adobe.xed-full+json", false, ""},
      {Lookup::list, "application/vnd.adobe.xed+json; version=9", false, ""},
      {Lookup::list, "application/vnd.adobe.xed+json; version=latest", false, ""},
      {Lookup::descriptor_list, "application/vnd.adobe.xdm+json; version=latest", false, ""},
      {Lookup::resource, "application/vnd.adobe.xed+json; version=latest", false, "XDM-1007-400"},
      {Lookup::list, "", false, "XDM-1006-400"},
      {Lookup::list, "*/*", false, "XDM-1006-400"},
      {Lookup::list, "application/json", false, "XDM-1006-400"},
      {Lookup::list, "application/json", true, ""},
      {Lookup::resource, "application/vnd.adobe.xed+json; version=1", false, ""},
      {Lookup::resource, "application/vnd.adobe.xed-full-notext+json; version=1", false, ""},
      {Lookup::resource, "application/vnd.adobe.xed-id+json", false, ""},
      {Lookup::resource, "application/vnd.adobe.xed+json", false, "XDM-1007-400"},
      {Lookup::resource, "application/vnd.adobe.xed-full+json", false, "XDM-1007-400"},
      {Lookup::resource, "", false, "XDM-1007-400"},
      {Lookup::resource, "*/*", false, "XDM-1007-400"},
      {Lookup::resource, "*/*", true, ""},
      {Lookup::descriptor_list, "application/vnd.adobe.xdm-id+json", false, ""},
      {Lookup::descriptor_list, "application/vnd.adobe.xdm-link+json", false, ""},
      {Lookup::descriptor_list, "application/vnd.adobe.xdm+json", false, ""},
      {Lookup::descriptor_list, "application/vnd.adobe.xed-v2-id+json", false, ""},
      {Lookup::descriptor_list, "application/vnd.adobe.xdm-v2+json", false, ""},
      {Lookup::descriptor_list, "application/vnd.adobe.xdm-full+json", false, "XDM-1008-400"},
      {Lookup::descriptor_list, "application/json", false, "XDM-1008-400"},
      {Lookup::descriptor_list, "application/json", true, ""},
  };
  for (const RuleCase& c : kCases) {
    const auto form = form_of(c.lookup, c.header, c.lenient);
    EXPECT_EQ(form ? "" : form.error().code, c.code) << c.header;
  }
}

TEST(Accept, LenientFormsAreTheUsualOnes) {
  EXPECT_EQ(*form_of(Lookup::list, "", true), Form{});
  EXPECT_EQ(*form_of(Lookup::resource, "", true), (Form{.full = true, .major = 1}));
}

TEST(Accept, TheErrorSaysWhatAHeaderLooksLike) {
  EXPECT_EQ(form_of(Lookup::resource, "application/json", false).error().message,
            "The supplied Accept header is not valid: application/json - A valid Accept value should look like "
            "application/vnd.adobe.{xed|xdm}+json; version=1 (Version should be specified)");
}

}  // namespace
}  // namespace foz::registry
