// foz schema derive: a client of /foz/v1/derive and of the registry's import.
#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "cli/api_client.h"
#include "cli/commands.h"
#include "cli/terminal.h"

namespace foz::cli {
namespace {

Error wrong_use(std::string message) { return Error{.kind = ErrorKind::invalid, .message = std::move(message)}; }

Result<std::string> format_of(const DeriveOptions& options) {
  if (!options.format.empty()) return options.format;
  const std::string extension = lower(options.file.extension().string());
  if (extension == ".csv") return std::string("csv");
  if (extension == ".json" || extension == ".jsonl" || extension == ".ndjson") return std::string("json");
  if (extension == ".parquet") return std::string("parquet");
  return wrong_use("the name of " + options.file.string() + " does not tell its form: say --format csv, json or parquet");
}

Result<ApiClient::Call> call_of(const DeriveOptions& options) {
  http::Query query;
  ApiClient::Call call{.verb = http::Verb::post};
  if (options.file.empty()) {
    if (options.connection.empty() || options.table.empty()) return wrong_use("name a file, or --connection and --table");
    query.add("connectionId", options.connection);
    query.add("table", options.table);
    query.add("name", options.name.empty() ? options.table : options.name);
  } else {
    TRY(const std::string format, format_of(options));
    std::ifstream stream(options.file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) return Error{.kind = ErrorKind::not_found, .message = options.file.string() + " cannot be read"};
    call.bytes = text.str();
    query.add("format", format);
    query.add("name", options.name.empty() ? options.file.stem().string() : options.name);
  }
  call.path = "/foz/v1/derive?" + query.text();
  return call;
}

/// Makes what was derived. Prints the ids, the mappings last.
Status make(ApiClient& client, const Json& derived) {
  for (const char* part : {"source", "target"}) {
    TRY(const Json made, client.send({.verb = http::Verb::post, .path = "/data/foundation/schemaregistry/rpc/import", .body = derived.at(part)}));
    std::printf("%s schema %s\n", part, text_of(made.back(), "$id").c_str());
  }
  for (const Json& mapping : derived.at("mappings")) std::printf("%s -> %s\n", text_of(mapping, "source").c_str(), text_of(mapping, "destination").c_str());
  return {};
}

Status derive(const DeriveOptions& options) {
  TRY(Credentials credentials, Credentials::read(options.place.data_dir));
  if (!options.place.sandbox.empty()) credentials.sandbox = options.place.sandbox;
  ApiClient client(std::move(credentials));
  TRY(const auto call, call_of(options));
  TRY(const Json derived, client.send(call));
  if (options.create) return make(client, derived);
  std::printf("%s\n", to_pretty_text(derived).c_str());
  return {};
}

}  // namespace

int schema_derive(const DeriveOptions& options) {
  const Status status = derive(options);
  return status ? 0 : fail(status.error());
}

}  // namespace foz::cli
