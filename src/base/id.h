#pragma once
// Names of things: a FlowId is not a RunId. Ids are opaque text; only their makers know a form.

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"

namespace foz {

template <class Tag>
struct Id {
  std::string text;

  Id() = default;
  explicit Id(std::string value) : text(std::move(value)) {}
  bool empty() const { return text.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;
};

using SandboxId = Id<struct SandboxTag>;
using ConnectionId = Id<struct ConnectionTag>;
using FlowId = Id<struct FlowTag>;
using RunId = Id<struct RunTag>;
using DatasetId = Id<struct DatasetTag>;
using BatchId = Id<struct BatchTag>;
using MappingSetId = Id<struct MappingSetTag>;

/// UUID version 4, lower case, dashed.
std::string new_uuid(Random& random);
/// UUID version 5: the same name in the same space gives the same id.
/// `digest` is the SHA-1 of (space bytes + name); the caller hashes, base has no cryptography.
std::string uuid_from_sha1(std::string_view digest_bytes);
/// 24 lower-case hex digits: 4 bytes of seconds, 8 random bytes.
std::string new_object_id(Random& random, Instant now);
/// 26 characters of Crockford base 32, upper case, ordered by time.
std::string new_ulid(Random& random, Instant now);
/// `digits` lower-case hex digits.
std::string random_hex(Random& random, size_t digits);

}  // namespace foz

template <class Tag>
struct std::hash<foz::Id<Tag>> {
  size_t operator()(const foz::Id<Tag>& id) const { return std::hash<std::string>{}(id.text); }
};
