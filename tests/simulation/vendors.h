#pragma once
// The simulated vendors, in the same process: their tables, who changes rows in them, and what must have landed in the end.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/random.h"
#include "http/client.h"
#include "http/egress.h"
#include "simulators/simulator.h"
#include "tests/simulation/fate.h"

namespace foz::simulation {

/// A table that flows read. A row of the list below.
struct TableRow {
  std::string_view vendor;
  std::string_view name;   ///< the vendor's
  std::string_view path;   ///< as flows name it
  std::string_view token;  ///< the vendor's column that tells versions of a row apart
};
std::span<const TableRow> table_rows();

/// The newest version of a row.
struct Version {
  std::string token;
  Instant stamp;
  bool gone = false;
};

/// A vendor with its origin, `http://salesforce.test`.
class Vendor {
 public:
  Vendor(std::string name, Timeline& timeline, uint64_t seed, uint64_t rows);

  const std::string& name() const { return name_; }
  std::string origin() const { return "http://" + name_ + ".test"; }
  http::Response answer(const http::Request& request) { return simulator_->answer(request); }
  Json control(const std::string& what, const Json& body);
  Json credentials() const { return simulator_->ready_line(origin()); }

 private:
  class TrueClock;
  const std::string name_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<sim::Simulator> simulator_;
};

/// All vendors behind one transport, with whatever goes wrong on the way.
class Vendors final : public http::Transport {
 public:
  Vendors(Timeline& timeline, Fate& fate, Random& script, uint64_t seed);

  Result<http::Response> send(const http::Request& request, std::stop_token stop) override;
  Vendor& vendor(std::string_view name) { return *vendors_.at(std::string(name)); }

  /// Changes, adds or removes some rows of a table.
  void change_rows(const TableRow& table);
  /// Rows of a table as they are, by key.
  const std::map<std::string, Version>& rows(const TableRow& table) const { return rows_.at(&table); }
  /// No allowance is left at a vendor, or there is plenty.
  void set_quota(std::string_view vendor, bool gone);
  void expire_tokens(std::string_view vendor);

 private:
  void seed_rows(const TableRow& table);
  std::string next_token() { return "v" + std::to_string(++tokens_); }
  void update(const TableRow& table, const std::string& key, int64_t visible_after);
  Result<http::Response> answer_of(Vendor& vendor, const http::Request& request, const http::Url& url);
  std::string_view spoil(Vendor& vendor);

  Timeline& timeline_;
  Fate& fate_;
  Random& script_;
  const http::Egress egress_;
  std::map<std::string, std::unique_ptr<Vendor>> vendors_;
  std::map<const TableRow*, std::map<std::string, Version>> rows_;
  uint64_t tokens_ = 0;
};

}  // namespace foz::simulation
