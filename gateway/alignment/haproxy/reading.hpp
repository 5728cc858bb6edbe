// What a HAProxy configuration does with WebSockets to the gateway: the ways that lead to one of
// its listeners, and the limits in force there. Checked against HAProxy 2.6.
#pragma once

#include "alignment/files.hpp"
#include "alignment/haproxy/settings.hpp"
#include "alignment/hop.hpp"
#include "config/configuration.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace pulsegate {

/// One frontend, one backend behind it and one listener that a `server` of that backend reaches.
struct haproxy_passage {
    span where;                  // the head of the backend's section: `backend app`, `listen ws`
    std::string title;           // the same as text
    std::string frontend;        // the name of the frontend; of a `listen`, its own
    span server;                 // the line that reaches the gateway
    std::size_t listener = 0;    // which of haproxy_request::listeners
    std::vector<limit> limits;   // idle limits in force, see haproxy_idle_limits()
    bool has_client_fin = false; // else a client that vanishes while closing lingers as long as a
                                 // quiet one
    span frontend_head;          // where `timeout client-fin` could be set
    bool sends_proxy_header = false;
    std::optional<bool> is_secure; // whether HAProxy speaks TLS to the gateway; nothing in `mode
                                   // tcp` without `ssl`, where clients decide
};

struct haproxy_reading {
    std::vector<haproxy_passage> passages;
    std::optional<limit> hard_stop_after; // nothing: old processes wait for their last connection
    std::vector<haproxy_remark> remarks;
    std::vector<std::string> files; // that were read; empty if the file is unreadable

    /// hop_code::haproxy_syntax, haproxy_value, and proxy_unreadable for the file.
    std::vector<diagnostic> problems;
};

struct haproxy_request {
    std::string path; // of haproxy.cfg
    std::vector<socket_address> listeners;
    span declared; // in gateway.yaml: what named the file
};

/// Reads the whole configuration. Every branch of `.if` counts as present, conditions of
/// `use_backend` as met; a remark says so where that matters.
/// Errors: in `problems`; the rest tells what could be read all the same. Never throws.
[[nodiscard]] haproxy_reading read_haproxy(file_tree& files, const haproxy_request& what);

} // namespace pulsegate
