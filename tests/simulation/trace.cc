#include "tests/simulation/trace.h"

namespace foz::simulation {

void Trace::note(int64_t millis, std::string_view what, std::string_view detail) {
  std::string line = std::to_string(millis / 1000) + "." + std::to_string(1000 + millis % 1000).substr(1) + " ";
  line.append(what).append(" ").append(detail);
  for (const char c : line) {
    hash_ ^= static_cast<unsigned char>(c);
    hash_ *= 1'099'511'628'211u;
  }
  ++lines_;
  if (each_) each_(line);
}

}  // namespace foz::simulation
