#pragma once
// A HubSpot portal as a server. Follows: Sources contract, 4 and 7.2.

#include <deque>
#include <functional>
#include <mutex>

#include "simulators/hubspot/links.h"
#include "simulators/hubspot/objects.h"
#include "simulators/hubspot/search.h"
#include "simulators/tokens.h"
#include "simulators/vendor.h"

namespace foz::sim {

constexpr uint64_t kHubspotListMax = 100;
constexpr uint64_t kHubspotHistoryMax = 50;

/// Properties as a request asked for them, in the order they are printed.
struct HubspotProjection {
  struct Member {
    const Column* column;
    std::string key;  ///< `,"email":`
  };
  std::vector<Member> members;
  std::vector<const Column*> history;
};

/// Rows of one page in id order.
struct HubspotPage {
  std::vector<uint64_t> rows;
  bool more = false;
};

/// One object type of a request: its words and its rows.
struct HubspotObjects {
  const HubspotType* type = nullptr;
  TableRef table;
};

class Hubspot final : public Vendor {
 public:
  explicit Hubspot(World& world);

  std::vector<TableSpec> tables() override { return hubspot_tables(world_, types_); }
  Json credentials() const override;
  http::Response answer(Visit& visit) override;
  http::Response refusal(int status, const Visit& visit) override;
  void expire_tokens(bool all) override { tokens_.expire(all); }
  void reset() override;
  Json counters() override;

 private:
  using Handler = http::Response (Hubspot::*)(Visit&);
  struct Route {
    http::Verb verb;
    std::string_view pattern;
    Handler handler;
    bool open = false;    ///< needs no token
    bool search = false;  ///< counts against the search bucket, without rate headers
  };
  static const std::vector<Route>& routes();
  struct Secrets {
    std::string client_id, client_secret, private_token, refresh_token;
  };
  /// A call, an email ... in the one list that version 1 keeps of them all.
  struct Engagement {
    HubspotObjects objects;
    uint64_t row;
    uint64_t id;
    int64_t modified;
  };
  /// The two records of a link.
  struct Ends {
    HubspotObjects from, to;
    uint64_t row, to_row;
  };
  /// What a search found, kept for its next pages.
  struct Found {
    TableRef table;
    std::string key;
    int64_t as_of;
    std::shared_ptr<const std::vector<uint32_t>> rows;
  };

  // auth.cc
  http::Response token(Visit& visit);
  http::Response token_info(Visit& visit);
  http::Response refresh_token_info(Visit& visit);
  http::Response account(Visit& visit);
  std::optional<http::Response> unauthorized(const Visit& visit);
  std::optional<http::Response> over_limit(Visit& visit, bool search);
  void add_rate_headers(const Visit& visit, http::Response& response);
  std::string new_token(const std::string& subject);

  // metadata.cc
  http::Response properties(Visit& visit);
  http::Response property(Visit& visit);
  http::Response schemas(Visit& visit);
  http::Response schema(Visit& visit);

  // records.cc
  http::Response list(Visit& visit);
  http::Response get_one(Visit& visit);
  http::Response batch_read(Visit& visit);
  http::Response records_response(Visit& visit, const HubspotObjects& objects, const HubspotPage& page, const HubspotProjection& shown,
                                  const std::string& next);
  std::string handle_behind(const Visit& visit, const HubspotObjects& objects, const HubspotPage& page, std::string_view asked) const;
  HubspotProjection projection(const HubspotObjects& objects, const std::vector<std::string>& asked, const std::vector<std::string>& history) const;
  /// All of a record but the closing brace.
  void append_record(std::string& out, const HubspotObjects& objects, const HubspotProjection& projection, const Row& row, Scratch& scratch) const;
  void append_history(std::string& out, const HubspotProjection& projection, const Row& row, Scratch& scratch) const;
  void append_paging(std::string& out, const Visit& visit, const std::string& next) const;
  std::string one_record(const HubspotObjects& objects, const HubspotProjection& projection, const Row& row,
                         const std::vector<std::string>& targets) const;
  std::optional<uint64_t> row_by(const HubspotObjects& objects, const std::string& property, const std::string& value, int64_t now) const;
  std::optional<HubspotObjects> objects_of(std::string_view name) const;

  // write.cc
  http::Response create_one(Visit& visit);
  http::Response update_one(Visit& visit);
  http::Response archive_one(Visit& visit);
  http::Response gdpr_delete(Visit& visit);
  http::Response merge(Visit& visit);
  http::Response batch_create(Visit& visit);
  http::Response batch_update(Visit& visit);
  http::Response batch_archive(Visit& visit);
  std::variant<uint64_t, http::Response> inserted(const HubspotObjects& objects, const Json& body, int64_t now);
  std::string record_now(const std::string& type, uint64_t row) const;

  // search_api.cc
  http::Response search(Visit& visit);
  http::Response search_page(Visit& visit, const HubspotObjects& objects, const HubspotSearch& search, const std::vector<uint32_t>& rows, int64_t as_of);
  std::shared_ptr<const std::vector<uint32_t>> found_rows(const HubspotObjects& objects, const HubspotSearch& search, int64_t as_of);

  // associations.cc
  http::Response associations_batch(Visit& visit);
  http::Response associations_of(Visit& visit);
  http::Response associate(Visit& visit);
  http::Response dissociate(Visit& visit);
  http::Response association_labels(Visit& visit);
  std::optional<Ends> ends_of(const Visit& visit) const;
  std::vector<HubspotLink> links(const HubspotObjects& from, uint64_t row, const HubspotObjects& to, int64_t now) const;
  bool append_links(std::string& out, const Visit& visit, const HubspotObjects& from, const HubspotObjects& to, const Json& input);
  void append_inline_associations(std::string& out, const HubspotObjects& objects, uint64_t row, const std::vector<std::string>& targets) const;

  // legacy.cc
  http::Response v1_contacts(Visit& visit);
  http::Response v1_recent_contacts(Visit& visit);
  http::Response v1_contacts_batch(Visit& visit);
  http::Response v2_companies(Visit& visit);
  http::Response v2_recent_companies(Visit& visit);
  http::Response v1_deals(Visit& visit);
  http::Response v1_engagements(Visit& visit);
  http::Response v1_recent_engagements(Visit& visit);
  void append_v1_contact(std::string& out, const HubspotObjects& contacts, const Row& row, const std::vector<const Column*>& columns, bool history) const;
  void append_company(std::string& out, const HubspotObjects& companies, const Row& row, const std::vector<const Column*>& columns) const;
  std::string ids_linked(const HubspotObjects& from, uint64_t row, std::string_view to, int64_t now) const;
  std::vector<Engagement> engagements(int64_t now) const;
  void append_engagement(std::string& out, const Engagement& one, int64_t now) const;
  http::Response engagements_page(Visit& visit, const std::vector<Engagement>& list, uint64_t from, uint64_t limit, bool offset_is_id);

  // portal.cc
  http::Response owners(Visit& visit);
  http::Response pipelines(Visit& visit);
  http::Response lists_search(Visit& visit);
  http::Response list_members(Visit& visit);
  http::Response blog(Visit& visit);
  http::Response blog_comments(Visit& visit);
  http::Response forms(Visit& visit);
  http::Response email_events(Visit& visit);
  http::Response numbered_page(Visit& visit, uint64_t count, int64_t limit_usual, int64_t limit_max, const std::function<Json(uint64_t)>& entry);

  World& world_;
  const std::vector<HubspotType> types_;
  const uint64_t portal_;
  Secrets secrets_;
  Tokens tokens_;
  http::Router router_;
  std::atomic<uint64_t> issued_ = 0;
  mutable std::atomic<uint64_t> errors_ = 0;
  SlidingCount burst_;
  SlidingCount search_burst_;
  SlidingCount daily_;
  const Settings::Value& token_life_;
  const Settings::Value& rotate_refresh_;
  const Settings::Value& burst_max_;
  const Settings::Value& daily_max_;
  const Settings::Value& search_max_;
  const Settings::Value& search_lag_;
  const Settings::Value& search_body_max_;
  const Settings::Value& missing_scope_;
  const Settings::Value& inline_links_max_;
  const Settings::Value& batch_links_max_;
  const Settings::Value& opaque_handles_;

  mutable std::mutex mutex_;  ///< guards what follows
  std::string refresh_token_;
  HubspotLinks links_;
  std::deque<Found> found_;
};

/// `{"status":"error","message","correlationId","category"}`
http::Response hubspot_error(int status, std::string_view category, std::string_view message);
/// The refusal of an object type that the portal does not have.
http::Response hubspot_no_type(std::string_view name);
/// `{"status":"COMPLETE","results":[...]}`: 207 with an error when ids are `missing`. `what` is a singular.
http::Response hubspot_batch(const Visit& visit, const std::string& results, const std::vector<std::string>& missing, std::string_view what);
/// Up to `limit` live rows from row `from` on.
HubspotPage hubspot_page(const TableState& table, uint64_t from, uint64_t limit, int64_t now);
/// The cell as v3 prints it: text or null.
void append_hubspot_json(std::string& out, const Value& value);
/// Names in repeated and comma-joined parameters.
std::vector<std::string> names_in(const http::Query& query, std::string_view parameter);

}  // namespace foz::sim
