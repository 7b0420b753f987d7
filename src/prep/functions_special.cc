// Identifiers. Follows: Data Prep contract, 6.11.
#include <openssl/evp.h>

#include <array>

#include "base/id.h"
#include "prep/function_tables.h"
#include "prep/text_work.h"

namespace foz::prep {
namespace {

using engine::Type;
using Text = std::string_view;

constexpr Fault kNoChance{Trouble::function, "no random numbers are at hand here"};
constexpr Fault kNotOffered{Trouble::function, "the algorithm is not published, so there is no value"};

/// The same id for the same flow, page, row and place in the mapping.
std::string repeatable_id(const Call& call) {
  const RowPosition position = call.position();
  const std::string name = call.context().replay_id + "/" + std::to_string(position.page) + "/" + std::to_string(position.row) + "/" + std::to_string(call.site().slot);
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
  unsigned size = 0;
  FOZ_CHECK(EVP_Digest(name.data(), name.size(), hash.data(), &size, EVP_sha1(), nullptr) == 1);
  return uuid_from_sha1({reinterpret_cast<const char*>(hash.data()), size});
}

Outcome<Text> uuid(Call& call) {
  if (!call.context().replay_id.empty()) return made_text(call, repeatable_id(call));
  if (call.context().random == nullptr) return kNoChance;
  return made_text(call, new_uuid(*call.context().random));
}

Outcome<Text> fpid_to_ecid(Text) { return kNotOffered; }

constexpr Function kFunctions[] = {
    {.name = "uuid",
     .aliases = {"guid"},
     .category = Category::special,
     .returns = Type::string,
     .kernel = kernel<uuid>,
     .about = "A new UUID for each row; with the flow option replaySafeIds the same one when the row is read again.",
     .examples = {{"size_of(uuid())", "36"}, {R"(matches_regex(guid(), "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"))", "true"}}},
    {.name = "fpid_to_ecid",
     .category = Category::special,
     .parameters = {{"fpid", Type::string, "A first-party device id."}},
     .returns = Type::string,
     .kernel = kernel<fpid_to_ecid>,
     .about = "Would give the ECID of a first-party device id; its algorithm is not published, so it gives null and a warning.",
     .examples = {{R"(fpid_to_ecid("4ed70bee-b654-420a-a3fd-b58b6b65e991"))", "error"}, {"fpid_to_ecid(null)", "null"}}},
};

}  // namespace

std::span<const Function> special_functions() { return kFunctions; }

}  // namespace foz::prep
