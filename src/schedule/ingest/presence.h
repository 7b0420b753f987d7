#pragma once
// Which fields of a schema the records of a batch mention at all: only those become columns of its files. Standard schemas
// have hundreds of fields; empty columns cost memory while a row group is gathered.

#include <memory>
#include <string_view>
#include <vector>

#include "base/json_walk.h"
#include "registry/columns.h"

namespace foz::schedule {

/// Not thread-safe. `root` outlives it.
class Presence {
 public:
  explicit Presence(const registry::Node& root);
  ~Presence();

  /// A padded record (json_walk.h), in the envelope of streaming or not. One that cannot be read says little or nothing.
  void look_at(std::string_view text);
  /// Fields of the root, by index; with `member`, one of an object.
  void mention(size_t child, size_t member = SIZE_MAX);

  /// `root` with the fields that were mentioned, or that are required: what is left rejects the same records.
  registry::Node mentioned_root() const;

 private:
  struct Mention;
  class Visitor;
  const registry::Node& root_;
  std::unique_ptr<Mention> mentions_;
  std::unique_ptr<Visitor> visitor_;
  JsonWalk walk_;
};

}  // namespace foz::schedule
