#pragma once
// connectionSpecs and flowSpecs: what kinds of systems there are and how flows run. The built-in ones are made from the
// table of sources; users add their own per sandbox. Follows: Flow Service contract, 5 and 6.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "flow/document.h"
#include "sources/source.h"
#include "store/database.h"

namespace foz::flow {

inline constexpr std::string_view kDataLakeSpec = "c604ff05-7f1a-43c0-8e18-33bf874cb11c";
inline constexpr std::string_view kLandingZoneSpec = "26f526f2-58f4-4712-961d-e41bf1ccc0e8";
inline constexpr std::string_view kCrmToAep = "14518937-270c-4525-bdec-c2ba7cce3860";
inline constexpr std::string_view kCloudStorageToAep = "9753525b-82c7-4dce-8a9b-5ccfce2b9876";
inline constexpr std::string_view kRestStorageToAep = "6499120c-0b15-42dc-936e-847ea3c24d72";

/// What a source offers; decides how a flow over it runs, whatever flow spec it names (6.2).
enum class SpecKind { table, file, resource, target };

struct AuthParameter {
  std::string name;
  bool required = false;
  bool secret = false;
};

/// A way to log in.
struct AuthForm {
  std::string name, type;
  std::vector<AuthParameter> parameters;
};

struct ConnectionSpec {
  std::string id, name;
  SpecKind kind = SpecKind::table;
  bool custom = false;
  bool has_account = true;   ///< false: a source connection needs no base connection, and must have none
  bool draft_mode = true;    ///< `attributes.isDraftModeSupported`
  std::vector<AuthForm> auth = {};
  const sources::SourceSpec* source = nullptr;  ///< null: nothing to log in to (data lake, landing zone), or not run by this version
  Json doc;                  ///< as served

  /// The form that `spec_name` means: name or type, without case, blanks, `-` and `_`. Empty: the only one there is.
  const AuthForm* auth_form(std::string_view spec_name) const;
};

/// Thread-safe.
class Specs {
 public:
  Specs(std::span<const sources::SourceSpec* const> sources, const Clock& clock, Random& random);

  /// Built-in ones first; `custom` false leaves out what users added.
  Result<std::vector<Json>> connection_specs(store::Reader& reader, std::string_view sandbox, bool custom = true) const;
  Result<std::vector<Json>> flow_specs(store::Reader& reader, std::string_view sandbox, bool custom = true) const;

  /// Nothing when there is none.
  Result<std::optional<ConnectionSpec>> find_connection_spec(store::Reader& reader, std::string_view sandbox, std::string_view id) const;
  Result<std::optional<Json>> find_flow_spec(store::Reader& reader, std::string_view sandbox, std::string_view id) const;

  /// Adds a spec; gives the whole of it. Errors: invalid, CONNECTOR-1304 (name, providerId), 1312 (the name is taken, an
  /// expression template); FLOW-1405 (no object).
  Result<Json> create_connection_spec(store::Database& database, const Scope& scope, const Json& body) const;
  Result<Json> create_flow_spec(store::Database& database, const Scope& scope, const Json& body) const;
  /// Replaces a spec. Of RestStorageToAEP the connection spec ids are taken. Errors: as create; not_found, FLOW-1439;
  /// forbidden, FLOW-2120 (built-in).
  Result<Json> replace_connection_spec(store::Database& database, const Scope& scope, std::string_view id, const Json& body) const;
  Result<Json> replace_flow_spec(store::Database& database, const Scope& scope, std::string_view id, const Json& body) const;
  /// Errors: not_found, FLOW-1439; forbidden, FLOW-2120 (built-in); invalid, FLOW-1447 (in use).
  Status remove_connection_spec(store::Database& database, const Scope& scope, std::string_view id) const;
  Status remove_flow_spec(store::Database& database, const Scope& scope, std::string_view id) const;

 private:
  const ConnectionSpec* built_in(std::string_view id) const;
  Result<Json> linked(store::Reader& reader, std::string_view sandbox, Json flow_spec, bool custom) const;

  std::vector<ConnectionSpec> connection_specs_;
  std::vector<Json> flow_specs_;
  const Clock& clock_;
  Random& random_;
};

/// The spec that a document describes; for custom ones.
ConnectionSpec connection_spec_of(Json doc);

/// The built-in specs (builtin_specs.cc).
std::vector<ConnectionSpec> builtin_connection_specs(std::span<const sources::SourceSpec* const> sources);
std::vector<Json> builtin_flow_specs(const std::vector<ConnectionSpec>& connection_specs);

}  // namespace foz::flow
