#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace foz::metrics {
namespace {

prometheus::Registry& registry() {
  static prometheus::Registry instance;
  return instance;
}

}  // namespace

void count(std::string_view name, const Labels& labels, double by) {
  prometheus::BuildCounter().Name(std::string(name)).Register(registry()).Add(labels).Increment(by);
}

void set(std::string_view name, double value, const Labels& labels) {
  prometheus::BuildGauge().Name(std::string(name)).Register(registry()).Add(labels).Set(value);
}

void observe_seconds(std::string_view name, double seconds, const Labels& labels) {
  static const prometheus::Histogram::BucketBoundaries kBounds = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 600};
  prometheus::BuildHistogram().Name(std::string(name)).Register(registry()).Add(labels, kBounds).Observe(seconds);
}

std::string exposition() { return prometheus::TextSerializer().Serialize(registry().Collect()); }

}  // namespace foz::metrics
