#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>
#include <shared_mutex>

namespace foz::metrics {
namespace {

prometheus::Registry& registry() {
  static prometheus::Registry instance;
  return instance;
}

/// The metric of that name, kept: the registry itself looks through all of them each time.
template <class Metric, class Builder>
prometheus::Family<Metric>& family(std::string_view name, Builder builder) {
  static std::shared_mutex mutex;
  static std::map<std::string, prometheus::Family<Metric>*, std::less<>> known;
  {
    std::shared_lock lock(mutex);
    if (const auto found = known.find(name); found != known.end()) return *found->second;
  }
  std::unique_lock lock(mutex);
  prometheus::Family<Metric>& made = builder.Name(std::string(name)).Register(registry());
  known.emplace(name, &made);
  return made;
}

}  // namespace

void count(std::string_view name, const Labels& labels, double by) {
  family<prometheus::Counter>(name, prometheus::BuildCounter()).Add(labels).Increment(by);
}

void set(std::string_view name, double value, const Labels& labels) {
  family<prometheus::Gauge>(name, prometheus::BuildGauge()).Add(labels).Set(value);
}

void observe_seconds(std::string_view name, double seconds, const Labels& labels) {
  static const prometheus::Histogram::BucketBoundaries kBounds = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 600};
  family<prometheus::Histogram>(name, prometheus::BuildHistogram()).Add(labels, kBounds).Observe(seconds);
}

std::string exposition() { return prometheus::TextSerializer().Serialize(registry().Collect()); }

}  // namespace foz::metrics
