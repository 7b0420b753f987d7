#pragma once
// Counters, gauges and durations of the process, by name. Names follow Prometheus: foz_<what>_<unit>[_total].

#include <map>
#include <string>
#include <string_view>

namespace foz::metrics {

using Labels = std::map<std::string, std::string>;

void count(std::string_view name, const Labels& labels = {}, double by = 1);
void set(std::string_view name, double value, const Labels& labels = {});
/// Adds a duration to a histogram with buckets from 1 ms to 10 min.
void observe_seconds(std::string_view name, double seconds, const Labels& labels = {});

/// All metrics in the Prometheus text format.
std::string exposition();

}  // namespace foz::metrics
