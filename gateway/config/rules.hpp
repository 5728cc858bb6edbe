// Rules over several keys of a configuration that was read. Pure.
#pragma once

#include "config/configuration.hpp"
#include "config/reading.hpp"

namespace pulsegate {

/// Reports what does not fit together. Values that could not be read are left out: their own
/// diagnostic is enough.
void check_rules(reading& in, const configuration& values);

/// The rules of one heartbeat.
/// \param path  `heartbeat`, or `routes[0].heartbeat`, which inherits from it: then only keys that
///              the route sets are blamed.
void check_heartbeat(reading& in, const std::string& path, const heartbeat_settings& values);

/// That `tls` of a route has a `wss://` upstream, and a certificate its key.
void check_app_tls(reading& in, const configuration& values);

/// That each proxy is described in one way, and that reports can tell them apart.
void check_proxies(reading& in, const configuration& values);

} // namespace pulsegate
