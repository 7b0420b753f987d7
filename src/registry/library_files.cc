#include "registry/library_files.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "base/text.h"
#include "registry/core/core.h"
#include "registry/names.h"

namespace foz::registry {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".schema.json";
/// Members that the API does not show.
constexpr const char* kHidden[] = {"meta:license", "meta:titleId", "meta:descriptionId"};

Error unusable(const fs::path& file, const std::string& why) {
  return Error{.kind = ErrorKind::invalid, .message = "the library file " + file.string() + " " + why};
}

Result<std::string> text_of_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf())) return Error{.kind = ErrorKind::unavailable, .message = "cannot read " + file.string()};
  return text.str();
}

/// The kind of a folder below `components`; nothing: the content decides.
std::optional<ResourceKind> kind_of_folder(const std::string& name) {
  if (name == "common") return ResourceKind::data_type;
  const auto kind = kind_of_collection(name);
  return kind && *kind != ResourceKind::schema && *kind != ResourceKind::descriptor ? kind : std::nullopt;
}

/// A part of the library, and the folders in it that say what is in them.
struct Place {
  fs::path folder;
  bool components = false;
  bool schemas = false;
};

std::vector<Place> places_in(const fs::path& folder) {
  if (fs::exists(folder / "components")) {
    return {{folder / "components", true, false}, {folder / "extensions", false, false}, {folder / "schemas", false, true}};
  }
  return {{folder, true, false}};
}

void strip_hidden(Json& node) {
  if (node.is_array()) {
    for (Json& entry : node) strip_hidden(entry);
  }
  if (!node.is_object()) return;
  for (const char* name : kHidden) node.erase(name);
  for (auto& [name, value] : node.items()) strip_hidden(value);
}

class LibraryReader {
 public:
  explicit LibraryReader(const fs::path& folder) : folder_(folder) {}

  Result<LibraryFiles> run() {
    for (const Place& place : places_in(folder_)) {
      std::error_code error;
      std::vector<fs::path> paths;
      for (fs::recursive_directory_iterator at(place.folder, error), end; !error && at != end; at.increment(error)) {
        if (at->is_regular_file() && at->path().string().ends_with(kEnding)) paths.push_back(at->path());
      }
      std::sort(paths.begin(), paths.end());
      for (const fs::path& path : paths) TRY_DO(take(place, path));
    }
    if (made_.files.empty()) {
      return Error{.kind = ErrorKind::not_found, .message = "there is no component library in " + folder_.string() + ": expected *.schema.json files in components/"};
    }
    classify();
    TRY_DO(read_root());
    return std::move(made_);
  }

 private:
  struct Unclear {
    size_t file;
    bool schemas;
  };

  Status take(const Place& place, const fs::path& path) {
    TRY(const std::string text, text_of_file(path));
    TRY(Json doc, parse(path, text));
    const std::string id = text_of(doc, "$id");
    if (id.empty()) return unusable(path, "has no $id");
    if (const auto [other, added] = by_id_.emplace(id, path); !added) {
      return unusable(path, "has the $id " + id + " that " + other->second.string() + " has too");
    }
    if (const auto collisions = name_collisions(doc); !collisions.empty()) return unusable(path, "has two names for the path " + collisions.front());
    LibraryFile file{.path = path, .license = join(texts_of(doc, "meta:license"), "\n"), .doc = std::move(doc)};
    strip_hidden(file.doc);
    const fs::path inside = path.lexically_relative(place.folder);
    const std::string first = inside.begin()->string();
    const auto kind = place.components ? kind_of_folder(first) : std::nullopt;
    if (kind) file.kind = *kind;
    else if (place.schemas && first == "descriptors") file.kind = ResourceKind::descriptor;
    else unclear_.push_back({made_.files.size(), place.schemas});
    made_.files.push_back(std::move(file));
    return {};
  }

  /// Names that stand twice in one object are a slip that some files of the library have: the last one counts.
  Result<Json> parse(const fs::path& path, const std::string& text) {
    auto strict = parse_json(text, {.depth_max = 256});
    Json doc = strict ? std::move(*strict) : Json::parse(text, nullptr, false);
    if (doc.is_discarded() || !doc.is_object()) {
      return unusable(path, "is no JSON object" + (strict ? std::string() : ": " + strict.error().message + " at " + strict.error().where));
    }
    if (!strict) made_.warnings.push_back(path.string() + ": " + strict.error().message + " (" + strict.error().where + ")");
    return doc;
  }

  /// Files outside of components: what they hold says what they are.
  void classify() {
    const std::set<std::string> behaviors = {std::string(kRecordBehavior), std::string(kTimeSeriesBehavior), std::string(kAdhocBehavior)};
    for (const Unclear& unclear : unclear_) {
      LibraryFile& file = made_.files[unclear.file];
      if (file.doc.contains("meta:intendedToExtend")) file.kind = ResourceKind::field_group;
      else if (names_one(part_refs(file.doc), behaviors) || names_one(texts_of(file.doc, "meta:extends"), behaviors)) file.kind = ResourceKind::class_;
    }
    std::set<std::string> classes;
    for (const LibraryFile& file : made_.files) {
      if (file.kind == ResourceKind::class_) classes.insert(text_of(file.doc, "$id"));
    }
    for (const Unclear& unclear : unclear_) {
      LibraryFile& file = made_.files[unclear.file];
      if (unclear.schemas && file.kind != ResourceKind::field_group && names_one(part_refs(file.doc), classes)) file.kind = ResourceKind::schema;
    }
  }

  static bool names_one(const std::vector<std::string>& ids, const std::set<std::string>& of) {
    return std::any_of(ids.begin(), ids.end(), [&](const std::string& id) { return of.contains(id); });
  }

  /// The version and the licence stand in the checkout, which may be one folder up.
  Status read_root() {
    made_.version = std::string(kBuiltInVersion);
    const fs::path components = (fs::absolute(folder_) / "").lexically_normal().parent_path();  // also of a path that ends in a slash, or in a dot
    const fs::path root = fs::exists(folder_ / "components") ? folder_ : components.parent_path();
    if (fs::exists(root / "LICENSE")) made_.license = root / "LICENSE";
    if (!fs::exists(root / "package.json")) return {};
    TRY(const std::string text, text_of_file(root / "package.json"));
    const auto package = parse_json(text);
    if (package && !text_of(*package, "version").empty()) made_.version = text_of(*package, "version");
    return {};
  }

  const fs::path folder_;
  LibraryFiles made_;
  std::map<std::string, fs::path> by_id_;
  std::vector<Unclear> unclear_;
};

}  // namespace

Result<LibraryFiles> read_library(const fs::path& folder) { return LibraryReader(folder).run(); }

}  // namespace foz::registry
