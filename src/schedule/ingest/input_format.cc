// `inputFormat` of a batch. Follows: Ingestion and access contract, 2.
#include "base/json.h"
#include "base/text.h"
#include "schedule/ingest/ingest.h"

namespace foz::schedule {
namespace {

Error wrong_format(const std::string& name, std::string message) {
  return Error{.kind = ErrorKind::invalid, .message = std::move(message), .where = "/inputFormat/" + name};
}

Status read_flag(const Json& format, const std::string& name, bool& flag) {
  const Json* given = member(format, name);
  if (given == nullptr || given->is_null()) return {};
  const auto read = as_boolean(*given);
  if (!read) return wrong_format(name, name + " is true or false");
  flag = *read;
  return {};
}

/// One character; in an array, as data sets have it, the first counts.
Status read_character(const Json& format, const std::string& name, char& character) {
  const Json* given = member(format, name);
  if (given == nullptr || given->is_null()) return {};
  const std::string text = as_text(*given);
  if (text.size() != 1 || text[0] == '\n' || text[0] == '\r') return wrong_format(name, name + " is one character");
  character = text[0];
  return {};
}

Status read_null_markers(const Json& format, std::vector<std::string>& markers) {
  for (const char* name : {"nullMarker", "nullMarkers"}) {
    const Json* given = member(format, name);
    if (given == nullptr || given->is_null()) continue;
    markers.clear();
    for (const Json& one : given->is_array() ? *given : Json::array({*given})) {
      if (!one.is_string()) return wrong_format(name, std::string(name) + " is a text or an array of texts");
      markers.push_back(one.get<std::string>());
    }
  }
  return {};
}

Status read_charset(const Json& format, CsvDialect::Charset& charset) {
  const std::string name = upper(text_of(format, "charset", "UTF-8"));
  if (name == "UTF-8" || name == "UTF8") charset = CsvDialect::Charset::utf8;
  else if (name == "US-ASCII") charset = CsvDialect::Charset::ascii;
  else if (name == "ISO-8859-1") charset = CsvDialect::Charset::latin1;
  else return wrong_format("charset", "charset is UTF-8, US-ASCII or ISO-8859-1");
  return {};
}

}  // namespace

Result<InputFormat> read_input_format(const Json& input_format) {
  InputFormat format;
  const std::string name = lower(text_of(input_format, "format", "parquet"));
  if (name == "json") format.form = InputForm::json;
  else if (name == "csv") format.form = InputForm::csv;
  else if (name != "parquet" && name != "delta") return wrong_format("format", "the format \"" + name + "\" is none of json, parquet, csv");
  TRY_DO(read_flag(input_format, "isMultiLineJson", format.multi_line_json));
  TRY_DO(read_flag(input_format, "header", format.header));
  TRY_DO(read_character(input_format, "delimiter", format.dialect.delimiter));
  TRY_DO(read_character(input_format, "quote", format.dialect.quote));
  TRY_DO(read_character(input_format, "escape", format.dialect.escape));
  TRY_DO(read_null_markers(input_format, format.dialect.null_markers));
  TRY_DO(read_charset(input_format, format.dialect.charset));
  if (format.form == InputForm::csv && !format.header) return wrong_format("header", "a table without header cannot be matched with a schema");
  if (format.dialect.delimiter == format.dialect.quote) return wrong_format("quote", "delimiter and quote are the same character");
  return format;
}

}  // namespace foz::schedule
