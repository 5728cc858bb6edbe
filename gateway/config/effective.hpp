// A configuration as it is in effect: every key with its value, defaults included. Pure.
#pragma once

#include "config/configuration.hpp"

#include <boost/json/object.hpp>

namespace pulsegate {

/// Sections and lists as in gateway.yaml. Values are texts as they are written there, "" for one
/// that is not set; null stands for a section that is left out, such as the TLS of a plain
/// listener. Nothing secret: of keys and tokens there are the paths only.
[[nodiscard]] boost::json::object configuration_to_json(configuration values);

} // namespace pulsegate
