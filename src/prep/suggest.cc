#include "prep/suggest.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "prep/coerce.h"
#include "prep/date_pattern.h"
#include "prep/mapping_set.h"

namespace foz::prep {
namespace {

using engine::Kind;
using engine::Type;
using registry::Node;

constexpr double kScoreMin = 0.5;
constexpr double kSameFamily = 0.2;
constexpr double kSynonym = 0.3;
constexpr double kSameShape = 0.3;

using Tokens = std::set<std::string>;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// Words of a name, small: cut at signs and where the case changes.
Tokens tokens_of_name(std::string_view name) {
  static const Tokens kNoise = {"value", "properties", "c"};
  Tokens tokens;
  std::string word;
  const auto flush = [&] {
    if (!word.empty() && !kNoise.contains(word)) tokens.insert(word);
    word.clear();
  };
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c == '_' || c == '-' || c == '.' || c == ' ') {
      flush();
      continue;
    }
    if (i > 0 && is_upper(c) && is_lower(name[i - 1])) flush();
    word += lower(std::string_view(&name[i], 1));
  }
  flush();
  return tokens;
}

double jaccard(const Tokens& a, const Tokens& b) {
  if (a.empty() || b.empty()) return 0;
  const auto shared = static_cast<double>(std::count_if(a.begin(), a.end(), [&](const std::string& word) { return b.contains(word); }));
  return shared / (static_cast<double>(a.size() + b.size()) - shared);
}

struct Synonym {
  std::string_view words;        ///< of a source, without signs
  std::string_view destination;  ///< where it usually goes
};
constexpr Synonym kSynonyms[] = {
    {"firstname", "person.name.firstName"},   {"givenname", "person.name.firstName"},      {"first", "person.name.firstName"},
    {"lastname", "person.name.lastName"},     {"surname", "person.name.lastName"},         {"familyname", "person.name.lastName"},
    {"middlename", "person.name.middleName"}, {"fullname", "person.name.fullName"},        {"name", "person.name.fullName"},
    {"title", "person.name.courtesyTitle"},   {"salutation", "person.name.courtesyTitle"}, {"birthdate", "person.birthDate"},
    {"dateofbirth", "person.birthDate"},      {"birthday", "person.birthDate"},            {"gender", "person.gender"},
    {"email", "personalEmail.address"},       {"emailaddress", "personalEmail.address"},   {"mail", "personalEmail.address"},
    {"emailaddress1", "personalEmail.address"}, {"workemail", "workEmail.address"},        {"phone", "homePhone.number"},
    {"telephone", "homePhone.number"},        {"mobile", "mobilePhone.number"},            {"mobilephone", "mobilePhone.number"},
    {"cellphone", "mobilePhone.number"},      {"homephone", "homePhone.number"},           {"workphone", "workPhone.number"},
    {"fax", "faxPhone.number"},               {"street", "homeAddress.street1"},           {"address", "homeAddress.street1"},
    {"mailingstreet", "homeAddress.street1"}, {"city", "homeAddress.city"},                {"mailingcity", "homeAddress.city"},
    {"state", "homeAddress.state"},           {"province", "homeAddress.state"},           {"mailingstate", "homeAddress.state"},
    {"zip", "homeAddress.postalCode"},        {"postalcode", "homeAddress.postalCode"},    {"zipcode", "homeAddress.postalCode"},
    {"mailingpostalcode", "homeAddress.postalCode"}, {"country", "homeAddress.country"},   {"mailingcountry", "homeAddress.country"},
    {"id", "_id"},                            {"recordid", "_id"},                         {"vid", "_id"},
    {"contactid", "_id"},                     {"createdate", "_repo.createDate"},          {"createddate", "_repo.createDate"},
    {"createdat", "_repo.createDate"},        {"addedat", "_repo.createDate"},             {"lastmodifieddate", "_repo.modifyDate"},
    {"modifieddate", "_repo.modifyDate"},     {"updatedat", "_repo.modifyDate"},
};

std::string plain(std::string_view name) {
  std::string text;
  for (const char c : lower(name)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) text += c;
  }
  return text;
}

/// "Properties_Firstname_Value" is about the first name.
std::string plain_source(std::string_view name) {
  std::string joined;
  for (const char c : name) joined += c == '.' || c == ' ' || c == '-' ? '_' : c;
  std::string text;
  for (const std::string_view part : split(joined, '_')) {
    const std::string word = lower(part);
    if (word != "properties" && word != "value" && word != "c") text += plain(word);
  }
  return text;
}

bool is_synonym(std::string_view source, std::string_view destination) {
  const std::string words = plain_source(source);
  return std::any_of(std::begin(kSynonyms), std::end(kSynonyms), [&](const Synonym& row) { return row.words == words && row.destination == destination; });
}

enum class Family : uint8_t { text, number, boolean, date, other };

Family family_of(Type type) {
  switch (type) {
    case Type::string: return Family::text;
    case Type::integer:
    case Type::decimal:
    case Type::number: return Family::number;
    case Type::boolean: return Family::boolean;
    case Type::date:
    case Type::timestamp: return Family::date;
    default: return Family::other;
  }
}

Family family_of(Kind kind) {
  switch (kind) {
    case Kind::string: return Family::text;
    case Kind::boolean: return Family::boolean;
    case Kind::date:
    case Kind::timestamp: return Family::date;
    case Kind::object:
    case Kind::list:
    case Kind::map: return Family::other;
    default: return Family::number;
  }
}

/// What texts look like, beyond their type.
enum class Shape : uint8_t { none, email, phone };

bool is_email(std::string_view text) {
  const size_t at = text.find('@');
  return at != text.npos && at > 0 && text.find('@', at + 1) == text.npos && text.find('.', at) != text.npos && text.find(' ') == text.npos;
}

/// Seven digits or more, and nothing but what stands between digits of phone numbers.
bool is_phone(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto digits = std::count_if(text.begin(), text.end(), is_digit);
  const bool marked = text.find_first_of("+ ()-/") != text.npos;
  return marked && digits >= 7 && digits <= 17 && text.find_first_not_of("+0123456789 ()-/.") == text.npos && !parse_automatic(text);
}

/// What all the texts of a column are.
struct Look {
  Shape shape = Shape::none;
  std::optional<Family> family = {};  ///< where it says more than "text"
};

Look look_of(const std::vector<std::string>& texts) {
  if (texts.empty()) return {};
  const auto all = [&](auto is) { return std::all_of(texts.begin(), texts.end(), [&](const std::string& text) { return is(text); }); };
  if (all(is_email)) return {.shape = Shape::email};
  if (all(is_phone)) return {.shape = Shape::phone};
  if (all([](const std::string& text) { return boolean_of_text(text).is_value(); })) return {.family = Family::boolean};
  if (all([](const std::string& text) { return parse_automatic(text).has_value(); })) return {.family = Family::date};
  if (all([](const std::string& text) { return number_of_text(text).is_value(); })) return {.family = Family::number};
  return {};
}

Shape shape_of(const std::string& path, const Node& node) {
  if (path.ends_with("mail.address") || (node.rules && node.rules->format == registry::Format::email)) return Shape::email;
  return path.ends_with("hone.number") ? Shape::phone : Shape::none;
}

struct Target {
  std::string path;
  std::string leaf;
  Family family = Family::other;
  Shape shape = Shape::none;
  Tokens tokens = {};
};

void collect(const Node& node, const std::string& path, std::vector<Target>& targets) {
  for (const Node& child : node.children) {
    const std::string here = path.empty() ? child.name : path + "." + child.name;
    if (child.kind == Kind::object) collect(child, here, targets);
    else if (engine::is_scalar(child.kind)) targets.push_back({.path = here, .leaf = child.name, .family = family_of(child.kind), .shape = shape_of(here, child), .tokens = tokens_of_name(child.name)});
  }
}

std::string_view leaf_of(std::string_view name) { return name.substr(name.rfind('.') + 1); }

double score_of(const SourceColumn& column, const Look& look, const Target& target) {
  // "firstname" and "firstName" are the same word, however it is cut.
  const bool same_word = plain_source(leaf_of(column.name)) == plain(target.leaf);
  double score = same_word ? 1 : jaccard(tokens_of_name(leaf_of(column.name)), target.tokens);
  if (is_synonym(column.name, target.path)) score += score > 0 ? kSynonym : kSynonym + kScoreMin;
  if (look.shape != Shape::none && look.shape == target.shape) score += kSameShape;
  const Family family = look.family.value_or(family_of(column.type));
  if (score > 0 && family == target.family && target.family != Family::other) score += kSameFamily;
  return std::min(score, 1.0);
}

struct Candidate {
  size_t column = 0, target = 0;
  double score = 0;
  bool synonym = false;
};

/// Values of one leaf.
struct Leaf {
  std::string path;
  std::vector<std::string> texts = {};
  Type type = Type::null;  ///< of all values so far; any: they differ

  void add(Type found) { type = type == Type::null || type == found ? found : Type::any; }
};

void collect_leaves(const Json& record, const std::string& path, std::vector<Leaf>& leaves) {
  for (const auto& [name, value] : record.items()) {
    const std::string here = path.empty() ? name : path + "." + name;
    if (value.is_object()) {
      collect_leaves(value, here, leaves);
      continue;
    }
    auto leaf = std::find_if(leaves.begin(), leaves.end(), [&](const Leaf& one) { return one.path == here; });
    if (leaf == leaves.end()) leaf = leaves.insert(leaves.end(), Leaf{.path = here});
    if (value.is_string()) leaf->add(Type::string), leaf->texts.push_back(value.get<std::string>());
    else if (value.is_boolean()) leaf->add(Type::boolean);
    else if (value.is_number_integer()) leaf->add(Type::integer);
    else if (value.is_number()) leaf->add(Type::number);
    else if (value.is_array()) leaf->add(Type::array);
  }
}

}  // namespace

SampledColumns sampled_columns(const Json& records) {
  std::vector<Leaf> leaves;
  for (const Json& record : records) collect_leaves(record, "", leaves);
  SampledColumns sampled;
  for (Leaf& leaf : leaves) {
    sampled.columns.push_back({.name = leaf.path, .type = leaf.type == Type::null ? Type::any : leaf.type});
    sampled.values.push_back({.column = leaf.path, .texts = leaf.type == Type::string ? std::move(leaf.texts) : std::vector<std::string>()});
  }
  return sampled;
}

std::vector<Suggestion> suggest(const std::vector<SourceColumn>& columns, const Node& target, const std::vector<SampleValues>& values) {
  std::vector<Target> targets;
  collect(target, "", targets);
  std::vector<Candidate> candidates;
  for (size_t c = 0; c < columns.size(); ++c) {
    const Look look = c < values.size() ? look_of(values[c].texts) : Look();
    for (size_t t = 0; t < targets.size(); ++t) {
      const double score = score_of(columns[c], look, targets[t]);
      if (score >= kScoreMin) candidates.push_back({c, t, score, is_synonym(columns[c].name, targets[t].path)});
    }
  }
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.score != b.score ? a.score > b.score : a.synonym && !b.synonym;
  });
  std::vector<Suggestion> suggestions;
  for (const SourceColumn& column : columns) suggestions.push_back({.source = column.name});
  std::vector<bool> taken(targets.size());
  for (const Candidate& one : candidates) {
    Suggestion& suggestion = suggestions[one.column];
    if (!suggestion.destination.empty() || taken[one.target]) continue;
    suggestion.destination = targets[one.target].path;
    suggestion.score = one.score;
    taken[one.target] = true;
  }
  return suggestions;
}

Json suggestion_json(const std::vector<Suggestion>& suggestions, const TargetSchema& target, bool exclude_unmapped) {
  MappingSet set{.target = target};
  Json json = to_json(set);
  Json mappings = Json::array();
  for (const Suggestion& suggestion : suggestions) {
    if (suggestion.destination.empty() && exclude_unmapped) continue;
    Json one = to_json(Mapping{.source = suggestion.source, .destination = suggestion.destination, .match_score = suggestion.score});
    one["id"] = nullptr;
    if (suggestion.destination.empty()) one["destination"] = one["destinationXdmPath"] = nullptr;
    mappings.push_back(std::move(one));
  }
  for (const char* name : {"id", "createdDate", "modifiedDate", "createdBy", "modifiedBy"}) json[name] = nullptr;
  json["mappings"] = std::move(mappings);
  return json;
}

}  // namespace foz::prep
