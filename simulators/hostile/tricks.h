#pragma once
// Answers that a vendor would not send on purpose: what faults do to a body, and to the way it goes over the wire.

#include <cstdint>

#include "http/message.h"
#include "simulators/faults.h"

namespace foz::sim {

/// How the bytes of an answer are sent. Only `foz-sim hostile` can do anything but `whole`.
struct Delivery {
  enum class Way : uint8_t {
    whole,
    trickle,      ///< `bytes` at a time, `pause_ms` apart
    stall,        ///< `bytes` of the body, then silence
    endless,      ///< the body, then blanks in chunks for as long as the client listens
    surplus,      ///< `bytes` of rubbish behind the promised length, on the same connection
    huge_header,  ///< a header field of `bytes`
  };
  Way way = Way::whole;
  uint64_t bytes = 0;
  int64_t pause_ms = 0;
};

/// True for kinds that need a server which can send badly.
bool is_wire_trick(FaultKind kind);
Delivery delivery_of(const Effects& effects);
/// Does to the body what `effects` say: garbled, padded, nested, with other types, with records lost or doubled.
void apply_tricks(const Effects& effects, http::Response& response);
/// One trick out of all of them, for a number drawn at random.
FaultRule random_trick(uint64_t drawn);

}  // namespace foz::sim
