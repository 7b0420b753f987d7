#pragma once
// Where data comes from: the whole contract between Foz and a source system. Follows: Sources contract, 1.
//
// A source explores tables, describes one, plans a read as independent slices and maps (slice, cursor) to one page and
// the next cursor. It never stores: saving pages, waiting for the next window and counting rows is the run engine's.
// Vendors' bytes stay as they came; Column says where in a record a value lies and how it is written there.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json_fwd.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "http/client.h"

namespace foz::sources {

/// Types on the way to Parquet. Follows: Sources contract, 1.5.
enum class ColumnType : uint8_t { string, boolean, int32, int64, decimal, number, date, timestamp, json, binary };

std::string_view name_of(ColumnType type);

/// How a vendor writes a value of the column's type. JSON's own numbers, booleans and null are always understood too;
/// whole numbers may come as "3.0"; empty text is null for every type but string and json.
enum class Wire : uint8_t {
  plain,         ///< text as it is; numbers in decimal digits; dates and times in ISO 8601
  millis,        ///< times and dates as milliseconds since 1970, number or text; ISO 8601 too
  seconds,       ///< times as seconds since 1970
  semicolons,    ///< of json: "a;b" is ["a","b"], "" is []
  commas,        ///< of json: "1,2,5" is [1,2,5]: whole numbers; "" is []
};

/// A column as a user sees it, and where its value lies in a record.
struct Column {
  std::string name;                 ///< what mappings call it
  ColumnType type = ColumnType::string;
  int32_t precision = 38, scale = 10;  ///< of decimals
  Wire wire = Wire::plain;
  /// Member names from the record's root to the value (JSON), or one header name (CSV).
  std::vector<std::string> raw_path = {};
  std::optional<std::string> constant = {};  ///< the value where `raw_path` is empty, or finds nothing or null
  std::string prefix = {};          ///< stands before a text that `raw_path` finds (the address before an id)
  bool lenient = false;             ///< a value that is not of the type becomes null and is counted (pain 12)
  bool key = false;                 ///< part of the table's primary key
  bool cursor = false;              ///< can serve as delta column
  bool calculated = false;          ///< changes without moving the modification column (pain 5)
  bool on_request = false;          ///< read only when it is asked for by name (10, S6 and S8)
  std::string original_type = {};   ///< the vendor's word, where it says more ("picklist")

  friend bool operator==(const Column&, const Column&) = default;
};

struct Table {
  std::string name;   ///< shown
  std::string path;   ///< what flows name it by
  std::vector<std::string> also_known_as = {};  ///< label, plural label, ...: compared without case, in this order (1.3)
  bool can_preview = true;
  bool can_fetch_schema = true;
  bool hidden = false;  ///< can be named, but is not listed unless all are wanted (10, S11)
};

/// A table with its columns.
struct Description {
  Table table;
  std::vector<Column> columns = {};
  /// The column that the system itself moves with every change; empty where there is none.
  std::string modified_column = {};
  /// A whole number that grows with every change of a record, where stamps are too coarse to tell two changes apart; empty: none.
  std::string version_column = {};
  /// Why a column may be missing that a person knows is there; ends the message about it (pain 8).
  std::string if_missing = {};
};

/// Half-open: from <= value < to. No `from`: also rows without a value. No `to`: whatever is there.
struct Window {
  std::string column;  ///< as the table names it
  std::optional<Instant> from = {};
  std::optional<Instant> to = {};
  std::string date_format = {};  ///< pattern of text columns (Flow Service contract, 13.4); empty: the default
  std::string timezone = {};     ///< of zoneless values; empty: UTC
};

/// What a run wants of a table. A source narrows by window and filter what its vendor can narrow; rows outside of both
/// may come, and are dropped by whoever reads the columns.
struct ReadPlan {
  Description table;
  std::vector<Column> columns = {};  ///< read these, in this order; always holds the key and the window's column
  std::optional<Window> window = {};
  std::shared_ptr<const Json> filter = {};  ///< a PQL tree (Flow Service contract, 8.3), names already resolved; null: none
  bool deletes = false;
  /// Not empty: of these records alone (the text of the key column), whatever window and filter say. A source that can read by
  /// key plans slices of some keys each; any other plans the table as it is.
  std::vector<std::string> keys = {};
  size_t rows_wanted = 0;  ///< a taste is enough: about so many rows, from the quickest way there is (preview); 0: all
};

/// A part of a plan that is read from its begin to its end by itself. Text, so that it survives a restart.
struct Slice {
  std::string id;     ///< unique in the plan
  std::string query;  ///< the source's own
};

/// A position in a slice; empty: its begin. The source's own text.
struct Cursor {
  std::string text;
};

/// CSV: comma, quotes doubled inside quotes, line breaks and NUL inside quotes, a header line first; empty is null.
enum class RecordFormat : uint8_t { json, csv };

/// One answer of the vendor. Several bodies when the columns had to be split: their records stand in the same order and
/// are joined by position; the source has found their keys equal. No body: a step on the way (a job was started, is still
/// at work), which brings a new cursor and no rows.
struct Page {
  std::vector<std::string> bodies;
  RecordFormat format = RecordFormat::json;
  std::string records = {};          ///< JSON pointer to the array of records ("/results"); CSV: unused
  std::optional<Cursor> next = {};   ///< nothing: the slice is at its end
  std::optional<int64_t> total = {}; ///< records the vendor says the whole slice has, where it says so
  std::optional<int64_t> count = {}; ///< records the vendor says this page has; the load reads as many, or the page is broken: fetch it again
};

/// An allowance the vendor grants, as it was last heard.
struct Limit {
  std::string name;  ///< "DailyApiRequests"
  int64_t max = 0;
  int64_t remaining = 0;
  std::optional<Instant> resets = {};
};

/// A record that the vendor has removed.
struct Removal {
  std::string key;                   ///< as the table's key column shows it
  std::optional<Instant> at = {};    ///< when, where the vendor says so

  friend bool operator==(const Removal&, const Removal&) = default;
};

/// Records removed since a bookmark. Follows: Sources contract, 5.2.
struct Removals {
  std::vector<Removal> rows = {};
  std::optional<Cursor> next = {};   ///< more of the same answer
  std::string bookmark = {};         ///< once `next` is nothing: where the next look begins. The source's own text
  /// The vendor cannot tell all that happened since the bookmark: compare all keys with those that landed.
  bool gap = false;
  std::string method = {};           ///< for the run: "deleted feed", "archived list", "key reconciliation"
  std::chrono::seconds lateness{0};  ///< how long after it happened a removal may still come
};

/// A login to one system, and all that is shared by those who use it: the token, renewed once for all, and the rates
/// kept towards the vendor. Keep one for each connection. Thread-safe: slices are read side by side.
/// Errors of all calls: unauthorized (login refused), forbidden (right or egress), not_found (table, column; a page
/// handle that died: the run reads anew), invalid (parameter), rate_limited (allowance gone, `retry_after`),
/// unavailable, corrupt (an answer that cannot be right), cancelled. Messages carry the vendor's own words, never a
/// secret. The code is the Flow Service's CONNECTOR-*.
class Source {
 public:
  virtual ~Source() = default;
  /// Logs in and makes one cheap call.
  virtual Status check(std::stop_token stop) = 0;
  virtual Result<std::vector<Table>> explore(std::stop_token stop) = 0;
  /// `path` as in Table, exactly; names people type go through resolve_table first.
  virtual Result<Description> describe(const std::string& path, std::stop_token stop) = 0;
  virtual Result<std::vector<Slice>> plan(const ReadPlan& plan, std::stop_token stop) = 0;
  virtual Result<Page> read(const ReadPlan& plan, const Slice& slice, const Cursor& from, std::stop_token stop) = 0;
  /// What was removed since `bookmark` (empty: since the plan's window begins); `from` as `next` of the answer before.
  /// Without a feed the answer is a gap: plan a read of the key columns alone and compare.
  virtual Result<Removals> deletes(const ReadPlan& plan, const std::string& bookmark, const Cursor& from, std::stop_token stop);
  virtual Result<std::vector<Limit>> limits(std::stop_token stop) = 0;
  /// The latest that the vendor's own clock can show now, as its answers told; nothing while it is not known. Windows are
  /// settled by that clock, which dates the rows (1.6).
  virtual std::optional<Instant> vendor_now() const { return std::nullopt; }
};

/// A parameter of an auth spec (Flow Service contract, 5.4).
struct Parameter {
  std::string_view name;
  std::string_view about;
  bool required = false;
  bool secret = false;
};

struct AuthSpec {
  std::string_view name;  ///< "Basic Authentication"
  std::string_view type;  ///< "Basic_Authentication"
  std::vector<Parameter> parameters;
  std::string_view settings = {};  ///< JSON object served beside it; empty: none
};

/// A login as a connection stores it, secrets unsealed.
struct Login {
  std::string auth_spec;                                    ///< AuthSpec::name
  std::vector<std::pair<std::string, Secret>> parameters;   ///< all of them, secret or not

  /// "" when it is absent.
  std::string text(std::string_view name) const;
  Secret secret(std::string_view name) const;
};

/// A secret parameter of a connection that a login renewed.
struct RenewedSecret {
  std::string parameter;
  Secret was;  ///< what it replaces; empty: there was none
  Secret now;  ///< empty: it is used up, and goes
};

/// What a source may use of the world. Outlives the source.
struct World {
  http::Transport& transport;
  const Clock& clock;
  Random& random;
  /// Keeps renewed secret parameters of the connection (a rotated refresh token) before they are used, all or none. None is
  /// kept where another stands meanwhile in the place of what it replaces: somebody gave the connection another login.
  std::function<Status(const std::vector<RenewedSecret>& renewed)> save_secrets = {};
  /// A secret parameter as it is kept now: another holder of the login may have renewed it. Errors: not_found (none is kept,
  /// or the connection logs in with another app now).
  std::function<Result<Secret>(std::string_view parameter)> kept_secret = {};
  int quota_reserve_percent = 20;  ///< setting `sources.quotaReservePercent`: of a daily allowance, left to others
  int pages_ahead = 0;             ///< setting `sources.pagesAhead`: fetched beside the one at hand where a vendor tells addresses
};

/// A row of THE source table: what a source is, apart from any login.
struct SourceSpec {
  std::string_view name;        ///< connection spec name: "salesforce"
  std::string_view id;          ///< connection spec id
  std::string_view title;       ///< "Salesforce"
  std::string_view category;    ///< "CRM", "marketing automation"
  std::string_view about;       ///< one sentence for the reference page
  std::vector<AuthSpec> auth;
  bool filters_at_source = false;
  std::chrono::seconds settle{10};   ///< settle time (1.6)
  std::chrono::seconds overlap{300}; ///< look-back (1.6)
  /// Errors: invalid (a parameter that cannot be right, a host not allowed).
  Result<std::unique_ptr<Source>> (*open)(const Login& login, const World& world);
};

/// All sources, a line each (sources.cc).
std::span<const SourceSpec* const> all_sources();
/// Null pointer when none has that connection spec id.
const SourceSpec* source_with_spec(std::string_view connection_spec_id);
/// The auth spec that `name` means: compared with name and type, ignoring case, blanks, `-` and `_`.
const AuthSpec* auth_spec_named(const SourceSpec& source, std::string_view name);

/// The table a person means (1.3): exact path, path without case, then the other names. Errors: not_found with the
/// nearest names; invalid when two tables fit equally well. Code CONNECTOR-1330-400.
Result<Table> resolve_table(const std::vector<Table>& tables, std::string_view given);
/// The column a person means: exact, without case, folded; the result keeps the given name (1.3).
/// Errors: not_found with the nearest names, code CONNECTOR-1330-400.
Result<Column> resolve_column(const Description& table, std::string_view given);

/// A raw path as a flat column name: `properties.hs_lead_status.value` gives `Properties_Hs_Lead_Status_Value` (1.4).
std::string flat_name(const std::vector<std::string>& raw_path);
/// Flat names of a table's columns, one for each path. Of paths with the same name the first in byte order keeps it, the
/// others get `_2`, `_3` ... (1.4).
std::vector<std::string> flat_names(const std::vector<std::vector<std::string>>& raw_paths);

}  // namespace foz::sources
