#pragma once
// THE settings table: every setting with its words, and what is in force. defaults < foz.yaml < environment < flags.
// A setting `runs.stallMinutes` is FOZ_RUNS_STALL_MINUTES in the environment and --set runs.stallMinutes=5 on the command line.

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace foz::server {

enum class SettingType { text, integer, number, boolean, choice };

/// A row of the table.
struct SettingSpec {
  std::string_view name;
  SettingType type;
  std::string_view standard;            ///< the default, as text
  std::string_view about;               ///< one sentence, with the unit
  std::vector<std::string_view> choices = {};
  double minimum = 0, maximum = 1e18;   ///< of integers and numbers
};

std::span<const SettingSpec> setting_specs();
const SettingSpec* setting_named(std::string_view name);
/// docs/reference/settings.md.
std::string settings_page();
/// `runs.stallMinutes` -> `FOZ_RUNS_STALL_MINUTES`.
std::string environment_name(std::string_view setting);

class Settings {
 public:
  /// Reads all layers. `file` may be absent; `flags` are `name=value`. `environment` is the process's own in main.
  /// Errors: invalid, naming the setting, where it came from and what it may be (unknown names with the nearest ones).
  static Result<Settings> load(const std::filesystem::path& file, const std::map<std::string, std::string>& environment,
                               const std::vector<std::string>& flags);

  std::string text(std::string_view name) const;
  int64_t integer(std::string_view name) const;
  double number(std::string_view name) const;
  bool boolean(std::string_view name) const;
  /// True when something other than the default is in force.
  bool is_set(std::string_view name) const;

  struct InForce {
    const SettingSpec* spec;
    std::string value;
    std::string origin;  ///< "default", "foz.yaml", "FOZ_RUNS_STALL_MINUTES", "command line"
  };
  /// All settings in the order of the table.
  std::vector<InForce> in_force() const;

 private:
  Status take(std::string_view name, std::string value, std::string origin);
  std::map<std::string, InForce, std::less<>> values_;
};

/// The variables of this process that begin with FOZ_.
std::map<std::string, std::string> foz_environment();

}  // namespace foz::server
