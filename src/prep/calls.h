#pragma once
// The calls of an expression against the function table, when a mapping is saved.

#include <string_view>
#include <vector>

#include "base/error.h"
#include "prep/tree.h"

namespace foz::prep {

/// True when `function` may be called with that many arguments (a receiver counts as one).
bool takes(const Function& function, size_t arguments);

/// Finds the function of every call and method in `tree`, and adds what is wrong: CONV-1006-400 for unknown functions and
/// wrong numbers of arguments, CONV-1005-400 for methods outside the white list and for constant patterns that cannot
/// be read. `where` of each is "line:column".
void bind_calls(Tree& tree, std::vector<Error>& mistakes);

/// Parses `expression` and binds its calls. Errors: the first mistake, all of them as problems.
Result<Tree> parse_and_bind(std::string_view expression);

}  // namespace foz::prep
