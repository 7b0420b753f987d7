#pragma once
// One JSON text from front to back, member by member, without building a document. For rows in which every member
// counts; json_rows.h picks chosen values.

#include <memory>
#include <string_view>

#include "base/json_rows.h"
#include "base/result.h"

namespace foz {

/// Hears what stands in a text, in its order. A call that returns false passes over what it announced.
class JsonVisitor {
 public:
  virtual ~JsonVisitor() = default;
  virtual bool begin_object() = 0;
  /// The next value is the member `name`, unescaped; the text is gone at the next call.
  virtual bool member(std::string_view name) = 0;
  virtual void end_object() = 0;
  virtual bool begin_array() = 0;
  virtual void end_array() = 0;
  /// null, boolean, integer, number or text; what it points to lives as long as the walk.
  virtual void scalar(const JsonSlot& value) = 0;
};

/// Bytes that must be readable behind every text that is walked.
inline constexpr size_t kJsonPadding = 64;

/// Keep one and walk many texts: its buffers are reused. Not thread-safe.
class JsonWalk {
 public:
  JsonWalk();
  ~JsonWalk();
  JsonWalk(JsonWalk&&) noexcept;

  /// Walks the one value in `text`, behind which kJsonPadding bytes belong to the caller too.
  /// Errors: corrupt (no JSON, malformed UTF-8, something behind the value, nested deeper than 1024).
  Status over(std::string_view text, JsonVisitor& visitor);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace foz
