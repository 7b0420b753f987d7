#pragma once
// THE function table. A row carries all there is to know of a function: the checker, the engine, the reference page, the
// console's help and the tests read it, and each example runs.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "engine/chunk.h"
#include "prep/kernel.h"

namespace foz::prep {

enum class Category : uint8_t {
  string, regex, hashing, url, date, object, map, array, logic, conversion, special, user_agent, analytics,
  method,  ///< of a value: `text.trim()`; the white list of Data Prep 4.3
};
/// "String", "Date and time": as the functions are served.
std::string_view name_of(Category category);

struct Parameter {
  std::string_view name = {};
  engine::Type type = engine::Type::any;
  std::string_view about = {};
  bool optional = false;
};

/// How parameters go on behind the last one.
enum class Repeat : uint8_t {
  no,
  last,   ///< the last parameter may stand any number of times, also none when it is optional
  pairs,  ///< the last two stand as a pair, any number of times
};

struct Example {
  std::string_view expression = {};
  std::string_view result = {};  ///< as a literal of the language; "error" when the field errors
};

/// Who evaluates a call. Functions that look at one argument to pick another are forms of the compiler.
enum class Form : uint8_t { plain, iif, decode, coalesce, contains_key, filter, transform };

struct Function {
  std::string_view name = {};
  std::string_view aliases[2] = {};
  Category category = Category::string;
  Parameter parameters[8] = {};
  Repeat repeat = Repeat::no;
  engine::Type returns = engine::Type::any;
  Form form = Form::plain;
  Kernel kernel = {};
  std::string_view about = {};
  Example examples[6] = {};
  std::string_view since = "1.0";

  /// Parameters without the repetition.
  std::span<const Parameter> listed() const;
  std::span<const Example> listed_examples() const;
  size_t arguments_min() const;
  /// SIZE_MAX where they repeat.
  size_t arguments_max() const;
  /// "substr(input, startIndex, length)".
  std::string syntax() const;
};

/// Every function, methods apart, by category and name. Lives as long as the program.
const std::vector<const Function*>& all_functions();
/// The white-listed methods.
const std::vector<const Function*>& all_methods();
/// By name or alias; null pointer when there is none. Names are case-sensitive.
const Function* find_function(std::string_view name);
const Function* find_method(std::string_view name);
/// Names and aliases of all functions (methods), for suggestions and reserved words.
const std::vector<std::string>& function_names();
const std::vector<std::string>& method_names();
/// Words that only stand wrapped, `${new}`: those of the language; function names are asked with find_function.
bool is_reserved_word(std::string_view name);
std::span<const std::string_view> reserved_words();

/// `GET /languages/el/functions` (3.4) and `…/operators` (3.5).
Json functions_json();
Json operators_json();
/// docs/reference/mapping.md.
std::string reference_page();

}  // namespace foz::prep
