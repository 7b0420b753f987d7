#include "sources/vendor_clock.h"

#include "base/time_text.h"

namespace foz::sources {

void VendorClock::hear(const http::Response& response) {
  const auto text = response.header("Date");
  const auto date = text ? parse_http_date(*text) : std::nullopt;
  if (!date) return;
  std::lock_guard lock(mutex_);
  heard_ = *date + std::chrono::seconds(1);
  heard_at_ = clock_.tick();
}

std::optional<Instant> VendorClock::now() const {
  std::lock_guard lock(mutex_);
  if (!heard_) return std::nullopt;
  return *heard_ + std::chrono::duration_cast<std::chrono::microseconds>(clock_.tick() - heard_at_);
}

}  // namespace foz::sources
