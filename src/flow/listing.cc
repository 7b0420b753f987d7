#include "flow/listing.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace foz::flow {
namespace {

/// More values than this are not sent to the database.
constexpr size_t kPushedValuesMax = 256;
/// Documents that a time range may leave for the database to sort.
constexpr int64_t kSortedMax = 1000;

constexpr ListColumn kCommonColumns[] = {
    {"id", "id", ListColumn::Kind::text},
    {"createdAt", "created_ms", ListColumn::Kind::millis},
    {"updatedAt", "updated_ms", ListColumn::Kind::millis},
};

/// SQL that keeps at least every document which passes the clauses it was made from.
struct Condition {
  std::string sql;
  store::Values values;
  bool exact = true;  ///< and nothing else: no document needs a second look

  void add(const std::string& part, store::Values more) {
    sql += (sql.empty() ? "" : " AND ") + part;
    for (store::Value& value : more) values.push_back(std::move(value));
  }
};

const ListColumn* column_of(const Collection& collection, const Path& path) {
  const std::string text = print(path);
  for (const auto columns : {std::span<const ListColumn>(kCommonColumns), collection.columns}) {
    for (const ListColumn& column : columns) {
      if (column.path == text) return &column;
    }
  }
  return nullptr;
}

/// `?, ?, ?, ?`: the number of marks is a power of two, the last value fills up, so that few statements are prepared.
std::string marks_for(store::Values& values) {
  size_t count = 1;
  while (count < values.size()) count *= 2;
  values.resize(count, store::Value(values.back()));
  std::string marks = "?";
  for (size_t i = 1; i < count; ++i) marks += ", ?";
  return marks;
}

/// The words among `values`, as they are stored.
store::Values stored_words(const ListColumn& column, const std::vector<std::string>& values) {
  store::Values found;
  for (const std::string& value : values) {
    for (const std::string_view word : column.words) {
      if (equal_ignoring_case(word, value)) found.emplace_back(std::string(word));
    }
  }
  return found;
}

void push_in(Condition& condition, const std::string& column, store::Values values, bool negated) {
  if (values.empty()) {
    if (!negated) condition.add("1 = 0", {});
    return;
  }
  const std::string marks = marks_for(values);
  condition.add(column + (negated ? " NOT IN (" : " IN (") + marks + ")", std::move(values));
}

bool is_equality(const Clause& clause) { return clause.comparison == Comparison::equal; }

/// A clause that leaves few documents: one flow, one account. Its index is the one to walk, whatever else is asked.
bool is_narrow(const Collection& collection, const Clause& clause) {
  const ListColumn* column = column_of(collection, clause.path);
  return column != nullptr && column->kind == ListColumn::Kind::text && is_equality(clause) && clause.values.size() <= kPushedValuesMax;
}

/// Times besides the one that lists are walked by.
bool is_other_time(const ListColumn& column) { return column.kind == ListColumn::Kind::millis && column.column != "created_ms"; }

/// Which columns the database may look up in an index; the others it filters by. (A plus before its name keeps SQLite from
/// using a column's index: without statistics it takes the wrong one of two.)
enum class Lookup { any, narrow_only, no_other_time };

std::string name_for(const ListColumn& column, Lookup lookup) {
  const bool plain = column.column == "created_ms" || column.kind == ListColumn::Kind::text || lookup == Lookup::any || (lookup == Lookup::no_other_time && !is_other_time(column));
  return (plain ? "" : "+") + std::string(column.column);
}

/// Adds a clause; false when the database cannot judge it.
bool push_clause(Condition& condition, const Collection& collection, const Clause& clause, Lookup lookup) {
  const ListColumn* column = column_of(collection, clause.path);
  if (column == nullptr || clause.values.size() > kPushedValuesMax) return false;
  const std::string name = name_for(*column, lookup);
  const bool negated = clause.comparison == Comparison::not_equal;
  const bool equality = negated || is_equality(clause);
  if (column->kind == ListColumn::Kind::millis) {
    store::Values values;
    for (const std::string& value : clause.values) {
      const auto number = to_integer(value);
      if (!number) return false;
      values.emplace_back(*number);
    }
    if (negated) return false;  // a missing time differs from every time, NULL does not
    if (equality) {
      push_in(condition, name, std::move(values), false);
    } else {
      condition.add(name + " " + std::string(name_of(clause.comparison)) + " ?", std::move(values));
    }
    return true;
  }
  if (!equality) return false;
  store::Values values;
  if (column->kind == ListColumn::Kind::word) {
    values = stored_words(*column, clause.values);
  } else {
    values.assign(clause.values.begin(), clause.values.end());
  }
  push_in(condition, name, std::move(values), negated);
  return true;
}

bool has_narrow(const Collection& collection, const Filter& filter) {
  return std::any_of(filter.clauses.begin(), filter.clauses.end(), [&](const Clause& clause) { return is_narrow(collection, clause); });
}

Condition condition_of(const Collection& collection, const Filter& filter, Lookup lookup) {
  Condition condition;
  for (const Clause& clause : filter.clauses) condition.exact = push_clause(condition, collection, clause, lookup) && condition.exact;
  return condition;
}

/// Only what is asked of other times.
Condition other_times(const Collection& collection, const Filter& filter) {
  Condition condition;
  for (const Clause& clause : filter.clauses) {
    const ListColumn* column = column_of(collection, clause.path);
    if (column != nullptr && is_other_time(*column)) push_clause(condition, collection, clause, Lookup::any);
  }
  return condition;
}

/// The orders that the database keeps in an index: by creation, either way.
enum class Walk { newest_first, oldest_first, sorted_here };

Walk walk_of(const Ordering& ordering) {
  if (ordering.empty()) return Walk::newest_first;
  if (print(ordering.front().path) != "createdAt") return Walk::sorted_here;
  return ordering.front().descending ? Walk::newest_first : Walk::oldest_first;  // createdAt is there, the rest breaks no ties but by id
}

void start_after(Condition& condition, Walk walk, const std::optional<PlaceInOrder>& after) {
  if (!after || walk == Walk::sorted_here) return;
  const std::string less = walk == Walk::newest_first ? "<" : ">";
  condition.add("created_ms " + less + "= ? AND (created_ms " + less + " ? OR id > ?)", {after->created_ms, after->created_ms, after->id});
}

struct Found {
  PlaceInOrder place;
  Json document;
};

/// Keeps the first `limit` + 1 documents of an order, whatever order they come in.
class FirstOfAll {
 public:
  FirstOfAll(const Ordering& ordering, std::optional<size_t> limit) : limit_(limit), found_(Before{&ordering}) {}

  void add(Found found) {
    found_.insert(std::move(found));
    if (limit_ && found_.size() > *limit_ + 1) found_.erase(std::prev(found_.end()));
  }

  /// One more than the page holds: it is known what comes behind.
  bool is_full() const { return limit_ && found_.size() > *limit_; }
  const Found& last() const { return *found_.rbegin(); }

  std::vector<Found> take() {
    std::vector<Found> taken;
    while (!found_.empty()) taken.push_back(std::move(found_.extract(found_.begin()).value()));
    return taken;
  }

 private:
  struct Before {
    const Ordering* ordering;
    bool operator()(const Found& a, const Found& b) const { return comes_before(*ordering, a.place, b.place); }
  };
  std::optional<size_t> limit_;
  std::set<Found, Before> found_;
};

Page page_of(std::vector<Found> found, const ListQuery& query) {
  Page page;
  if (query.limit && found.size() > *query.limit) {
    found.resize(*query.limit);
    page.next = found.back().place;
  }
  for (Found& one : found) page.items.push_back(projected(query.filter, std::move(one.document)));
  return page;
}

/// One walk through the collection for a page of a list.
class Walker {
 public:
  Walker(store::Reader& reader, const Collection& collection, std::string_view sandbox, const ListQuery& query, const View& view)
      : reader_(reader), collection_(collection), sandbox_(sandbox), query_(query), view_(view), narrow_(has_narrow(collection, query.filter)) {}

  Result<std::vector<Found>> in_stored_order(Walk walk) {
    TRY(const bool few, few_by_other_times());
    Condition condition = condition_of(collection_, query_.filter, narrow_ ? Lookup::narrow_only : few ? Lookup::any : Lookup::no_other_time);
    start_after(condition, walk, query_.after);
    std::vector<Found> found;
    TRY_DO(each(condition, walk == Walk::newest_first ? "created_ms DESC, id" : "created_ms, id", [&](Found one) {
      found.push_back(std::move(one));
      return !query_.limit || found.size() <= *query_.limit;
    }));
    return found;
  }

  Result<std::vector<Found>> sorted_here() {
    FirstOfAll first(query_.ordering, query_.limit);
    TRY_DO(each(condition_of(collection_, query_.filter, narrow_ ? Lookup::narrow_only : Lookup::any), "", [&](Found one) {
      if (is_behind(one)) first.add(std::move(one));
      return true;
    }));
    return first.take();
  }

  /// The first field of the order is a time that has a column: the walk follows that and ends where no later document can
  /// come before those it has. Documents without the time come last, whichever way.
  Result<std::vector<Found>> along(const ListColumn& column) {
    const Lookup lookup = narrow_ ? Lookup::narrow_only : Lookup::any;
    const Condition condition = condition_of(collection_, query_.filter, lookup);
    const std::string name = name_for(column, lookup);
    const bool descending = query_.ordering.front().descending;
    const bool in_nulls = query_.after && query_.after->values.front().is_null();
    FirstOfAll first(query_.ordering, query_.limit);
    const auto take = [&](Found one) {
      const bool enough = first.is_full() && first.last().place.values.front() != one.place.values.front();
      if (is_behind(one)) first.add(std::move(one));
      return !enough;
    };
    if (!in_nulls) {
      Condition dated = condition;
      dated.add(name + " IS NOT NULL", {});
      if (query_.after && query_.after->values.front().is_number_integer()) {
        dated.add(name + (descending ? " <= ?" : " >= ?"), {query_.after->values.front().get<int64_t>()});
      }
      TRY_DO(each(dated, name + (descending ? " DESC" : ""), take));
    }
    if (!first.is_full()) {
      Condition undated = condition;
      undated.add(name + " IS NULL", {});
      TRY_DO(each(undated, "", take));
    }
    return first.take();
  }

 private:
  bool is_behind(const Found& one) const { return !query_.after || comes_before(query_.ordering, *query_.after, one.place); }

  Status each(const Condition& condition, const std::string& order, const std::function<bool(Found)>& take) {
    Status failure;
    TRY_DO(store::ResourceTable(collection_.table).each(reader_, sandbox_, condition.sql, condition.values, order, [&](store::Resource resource) {
      if (view_.admits && !view_.admits(resource.doc)) return true;
      Json document = view_.show(std::move(resource.doc));
      const auto passes = matches(query_.filter, document);
      if (!passes) return failure = passes.error(), false;
      if (!*passes) return true;
      Found one{.place = place_of(query_.ordering, document), .document = std::move(document)};
      return take(std::move(one));
    }));
    return failure;
  }

  /// A range of a time that the walk does not follow: where it leaves few, the database looks those up and sorts them; where it
  /// leaves many, it walks and filters.
  Result<bool> few_by_other_times() {
    const Condition times = other_times(collection_, query_.filter);
    if (times.sql.empty()) return false;
    store::Values values = {std::string(sandbox_)};
    values.insert(values.end(), times.values.begin(), times.values.end());
    const std::string sql = "SELECT COUNT(*) FROM (SELECT 1 FROM " + std::string(collection_.table) + " WHERE sandbox = ? AND " + times.sql + " LIMIT " + std::to_string(kSortedMax + 1) + ")";
    TRY(const auto row, reader_.first(sql, values));
    return row && row->integer(0) <= kSortedMax;
  }

  store::Reader& reader_;
  const Collection& collection_;
  const std::string_view sandbox_;
  const ListQuery& query_;
  const View& view_;
  const bool narrow_;
};

/// The column of the first field, where it holds the very values that the order compares.
const ListColumn* time_column(const Collection& collection, const Ordering& ordering) {
  const ListColumn* column = ordering.empty() ? nullptr : column_of(collection, ordering.front().path);
  return column != nullptr && column->kind == ListColumn::Kind::millis ? column : nullptr;
}

}  // namespace

Result<Page> list_page(store::Reader& reader, const Collection& collection, std::string_view sandbox, const ListQuery& query, const View& view) {
  Walker walker(reader, collection, sandbox, query, view);
  const Walk walk = walk_of(query.ordering);
  const ListColumn* column = walk == Walk::sorted_here ? time_column(collection, query.ordering) : nullptr;
  TRY(auto found, column != nullptr ? walker.along(*column) : walk == Walk::sorted_here ? walker.sorted_here() : walker.in_stored_order(walk));
  return page_of(std::move(found), query);
}

Result<int64_t> count_matches(store::Reader& reader, const Collection& collection, std::string_view sandbox, const ListQuery& query, const View& view) {
  const Condition condition = condition_of(collection, query.filter, has_narrow(collection, query.filter) ? Lookup::narrow_only : Lookup::any);
  if (condition.exact && !view.admits) {
    store::Values values = {std::string(sandbox)};
    values.insert(values.end(), condition.values.begin(), condition.values.end());
    const std::string sql = "SELECT COUNT(*) FROM " + std::string(collection.table) + " WHERE sandbox = ?";
    TRY(const auto row, reader.first(condition.sql.empty() ? sql : sql + " AND " + condition.sql, values));
    return row ? row->integer(0) : 0;
  }
  Status failure;
  int64_t count = 0;
  TRY_DO(store::ResourceTable(collection.table).each(reader, sandbox, condition.sql, condition.values, "", [&](store::Resource resource) {
    if (view.admits && !view.admits(resource.doc)) return true;
    const auto passes = matches(query.filter, view.show(std::move(resource.doc)));
    if (!passes) return failure = passes.error(), false;
    count += *passes ? 1 : 0;
    return true;
  }));
  TRY_DO(failure);
  return count;
}

Result<Page> list_page(const std::vector<Json>& documents, const ListQuery& query) {
  std::vector<Found> found;
  for (size_t i = 0; i < documents.size(); ++i) {
    TRY(const bool passes, matches(query.filter, documents[i]));
    if (!passes) continue;
    Found one{.place = place_of(query.ordering, documents[i]), .document = documents[i]};
    one.place.created_ms = -static_cast<int64_t>(i);  // the order they stand in
    if (query.after && !comes_before(query.ordering, *query.after, one.place)) continue;
    found.push_back(std::move(one));
  }
  std::sort(found.begin(), found.end(), [&](const Found& a, const Found& b) { return comes_before(query.ordering, a.place, b.place); });
  return page_of(std::move(found), query);
}

Result<int64_t> count_matches(const std::vector<Json>& documents, const ListQuery& query) {
  int64_t count = 0;
  for (const Json& document : documents) {
    TRY(const bool passes, matches(query.filter, document));
    count += passes ? 1 : 0;
  }
  return count;
}

}  // namespace foz::flow
