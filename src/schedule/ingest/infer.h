#pragma once
// The columns of records that have no schema, from the records themselves. Follows: Catalog contract, 3.1 (`schemaRef`).

#include <memory>
#include <string>
#include <string_view>

#include "base/json_walk.h"
#include "registry/columns.h"

namespace foz::schedule {

/// Looks at records and remembers what every member held. Not thread-safe.
class Inference {
 public:
  /// `with_times`: texts that are all dates, or all instants, are columns of these.
  explicit Inference(bool with_times = false);
  ~Inference();

  /// A padded record (json_walk.h). One that cannot be read says nothing.
  void look_at(std::string_view text);
  /// A column of texts.
  void add_text(const std::string& name);
  /// Members met so far, each once, objects included.
  size_t fields() const;

  /// Whole numbers are `int64`, with fractions among them `number`; members that held several kinds of values are texts.
  /// What never held a value is left out. Ids are 0.
  registry::Node root() const;

 private:
  struct Seen;
  class Visitor;
  std::unique_ptr<Seen> seen_;
  std::unique_ptr<Visitor> visitor_;
  JsonWalk walk_;
  size_t texts_ = 0;  ///< columns that `add_text` made
};

}  // namespace foz::schedule
