#include "schedule/ingest/scalar.h"

#include <cmath>
#include <limits>

#include "base/text.h"
#include "base/time_text.h"
#include "prep/coerce.h"
#include "prep/moment.h"

namespace foz::schedule {
namespace {

using engine::Kind;
using engine::Value;
using Slot = JsonSlot::Kind;

constexpr std::string_view kNoBoolean = "is no boolean";
constexpr std::string_view kNoInteger = "is no whole number";
constexpr std::string_view kOutOfRange = "is outside the range of its type";
constexpr std::string_view kNoNumber = "is no number";
constexpr std::string_view kNoText = "is no text";
constexpr std::string_view kNoDate = "is no date such as 2020-04-15";
constexpr std::string_view kNotMidnight = "is a moment that is not midnight, and its field is a date";
constexpr std::string_view kNoMoment = "is no date-time such as 2020-04-15T23:34:21.034Z";

Scalar misfit(std::string_view why) { return {.misfit = why}; }

bool in_range(int64_t value, Kind kind) {
  switch (kind) {
    case Kind::int8: return value >= -128 && value <= 127;
    case Kind::int16: return value >= -32'768 && value <= 32'767;
    case Kind::int32: return value >= std::numeric_limits<int32_t>::min() && value <= std::numeric_limits<int32_t>::max();
    default: return true;
  }
}

Scalar integer(int64_t value, Kind kind) { return in_range(value, kind) ? Scalar{.value = Value::of_integer(value)} : misfit(kOutOfRange); }

Scalar integer_scalar(const JsonSlot& slot, Kind kind, InputForm form) {
  if (slot.kind == Slot::integer) return integer(slot.integer, kind);
  // 12.0 and 1e3 are whole numbers in JSON too; from 2^53 on a double no longer knows which one was written.
  if (slot.kind == Slot::number) {
    if (!std::isfinite(slot.number) || std::abs(slot.number) >= 9'007'199'254'740'992.0) return misfit(kOutOfRange);
    return std::trunc(slot.number) == slot.number ? integer(static_cast<int64_t>(slot.number), kind) : misfit(kNoInteger);
  }
  if (slot.kind != Slot::text || form != InputForm::csv) return misfit(kNoInteger);
  const auto read = prep::integer_of_text(trim(slot.text));
  if (read.is_value()) return integer(read.value(), kind);
  return misfit(read.fault().trouble == prep::Trouble::range ? kOutOfRange : kNoInteger);
}

Scalar number_scalar(const JsonSlot& slot, InputForm form) {
  if (slot.kind == Slot::integer) return {.value = Value::of_number(static_cast<double>(slot.integer))};
  if (slot.kind == Slot::number) return std::isfinite(slot.number) ? Scalar{.value = Value::of_number(slot.number)} : misfit(kOutOfRange);
  if (slot.kind != Slot::text || form != InputForm::csv) return misfit(kNoNumber);
  const auto read = prep::number_of_text(trim(slot.text));
  return read.is_value() ? Scalar{.value = Value::of_number(read.value())} : misfit(kNoNumber);
}

Scalar boolean_scalar(const JsonSlot& slot, InputForm form) {
  if (slot.kind == Slot::boolean) return {.value = Value::of_boolean(slot.boolean)};
  if (slot.kind != Slot::text || form != InputForm::csv) return misfit(kNoBoolean);
  const auto read = prep::boolean_of_text(trim(slot.text));
  return read.is_value() ? Scalar{.value = Value::of_boolean(read.value())} : misfit(kNoBoolean);
}

int64_t micros_of(Instant instant) { return instant.time_since_epoch().count(); }

Scalar date_scalar(const JsonSlot& slot) {
  if (slot.kind != Slot::text) return misfit(kNoDate);
  if (const auto day = parse_iso_date(slot.text)) return {.value = Value::of_date(day->time_since_epoch().count())};
  const auto moment = parse_iso_instant(slot.text);
  if (!moment) return misfit(kNoDate);
  const auto day = std::chrono::floor<std::chrono::days>(*moment);
  return *moment == day ? Scalar{.value = Value::of_date(day.time_since_epoch().count())} : misfit(kNotMidnight);
}

/// Milliseconds since 1970, where the form of the records has no dates of its own.
Scalar epoch_scalar(int64_t millis) {
  const bool sane = millis >= prep::kMomentMin / 1000 && millis <= prep::kMomentMax / 1000;
  return sane ? Scalar{.value = Value::of_timestamp(millis * 1000)} : misfit(kOutOfRange);
}

Scalar moment_scalar(const JsonSlot& slot, InputForm form) {
  const bool takes_epoch = form != InputForm::json;
  if (slot.kind == Slot::integer && takes_epoch) return epoch_scalar(slot.integer);
  if (slot.kind != Slot::text) return misfit(kNoMoment);
  if (const auto moment = parse_iso_instant(slot.text)) return {.value = Value::of_timestamp(micros_of(*moment))};
  const auto millis = form == InputForm::csv ? to_integer(trim(slot.text)) : std::nullopt;
  return millis ? epoch_scalar(*millis) : misfit(kNoMoment);
}

}  // namespace

Scalar scalar_of(Kind kind, const JsonSlot& slot, InputForm form, engine::Arena& arena) {
  if (slot.kind == Slot::null || slot.kind == Slot::missing) return {};
  switch (kind) {
    case Kind::boolean: return boolean_scalar(slot, form);
    case Kind::int8:
    case Kind::int16:
    case Kind::int32:
    case Kind::int64: return integer_scalar(slot, kind, form);
    case Kind::number: return number_scalar(slot, form);
    case Kind::date: return date_scalar(slot);
    case Kind::timestamp: return moment_scalar(slot, form);
    default: break;
  }
  return slot.kind == Slot::text ? Scalar{.value = Value::of_text(arena.keep(slot.text))} : misfit(kNoText);
}

}  // namespace foz::schedule
