#include "sources/refresh_token.h"

namespace foz::sources {
namespace {
constexpr std::string_view kParameter = "refreshToken";
}

Result<Secret> RefreshToken::to_use() {
  TRY_DO(keep());
  if (world_.kept_secret) {
    if (auto kept = world_.kept_secret(kParameter); kept && !kept->empty()) kept_ = token_ = *kept;
  }
  return token_;
}

Status RefreshToken::take(const Secret& fresh, std::vector<RenewedSecret> used_up) {
  unkept_ = std::move(used_up);
  if (!fresh.empty() && fresh.reveal() != token_.reveal()) {
    token_ = fresh;
    unkept_.push_back({.parameter = std::string(kParameter), .was = kept_, .now = fresh});
  }
  return keep();
}

Status RefreshToken::keep() {
  if (unkept_.empty()) return {};
  if (world_.save_secrets) {
    if (Status saved = world_.save_secrets(unkept_); !saved) return with_context(std::move(saved).error(), "keeping the renewed " + vendor_ + " login");
  }
  unkept_.clear();
  kept_ = token_;
  return {};
}

}  // namespace foz::sources
