#pragma once
// What each source can do, for people: the table in the README and the reference page. Made from the source table.

#include <string>

namespace foz::sources {

/// A Markdown table, a line for each source.
std::string source_table();
/// docs/reference/sources.md: abilities, ways to log in, parameters.
std::string source_page();

}  // namespace foz::sources
