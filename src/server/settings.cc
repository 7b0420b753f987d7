#include "server/settings.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "base/text.h"

extern char** environ;

namespace foz::server {
namespace {

using enum SettingType;

const std::vector<SettingSpec>& table() {
  static const std::vector<SettingSpec> kTable = {
      {"server.listen", text, "127.0.0.1:8080", "Address and port to listen on; port 0 means any free one."},
      {"server.insecureListen", boolean, "false", "Allow plain HTTP on an address that is not loopback."},
      {"server.tlsCertificate", text, "", "PEM file of the certificate chain; with server.tlsKey the server speaks HTTPS."},
      {"server.tlsKey", text, "", "PEM file of the private key."},
      {"server.publicUrl", text, "", "Base of absolute links in answers; empty: from the request."},
      {"server.apiThreads", integer, "16", "Threads that answer API calls.", {}, 1, 1024},
      {"server.ioThreads", integer, "2", "Threads that read and write connections.", {}, 1, 64},
      {"server.bodyBytesMax", integer, "10485760", "Largest JSON body, in bytes.", {}, 1024, 1 << 30},
      {"server.region", text, "LOCAL", "The region that sandboxes show."},
      {"gateway.lenientHeaderNames", boolean, "false", "Accept a blank between a header's name and its colon."},
      {"gateway.requestsPerSecond", integer, "-1", "Requests that each API client may send in a second, on average; 0: any number; -1: 1000, and any number while Foz listens on loopback only.", {}, -1, 1'000'000},
      {"gateway.requestBurst", integer, "2000", "Requests that an API client may send at once when it has been quiet.", {}, 1, 10'000'000},
      {"auth.apiKeyOnly", choice, "specs", "What an API key alone may read: nothing, or the public specs.", {"off", "specs"}},
      {"auth.tokenHours", integer, "24", "Life of an access token, in hours.", {}, 1, 24 * 30},
      {"auth.jwtVerify", boolean, "true", "Verify the signature of JWTs in the exchange; false only on loopback."},
      {"auth.failedLoginsPerMinute", integer, "60", "Token requests with a wrong client or secret that an address may send in a minute; 0: any number.", {}, 0, 1'000'000},
      {"auth.orgId", text, "", "Organisation id of a new installation; empty: a random one."},
      {"tenant.id", text, "foz", "Tenant id of a new installation: a-z, 0-9 and _."},
      {"sandbox.max", integer, "75", "Sandboxes that may exist.", {}, 1, 10'000},
      {"sandbox.allowProdReset", boolean, "false", "Allow resetting the default production sandbox."},
      {"registry.uniqueTitles", choice, "enforce", "Titles of schemas, classes, field groups and data types are unique in a sandbox.", {"enforce", "allow"}},
      {"registry.lenientAccept", boolean, "false", "Answer a missing or unusable Accept header with a default form."},
      {"registry.leafFieldsMax", integer, "5000", "Leaf fields that a schema may have.", {}, 1, 100'000},
      {"catalog.unknownSchema", choice, "reject", "A data set of a schema that does not exist.", {"reject", "accept"}},
      {"ingest.uploadBytesMax", integer, "536870912", "Largest single upload, in bytes.", {}, 1024, 1e12},
      {"ingest.recordBytesMax", integer, "1048576", "Largest record, in bytes.", {}, 1024, 1e9},
      {"ingest.unknownFields", choice, "byFormat", "Fields that the schema lacks: refused in JSON and dropped elsewhere, or one rule for all.", {"byFormat", "reject", "drop"}},
      {"ingest.diagnosticsDays", integer, "30", "Days that diagnostics of rejected rows are kept.", {}, 0, 3650},
      {"ingest.loadingHours", integer, "48", "Hours until a batch that nobody completes is abandoned.", {}, 1, 8760},
      {"access.contentRangeEnd", choice, "requested", "The end that Content-Range repeats: the one asked for, or that of the file.", {"requested", "clamped"}},
      {"connections.testOnCreate", choice, "on", "Test the login when a connection is created.", {"on", "off"}},
      {"flows.deltaDefault", choice, "auto", "Recurring flows without delta column: the source's own modification column, or the whole table each time.", {"auto", "snapshot"}},
      {"flows.defaultPartialIngestionPercent", number, "0", "Error threshold of flows that set none, in percent.", {}, 0, 100},
      {"flows.strictSchema", boolean, "false", "Refuse flows whose mapping and data set have different schemas."},
      {"schedule.settleSeconds", integer, "-1", "Seconds to wait after a window before it is read; -1: each source's own.", {}, -1, 86'400},
      {"schedule.minuteIntervalMin", integer, "15", "Least interval of flows by the minute.", {}, 1, 1440},
      {"schedule.catchUp", choice, "coalesce", "Ticks missed while Foz was down: one run, a run each, or none.", {"coalesce", "replay", "skip"}},
      {"runs.concurrent", integer, "2", "Runs side by side.", {}, 1, 256},
      {"runs.slices", integer, "4", "Slices of a run that are read side by side.", {}, 1, 64},
      {"runs.memoryMegabytes", integer, "512", "Memory budget of a run, in MiB.", {}, 128, 1 << 20},
      {"runs.workers", integer, "2", "Load workers of a run.", {}, 1, 64},
      {"runs.stallMinutes", number, "10", "Minutes without progress after which a stage fails.", {}, 0.01, 1440},
      {"runs.partialAsSuccess", boolean, "false", "Show runs with rejected rows within the threshold as success."},
      {"runs.fileMegabytes", integer, "256", "Size that data files aim at, in MiB.", {}, 1, 4096},
      {"runs.retentionDays", number, "90", "Days that a run is kept after it ended; unfinished runs and the newest one of each flow stay.", {}, 0.01, 36500},
      {"spool.retentionDays", number, "7", "Days that the pages of a run are kept after it ended; 0: not at all.", {}, 0, 3650},
      {"sources.allow", text, "", "Hosts and origins that connections may reach besides the vendors' own, by commas."},
      {"sources.policy", choice, "public", "Whether other public hosts may be reached.", {"public", "allowlist"}},
      {"sources.caFile", text, "", "PEM bundle of trusted certificate authorities; empty: the system's."},
      {"sources.quotaReservePercent", number, "20", "Share of a vendor's daily allowance left to others, in percent.", {}, 0, 100},
      {"sources.pagesAhead", integer, "0", "Pages of bulk results fetched beside the one at hand; a killed process asks for each of them again.", {}, 0, 4},
      {"prep.arithmetic", choice, "strict", "Arithmetic of the mapping language: null is an error, or 0.", {"strict", "lenient"}},
      {"log.level", choice, "info", "Least level that is logged.", {"debug", "info", "warning", "error", "off"}},
  };
  return kTable;
}

Status fits(const SettingSpec& spec, const std::string& value) {
  const auto refused = [&](const std::string& wanted) {
    return Error{.kind = ErrorKind::invalid, .message = std::string(spec.name) + " is " + wanted + ", not \"" + value + "\""};
  };
  switch (spec.type) {
    case text: return {};
    case boolean:
      if (equal_ignoring_case(value, "true") || equal_ignoring_case(value, "false")) return {};
      return refused("true or false");
    case choice: {
      if (std::find(spec.choices.begin(), spec.choices.end(), value) != spec.choices.end()) return {};
      std::vector<std::string> names(spec.choices.begin(), spec.choices.end());
      return refused("one of " + join(names, ", "));
    }
    case integer:
    case number: {
      const auto read = spec.type == integer ? (to_integer(value) ? std::optional<double>(*to_integer(value)) : std::nullopt) : to_number(value);
      if (read && *read >= spec.minimum && *read <= spec.maximum) return {};
      return refused(std::string(spec.type == integer ? "a whole number" : "a number") + " from " + number_text(spec.minimum) + " to " + number_text(spec.maximum));
    }
  }
  return {};
}

Error unknown_setting(std::string_view name, const std::string& origin) {
  std::vector<std::string> names;
  for (const SettingSpec& spec : table()) names.emplace_back(spec.name);
  return Error{.kind = ErrorKind::invalid, .message = origin + ": there is no setting \"" + std::string(name) + "\"" + did_you_mean(name, names)};
}

/// Leaves of a YAML tree by dotted path.
Status collect(const YAML::Node& node, const std::string& path, std::map<std::string, std::string>& leaves, const std::string& file) {
  if (node.IsMap()) {
    for (const auto& entry : node) {
      const std::string name = entry.first.as<std::string>();
      TRY_DO(collect(entry.second, path.empty() ? name : path + "." + name, leaves, file));
    }
    return {};
  }
  if (node.IsSequence()) {
    std::string list;
    for (const auto& one : node) list += (list.empty() ? "" : ",") + one.as<std::string>();
    leaves[path] = list;
    return {};
  }
  if (node.IsScalar()) leaves[path] = node.as<std::string>();
  return {};
}

Result<std::map<std::string, std::string>> read_yaml(const std::filesystem::path& file) {
  std::map<std::string, std::string> leaves;
  if (!std::filesystem::exists(file)) return leaves;
  try {
    const YAML::Node root = YAML::LoadFile(file.string());
    TRY_DO(collect(root, "", leaves, file.string()));
  } catch (const YAML::Exception& e) {
    return Error{.kind = ErrorKind::invalid, .message = file.string() + ": " + e.msg,
                 .where = std::to_string(e.mark.line + 1) + ":" + std::to_string(e.mark.column + 1)};
  }
  return leaves;
}

}  // namespace

std::span<const SettingSpec> setting_specs() { return table(); }

const SettingSpec* setting_named(std::string_view name) {
  const auto found = std::find_if(table().begin(), table().end(), [&](const SettingSpec& spec) { return spec.name == name; });
  return found == table().end() ? nullptr : &*found;
}

std::string settings_page() {
  std::string page =
      "# Settings\n\n"
      "Made from the table in `src/server/settings.cc`. A value is taken from the default, then `foz.yaml` in the data directory, then the\n"
      "environment, then the command line (`--set name=value`); the last one counts. `foz config` prints what is in force and why.\n\n"
      "| Setting | Environment | Default | Meaning |\n|---|---|---|---|\n";
  for (const SettingSpec& spec : table()) {
    std::vector<std::string> choices(spec.choices.begin(), spec.choices.end());
    page += "| `" + std::string(spec.name) + "` | `" + environment_name(spec.name) + "` | " + (spec.standard.empty() ? "" : "`" + std::string(spec.standard) + "`") + " | " +
            std::string(spec.about) + (choices.empty() ? "" : " One of `" + join(choices, "`, `") + "`.") + " |\n";
  }
  return page;
}

std::string environment_name(std::string_view setting) {
  std::string name = "FOZ_";
  for (const char c : setting) {
    if (c == '.') name += '_';
    else if (c >= 'A' && c <= 'Z') name += std::string("_") + c;
    else name += static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  }
  return name;
}

Result<Settings> Settings::load(const std::filesystem::path& file, const std::map<std::string, std::string>& environment,
                                const std::vector<std::string>& flags) {
  Settings settings;
  for (const SettingSpec& spec : table()) {
    settings.values_.emplace(spec.name, InForce{.spec = &spec, .value = std::string(spec.standard), .origin = "default"});
  }
  TRY(const auto leaves, read_yaml(file));
  for (const auto& [name, value] : leaves) TRY_DO(settings.take(name, value, file.filename().string()));
  for (const SettingSpec& spec : table()) {
    const auto found = environment.find(environment_name(spec.name));
    if (found != environment.end()) TRY_DO(settings.take(spec.name, found->second, found->first));
  }
  for (const std::string& flag : flags) {
    const size_t equals = flag.find('=');
    if (equals == flag.npos) return Error{.kind = ErrorKind::invalid, .message = "--set takes name=value, not \"" + flag + "\""};
    TRY_DO(settings.take(flag.substr(0, equals), flag.substr(equals + 1), "command line"));
  }
  return settings;
}

Status Settings::take(std::string_view name, std::string value, std::string origin) {
  const SettingSpec* spec = setting_named(name);
  if (spec == nullptr) return unknown_setting(name, origin);
  if (const Status fit = fits(*spec, value); !fit) return with_context(fit.error(), origin);
  values_.find(name)->second = InForce{.spec = spec, .value = std::move(value), .origin = std::move(origin)};
  return {};
}

std::string Settings::text(std::string_view name) const {
  const auto found = values_.find(name);
  FOZ_CHECK(found != values_.end(), name);
  return found->second.value;
}

int64_t Settings::integer(std::string_view name) const { return to_integer(text(name)).value_or(0); }
double Settings::number(std::string_view name) const { return to_number(text(name)).value_or(0); }
bool Settings::boolean(std::string_view name) const { return equal_ignoring_case(text(name), "true"); }
bool Settings::is_set(std::string_view name) const { return values_.find(name)->second.origin != "default"; }

std::vector<Settings::InForce> Settings::in_force() const {
  std::vector<InForce> all;
  for (const SettingSpec& spec : table()) all.push_back(values_.find(spec.name)->second);
  return all;
}

std::map<std::string, std::string> foz_environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const size_t equals = text.find('=');
    if (text.starts_with("FOZ_") && equals != text.npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace foz::server
