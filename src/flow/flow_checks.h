#pragma once
// A flow against its source and its data set, before it is stored. Follows: Flow Service contract, 10.1, 10.2.

#include <optional>
#include <string>
#include <vector>

#include "flow/connection.h"
#include "flow/environment.h"
#include "flow/options.h"
#include "flow/source_connection.h"
#include "flow/transformations.h"
#include "prep/compile.h"
#include "prep/mapping_set.h"

namespace foz::flow {

/// A mapping set in the version a flow names, or the newest. Errors: invalid, FLOW-1419 (no set), 1412 (no version).
Result<prep::MappingSet> mapping_set_of(const Environment& environment, std::string_view sandbox, const MappingRef& mapping);

/// What is looked at.
struct FlowToCheck {
  std::string_view sandbox;
  const SourceConnection& source;
  std::string dataset;                       ///< id; it is there
  const Transformations& transformations;
  const Options& options;
  bool recurring = false;
  const std::optional<prep::MappingSet>& mappings;
  std::string mapping_path;                  ///< "/transformations/1/params/mappingId": where mistakes are shown
  std::string delta_path;
};

/// Table, listed columns, delta column and filter resolve; every mapping reads columns that are read and writes a path
/// of the data set's schema. Errors: invalid, all mistakes in `problems`: CONNECTOR-1330, 1378, 1379, CONV-1005 to 1007;
/// unavailable, FLOW-1103 (the source is out of reach), 1104. Warnings: calculated-columns (windows do not see when they change).
Status check_flow(const Environment& environment, const Connections& connections, const FlowToCheck& flow, std::vector<std::string>& warnings);

/// The columns a run reads of a table: the listed ones under the names they were listed with, or all that are not read on
/// request only. Errors: one for each that does not resolve.
std::vector<sources::Column> columns_read(const sources::Description& table, const std::vector<std::string>& wanted, std::vector<Error>& mistakes);
/// As mapping sets are compiled for them.
std::vector<prep::SourceColumn> as_source_columns(const std::vector<sources::Column>& columns);

}  // namespace foz::flow
