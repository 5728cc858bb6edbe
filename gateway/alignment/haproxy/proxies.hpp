// All proxies of a haproxy.cfg, each with the settings in force. Pure.
#pragma once

#include "alignment/files.hpp"
#include "alignment/haproxy/sections.hpp"
#include "alignment/haproxy/settings.hpp"

#include <optional>
#include <span>
#include <vector>

namespace pulsegate {

struct haproxy_proxies {
    std::vector<haproxy_proxy> all;              // in the order of the file
    std::optional<haproxy_time> hard_stop_after; // how long old processes live after a reload
    std::optional<haproxy_cap> maxconn;          // of the whole process
    std::optional<proxy_user> user;              // of `user` and `group`; nothing without `user`
    std::string chroot; // where paths of sockets begin for servers; "": at the root
};

/// A proxy starts with the settings of the `defaults` that it names, or else of the last one before
/// it; a `defaults` starts with those that it names, or else with none.
[[nodiscard]] haproxy_proxies read_haproxy_proxies(std::span<const haproxy_section> sections,
                                                   haproxy_findings& findings);

} // namespace pulsegate
