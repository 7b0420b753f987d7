#include "simulators/mutate.h"

#include <limits>

#include "base/text.h"
#include "base/time_text.h"

namespace foz::sim {
namespace {

constexpr size_t kIdsMax = 1000;

Error bad_mutation(std::string message) { return Error{.kind = ErrorKind::invalid, .message = std::move(message)}; }

Change change_from(World& world, const TableState& table, uint64_t row, const ChangeRules& rules) {
  const auto found = table.changes().find(row);
  Change change = found == table.changes().end() ? Change{} : found->second;
  const int64_t now = world.clock.now();
  const int64_t late = rules.visible_after_seconds + world.settings.get("lateVisibilitySeconds");
  if (late > 0 || world.settings.get("searchLagSeconds") > 0) {
    change.before = found == table.changes().end() ? nullptr : std::make_shared<const Change>(found->second);
    // A made-up row before its first change: what the recipe says, with the stamp it had.
    if (change.before == nullptr && row < table.made_rows()) {
      Change first;
      first.modified = Row(table, row, now).modified();
      first.version = Row(table, row, now).version();
      change.before = std::make_shared<const Change>(std::move(first));
    }
    change.visible_from = now + late * 1000;
  } else {  // seen at once, and what came before it with it
    change.visible_from = Change{}.visible_from;
    change.before = nullptr;
  }
  if (found == table.changes().end()) change.modified = Row(table, row, now).modified();
  if (!rules.keep_stamp) change.modified = rules.at.value_or(now);
  change.modified -= change.modified % table.spec().precision_ms;
  change.version = world.tables.next_version();
  return change;
}

void lay_cells(Change& change, Cells cells) {
  for (auto& [name, text] : cells) change.cells[name] = std::move(text);
}

/// The row as its writers know it: what was written last, seen by readers or not.
Row newest(const TableState& table, uint64_t row) { return {table, row, std::numeric_limits<int64_t>::max()}; }

bool live_row(const TableState& table, uint64_t row) { return row < table.rows() && newest(table, row).live(); }

void note_merged(World& world, const TableState& table, Change& change, uint64_t row, uint64_t loser) {
  Scratch scratch;
  for (const std::string_view name : {"hs_merged_object_ids", "hs_calculated_merged_vids"}) {
    const Column* column = table.column(name);
    if (column == nullptr) continue;
    const Value old = Row(table, row, world.clock.now()).cell(*column, scratch);
    std::string ids(old.type == Value::Type::text ? old.text : std::string_view());
    if (!ids.empty()) ids += ';';
    append_id(ids, table.spec().id, loser);
    change.cells[std::string(name)] = ids;
  }
}

Cells cells_of(const Json& json) {
  Cells cells;
  for (const auto& [name, value] : json.items()) {
    cells[name] = value.is_null() ? std::nullopt : std::optional(as_text(value));
  }
  return cells;
}

}  // namespace

std::optional<uint64_t> insert_row(World& world, std::string_view table, Cells cells, const ChangeRules& rules) {
  std::optional<uint64_t> row;
  world.tables.edit(table, [&](TableState& state) {
    Change change = change_from(world, state, state.rows(), rules);
    change.before = nullptr;
    change.made = false;
    change.created = change.modified;
    lay_cells(change, std::move(cells));
    row = state.append(std::move(change));
  });
  return row;
}

bool update_row(World& world, std::string_view table, uint64_t row, Cells cells, const ChangeRules& rules) {
  bool done = false;
  world.tables.edit(table, [&](TableState& state) {
    if (!live_row(state, row)) return;
    Change change = change_from(world, state, row, rules);
    if (rules.keep_stamp) change.version = newest(state, row).version();  // a column that is computed when it is read
    lay_cells(change, std::move(cells));
    state.write(row, std::move(change));
    done = true;
  });
  return done;
}

bool remove_row(World& world, std::string_view table, uint64_t row, Removal removal, const ChangeRules& rules) {
  bool done = false;
  world.tables.edit(table, [&](TableState& state) {
    if (row >= state.rows() || !newest(state, row).exists()) return;
    ChangeRules stamped = rules;
    stamped.keep_stamp = rules.keep_stamp || state.spec().has("archive_keeps_stamp");
    Change change = change_from(world, state, row, stamped);
    const bool no_bin = state.spec().id.form == IdStyle::Form::guid;
    const bool purge = removal == Removal::purge || (removal == Removal::usual && no_bin);
    change.state = purge ? Change::State::purged : Change::State::archived;
    change.archived_at = rules.at.value_or(world.clock.now());
    state.write(row, std::move(change));
    done = true;
  });
  return done;
}

bool restore_row(World& world, std::string_view table, uint64_t row, const ChangeRules& rules) {
  bool done = false;
  world.tables.edit(table, [&](TableState& state) {
    if (row >= state.rows() || !newest(state, row).archived()) return;
    Change change = change_from(world, state, row, rules);
    change.state = Change::State::live;
    change.archived_at = 0;
    state.write(row, std::move(change));
    done = true;
  });
  return done;
}

bool merge_rows(World& world, std::string_view table, uint64_t winner, uint64_t loser, const ChangeRules& rules) {
  bool done = false;
  world.tables.edit(table, [&](TableState& state) {
    const int64_t now = world.clock.now();
    if (winner == loser || !live_row(state, winner) || !live_row(state, loser)) return;
    Change kept = change_from(world, state, winner, rules);
    note_merged(world, state, kept, winner, loser);
    state.write(winner, std::move(kept));
    Change gone = change_from(world, state, loser, rules);
    const bool has_bin = state.spec().id.form == IdStyle::Form::salesforce;
    gone.state = has_bin ? Change::State::archived : Change::State::purged;
    gone.archived_at = rules.at.value_or(now);
    gone.merged_into = winner;
    if (state.column("MasterRecordId") != nullptr) gone.cells["MasterRecordId"] = id_text(state.spec().id, winner);
    state.write(loser, std::move(gone));
    done = true;
  });
  return done;
}

namespace {

/// What a column that is added or changed may hold.
struct ColumnKind {
  std::string_view name;
  Kind kind;
  Recipe recipe;
  int64_t low = 0;
  int64_t high = 0;
};

constexpr ColumnKind kColumnKinds[] = {{"text", Kind::text, Recipe::sentence},
                                       {"number", Kind::number, Recipe::decimal, 0, 100'000},
                                       {"integer", Kind::integer, Recipe::integer, 0, 1000},
                                       {"boolean", Kind::boolean, Recipe::boolean, 50},
                                       {"date", Kind::date, Recipe::date, 18'000, 20'000},
                                       {"datetime", Kind::datetime, Recipe::instant, 1'600'000'000, 1'700'000'000}};

/// One mutation document, and what it did.
class Mutation {
 public:
  Mutation(World& world, const Json& json) : world_(world), json_(json) {}

  Result<Json> run() {
    TRY_DO(read_head());
    const std::string op = text_of(json_, "op");
    if (op.ends_with("Column") || op == "changeType") {
      TRY_DO(change_columns(op));
    } else if (op == "insert") {
      TRY_DO(insert());
    } else if (op == "merge") {
      TRY_DO(merge());
    } else {
      TRY_DO(change_rows(op));
    }
    return Json{{"changed", changed_}, {"ids", ids_}};
  }

 private:
  Status read_head() {
    table_ = world_.tables.find_ignoring_case(text_of(json_, "table"));
    if (table_ == nullptr) {
      return Error{.kind = ErrorKind::not_found, .message = "there is no table \"" + text_of(json_, "table") + "\""};
    }
    if (const Json* at = member(json_, "at")) {
      const auto instant = at->is_string() ? parse_iso_instant(at->get<std::string>()) : std::nullopt;
      rules_.at = instant ? std::optional(to_millis(*instant)) : as_integer(*at);
      if (!rules_.at) return bad_mutation("\"at\" is a moment in ISO 8601 form or milliseconds");
    }
    rules_.keep_stamp = boolean_of(json_, "keepStamp").value_or(false);
    rules_.visible_after_seconds = integer_of(json_, "visibleAfterSeconds").value_or(0);
    if (const Json* set = member(json_, "set")) {
      if (!set->is_object()) return bad_mutation("\"set\" is an object of columns and values");
      TRY_DO(check_columns(*set));
      set_ = cells_of(*set);
    }
    return {};
  }

  Status check_columns(const Json& cells) {
    for (const auto& [name, value] : cells.items()) {
      const auto& columns = table_->spec().columns;
      const bool known = std::any_of(columns.begin(), columns.end(), [&](const Column& column) { return column.name == name; });
      if (!known) return bad_mutation("the table " + table_->spec().name + " has no column \"" + name + "\"");
    }
    return {};
  }

  void note(uint64_t row) {
    ++changed_;
    if (ids_.size() < kIdsMax) ids_.push_back(id_text(table_->spec().id, row));
  }

  /// Written rows, or `count` of the made-up kind: those get their cells from the recipe, and today's stamps.
  Status insert() {
    if (const Json* rows = member(json_, "rows")) {
      for (const Json& row : *rows) {
        TRY_DO(check_columns(row));
        note(*insert_row(world_, table_->spec().name, cells_of(row), rules_));
      }
      return {};
    }
    const int64_t count = integer_of(json_, "count").value_or(1);
    world_.tables.edit(table_->spec().name, [&](TableState& state) {
      for (int64_t i = 0; i < count; ++i) {
        Change change = change_from(world_, state, state.rows(), rules_);
        change.before = nullptr;
        change.created = change.modified;
        lay_cells(change, set_);
        note(state.append(std::move(change)));
      }
    });
    return {};
  }

  Status merge() {
    TRY(const uint64_t winner, row_named(text_of(json_, "winner")));
    for (const std::string& id : texts_of(json_, "losers")) {
      TRY(const uint64_t loser, row_named(id));
      if (!merge_rows(world_, table_->spec().name, winner, loser, rules_)) {
        return Error{.kind = ErrorKind::not_found, .message = "the rows to merge are not both there"};
      }
      note(loser);
    }
    return {};
  }

  Result<uint64_t> row_named(const std::string& id) {
    const auto row = row_of_id(table_->spec().id, id);
    if (row && *row < world_.tables.find(table_->spec().name)->rows()) return *row;
    return Error{.kind = ErrorKind::not_found, .message = "the table " + table_->spec().name + " has no row \"" + id + "\""};
  }

  Result<std::vector<uint64_t>> chosen_rows() {
    std::vector<uint64_t> rows;
    if (json_.contains("ids")) {
      for (const Json& id : json_["ids"]) {
        TRY(const uint64_t row, row_named(as_text(id)));
        rows.push_back(row);
      }
      return rows;
    }
    if (!json_.contains("count")) return bad_mutation("name rows by \"ids\", or by \"from\" (0), \"count\" and \"every\" (1)");
    const auto count = static_cast<size_t>(integer_of(json_, "count").value_or(0));
    const auto every = static_cast<uint64_t>(std::max<int64_t>(1, integer_of(json_, "every").value_or(1)));
    const bool want_archived = text_of(json_, "op") == "restore";
    for (auto row = static_cast<uint64_t>(integer_of(json_, "from").value_or(0)); row < table_->rows() && rows.size() < count; row += every) {
      const Row found(*table_, row, world_.clock.now());
      if (found.exists() && found.archived() == want_archived) rows.push_back(row);
    }
    return rows;
  }

  Status change_rows(const std::string& op) {
    TRY(const std::vector<uint64_t> rows, chosen_rows());
    const std::string& table = table_->spec().name;
    table_.reset();  // so that edits happen in place
    for (const uint64_t row : rows) {
      bool done = false;
      if (op == "update") done = update_row(world_, table, row, set_, rules_);
      else if (op == "delete") done = remove_row(world_, table, row, Removal::usual, rules_);
      else if (op == "archive") done = remove_row(world_, table, row, Removal::archive, rules_);
      else if (op == "purge") done = remove_row(world_, table, row, Removal::purge, rules_);
      else if (op == "restore") done = restore_row(world_, table, row, rules_);
      else return bad_mutation("\"op\" is insert, update, delete, archive, purge, restore, merge, addColumn, removeColumn, hideColumn, showColumn or changeType");
      if (done) changed_rows_.push_back(row);
    }
    table_ = world_.tables.find(table);
    for (const uint64_t row : changed_rows_) note(row);
    return {};
  }

  Status change_columns(const std::string& op) {
    const std::string name = text_of(json_, "column");
    if (name.empty()) return bad_mutation("\"column\" names the column");
    const std::string kind_name = text_of(json_, "kind", "text");
    const auto* kind = std::find_if(std::begin(kColumnKinds), std::end(kColumnKinds), [&](const ColumnKind& row) { return row.name == kind_name; });
    if (kind == std::end(kColumnKinds)) return bad_mutation("\"kind\" is text, number, integer, boolean, date or datetime");
    bool found = op == "addColumn";
    world_.tables.edit(table_->spec().name, [&](TableState& state) {
      auto spec = std::make_shared<TableSpec>(state.spec());
      spec->changed_at = world_.clock.now() / 1000 * 1000;
      if (op == "addColumn") spec->columns.push_back(added_column(name, *kind));
      if (op == "removeColumn") found = std::erase_if(spec->columns, [&](const Column& column) { return column.name == name; }) > 0;
      for (Column& column : spec->columns) {
        if (column.name != name) continue;
        found = true;
        if (op == "hideColumn" || op == "showColumn") column.hidden = op == "hideColumn";
        if (op == "changeType") take_kind(column, *kind);
      }
      state.replace_spec(std::move(spec));
    });
    if (!found) return Error{.kind = ErrorKind::not_found, .message = "the table has no column \"" + name + "\""};
    ++changed_;
    return {};
  }

  static void take_kind(Column& column, const ColumnKind& kind) {
    column.kind = kind.kind;
    column.recipe = kind.recipe;
    column.low = kind.low;
    column.high = kind.high;
    column.scale = kind.kind == Kind::number ? 2 : 0;
    column.options.clear();
  }

  static Column added_column(const std::string& name, const ColumnKind& kind) {
    Column column{.name = name, .label = name, .custom = true, .salt = salt_of(name)};
    take_kind(column, kind);
    return column;
  }

  World& world_;
  const Json& json_;
  TableRef table_;
  ChangeRules rules_;
  Cells set_;
  uint64_t changed_ = 0;
  std::vector<std::string> ids_;
  std::vector<uint64_t> changed_rows_;
};

}  // namespace

Result<Json> mutate(World& world, const Json& json) {
  if (!json.is_array()) return Mutation(world, json).run();
  Json answers = Json::array();
  for (const Json& one : json) {
    TRY(Json answer, Mutation(world, one).run());
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace foz::sim
