#include "flow/auth_params.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace foz::flow {
namespace {

const std::string kMask(kSecretMask);

/// Words in the name of a parameter that nobody should see the value of.
bool sounds_secret(std::string_view name) {
  constexpr std::array kWords = std::to_array<std::string_view>({"password", "passwd", "secret", "token", "privatekey", "apikey", "accesskey", "connectionstring", "passphrase"});
  std::string folded = lower(name);
  std::erase_if(folded, [](char c) { return c == '_' || c == '-' || c == ' '; });
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) { return folded.find(word) != std::string::npos; });
}

bool is_secret(const AuthForm* form, std::string_view name) {
  if (form == nullptr) return true;
  const auto known = std::find_if(form->parameters.begin(), form->parameters.end(), [&](const AuthParameter& parameter) { return parameter.name == name; });
  return known == form->parameters.end() ? sounds_secret(name) : known->secret;
}

bool is_connection_string(std::string_view path) { return equal_ignoring_case(path, "connectionString"); }

/// Where the password of a connection string stands (`...;Password=x;...`), without quotes around it.
struct Stretch {
  size_t begin, length;
};

std::optional<Stretch> password_in(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t equals = text.find('=', at);
    if (equals == text.npos) return std::nullopt;
    const std::string key = lower(trim(text.substr(at, equals - at)));
    size_t begin = equals + 1;
    const char quote = begin < text.size() && (text[begin] == '"' || text[begin] == '\'') ? text[begin] : '\0';
    if (quote != '\0') ++begin;
    const size_t end = std::min(text.size(), text.find(quote != '\0' ? quote : ';', begin));
    if (key == "password" || key == "pwd") return Stretch{begin, end - begin};
    at = quote == '\0' ? end : std::min(text.size(), text.find(';', end));
    if (at < text.size()) ++at;
  }
  return std::nullopt;
}

std::string with_password(std::string_view text, std::string_view password) {
  const auto place = password_in(text);
  if (!place) return std::string(password);
  return std::string(text.substr(0, place->begin)) + std::string(password) + std::string(text.substr(place->begin + place->length));
}

std::string joined(const std::string& path, const std::string& name) { return path.empty() ? name : path + "." + name; }

/// Masks `value` at `path` when `secret`; inside an object each member is judged by its own name as well.
void mask_value(Json& value, const std::string& path, bool secret, std::vector<std::pair<std::string, Secret>>& secrets) {
  if (value.is_object()) {
    for (auto& [child, below] : value.items()) mask_value(below, joined(path, child), secret || sounds_secret(child), secrets);
    return;
  }
  if (!secret || value.is_null()) return;
  const std::string text = value.is_structured() ? to_text(value) : as_text(value);
  if (text.empty()) return;
  secrets.emplace_back(path, Secret(text));
  value = is_connection_string(path) && password_in(text) ? with_password(text, kMask) : kMask;
}

/// True when `value` stands for a stored secret.
bool is_masked(const Json& value, std::string_view path) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  if (text == kMask) return true;
  if (!is_connection_string(path)) return false;
  const auto place = password_in(text);
  return place && std::string_view(text).substr(place->begin, place->length) == kMask;
}

Status unmask_value(Json& value, const std::string& path, const SecretOf& secret) {
  if (value.is_object()) {
    for (auto& [child, below] : value.items()) TRY_DO(unmask_value(below, joined(path, child), secret));
    return {};
  }
  if (!is_masked(value, path)) return {};
  TRY(const Secret plain, secret(path));
  value = plain.reveal();
  return {};
}

Status merge_value(Json& sent, const Json* before, const std::string& path) {
  if (sent.is_object()) {
    for (auto& [child, below] : sent.items()) TRY_DO(merge_value(below, before == nullptr ? nullptr : member(*before, child), joined(path, child)));
    return {};
  }
  if (!is_masked(sent, path)) return {};
  if (before == nullptr || before->is_null() || before->is_structured()) {
    return provider_error(1312, "The mask in " + path + " stands for a stored secret, and none is stored: send the secret itself.", "/auth/params/" + replace_all(path, ".", "/"));
  }
  if (!is_connection_string(path) || sent == Json(kMask)) {
    sent = *before;
    return {};
  }
  const std::string old = as_text(*before);
  const auto place = password_in(old);
  sent = with_password(sent.get_ref<const std::string&>(), place ? old.substr(place->begin, place->length) : "");
  return {};
}

Json all_masked(const Json& value) {
  if (!value.is_structured()) return value.is_null() ? value : Json(kMask);
  Json masked = value;
  for (Json& below : masked) below = all_masked(below);
  return masked;
}

}  // namespace

MaskedParams mask_params(const Json& plain, const AuthForm* form) {
  MaskedParams masked{.params = plain, .secrets = {}};
  if (!plain.is_object()) return masked;
  for (auto& [name, value] : masked.params.items()) mask_value(value, name, is_secret(form, name), masked.secrets);
  return masked;
}

Result<Json> unmask_params(const Json& masked, const SecretOf& secret) {
  Json plain = masked;
  TRY_DO(unmask_value(plain, "", secret));
  return plain;
}

Result<Json> merge_params(const Json& sent, const Json& before) {
  Json merged = sent;
  TRY_DO(merge_value(merged, &before, ""));
  return merged;
}

sources::Login login_of(const Json& plain, const AuthForm& form) {
  sources::Login login{.auth_spec = form.name, .parameters = {}};
  if (!plain.is_object()) return login;
  for (const auto& [name, value] : plain.items()) login.parameters.emplace_back(name, Secret(value.is_structured() ? to_text(value) : as_text(value)));
  return login;
}

Status check_params(const Json& plain, const AuthForm& form) {
  std::vector<Error> missing;
  for (const AuthParameter& parameter : form.parameters) {
    const Json* value = member(plain, parameter.name);
    if (!parameter.required || (value != nullptr && !as_text(*value).empty()) || (value != nullptr && value->is_structured())) continue;
    missing.push_back(provider_error(1304, "The mandatory field " + parameter.name + " is missing: \"" + form.name + "\" needs it.", "/auth/params/" + parameter.name));
  }
  if (!missing.empty()) return several(std::move(missing));
  return {};
}

Json masked_ops(const Json& patch) {
  Json ops = patch;
  for (Json& operation : ops) {
    const std::string path = text_of(operation, "path");
    Json* value = operation.is_object() ? member(operation, "value") : nullptr;
    if (value != nullptr && (path == "/auth" || path.starts_with("/auth/"))) *value = all_masked(*value);
  }
  return ops;
}

}  // namespace foz::flow
