#include "prep/sample_file.h"

#include <algorithm>

#include "base/id.h"
#include "base/text.h"
#include "engine/engine.h"
#include "prep/sample.h"

namespace foz::prep {
namespace {

Error no_sample(std::string message) { return {.kind = ErrorKind::invalid, .message = std::move(message), .code = "CONV-1004-400", .where = "file"}; }

/// Reads the words of a type from left to right.
class TypeReader {
 public:
  explicit TypeReader(std::string_view text) : text_(text) {}

  Json type() {
    const std::string_view word = bare_word();
    Json schema = word == "STRUCT" ? object() : word == "MAP" ? map() : scalar(word);
    for (; text_.substr(at_).starts_with('['); skip_past(']')) schema = {{"type", "array"}, {"items", std::move(schema)}};
    return schema;
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  void skip_past(char c) { at_ = std::min(text_.find(c, at_), text_.size() - 1) + 1; }
  bool taken(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  /// Up to what can follow a type: "TIMESTAMP WITH TIME ZONE" is one.
  std::string_view bare_word() {
    skip_blanks();
    const size_t end = std::min(text_.find_first_of("(),[", at_), text_.size());
    const std::string_view word = trim(text_.substr(at_, end - at_));
    at_ = end;
    return word;
  }

  /// A member's name: quoted where it is no plain word, quotes inside doubled.
  std::string name() {
    skip_blanks();
    std::string name;
    if (!taken('"')) {
      const size_t end = std::min(text_.find(' ', at_), text_.size());
      name = text_.substr(at_, end - at_);
      at_ = end;
      return name;
    }
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"' && !text_.substr(at_).starts_with("\"\"")) break;
      if (text_[at_] == '"') ++at_;
      name += text_[at_];
    }
    ++at_;
    return name;
  }

  Json object() {
    Json properties = Json::object();
    if (taken('(')) {
      do {
        const std::string member = name();
        properties[member] = type();
      } while (taken(','));
      taken(')');
    }
    return {{"type", "object"}, {"properties", std::move(properties)}};
  }

  Json map() {
    Json values = {{"type", "string"}};
    if (taken('(')) {
      type();
      if (taken(',')) values = type();
      taken(')');
    }
    return {{"type", "object"}, {"additionalProperties", std::move(values)}};
  }

  Json scalar(std::string_view word) {
    if (text_.substr(at_).starts_with('(')) skip_past(')');
    const auto is = [&](std::initializer_list<std::string_view> words) { return std::find(words.begin(), words.end(), word) != words.end(); };
    if (is({"BOOLEAN"})) return {{"type", "boolean"}};
    if (is({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT", "UHUGEINT"})) return {{"type", "integer"}};
    if (is({"FLOAT", "DOUBLE", "DECIMAL"})) return {{"type", "number"}};
    if (is({"DATE"})) return {{"type", "string"}, {"format", "date"}};
    if (word.starts_with("TIMESTAMP")) return {{"type", "string"}, {"format", "date-time"}};
    return {{"type", "string"}};
  }

  std::string_view text_;
  size_t at_ = 0;
};

Error not_readable(const Error& error) { return error.kind == ErrorKind::invalid ? no_sample("the file is no Parquet file that can be read") : error; }

Result<ParquetSample> read_file(const std::filesystem::path& file, const std::string& title) {
  TRY(const auto engine, engine::Engine::open({.memory_bytes = 256u << 20, .threads = 1, .allowed_folders = {file.parent_path()}}));
  const std::string table = "read_parquet(" + engine::sql_text(file.string()) + ", binary_as_string = true)";
  const auto types = engine->query("SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM " + table + ")");
  if (!types) return not_readable(types.error());
  const auto rows = engine->query("SELECT * FROM " + table + " LIMIT " + std::to_string(kSampleRecordsMax));
  if (!rows) return not_readable(rows.error());
  ParquetSample sample{.records = Json::array(), .schema = {{"title", title}, {"type", "object"}, {"properties", Json::object()}}};
  for (const auto& row : types->rows) sample.schema["properties"][as_text(row.at(0))] = schema_of_sql_type(as_text(row.at(1)));
  size_t bytes = 0;
  for (size_t i = 0; i < rows->rows.size(); ++i) {
    sample.records.push_back(rows->object(i));
    bytes += to_text(sample.records.back()).size();
    if (bytes > kSampleBytesMax) return no_sample("the records of the file are more than " + std::to_string(kSampleBytesMax >> 20) + " MiB: upload fewer of them");
  }
  return sample;
}

}  // namespace

bool is_parquet(std::string_view bytes) { return bytes.starts_with("PAR1"); }

Json schema_of_sql_type(std::string_view type) { return TypeReader(type).type(); }

Result<ParquetSample> read_parquet_sample(std::string_view bytes, lake::FileIo& files, const std::filesystem::path& folder, Random& random, const std::string& title) {
  const auto file = folder / ("sample-" + random_hex(random, 16) + ".parquet");
  TRY_DO(files.write_whole(file, bytes));
  auto sample = read_file(file, title);
  TRY_DO(files.remove_file(file));
  return sample;
}

}  // namespace foz::prep
