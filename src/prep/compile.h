#pragma once
// Mapping sets to column programs: against the columns of a source and the effective schema of a dataset, with every
// mistake at once. A program is immutable and shared by threads; run.h runs it.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/chunk.h"
#include "prep/mapping_set.h"
#include "registry/columns.h"

namespace foz::prep {

/// A column that a source delivers. Rows of nested JSON deliver their root members as columns of type `any`.
struct SourceColumn {
  std::string name;
  engine::Type type = engine::Type::any;
  bool json = false;  ///< JSON text: copied to texts, converted to nothing else (5.1)
};

/// Follows: Data Prep contract, 4.5.
enum class Arithmetic : uint8_t { strict, lenient };

struct CompileOptions {
  Arithmetic arithmetic = Arithmetic::strict;
  /// Paths that no source column has read as null instead of being mistakes: preview, whose records need not be alike.
  bool open_source = false;
  /// The flow reads an Analytics source: `aa_*` functions may stand (6.13).
  bool analytics_source = false;
};

enum class Severity : uint8_t {
  warning,   ///< worth telling; nothing fails
  unusable,  ///< validation fails; a run gives a field error for each row where no coercion exists (a reserved name is read)
  error,     ///< nothing can be run
};

/// What is wrong with one mapping.
struct Mistake {
  size_t mapping = 0;  ///< index into the set
  Severity severity = Severity::error;
  std::string code = {};     ///< CONV-1005-400, CONV-1006-400, CONV-1007-400, CONNECTOR-1330-400; empty where none is set
  std::string message = {};  ///< one sentence, with line:column for expressions and near names
  std::string where = {};    ///< "line:column" in the expression, or empty
  std::string source = {}, destination = {};
};

/// True when a mistake keeps the set from running.
bool has_errors(const std::vector<Mistake>& mistakes);
/// The mistakes that are errors as one value: code of the first, messages joined. REQUIRES: has_errors.
Error to_error(const std::vector<Mistake>& mistakes);

/// A column that a program writes.
struct Output {
  std::string path;             ///< dotted destination, "person.name.firstName"
  const registry::Node* node;   ///< of the program's own copy of the target; lives as long as the program
  engine::Type type;            ///< of the column: see `column_type`
  std::vector<uint32_t> mappings;  ///< indices of the mappings that fill it
};

/// The target tree cut down to what a program writes; field ids are kept.
struct Layout {
  std::string name;
  engine::Kind kind = engine::Kind::object;
  int32_t id = 0;
  int output = -1;  ///< index into Program::outputs(); -1: an object that its children make up
  std::vector<Layout> children = {};  ///< below an output: the whole of its node
};
/// The layout as columns for the Parquet writer.
engine::Field to_field(const Layout& layout);

/// What a mapping reads, for reasons and reference.
struct MappingInfo {
  std::string source;                ///< as written
  std::string destination;
  std::vector<std::string> columns;  ///< source paths it reads
};

struct ProgramParts;

/// Typed kernels for the columns of a chunk. Immutable; share it between threads.
class Program {
 public:
  explicit Program(std::unique_ptr<const ProgramParts> parts);
  ~Program();

  const std::vector<Output>& outputs() const;
  /// The root: an object without output.
  const Layout& layout() const;
  const std::vector<SourceColumn>& source_columns() const;
  /// Indices of the source columns that are read at all.
  const std::vector<uint32_t>& columns_read() const;
  const std::vector<MappingInfo>& mappings() const;
  bool strict_mapping() const;
  bool allow_null_values() const;
  const ProgramParts& parts() const { return *parts_; }

 private:
  std::unique_ptr<const ProgramParts> parts_;
};

struct Compiled {
  std::shared_ptr<const Program> program;  ///< null when there are errors
  std::vector<Mistake> mistakes;           ///< also warnings
};

/// Compiles `set` for rows of `columns` into records of `target` (the root node of an effective schema).
Compiled compile(const MappingSet& set, const std::vector<SourceColumn>& columns, const registry::Node& target,
                 const CompileOptions& options = {});

/// What is known when a set is only checked. Null pointers: not known, and not checked.
struct CheckAgainst {
  const std::vector<SourceColumn>* columns = nullptr;
  const registry::Node* target = nullptr;
  CompileOptions options = {};
};

/// Every mistake of a set: expressions, functions, paths, types, reserved names, lengths, destinations named twice (3.1).
std::vector<Mistake> check(const MappingSet& set, const CheckAgainst& against = {});

/// The source paths an expression reads, each once, in order. Nothing when it does not parse.
std::vector<std::string> attributes_of(std::string_view expression);

}  // namespace foz::prep
