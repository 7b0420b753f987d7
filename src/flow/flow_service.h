#pragma once
// The Flow Service: each of its parts once, over one environment. Follows: Flow Service contract.

#include "flow/connection.h"
#include "flow/environment.h"
#include "flow/flows.h"
#include "flow/list_query.h"
#include "flow/open_sources.h"
#include "flow/runs.h"
#include "flow/source_connection.h"
#include "flow/specs.h"
#include "flow/target_connection.h"

namespace foz::flow {

/// Thread-safe. What the environment refers to outlives it; listeners enter themselves in `listeners`, and leave before they go.
class FlowService {
 public:
  explicit FlowService(Environment given)
      : environment(std::move(given)), specs(environment.sources, environment.clock, environment.random), sources(environment),
        connections(environment, specs, sources), source_connections(environment, specs), target_connections(environment),
        flows(environment, specs, connections, listeners), runs(environment, listeners), tokens(environment.vault, environment.clock) {}
  FlowService(const FlowService&) = delete;
  FlowService& operator=(const FlowService&) = delete;

  const Environment environment;
  Listeners listeners;
  const Specs specs;
  OpenSources sources;
  const Connections connections;
  const SourceConnections source_connections;
  const TargetConnections target_connections;
  const Flows flows;
  const Runs runs;
  const PageTokens tokens;
};

}  // namespace foz::flow
