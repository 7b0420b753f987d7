#pragma once
// A look at a source system: its tables, the columns of one, a taste of its rows. Follows: Flow Service contract, 7.4, 7.5.

#include <optional>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "flow/row_filter.h"
#include "http/message.h"
#include "sources/source.h"

namespace foz::flow {

enum class ObjectType { root, table, folder, file, rest };

struct ExploreRequest {
  ObjectType type = ObjectType::root;
  std::string object = {};
  bool preview = false;
  bool all = false;                         ///< also tables that are hidden, columns read on request
  bool determine_properties = false;
  bool has_file_properties = false;         ///< `fileType` or its companions were sent
  std::string file_type = {}, compression = {}, delimiter = {}, encoding = {};  ///< as sent; the delimiter is the character
  std::optional<RowFilter> filter = {};
};

/// Errors: invalid, CONNECTOR-1312, 1331 (delimiter), 1337 (object), 1358, 1359 (objectType), 1374 (properties both
/// detected and given); those of read_row_filter_text.
Result<ExploreRequest> read_explore(const http::Query& query);

/// Rows a preview shows at most.
inline constexpr size_t kPreviewRowsMax = 100;

/// The answer for a source of tables. Errors: those of the source, as this service tells them; not_found,
/// CONNECTOR-1330 (table); CONNECTOR-1358 (a source of tables has no folders and files).
Result<Json> explore_tables(sources::Source& source, const ExploreRequest& request, std::stop_token stop);

/// `{"items":[{"columnName","columnType"}]}` of the columns of a table that can serve as delta column.
Result<Json> delta_columns(sources::Source& source, const std::string& table, std::stop_token stop);

/// The table that `given` means, described.
Result<sources::Description> describe_table(sources::Source& source, std::string_view given, std::stop_token stop);

/// The first rows of a table, as objects by column name.
Result<Json> preview_rows(sources::Source& source, const sources::Description& table, const std::optional<RowFilter>& filter, std::stop_token stop);

/// The value of a column in a record of the vendor, as a preview shows it.
Json preview_value(const sources::Column& column, const Json& record);

}  // namespace foz::flow
