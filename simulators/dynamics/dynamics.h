#pragma once
// A Dataverse environment as a server, its Azure AD included. Follows: Sources contract, 3 and 7.2.

#include <deque>
#include <functional>
#include <mutex>

#include "simulators/dynamics/objects.h"
#include "simulators/dynamics/odata.h"
#include "simulators/tokens.h"
#include "simulators/vendor.h"

namespace foz::sim {

constexpr uint64_t kDynamicsPageMax = 5000;

/// A refusal in Dataverse's words.
struct DynamicsError {
  int status = 400;
  std::string code = "0x80060888";
  std::string message;
};

/// A step of a resource path: `accounts(guid)` is name and key.
struct DynamicsSegment {
  std::string name;
  std::optional<std::string> key = {};
};

/// Preferences of a request, each echoed when it was heeded.
struct DynamicsPreferences {
  uint64_t page_rows = kDynamicsPageMax;
  bool paged = false;  ///< a page size was asked for
  bool annotations = false;
  bool track_changes = false;
  bool representation = false;
  std::string annotations_text = {};
  std::string applied() const;
};

/// A lookup to be filled with a record of another table.
struct DynamicsExpansion {
  std::string name;
  const Column* column;
  TableRef table;
  const DynamicsEntity* entity;
  std::vector<std::string> select;
};

/// What a page shows of its table: columns in their order, and how.
struct DynamicsProjection {
  struct Member {
    const Column* column;
    std::string key;  ///< `,"name":`
    TableRef target;  ///< lookups with annotations: whose name it shows
    std::string target_set = {};
    const Column* target_name = nullptr;
  };
  std::vector<Member> members;
  std::vector<DynamicsExpansion> expansions;
  bool annotations = false;
  std::string context;  ///< `name,accountid`
};

/// What a page handle says of where the next page begins.
struct DynamicsPlace {
  uint64_t page = 1;
  uint64_t offset = 0;     ///< rows before it
  uint64_t last = 0;       ///< row number of the row before it
  uint64_t version = 0;    ///< change tracking: what was known when the first page was read
  bool tracking = false;
  size_t detours = 0;      ///< how often a fault led back here
};

class Dynamics final : public Vendor {
 public:
  explicit Dynamics(World& world);

  std::vector<TableSpec> tables() override { return dynamics_tables(world_, entities_); }
  Json credentials() const override;
  http::Response answer(Visit& visit) override;
  http::Response refusal(int status, const Visit& visit) override;
  void expire_tokens(bool all) override { tokens_.expire(all); }
  void reset() override;
  Json counters() override;

 private:
  struct Secrets {
    std::string tenant, client_id, client_secret, username, password, user_id, organization_id;
  };
  /// A query over one table, read and checked.
  struct Query {
    const DynamicsEntity* entity = nullptr;
    TableRef table;
    DynamicsProjection shown;
    std::optional<ODataFilter> filter = {};
    struct Order {
      const Column* column;
      bool descending;
    };
    std::vector<Order> order = {};
    std::optional<uint64_t> top = {};
    bool count = false;
    DynamicsPreferences preferences;
    std::string key = {};  ///< equal for queries that find the same rows in the same order
  };
  /// Rows that a filtered or sorted query found, kept for its next pages.
  struct Found {
    TableRef table;
    std::string key;
    int64_t as_of;
    std::shared_ptr<const std::vector<uint32_t>> rows;
  };
  /// One page: row numbers, whether there is more, how many there are in all.
  struct Page {
    std::vector<uint64_t> rows;
    bool more = false;
    uint64_t offset = 0;
    uint64_t total = 0;
  };
  /// A page of a FetchXML query.
  struct FetchPage {
    uint64_t number = 1;
    uint64_t rows = kDynamicsPageMax;
    bool top = false;
    bool counted = false;
  };
  using Read = std::variant<Query, DynamicsError>;

  // auth.cc
  http::Response token(Visit& visit, const std::string& tenant, bool v2);
  http::Response granted(Visit& visit, bool v2);
  std::optional<http::Response> unauthorized(const Visit& visit);
  std::optional<http::Response> over_limit(Visit& visit);
  void add_limit_headers(const Visit& visit, http::Response& response);

  // dynamics.cc
  http::Response resource(Visit& visit, std::string_view path);
  http::Response entity_set(Visit& visit, const DynamicsEntity& entity, const std::vector<DynamicsSegment>& path);
  const DynamicsEntity* entity_by(std::string DynamicsEntity::* name, std::string_view value) const;
  std::string service_root(const Visit& visit) const;

  // metadata.cc
  http::Response definitions(Visit& visit, const std::vector<DynamicsSegment>& path);
  http::Response attributes(Visit& visit, const DynamicsEntity& entity, const std::vector<DynamicsSegment>& path);
  http::Response service_document(Visit& visit) const;
  http::Response who_am_i(Visit& visit) const;
  http::Response record_count(Visit& visit, const std::string& call) const;

  // read.cc
  http::Response list(Visit& visit, const DynamicsEntity& entity);
  http::Response page_response(Visit& visit, const Query& query, const DynamicsPlace& place);
  Read read_query(const Visit& visit, const DynamicsEntity& entity) const;
  std::optional<DynamicsError> read_order(Query& query, std::string_view text) const;
  std::optional<DynamicsError> bind(ODataFilter& filter, const TableState& table, const DynamicsEntity& entity) const;
  std::variant<DynamicsProjection, DynamicsError> projection(const DynamicsEntity& entity, const TableState& table, const std::vector<std::string>& select,
                                                             const std::vector<std::string>& expand, bool annotations) const;
  uint64_t rows_of_page(const Query& query) const;
  DynamicsPlace place_before(const Query& query, DynamicsPlace place, int64_t now);
  Page page_of(const Query& query, const DynamicsPlace& place, int64_t now);
  std::shared_ptr<const std::vector<uint32_t>> found_rows(const Query& query, int64_t now);
  std::string next_link(const Visit& visit, const DynamicsPlace& place) const;

  // rows.cc
  void append_row(std::string& out, const DynamicsProjection& shown, const Row& row) const;
  void append_annotations(std::string& out, const DynamicsProjection::Member& member, const Value& value, int64_t now) const;
  void append_expansion(std::string& out, const DynamicsExpansion& expansion, const Row& row) const;

  // tracking.cc
  http::Response delta(Visit& visit, const Query& query, const std::string& token);
  std::string delta_page(Visit& visit, const Query& query, const std::vector<std::pair<uint64_t, uint64_t>>& changes, DynamicsPlace place);
  std::string delta_link(const Visit& visit, uint64_t version) const;
  uint64_t known_version(const TableState& table, int64_t now) const;
  std::optional<DynamicsError> not_trackable(const Visit& visit, const DynamicsEntity& entity) const;

  // fetchxml.cc
  http::Response fetch(Visit& visit, const DynamicsEntity& entity, const std::string& xml);
  http::Response fetch_page(Visit& visit, Query& query, const FetchPage& asked);

  // batch.cc
  http::Response batch(Visit& visit);

  // write.cc
  http::Response get_one(Visit& visit, const DynamicsEntity& entity, const std::string& key);
  http::Response create(Visit& visit, const DynamicsEntity& entity);
  http::Response update(Visit& visit, const DynamicsEntity& entity, const std::string& key);
  http::Response remove(Visit& visit, const DynamicsEntity& entity, const std::string& key);
  std::string record_url(const Visit& visit, const DynamicsEntity& entity, uint64_t row) const;

  World& world_;
  const std::vector<DynamicsEntity> entities_;
  Secrets secrets_;
  Tokens tokens_;
  std::atomic<uint64_t> issued_ = 0;
  SlidingCount requests_;
  SlidingCount milliseconds_;
  const Settings::Value& token_life_;
  const Settings::Value& requests_max_;
  const Settings::Value& milliseconds_max_;
  const Settings::Value& concurrent_max_;
  const Settings::Value& cost_;
  const Settings::Value& tracking_days_;
  const Settings::Value& timeout_rows_;
  const Settings::Value& needs_second_factor_;
  const Settings::Value& not_a_member_;
  const Settings::Value& missing_privilege_;

  mutable std::mutex mutex_;  ///< guards what follows
  std::deque<Found> found_;
};

/// `{"error":{"code","message"}}`
http::Response dynamics_error(const DynamicsError& error);
/// A cell as JSON prints it.
void append_dynamics_json(std::string& out, const Column& column, const Value& value);
DynamicsPreferences dynamics_preferences(const http::Request& request);
/// Splits `EntityDefinitions(LogicalName='account')/Attributes`, percent signs undone.
std::vector<DynamicsSegment> dynamics_path(std::string_view path);
/// The cookie of a page handle, and what it says.
std::string dynamics_cookie(const DynamicsPlace& place, const IdStyle& id, const std::string& key_name);
std::optional<DynamicsPlace> dynamics_place(std::string_view cookie, const IdStyle& id);
/// The error for a property that a table does not have.
DynamicsError no_property(std::string_view name, const DynamicsEntity& entity);
/// The column that `name` stands for in queries: lookups by `_name_value`, everything else by its own name.
const Column* dynamics_column(const TableState& table, std::string_view name);

}  // namespace foz::sim
