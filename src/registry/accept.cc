#include "registry/accept.h"

#include <array>

#include "base/text.h"

namespace foz::registry {
namespace {

constexpr std::string_view kPrefix = "application/vnd.adobe.";
constexpr std::string_view kSuffix = "+json";

struct Modifier {
  std::string_view name;
  bool Form::*flag;
};

constexpr Modifier kModifiers[] = {
    {"v2", &Form::v2},         {"link", &Form::link}, {"id", &Form::id},     {"full", &Form::full},
    {"notext", &Form::notext}, {"desc", &Form::desc}, {"flat", &Form::flat}, {"deprecated", &Form::deprecated},
    {"deprecatefield", &Form::deprecated},
};

bool apply_modifier(Form& form, std::string_view name) {
  for (const Modifier& modifier : kModifiers) {
    if (modifier.name == name) return form.*modifier.flag = true;
  }
  return false;
}

/// "1", "1.0", "1.7.2": the major number.
std::optional<int> major_of(std::string_view version) {
  const auto parts = split(version, '.');
  if (parts.empty() || parts.size() > 3) return std::nullopt;
  for (const std::string_view part : parts) {
    if (part.empty() || part.size() > 6 || part.find_first_not_of("0123456789") != part.npos) return std::nullopt;
  }
  return static_cast<int>(to_integer(parts[0]).value_or(0));
}

std::string_view unquoted(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2) : text;
}

/// One range of the header, lower case, without its parameters.
std::optional<Form> form_named(std::string_view type) {
  if (!type.starts_with(kPrefix) || !type.ends_with(kSuffix) || type.size() < kPrefix.size() + kSuffix.size()) return std::nullopt;
  type = type.substr(kPrefix.size(), type.size() - kPrefix.size() - kSuffix.size());
  const auto parts = split(type, '-');
  Form form;
  if (parts[0] == "xdm") form.naming = Naming::xdm;
  else if (parts[0] != "xed") return std::nullopt;
  for (size_t i = 1; i < parts.size(); ++i) {
    if (!apply_modifier(form, parts[i])) return std::nullopt;
  }
  if (form.deprecated) form.full = true;
  return form;
}

/// The first readable range. Lists have no version: what is said of one does not count.
std::optional<Form> first_form(std::string_view header, bool version_counts) {
  const std::string lowered = lower(header);
  for (const std::string_view range : split(lowered, ',')) {
    const auto parts = split(range, ';');
    auto form = form_named(trim(parts[0]));
    if (!form) continue;
    bool readable = true;
    for (size_t i = 1; i < parts.size(); ++i) {
      const size_t equals = parts[i].find('=');
      if (equals == parts[i].npos || trim(parts[i].substr(0, equals)) != "version") continue;
      form->major = major_of(unquoted(trim(parts[i].substr(equals + 1))));
      readable = form->major.has_value() || !version_counts;
    }
    if (readable) return form;
  }
  return std::nullopt;
}

Error bad_accept(std::string code, std::string_view header, std::string_view example) {
  return Error{.kind = ErrorKind::invalid,
               .message = "The supplied Accept header is not valid: " + std::string(header) +
                          " - A valid Accept value should look like application/vnd.adobe." + std::string(example),
               .code = std::move(code)};
}

bool plain(const Form& form) { return !form.v2 && !form.link; }

}  // namespace

std::optional<Form> parse_accept(std::string_view header) { return first_form(header, /*version_counts=*/true); }

std::string media_type(const Form& form) {
  std::string type = std::string(kPrefix) + (form.naming == Naming::xdm ? "xdm" : "xed");
  for (const Modifier& modifier : kModifiers) {
    if (modifier.name == "deprecatefield" || (modifier.name == "full" && form.deprecated)) continue;
    if (form.*modifier.flag) type += "-" + std::string(modifier.name);
  }
  type += kSuffix;
  if (form.major) type += ";version=" + std::to_string(*form.major);
  return type;
}

Result<Form> form_of(Lookup lookup, std::string_view header, bool lenient) {
  const auto form = first_form(header, /*version_counts=*/lookup == Lookup::resource);
  switch (lookup) {
    case Lookup::list:
      if (form && plain(*form)) return *form;
      if (lenient) return Form{};
      return bad_accept("XDM-1006-400", header, "{xed|xdm}+json");
    case Lookup::resource:
      if (form && plain(*form) && (form->major || form->id)) return *form;
      if (lenient && form && plain(*form)) return *form;
      if (lenient) return Form{.full = true, .major = 1};
      return bad_accept("XDM-1007-400", header, "{xed|xdm}+json; version=1 (Version should be specified)");
    case Lookup::descriptor_list:
      if (form && !form->full && !form->notext && !form->desc && !form->flat && !(form->link && form->id)) return *form;
      if (lenient) return Form{.naming = Naming::xdm};
      return bad_accept("XDM-1008-400", header, "{xdm|xdm-id|xdm-link|xdm-v2|xdm-v2-id|xdm-v2-link}+json");
  }
  return Form{};
}

}  // namespace foz::registry
