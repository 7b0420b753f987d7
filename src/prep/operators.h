#pragma once
// The operators on single values. Follows: Data Prep contract, 4.3 to 4.5; what it leaves open is as in Apache Commons JEXL 3.1.

#include <string_view>

#include "engine/chunk.h"
#include "prep/coerce.h"
#include "prep/compile.h"
#include "prep/tree.h"

namespace foz::prep {

/// `+ - * / %`. Whole numbers grow from 64 bits to exact decimals; decimals never pass through double.
Outcome<engine::Value> calculate(engine::Arena& arena, Operator op, Arithmetic arithmetic, const engine::Value& left,
                                 const engine::Value& right);
/// `& | ^` on 64-bit integers.
Outcome<engine::Value> bitwise(Operator op, Arithmetic arithmetic, const engine::Value& left, const engine::Value& right);
/// `-`, `~`.
Outcome<engine::Value> negated(engine::Arena& arena, const engine::Value& value);
Outcome<engine::Value> complemented(Arithmetic arithmetic, const engine::Value& value);

/// `==`: never null; text against a number is read as one, with a boolean on one side both are taken for their truth.
Outcome<bool> equals(engine::Arena& arena, const engine::Value& left, const engine::Value& right);
/// `< <= > >=`: null is neither, and equal only to itself.
Outcome<bool> ordered(engine::Arena& arena, Operator op, const engine::Value& left, const engine::Value& right);
/// <0, 0, >0 for two values that are not null.
Outcome<int> compared(engine::Arena& arena, const engine::Value& left, const engine::Value& right);
/// `=~` for arrays and maps: is `value` an element (a key)?
bool contains(engine::Arena& arena, const engine::Value& container, const engine::Value& value);

/// The same value: numbers by value, arrays and objects by what they hold. Nothing is converted.
bool same(const engine::Value& left, const engine::Value& right);

bool is_empty(const engine::Value& value);
/// Length of a text, an array, a map; 0 for null; null for others.
Outcome<int64_t> size_of_value(const engine::Value& value);

}  // namespace foz::prep
