#include "simulators/tables/generate.h"

#include <charconv>
#include <string>

#include "simulators/tables/words.h"

namespace foz::sim {
namespace {

constexpr int64_t kFirstCreated = 1'546'300'800'000;    // 2019-01-01
constexpr int64_t kCreatedSpan = 173'448'000'000;       // until 2024-06-30
constexpr int64_t kModifiedSpan = 180ll * 86'400'000;
constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;

// What belongs together is drawn with one salt: a mail address fits its name, a street its city.
enum : uint64_t { kFirstSalt = 11, kLastSalt = 12, kCompanySalt = 13, kPlaceSalt = 14, kMailSalt = 15 };

uint64_t drawn(const RowSeed& row, uint64_t salt) { return mixed(row.hash + salt * kGolden); }

__extension__ using Wide = unsigned __int128;

/// `hash` as a number in [0, bound).
uint64_t below(uint64_t hash, uint64_t bound) { return static_cast<uint64_t>((static_cast<Wide>(hash) * bound) >> 64); }

template <class Words>
const auto& one_of(const Words& words, uint64_t hash) {
  return words[below(hash, words.size())];
}

int64_t floored(int64_t millis, int64_t precision_ms) { return millis - millis % precision_ms; }

void append_number(Scratch& scratch, uint64_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  scratch.append({digits, static_cast<size_t>(end - digits)});
}

const Name& first_of(const RowSeed& row) { return one_of(first_names(), drawn(row, kFirstSalt)); }
const Name& last_of(const RowSeed& row) { return one_of(last_names(), drawn(row, kLastSalt)); }
const Name& company_of(const RowSeed& row) { return one_of(companies(), drawn(row, kCompanySalt)); }
const Place& place_of(const RowSeed& row) { return one_of(places(), drawn(row, kPlaceSalt)); }

Value email(const RowSeed& row, Scratch& scratch) {
  scratch.open();
  scratch.append(first_of(row).ascii);
  scratch.append(".");
  scratch.append(last_of(row).ascii);
  scratch.append(".");
  append_number(scratch, row.row + 1);
  scratch.append("@");
  scratch.append(one_of(mail_domains(), drawn(row, kMailSalt)));
  return Value::of_text(scratch.close());
}

Value phone(uint64_t hash, Scratch& scratch) {
  char text[] = "+000 000 000 000";
  for (size_t i = 1; i < sizeof text - 1; ++i) {
    if (text[i] == ' ') continue;
    text[i] = static_cast<char>('0' + hash % 10);
    hash /= 10;
  }
  scratch.open();
  scratch.append({text, sizeof text - 1});
  return Value::of_text(scratch.close());
}

Value company(const RowSeed& row, Scratch& scratch) {
  scratch.open();
  scratch.append(company_of(row).display);
  scratch.append(" ");
  append_number(scratch, row.row + 1);
  return Value::of_text(scratch.close());
}

Value domain(const RowSeed& row, Scratch& scratch, bool as_url) {
  scratch.open();
  if (as_url) scratch.append("https://www.");
  scratch.append(company_of(row).ascii);
  append_number(scratch, row.row + 1);
  scratch.append(as_url ? ".example.com/about?id=1&lang=pt" : ".example.com");
  return Value::of_text(scratch.close());
}

Value full_name(const RowSeed& row, Scratch& scratch) {
  scratch.open();
  scratch.append(first_of(row).display);
  scratch.append(" ");
  scratch.append(last_of(row).display);
  return Value::of_text(scratch.close());
}

Value street(const RowSeed& row, uint64_t hash, Scratch& scratch) {
  scratch.open();
  append_number(scratch, 1 + below(drawn(row, kPlaceSalt + 1), 998));
  scratch.append(" ");
  scratch.append(one_of(streets(), hash));
  return Value::of_text(scratch.close());
}

Value postal_code(const RowSeed& row, uint64_t hash, Scratch& scratch) {
  scratch.open();
  scratch.append(place_of(row).postal_prefix);
  append_number(scratch, 100 + below(hash, 900));
  return Value::of_text(scratch.close());
}

void append_words(Scratch& scratch, uint64_t hash, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    if (i > 0) scratch.append(" ");
    scratch.append(one_of(plain_words(), mixed(hash + i)));
  }
}

Value sentence(uint64_t hash, Scratch& scratch) {
  scratch.open();
  append_words(scratch, hash, 4 + hash % 5);
  return Value::of_text(scratch.close());
}

Value dirty_text(uint64_t hash, Scratch& scratch) {
  scratch.open();
  append_words(scratch, hash, 3 + hash % 5);
  const uint64_t kind = (hash >> 32) % 100;
  if (kind < 10) scratch.append("\nsecond line,\r\nthird");
  if (kind >= 10 && kind < 20) scratch.append(" said \"hello, you\", twice");
  if (kind >= 20 && kind < 26) scratch.append(" "), scratch.append(one_of(emoji(), mixed(hash)));
  if (kind == 26) scratch.append(std::string_view("\0NUL", 4));
  if (kind == 27) scratch.append("\\back\tslash");
  return Value::of_text(scratch.close());
}

Value multi_pick(const Column& column, uint64_t hash, Scratch& scratch) {
  scratch.open();
  bool first = true;
  for (size_t i = 0; i < column.options.size(); ++i) {
    if ((hash >> i & 1) == 0) continue;
    if (!first) scratch.append(";");
    scratch.append(column.options[i].value);
    first = false;
  }
  return first ? Value{} : Value::of_text(scratch.close());
}

Value lying_number(uint64_t hash, Scratch& scratch) {
  switch (hash % 50) {
    case 0: return Value::of_text("N/A");
    case 1: return Value::of_text("1;2");
    case 2: return Value::of_text("12345678901234567890");
    case 3: return Value::of_text("1e21");
    default: break;
  }
  scratch.open();
  append_number(scratch, below(hash, 100'000));
  return Value::of_text(scratch.close());
}

Value lookup(const Column& column, uint64_t hash, Scratch& scratch) {
  if (column.target_rows == 0) return {};
  std::string id;
  append_id(id, column.target_id, below(hash, column.target_rows));
  scratch.open();
  scratch.append(id);
  return Value::of_text(scratch.close());
}

Value time_of_day(uint64_t hash, Scratch& scratch) {
  const uint64_t second = below(hash, 86'400);
  char text[] = "00:00:00.000Z";
  const auto put = [&](size_t at, uint64_t value) {
    text[at] = static_cast<char>('0' + value / 10);
    text[at + 1] = static_cast<char>('0' + value % 10);
  };
  put(0, second / 3600);
  put(3, second / 60 % 60);
  put(6, second % 60);
  scratch.open();
  scratch.append({text, sizeof text - 1});
  return Value::of_text(scratch.close());
}

int64_t ranged(const Column& column, uint64_t hash) {
  return column.low + static_cast<int64_t>(below(hash, static_cast<uint64_t>(column.high - column.low)));
}

}  // namespace

uint64_t salt_of(std::string_view name) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return mixed(hash);
}

int64_t made_created(const RowSeed& row, int64_t precision_ms) {
  const auto share = below((row.row + 1) * kGolden, static_cast<uint64_t>(kCreatedSpan));
  return floored(kFirstCreated + static_cast<int64_t>(share), precision_ms);
}

int64_t made_modified(const RowSeed& row, int64_t precision_ms) {
  const auto later = static_cast<int64_t>(below(drawn(row, 21), static_cast<uint64_t>(kModifiedSpan)));
  return floored(made_created(row, precision_ms) + later, precision_ms);
}

Value made_cell(const Column& column, const RowSeed& row, Scratch& scratch) {
  const uint64_t hash = mixed(row.hash ^ column.salt);
  if (column.null_percent + column.empty_percent > 0) {
    const auto chance = static_cast<int>(hash % 100);
    if (chance < column.null_percent) return {};
    if (chance < column.null_percent + column.empty_percent) return Value::of_text("");
  }
  const uint64_t fresh = mixed(hash);
  switch (column.recipe) {
    case Recipe::first_name: return Value::of_text(first_of(row).display);
    case Recipe::last_name: return Value::of_text(last_of(row).display);
    case Recipe::full_name: return full_name(row, scratch);
    case Recipe::email: return email(row, scratch);
    case Recipe::phone: return phone(fresh, scratch);
    case Recipe::company: return company(row, scratch);
    case Recipe::domain: return domain(row, scratch, false);
    case Recipe::url: return domain(row, scratch, true);
    case Recipe::street: return street(row, fresh, scratch);
    case Recipe::city: return Value::of_text(place_of(row).city);
    case Recipe::state: return Value::of_text(place_of(row).state);
    case Recipe::country: return Value::of_text(place_of(row).country);
    case Recipe::postal_code: return postal_code(row, fresh, scratch);
    case Recipe::job_title: return Value::of_text(one_of(job_titles(), fresh));
    case Recipe::sentence: return sentence(fresh, scratch);
    case Recipe::dirty_text: return dirty_text(fresh, scratch);
    case Recipe::pick: return Value::of_text(one_of(column.options, fresh).value);
    case Recipe::multi_pick: return multi_pick(column, fresh, scratch);
    case Recipe::integer: return Value::of_integer(ranged(column, fresh));
    case Recipe::decimal: return Value::of_decimal(ranged(column, fresh), static_cast<uint8_t>(column.scale));
    case Recipe::boolean: return Value::of_boolean(static_cast<int64_t>(fresh % 100) < column.low);
    case Recipe::date: return Value::of_date(ranged(column, fresh));
    case Recipe::instant: return Value::of_instant(ranged(column, fresh) * 1000);
    case Recipe::time: return time_of_day(fresh, scratch);
    case Recipe::lying_number: return lying_number(fresh, scratch);
    case Recipe::lookup: return lookup(column, fresh, scratch);
    case Recipe::constant: return Value::of_text(column.options.front().value);
    default: return {};
  }
}

}  // namespace foz::sim
