// Uses of a Secret that must not compile: one for each FORBIDDEN. Without it the file compiles (0 is the control).
#include <iostream>
#include <string>

#include "base/json.h"
#include "base/log.h"
#include "base/secret.h"

std::string use(const foz::Secret& secret) {
#if FORBIDDEN == 1
  std::cout << secret;
#elif FORBIDDEN == 2
  return "the secret is " + secret;
#elif FORBIDDEN == 3
  return secret;
#elif FORBIDDEN == 4
  const foz::Json json{{"secret", secret}};
#elif FORBIDDEN == 5
  foz::log::info("login", {{"secret", secret}});
#elif FORBIDDEN == 6
  if (secret == foz::Secret("guess")) return "";
#endif
  foz::log::info("login", {{"bytes", static_cast<int64_t>(secret.reveal().size())}});
  return "";
}
