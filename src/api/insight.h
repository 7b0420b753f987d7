#pragma once
// Routes of Foz's own about data sets and batches; query.cc joins them.

#include <span>

#include "api/request.h"

namespace foz::api {

std::span<const Route> insight_routes();
std::span<const Route> derive_routes();

}  // namespace foz::api
