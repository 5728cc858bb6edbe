// What programs read of a configuration, as JSON: what is wrong with it, and what is in effect.
// Pure.
#pragma once

#include "config/configuration.hpp"
#include "config/diagnostic.hpp"

#include <boost/json/object.hpp>

namespace pulsegate {

/// The members `diagnostics`, `errors` and `warnings`.
[[nodiscard]] boost::json::object diagnostics_to_json(std::span<const diagnostic> diagnostics);

/// Sections and lists as in gateway.yaml. Durations and sizes are texts, as they are written there;
/// numbers, lists, maps and true or false are those of JSON. null stands for what is not set, and
/// for a section that is left out, such as the TLS of a plain listener. Nothing secret: of keys and
/// tokens there are the paths only.
[[nodiscard]] boost::json::object configuration_to_json(configuration values);

} // namespace pulsegate
