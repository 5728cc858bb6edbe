// One section of a haproxy.cfg with proxies, as a value. Pure.
#pragma once

#include "alignment/haproxy/sections.hpp"
#include "alignment/haproxy/settings.hpp"

namespace pulsegate {

/// Of a line that HAProxy may not look at.
inline constexpr const char* skippable_haproxy_line =
    "stands in a branch of `.if`, which HAProxy may skip";

/// The proxy that a section `frontend`, `backend` or `listen` describes, or for `defaults` one of
/// which only the settings count.
/// \param settings  what it starts with: those of its `defaults`.
[[nodiscard]] haproxy_proxy read_haproxy_proxy(const haproxy_section& section,
                                               haproxy_settings settings,
                                               haproxy_findings& findings);

} // namespace pulsegate
