#include "simulators/tables/table.h"

#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"

namespace foz::sim {
namespace {

std::optional<Value> decimal_of(std::string_view text) {
  const size_t point = text.find('.');
  if (point == text.npos) {
    const auto whole = to_integer(text);
    return whole ? std::optional(Value::of_integer(*whole)) : std::nullopt;
  }
  const std::string_view fraction = text.substr(point + 1);
  if (fraction.empty() || fraction.size() > 9) return {};
  const auto number = to_integer(std::string(text.substr(0, point)) + std::string(fraction));
  if (!number || fraction.find_first_not_of("0123456789") != fraction.npos) return {};
  return Value::of_decimal(*number, static_cast<uint8_t>(fraction.size()));
}

std::optional<Value> instant_of(std::string_view text) {
  if (const auto millis = to_integer(text)) return Value::of_instant(*millis);
  if (const auto instant = parse_iso_instant(text)) return Value::of_instant(to_millis(*instant));
  return {};
}

std::optional<Value> date_of(std::string_view text) {
  if (const auto day = parse_iso_date(text)) return Value::of_date(day->time_since_epoch().count());
  if (const auto millis = to_integer(text)) return Value::of_date(*millis / 86'400'000);
  return {};
}

std::optional<Value> typed(Kind kind, std::string_view text) {
  switch (kind) {
    case Kind::boolean:
      if (equal_ignoring_case(text, "true") || text == "1") return Value::of_boolean(true);
      if (equal_ignoring_case(text, "false") || text == "0") return Value::of_boolean(false);
      return {};
    case Kind::integer:
    case Kind::bigint: {
      const auto number = to_integer(text);
      return number ? std::optional(Value::of_integer(*number)) : std::nullopt;
    }
    case Kind::number:
    case Kind::decimal:
    case Kind::currency:
    case Kind::percent: return decimal_of(text);
    case Kind::datetime: return instant_of(text);
    case Kind::date: return date_of(text);
    default: return {};
  }
}

std::string label_of(std::string_view name) {
  std::string label;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool upper_here = name[i] >= 'A' && name[i] <= 'Z';
    if (i > 0 && upper_here && !(name[i - 1] >= 'A' && name[i - 1] <= 'Z')) label += ' ';
    label += name[i] == '_' ? ' ' : i == 0 ? upper(name.substr(0, 1))[0] : name[i];
  }
  return label;
}

}  // namespace

Value value_of_text(const Column& column, std::string_view text) {
  return typed(column.kind, text).value_or(Value::of_text(text));
}

bool TableSpec::has(std::string_view trait) const { return std::find(traits.begin(), traits.end(), trait) != traits.end(); }

Row::Row(const TableState& table, uint64_t number, int64_t as_of) : table_(table), seed_(table.seed_, number) {
  if (table.changes_.empty()) return;
  const auto found = table.changes_.find(number);
  if (found == table.changes_.end()) return;
  change_ = &found->second;
  while (change_ != nullptr && as_of < change_->visible_from) change_ = change_->before.get();
  if (change_ == nullptr) {
    exists_ = number < table.made_rows();
  } else {
    exists_ = change_->state != Change::State::purged;
  }
}

int64_t Row::created() const {
  if (change_ != nullptr && change_->created) return *change_->created;
  return made_created(seed_, table_.spec().precision_ms);
}

int64_t Row::modified() const {
  return change_ != nullptr ? change_->modified : made_modified(seed_, table_.spec().precision_ms);
}

uint64_t Row::version() const { return change_ != nullptr ? change_->version : 100'000 + seed_.row % 800'000; }

Value Row::cell(const Column& column, Scratch& scratch) const {
  switch (column.recipe) {
    case Recipe::created: return Value::of_instant(created());
    case Recipe::modified: return Value::of_instant(modified());
    case Recipe::deleted: return Value::of_boolean(archived());
    case Recipe::version: return Value::of_integer(static_cast<int64_t>(version()));
    case Recipe::id: {
      std::string id;
      append_id(id, table_.spec().id, seed_.row);
      scratch.open();
      scratch.append(id);
      return Value::of_text(scratch.close());
    }
    default: break;
  }
  if (change_ != nullptr) {
    if (const auto found = change_->cells.find(column.name); found != change_->cells.end()) {
      return found->second ? value_of_text(column, *found->second) : Value{};
    }
    if (!change_->made) return {};
  }
  if (column.recipe != Recipe::csv) return made_cell(column, seed_, scratch);
  if (seed_.row >= table_.made_rows()) return {};
  const std::string_view text = table_.spec().csv->field(seed_.row, static_cast<size_t>(column.low));
  return text.empty() ? Value{} : Value::of_text(text);
}

TableState::TableState(std::shared_ptr<const TableSpec> spec, uint64_t seed)
    : spec_(std::move(spec)), seed_(seed ^ salt_of(spec_->name)), rows_(spec_->rows) {}

uint64_t TableState::live_rows(int64_t as_of) const {
  if (as_of >= settled_at_) return rows_ - hidden_;
  uint64_t count = rows_;
  for (const auto& [number, change] : changes_) {
    if (!Row(*this, number, as_of).live()) --count;
  }
  return count;
}

const Column* TableState::column(std::string_view name) const {
  for (const Column& column : spec_->columns) {
    if (column.name == name) return column.hidden ? nullptr : &column;
  }
  return nullptr;
}

const Column* TableState::column_ignoring_case(std::string_view name) const {
  for (const Column& column : spec_->columns) {
    if (equal_ignoring_case(column.name, name)) return column.hidden ? nullptr : &column;
  }
  return nullptr;
}

std::vector<const Column*> TableState::visible_columns() const {
  std::vector<const Column*> columns;
  for (const Column& column : spec_->columns) {
    if (!column.hidden) columns.push_back(&column);
  }
  return columns;
}

uint64_t TableState::append(Change change) {
  const uint64_t row = rows_++;
  write(row, std::move(change));
  return row;
}

void TableState::write(uint64_t row, Change change) {
  const auto found = changes_.find(row);
  const bool was_hidden = found != changes_.end() && found->second.state != Change::State::live;
  const bool is_hidden = change.state != Change::State::live;
  if (is_hidden) ++hidden_;
  if (was_hidden) --hidden_;
  settled_at_ = std::max(settled_at_, change.visible_from);
  changes_.insert_or_assign(row, std::move(change));
}

void Tables::replace(std::vector<TableSpec> specs, uint64_t seed) {
  std::map<std::string, std::pair<IdStyle, uint64_t>> targets;
  for (const TableSpec& spec : specs) targets[spec.name] = {spec.id, spec.rows};
  std::lock_guard lock(mutex_);
  order_.clear();
  tables_.clear();
  for (TableSpec& spec : specs) {
    if (spec.label.empty()) spec.label = label_of(spec.name);
    if (spec.plural.empty()) spec.plural = spec.label + "s";
    for (Column& column : spec.columns) {
      column.salt = salt_of(column.name);
      if (column.label.empty()) column.label = label_of(column.name);
      if (const auto found = targets.find(column.target); found != targets.end()) {
        std::tie(column.target_id, column.target_rows) = found->second;
      }
    }
    order_.push_back(spec.name);
    auto shared = std::make_shared<const TableSpec>(std::move(spec));
    tables_[shared->name] = std::make_shared<TableState>(shared, seed);
  }
}

TableRef Tables::find(std::string_view name) const {
  std::lock_guard lock(mutex_);
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : found->second;
}

TableRef Tables::find_ignoring_case(std::string_view name) const {
  if (TableRef exact = find(name)) return exact;
  std::lock_guard lock(mutex_);
  for (const auto& [key, table] : tables_) {
    if (equal_ignoring_case(key, name)) return table;
  }
  return nullptr;
}

std::vector<TableRef> Tables::all() const {
  std::lock_guard lock(mutex_);
  std::vector<TableRef> result;
  for (const std::string& name : order_) result.push_back(tables_.find(name)->second);
  return result;
}

bool Tables::edit(std::string_view name, const std::function<void(TableState&)>& change) {
  std::lock_guard lock(mutex_);
  const auto found = tables_.find(name);
  if (found == tables_.end()) return false;
  // Readers hold the old state; nobody else can take it up while the lock is held.
  if (found->second.use_count() > 1) found->second = std::make_shared<TableState>(*found->second);
  std::atomic_thread_fence(std::memory_order_acquire);  // what the last reader did lies behind us
  change(*found->second);
  return true;
}

}  // namespace foz::sim
