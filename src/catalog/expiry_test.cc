// Follows: Catalog contract, 3.1 and 3.3 (`rowExpiration`).
#include <gmock/gmock.h>

#include "catalog/janitor.h"
#include "catalog/testing.h"

namespace foz::catalog {
namespace {

class Expiry : public CatalogFixture {
 protected:
  std::string dataset_with(const std::string& ttl, const std::string& schema = "crm") {
    Json body = {{"name", ttl + schema}, {"schemaRef", {{"id", "https://ns.adobe.com/foz/schemas/" + schema}}}};
    if (!ttl.empty()) body["extensions"] = {{"adobe_lakeHouse", {{"rowExpiration", {{"ttlValue", ttl}}}}}};
    return create(body)->id;
  }
  std::string land(const std::string& dataset, const std::string& newest_event = "") {
    const std::string id = open({.dataset = dataset})->id;
    BatchResult result = one_file(*look_up(dataset), id, 10);
    if (!newest_event.empty()) result.files[0].statistics["timestamp"] = {{"values", 10}, {"nulls", 0}, {"min", "2000-01-01 00:00:00+00"}, {"max", newest_event}};
    FOZ_CHECK(commit(id, result).has_value(), "a batch that does not land");
    return id;
  }
  int64_t sweep() {
    const auto expired = write([&](store::Transaction& tx) { return catalog->expire_rows(tx); });
    EXPECT_TRUE(expired) << (expired ? "" : to_string(expired.error()));
    return expired.value_or(-1);
  }
  BatchStatus status_of(const std::string& id) { return catalog->batch(*database, scope.sandbox, id)->status; }
};

TEST_F(Expiry, TakesBatchesThatLandedTooLongAgo) {
  const std::string kept = dataset_with("P30D"), forever = dataset_with("");
  const std::string old_batch = land(kept), eternal = land(forever);
  clock.advance(std::chrono::hours(24 * 29));
  const std::string young = land(kept);
  EXPECT_EQ(sweep(), 0);
  clock.advance(std::chrono::hours(24) + std::chrono::seconds(1));
  EXPECT_EQ(sweep(), 1);
  EXPECT_EQ(status_of(old_batch), BatchStatus::inactive);
  EXPECT_EQ(status_of(young), BatchStatus::success);
  EXPECT_EQ(status_of(eternal), BatchStatus::success);
  EXPECT_EQ(look_up(kept)->state.records, 10);
  EXPECT_EQ(look_up(kept)->state.last_success, young);
  EXPECT_EQ(catalog->batch(*database, scope.sandbox, old_batch)->tag("foz/expired").size(), 1U);
  EXPECT_EQ(sweep(), 0);
}

TEST_F(Expiry, LooksAtTheNewestEventOfATimeSeries) {
  const std::string events = dataset_with("P1M", "event");
  const std::string past = land(events, "2020-10-10 17:36:29.5+00"), mixed = land(events, "2020-10-10 17:36:30+00"), silent = land(events);
  EXPECT_EQ(sweep(), 1);
  EXPECT_EQ(status_of(past), BatchStatus::inactive);
  EXPECT_EQ(status_of(mixed), BatchStatus::success);
  EXPECT_EQ(status_of(silent), BatchStatus::success);
}

TEST_F(Expiry, IsTheJanitorsWork) {
  const std::string dataset = dataset_with("PT1H");
  const std::string id = land(dataset);
  lake::LocalFileIo files;
  clock.advance(std::chrono::hours(2));
  const auto swept = Janitor(*database, *catalog, files, clock).sweep();
  ASSERT_TRUE(swept) << to_string(swept.error());
  EXPECT_EQ(swept->expired, 1);
  EXPECT_TRUE(catalog->files_of(*database, scope.sandbox, dataset)->empty());
  clock.advance(std::chrono::hours(1));
  ASSERT_TRUE(Janitor(*database, *catalog, files, clock).sweep());
  EXPECT_EQ(status_of(id), BatchStatus::deleted);
}

}  // namespace
}  // namespace foz::catalog
