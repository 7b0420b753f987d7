#pragma once
// The two founding tutorials as requests: collecting CRM data, collecting marketing automation data.

#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "http/message.h"

namespace foz::cli {

struct TutorialStep {
  std::string title;
  http::Verb verb = http::Verb::post;
  std::string path;
  std::string body = {};   ///< JSON with {{variables}}; empty: none
  std::string saves = {};  ///< variable that gets what the answer names
  std::string from = {};   ///< JSON pointer into the answer
};

struct Tutorial {
  std::string title;
  std::vector<TutorialStep> steps;
  /// Source column and where it goes, for people to look at.
  std::vector<std::pair<std::string, std::string>> mapping;
};

/// Variables: url, clientId, clientSecret of the simulator; more come from the answers.
Tutorial crm_tutorial();
/// Variables: as above, and accessToken, refreshToken, startTime.
Tutorial marketing_tutorial();

}  // namespace foz::cli
