#include "flow/listing.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace foz::flow {
namespace {

/// More values than this are not sent to the database.
constexpr size_t kPushedValuesMax = 256;

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

/// Adds a clause; false when the database cannot judge it.
bool push_clause(Condition& condition, const Collection& collection, const Clause& clause) {
  const ListColumn* column = column_of(collection, clause.path);
  if (column == nullptr || clause.values.size() > kPushedValuesMax) return false;
  const std::string name(column->column);
  const bool negated = clause.comparison == Comparison::not_equal;
  const bool equality = negated || clause.comparison == Comparison::equal;
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

Condition condition_of(const Collection& collection, const Filter& filter) {
  Condition condition;
  for (const Clause& clause : filter.clauses) condition.exact = push_clause(condition, collection, clause) && condition.exact;
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

}  // namespace

Result<Page> list_page(store::Reader& reader, const Collection& collection, std::string_view sandbox, const ListQuery& query, const Show& show) {
  const Walk walk = walk_of(query.ordering);
  Condition condition = condition_of(collection, query.filter);
  start_after(condition, walk, query.after);
  const std::string order = walk == Walk::newest_first ? "created_ms DESC, id" : walk == Walk::oldest_first ? "created_ms, id" : "";
  Status failure;
  std::vector<Found> found;
  FirstOfAll first(query.ordering, query.limit);
  const auto visit = [&](store::Resource resource) {
    Json document = show(std::move(resource.doc));
    const auto passes = matches(query.filter, document);
    if (!passes) return failure = passes.error(), false;
    if (!*passes) return true;
    Found one{.place = place_of(query.ordering, document), .document = std::move(document)};
    if (walk == Walk::sorted_here) {
      if (!query.after || comes_before(query.ordering, *query.after, one.place)) first.add(std::move(one));
      return true;
    }
    found.push_back(std::move(one));
    return !query.limit || found.size() <= *query.limit;
  };
  TRY_DO(store::ResourceTable(collection.table).each(reader, sandbox, condition.sql, condition.values, order, visit));
  TRY_DO(failure);
  return page_of(walk == Walk::sorted_here ? first.take() : std::move(found), query);
}

Result<int64_t> count_matches(store::Reader& reader, const Collection& collection, std::string_view sandbox, const ListQuery& query, const Show& show) {
  const Condition condition = condition_of(collection, query.filter);
  if (condition.exact) {
    store::Values values = {std::string(sandbox)};
    values.insert(values.end(), condition.values.begin(), condition.values.end());
    const std::string sql = "SELECT COUNT(*) FROM " + std::string(collection.table) + " WHERE sandbox = ?";
    TRY(const auto row, reader.first(condition.sql.empty() ? sql : sql + " AND " + condition.sql, values));
    return row ? row->integer(0) : 0;
  }
  Status failure;
  int64_t count = 0;
  TRY_DO(store::ResourceTable(collection.table).each(reader, sandbox, condition.sql, condition.values, "", [&](store::Resource resource) {
    const auto passes = matches(query.filter, show(std::move(resource.doc)));
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
