#include "prep/user_agent.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/text.h"
#include "prep/regex.h"

namespace foz::prep {
namespace {

/// Headers that one thread remembers; then it begins anew.
constexpr size_t kRememberedMax = 4096;
/// No header is longer than this; the rest says nothing.
constexpr size_t kHeaderBytesMax = 2048;

/// A row of the list: group 1 is the name and the next ones the parts of the version, unless they are replaced.
struct Row {
  std::string regex;
  std::array<std::string, 4> replacements;
};

struct List {
  std::vector<Row> agents, systems, robots;
};

std::string text_at(const YAML::Node& node, const char* name) { return node[name] ? node[name].as<std::string>() : std::string(); }

std::vector<Row> rows_of(const YAML::Node& nodes, const std::array<const char*, 4>& names) {
  std::vector<Row> rows;
  for (const YAML::Node& node : nodes) {
    Row row{.regex = text_at(node, "regex"), .replacements = {}};
    for (size_t i = 0; i < names.size(); ++i) row.replacements[i] = text_at(node, names[i]);
    rows.push_back(std::move(row));
  }
  return rows;
}

const List& list() {
  static const List kList = [] {
    const YAML::Node yaml = YAML::Load(std::string(user_agent_patterns()));
    List made{.agents = rows_of(yaml["user_agent_parsers"], {"family_replacement", "v1_replacement", "v2_replacement", "v3_replacement"}),
              .systems = rows_of(yaml["os_parsers"], {"os_replacement", "os_v1_replacement", "os_v2_replacement", "os_v3_replacement"}),
              .robots = rows_of(yaml["device_parsers"], {"device_replacement", "brand_replacement", "model_replacement", "regex_flag"})};
    std::erase_if(made.robots, [](const Row& row) { return row.replacements[0] != "Spider"; });
    return made;
  }();
  return kList;
}

using Parts = std::array<std::string, 4>;

/// One section of the list, its patterns compiled when first tried.
class Section {
 public:
  explicit Section(const std::vector<Row>& rows) : rows_(rows), compiled_(rows.size()) {}

  std::optional<Parts> first_match(std::string_view text) {
    for (size_t i = 0; i < rows_.size(); ++i) {
      Regex* regex = compiled(i);
      if (regex != nullptr && regex->find(text) == Regex::Found::yes) return parts_of(rows_[i], *regex, text);
    }
    return std::nullopt;
  }

 private:
  struct Slot {
    bool tried = false;
    std::optional<Regex> regex = {};
  };

  Regex* compiled(size_t i) {
    Slot& slot = compiled_[i];
    if (!slot.tried) {
      slot.tried = true;
      const bool ignore_case = rows_[i].replacements[3] == "i";
      if (auto regex = Regex::compile(rows_[i].regex, ignore_case)) slot.regex.emplace(*std::move(regex));
    }
    return slot.regex ? &*slot.regex : nullptr;
  }

  static std::string group_text(const Regex& regex, size_t group, std::string_view text) {
    const Regex::Span span = regex.group(group);
    return span.took_part ? std::string(text.substr(span.begin, span.end - span.begin)) : std::string();
  }

  static Parts parts_of(const Row& row, const Regex& regex, std::string_view text) {
    Parts parts;
    for (size_t i = 0; i < parts.size(); ++i) {
      const std::string& replacement = row.replacements[i];
      if (replacement.empty()) {
        parts[i] = group_text(regex, i + 1, text);
        continue;
      }
      parts[i] = replacement;
      for (size_t group = 1; group <= 9; ++group) {
        const std::string mark = "$" + std::to_string(group);
        if (parts[i].find(mark) != std::string::npos) parts[i] = replace_all(parts[i], mark, group_text(regex, group, text));
      }
      parts[i] = trim(parts[i]);
    }
    return parts;
  }

  const std::vector<Row>& rows_;
  std::vector<Slot> compiled_;
};

std::string version_of(const Parts& parts) {
  std::string version;
  for (size_t i = 1; i < parts.size() && !parts[i].empty(); ++i) version += (i > 1 ? "." : "") + parts[i];
  return version;
}

/// "Mobile Safari" is Safari, "Chrome Mobile" is Chrome: the device says the rest.
std::string plain_name(std::string name) {
  for (const std::string_view word : {"Mobile ", " Mobile"}) {
    if (const size_t at = name.find(word); at != name.npos && name.size() > word.size()) name.erase(at, word.size());
  }
  return name;
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != text.npos; });
}

struct ClassRow {
  std::string_view name;
  std::vector<std::string_view> words;
};

/// The first row of which a word stands in the header.
const std::vector<ClassRow>& class_rows() {
  static const std::vector<ClassRow> kRows = {
      {"Watch", {"Apple Watch", "watchOS", "Watch OS", "WatchOS", "Galaxy Watch"}},
      {"Augmented Reality", {"HoloLens"}},
      {"Virtual Reality", {"OculusBrowser", "Oculus", "Pico Neo"}},
      {"Handheld Game Console", {"PlayStation Portable", "PlayStation Vita", "Nintendo 3DS", "Nintendo Switch", "Nintendo DS"}},
      {"Game Console", {"Xbox", "XBOX", "PLAYSTATION", "PlayStation", "Nintendo"}},
      {"eReader", {"Kindle/", "Kobo", "PocketBook", "NOOK"}},
      {"Set-top box", {"AppleTV", "Apple TV", "Roku", "CrKey", "AFTB", "AFTM", "AFTS", "AFTT", "GoogleTV", "STB;"}},
      {"TV", {"SmartTV", "SMART-TV", "Smart-TV", "Web0S", "HbbTV", "BRAVIA", "NetCast", "TV Safari", "Android TV"}},
      {"Car", {"QtCarBrowser", "Tesla/", "Android Automotive"}},
      {"Voice", {"AlexaMediaPlayer", "Echo/", "Google-Speech"}},
      {"Tablet", {"iPad", "Tablet", "PlayBook", "Silk/"}},
      {"Phone", {"iPhone", "iPod", "Windows Phone", "IEMobile", "BlackBerry", "BB10", "Symbian", "Opera Mini"}},
  };
  return kRows;
}

std::string device_class(std::string_view text, bool robot, const UserAgent& agent) {
  const bool mobile = has_any(text, {"Mobile", "Android", "iPhone"});
  if (robot) return mobile ? "Robot Mobile" : "Robot";
  for (const ClassRow& row : class_rows()) {
    if (std::any_of(row.words.begin(), row.words.end(), [&](std::string_view word) { return text.find(word) != text.npos; })) return std::string(row.name);
  }
  if (has_any(text, {"Android"})) return has_any(text, {"Mobile"}) ? "Phone" : "Tablet";
  if (has_any(text, {"Mobile", "MIDP"})) return "Phone";
  if (has_any(text, {"Windows", "Macintosh", "X11", "CrOS", "Linux"})) return "Desktop";
  return agent.agent_name.empty() ? "" : "Robot";  // a program that names itself and no system
}

class Reader {
 public:
  const UserAgent& read(std::string_view header) {
    const std::string text(header.substr(0, utf8_end(header)));
    if (const auto found = remembered_.find(text); found != remembered_.end()) return found->second;
    if (remembered_.size() >= kRememberedMax) remembered_.clear();
    return remembered_.emplace(text, parsed(text)).first->second;
  }

 private:
  static size_t utf8_end(std::string_view text) {
    if (text.size() <= kHeaderBytesMax) return text.size();
    size_t end = kHeaderBytesMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return end;
  }

  UserAgent parsed(const std::string& text) {
    UserAgent agent;
    if (const auto parts = systems_.first_match(text)) {
      agent.os_name = (*parts)[0];
      agent.os_version = version_of(*parts);
    }
    if (const auto parts = agents_.first_match(text)) {
      agent.agent_name = plain_name((*parts)[0]);
      agent.agent_version = version_of(*parts);
    }
    agent.device_class = device_class(text, robots_.first_match(text).has_value(), agent);
    return agent;
  }

  Section agents_{list().agents}, systems_{list().systems}, robots_{list().robots};
  std::unordered_map<std::string, UserAgent> remembered_;
};

}  // namespace

const UserAgent& read_user_agent(std::string_view text) {
  thread_local Reader reader;
  return reader.read(text);
}

}  // namespace foz::prep
