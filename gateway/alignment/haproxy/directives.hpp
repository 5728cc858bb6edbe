// Reads the lines of one section of a haproxy.cfg into its settings. Pure.
#pragma once

#include "alignment/haproxy/findings.hpp"
#include "alignment/haproxy/sections.hpp"
#include "alignment/haproxy/settings.hpp"

namespace pulsegate {

/// The proxy that a section `frontend`, `backend` or `listen` describes, or for `defaults` one of
/// which only the settings count.
/// \param settings  what it starts with: those of its `defaults`.
[[nodiscard]] haproxy_proxy read_haproxy_proxy(const haproxy_section& section,
                                               haproxy_settings settings,
                                               haproxy_findings& findings);

/// `hard-stop-after` of a section `global`, the last one.
[[nodiscard]] std::optional<haproxy_time> read_hard_stop_after(const haproxy_section& global,
                                                               haproxy_findings& findings);

} // namespace pulsegate
