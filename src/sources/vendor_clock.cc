#include "sources/vendor_clock.h"

#include "base/time_text.h"

namespace foz::sources {
namespace {

/// `Date` leaves out what has passed of its second.
constexpr std::chrono::seconds kDateStep{1};

}  // namespace

void VendorClock::hear(const http::Response& response) {
  const auto text = response.header("Date");
  const auto date = text ? parse_http_date(*text) : std::nullopt;
  if (!date) return;
  std::lock_guard lock(mutex_);
  heard_ = *date + kDateStep;
  heard_at_ = clock_.tick();
}

std::optional<Instant> VendorClock::now() const {
  std::lock_guard lock(mutex_);
  if (!heard_) return std::nullopt;
  return *heard_ + std::chrono::duration_cast<std::chrono::microseconds>(clock_.tick() - heard_at_);
}

Instant VendorClock::earliest() const {
  const auto latest = now();
  return latest ? *latest - kDateStep : clock_.now();
}

}  // namespace foz::sources
