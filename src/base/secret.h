#pragma once
// A value that must not be seen: it cannot be printed, compared with ==, or turned into text by accident.

#include <ostream>
#include <string>
#include <string_view>

namespace foz {

/// Holds secret text and wipes it when it goes. `reveal()` marks each place that needs the text itself;
/// printing one does not compile (tests/compile).
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }
  Secret& operator=(const Secret&);
  Secret& operator=(Secret&&) noexcept;
  ~Secret() { wipe(); }

  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

  friend bool operator==(const Secret&, const Secret&) = delete;
  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  void wipe();
  std::string text_;
};

/// What the APIs print in the place of a secret; sent back, it means "unchanged".
inline constexpr std::string_view kSecretMask = "********";

/// True when both texts are equal; takes the same time whatever they hold.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace foz
