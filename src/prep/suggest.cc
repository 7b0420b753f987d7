#include "prep/suggest.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "prep/mapping_set.h"

namespace foz::prep {
namespace {

using engine::Kind;
using engine::Type;
using registry::Node;

constexpr double kScoreMin = 0.5;
constexpr double kSameFamily = 0.2;
constexpr double kSynonym = 0.3;

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

struct Target {
  std::string path;
  std::string leaf;
  Family family = Family::other;
  Tokens tokens = {};
};

void collect(const Node& node, const std::string& path, std::vector<Target>& targets) {
  for (const Node& child : node.children) {
    const std::string here = path.empty() ? child.name : path + "." + child.name;
    if (child.kind == Kind::object) collect(child, here, targets);
    else if (engine::is_scalar(child.kind)) targets.push_back({.path = here, .leaf = child.name, .family = family_of(child.kind), .tokens = tokens_of_name(child.name)});
  }
}

std::string_view leaf_of(std::string_view name) { return name.substr(name.rfind('.') + 1); }

double score_of(const SourceColumn& column, const Target& target) {
  // "firstname" and "firstName" are the same word, however it is cut.
  const bool same_word = plain_source(leaf_of(column.name)) == plain(target.leaf);
  double score = same_word ? 1 : jaccard(tokens_of_name(leaf_of(column.name)), target.tokens);
  if (is_synonym(column.name, target.path)) score += score > 0 ? kSynonym : kSynonym + kScoreMin;
  if (score > 0 && family_of(column.type) == target.family && target.family != Family::other) score += kSameFamily;
  return std::min(score, 1.0);
}

struct Candidate {
  size_t column = 0, target = 0;
  double score = 0;
  bool synonym = false;
};

}  // namespace

std::vector<Suggestion> suggest(const std::vector<SourceColumn>& columns, const Node& target) {
  std::vector<Target> targets;
  collect(target, "", targets);
  std::vector<Candidate> candidates;
  for (size_t c = 0; c < columns.size(); ++c) {
    for (size_t t = 0; t < targets.size(); ++t) {
      const double score = score_of(columns[c], targets[t]);
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
