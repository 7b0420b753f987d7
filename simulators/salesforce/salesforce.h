#pragma once
// A Salesforce org as a server. Follows: Sources contract, 2 and 7.2.

#include <deque>
#include <map>
#include <mutex>

#include "simulators/salesforce/soql.h"
#include "simulators/tokens.h"
#include "simulators/vendor.h"

namespace foz::sim {

/// Rows per page of a REST query: `Sforce-Query-Options: batchSize`.
constexpr uint64_t kSalesforcePageMax = 2000;
constexpr uint64_t kSalesforcePageMin = 200;

/// A query with its columns and rows found.
struct SalesforceQuery {
  SoqlQuery soql;
  std::vector<const Column*> columns;
  SoqlRows rows;
};

/// The rows of a query from a position on.
class SalesforceWalk {
 public:
  SalesforceWalk(const SoqlRows& rows, uint64_t position) : rows_(rows), position_(position) {}
  uint64_t position() const { return position_; }
  std::optional<Row> next();

 private:
  const SoqlRows& rows_;
  uint64_t position_;
};

/// A bulk job: of API 2.0, or a batch of 1.0.
struct SalesforceJob {
  std::string id;
  std::string operation;  ///< query, queryAll
  std::string soql;
  std::string object;
  std::string state = "UploadComplete";
  std::string error = {};
  std::string line_ending = "LF";
  char delimiter = ',';
  std::string delimiter_name = "COMMA";
  std::string version;
  int64_t created = 0;
  int64_t ready_at = 0;
  bool stuck = false;
  bool fails = false;
  std::shared_ptr<const SalesforceQuery> query = {};
};

class Salesforce final : public Vendor {
 public:
  explicit Salesforce(World& world);

  std::vector<TableSpec> tables() override;
  Json credentials() const override;
  http::Response answer(Visit& visit) override;
  http::Response refusal(int status, const Visit& visit) override;
  void expire_tokens(bool all) override { tokens_.expire(all); }
  void reset() override;
  Json counters() override;

 private:
  using Handler = http::Response (Salesforce::*)(Visit&);
  struct Route {
    http::Verb verb;
    std::string_view pattern;
    Handler handler;
    bool open = false;  ///< needs no session
  };
  static const std::vector<Route>& routes();

  struct Secrets {
    std::string client_id, client_secret, username, password, security_token, refresh_token, org_id, user_id;
  };
  struct Locator {
    std::string id;
    std::shared_ptr<const SalesforceQuery> query;
    std::string version;
    uint64_t page_rows = kSalesforcePageMax;
    std::map<uint64_t, uint64_t> positions;  ///< rows sent before a page: where it begins
    int64_t created = 0;
    int64_t used = 0;
  };
  /// A user's consent that an app has not redeemed yet.
  struct Consent {
    std::string redirect_uri, challenge;
    int64_t given = 0;
  };
  /// Where a page of a query begins.
  struct PageStart {
    uint64_t sent = 0;
    uint64_t position = 0;
  };

  // auth.cc
  http::Response authorize(Visit& visit);
  http::Response token(Visit& visit);
  http::Response refresh(Visit& visit, const http::Query& form);
  http::Response redeem(Visit& visit, const http::Query& form);
  http::Response revoke(Visit& visit);
  http::Response userinfo(Visit& visit);
  http::Response identity(Visit& visit);
  http::Response soap(Visit& visit);
  http::Response soap_login(const Visit& visit, const std::string& version);
  http::Response grant(const Visit& visit, bool with_refresh);
  std::optional<http::Response> wrong_client(const Visit& visit, const http::Query& form) const;
  std::optional<http::Response> wrong_assertion(const Visit& visit, const std::string& assertion) const;
  std::string new_session();
  std::optional<http::Response> unauthorized(Visit& visit);
  std::optional<http::Response> over_limit(Visit& visit);
  void add_limit_header(const Visit& visit, http::Response& response);

  // metadata.cc
  http::Response versions(Visit& visit);
  http::Response resources(Visit& visit);
  http::Response sobjects(Visit& visit);
  http::Response describe(Visit& visit);
  http::Response sobject_info(Visit& visit);
  http::Response limits(Visit& visit);
  http::Response composite_batch(Visit& visit);

  // query.cc
  http::Response query(Visit& visit);
  http::Response query_all(Visit& visit);
  http::Response more(Visit& visit);
  http::Response start_query(Visit& visit, bool with_archived);
  std::variant<SalesforceQuery, SoqlError> prepared(std::string_view soql, int64_t now, bool with_archived, bool bulk);
  std::optional<SoqlError> find_columns(SalesforceQuery& query, const TableState& table, bool bulk) const;
  http::Response query_page(Visit& visit, const SalesforceQuery& query, PageStart start, uint64_t page_rows, Locator* locator);
  http::Response groups(const SalesforceQuery& query) const;
  void keep_locator(Locator locator);
  std::optional<Locator> open_locator(const std::string& id, uint64_t sent, int64_t now);

  // records.cc
  http::Response get_record(Visit& visit);
  http::Response create_record(Visit& visit);
  http::Response update_record(Visit& visit);
  http::Response delete_record(Visit& visit);
  http::Response deleted_feed(Visit& visit);
  http::Response updated_feed(Visit& visit);
  std::optional<http::Response> wrong_span(const Visit& visit, int days_back, int64_t& from, int64_t& to) const;

  // bulk.cc
  http::Response create_job(Visit& visit);
  http::Response list_jobs(Visit& visit);
  http::Response get_job(Visit& visit);
  http::Response job_results(Visit& visit);
  http::Response result_pages(Visit& visit);
  http::Response abort_job(Visit& visit);
  http::Response delete_job(Visit& visit);
  std::variant<SalesforceJob, http::Response> job_asked_for(const Visit& visit, const Json& body);
  std::variant<SalesforceJob, http::Response> finished_job(const Visit& visit);
  std::optional<http::Response> not_for_bulk(std::string_view soql) const;
  http::Response csv_page(Visit& visit, const SalesforceJob& job, PageStart start, uint64_t rows_max);
  Json job_json(const SalesforceJob& job, bool full) const;
  void advance(SalesforceJob& job, int64_t now) const;
  SalesforceJob* find_job(const Visit& visit);

  // bulk1.cc: all with the mutex held, but bulk1 itself
  struct Bulk1Batch {
    std::string id;
    int64_t ready_at = 0;
    std::string error = {};
    std::shared_ptr<const SalesforceQuery> query = {};  ///< none: the parent of chunks
    PageStart start = {};
    uint64_t count = 0;
  };
  struct Bulk1Job {
    std::string id = {};
    std::string operation;
    std::string object;
    std::string state = "Open";
    bool json = false;
    int64_t chunk_rows = 0;  ///< 0: one batch
    int64_t created = 0;
    std::vector<Bulk1Batch> batches = {};
  };
  http::Response bulk1(Visit& visit);
  http::Response bulk1_create(Visit& visit);
  http::Response bulk1_add_batch(Visit& visit, Bulk1Job& job);
  http::Response bulk1_list(Visit& visit, const Bulk1Job& job) const;
  http::Response bulk1_result(Visit& visit, const Bulk1Batch& batch, std::string_view result);
  Json bulk1_job_json(const Bulk1Job& job) const;
  Json bulk1_batch_json(const Bulk1Job& job, const Bulk1Batch& batch, int64_t now) const;

  TableRef readable_table(const Visit& visit) const;

  World& world_;
  Secrets secrets_;
  Tokens tokens_;
  http::Router router_;
  std::atomic<uint64_t> issued_ = 0;
  SlidingCount calls_;
  SlidingCount jobs_made_;
  const Settings::Value& token_life_;
  const Settings::Value& calls_max_;
  const Settings::Value& concurrent_max_;
  const Settings::Value& password_grant_;
  const Settings::Value& password_expired_;
  const Settings::Value& rotate_refresh_;
  const Settings::Value& require_secret_;
  const Settings::Value& soap_ends_;
  const Settings::Value& locators_max_;
  const Settings::Value& job_seconds_;
  const Settings::Value& jobs_max_;
  const Settings::Value& result_rows_;
  const Settings::Value& feed_ids_max_;
  const Settings::Value& query_timeout_rows_;

  mutable std::mutex mutex_;  ///< guards what follows
  std::deque<Locator> locators_;
  std::map<std::string, SalesforceJob> jobs_;
  std::map<std::string, Bulk1Job> bulk1_jobs_;
  std::string refresh_token_;
  std::map<std::string, Consent> consents_;  ///< by authorization code
  uint64_t numbered_ = 0;  ///< locators and jobs made
};

/// `[{"message", "errorCode"}]`
http::Response salesforce_error(int status, std::string_view code, std::string_view message);
http::Response salesforce_error(const SoqlError& error);
/// The cell as REST JSON prints it.
void append_salesforce_json(std::string& out, const Column& column, const Value& value);
/// The cell as bulk CSV prints it, quoted.
void append_salesforce_csv(std::string& out, const Column& column, const Value& value);
/// Number of the API version in "v60.0", times ten; nothing when it is no version that the org speaks.
std::optional<int> salesforce_version(std::string_view text);

}  // namespace foz::sim
