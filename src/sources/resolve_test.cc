#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/source.h"

namespace foz::sources {
namespace {

using testing::HasSubstr;

struct TableCase {
  std::string given;
  std::string wanted;             ///< path; empty: an error
  ErrorKind kind = ErrorKind::not_found;
  std::string message = {};
};

// Sources contract, 1.3, tables.
TEST(ResolveTable, FirstHitWins) {
  const std::vector<Table> tables = {
      {.name = "Account", .path = "Account", .also_known_as = {"Account", "Accounts"}},
      {.name = "Contact", .path = "Contact", .also_known_as = {"Contact", "Contacts"}},
      {.name = "Accounts", .path = "Legacy__c", .also_known_as = {"Old", "Olds"}},
      {.name = "Case A", .path = "Case_A__c", .also_known_as = {"Twin", "Twins"}},
      {.name = "Case B", .path = "Case_B__c", .also_known_as = {"Twin", "Brothers"}},
      {.name = "Row", .path = "row", .also_known_as = {}},
      {.name = "Row", .path = "ROW", .also_known_as = {}},
  };
  const TableCase cases[] = {
      {"Account", "Account"},
      {"account", "Account"},
      {"Accounts", "Account"},
      {"ACCOUNTS", "Account"},
      {"contacts", "Contact"},
      {"old", "Legacy__c"},
      {"Brothers", "Case_B__c"},
      {"row", "row"},
      {"ROW", "ROW"},
      {"Row", "", ErrorKind::invalid, "row, ROW"},
      {"twin", "", ErrorKind::invalid, "Case_A__c, Case_B__c"},
      {"Acount", "", ErrorKind::not_found, "did you mean \"Account\""},
      {"Zebra", "", ErrorKind::not_found, "no table \"Zebra\""},
      {"", "", ErrorKind::not_found, "no table"},
  };
  for (const TableCase& c : cases) {
    const auto found = resolve_table(tables, c.given);
    if (!c.wanted.empty()) {
      ASSERT_TRUE(found) << c.given << ": " << to_string(found.error());
      EXPECT_EQ(found->path, c.wanted) << c.given;
      continue;
    }
    ASSERT_FALSE(found) << c.given;
    EXPECT_EQ(found.error().kind, c.kind) << c.given;
    EXPECT_EQ(found.error().code, "CONNECTOR-1330-400") << c.given;
    EXPECT_THAT(found.error().message, HasSubstr(c.message)) << c.given;
  }
}

Description contact() {
  Description table{.table = {.name = "Contact", .path = "Contact"}, .if_missing = "it may be hidden from this user"};
  for (const char* name : {"Id", "FirstName", "LastName", "Email", "Score__c", "id2", "ID2", "ab", "a_b", "emailaddress1"}) {
    table.columns.push_back({.name = name, .raw_path = {name}});
  }
  return table;
}

struct ColumnCase {
  std::string given;
  std::string raw;  ///< of the column wanted; empty: an error
  ErrorKind kind = ErrorKind::not_found;
  std::string message = {};
};

// Sources contract, 1.3, columns: the result keeps the requested name.
TEST(ResolveColumn, ExactThenCaseThenFolded) {
  const ColumnCase cases[] = {
      {"FirstName", "FirstName"},
      {"firstname", "FirstName"},
      {"first_name", "FirstName"},
      {"first-name", "FirstName"},
      {"First Name", "FirstName"},
      {"FIRST_NAME__C", "FirstName"},
      {"email", "Email"},
      {"score", "Score__c"},
      {"Score__c", "Score__c"},
      {"id2", "id2"},
      {"ID2", "ID2"},
      {"Id2", "", ErrorKind::invalid, "id2, ID2"},
      {"ab", "ab"},
      {"a-b", "", ErrorKind::invalid, "ab, a_b"},
      {"emailaddress", "", ErrorKind::not_found, "\"emailaddress1\""},
      {"Fax", "", ErrorKind::not_found, "it may be hidden from this user"},
  };
  const Description table = contact();
  for (const ColumnCase& c : cases) {
    const auto found = resolve_column(table, c.given);
    if (!c.raw.empty()) {
      ASSERT_TRUE(found) << c.given << ": " << to_string(found.error());
      EXPECT_EQ(found->name, c.given);
      EXPECT_EQ(found->raw_path, std::vector<std::string>{c.raw}) << c.given;
      continue;
    }
    ASSERT_FALSE(found) << c.given;
    EXPECT_EQ(found.error().kind, c.kind) << c.given;
    EXPECT_EQ(found.error().code, "CONNECTOR-1330-400") << c.given;
    EXPECT_THAT(found.error().message, HasSubstr(c.message)) << c.given;
  }
}

// Sources contract, 1.3: the tutorial's `email` against a Dynamics table names the column that was meant.
TEST(ResolveColumn, SuggestsWhatHoldsTheName) {
  const Description table{.table = {.path = "contact"}, .columns = {{.name = "emailaddress1"}, {.name = "fullname"}}};
  const auto found = resolve_column(table, "email");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("did you mean \"emailaddress1\""));
}

}  // namespace
}  // namespace foz::sources
