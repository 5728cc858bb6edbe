// What a HAProxy configuration does with WebSockets to the gateway: the ways that lead to one of
// its listeners, and the limits in force there. Checked against HAProxy 2.6.
#pragma once

#include "alignment/files.hpp"
#include "alignment/haproxy/settings.hpp"
#include "alignment/haproxy/ways.hpp"
#include "alignment/hop.hpp"
#include "alignment/hosts_file.hpp"
#include "config/configuration.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace pulsegate {

/// How a way tells the gateway which client it serves, in a header.
struct haproxy_address_header {
    enum class ways : std::uint8_t {
        set,     // in place of what the client sent
        added,   // behind it
        if_none, // only where the client sent none
        as_sent, // what the client sent in some header
    };

    std::string name; // as written
    ways way = ways::set;
    span where;
};

/// One frontend, one backend behind it, and one place that a `server` of that backend reaches: a
/// listener of the gateway, or another frontend of the same file that leads on to one.
struct haproxy_passage {
    span where;           // the head of the backend's section: `backend app`, `listen ws`
    std::string title;    // the same as text
    std::string frontend; // the name of the frontend; of a `listen`, its own
    span frontend_head;   // where `timeout client-fin` could be set
    span server;          // the line that reaches it
    std::optional<std::size_t> listener; // which of haproxy_request::listeners; nothing: another
                                         // frontend
    std::optional<socket_address> target;
    bool is_inner = false;       // another frontend of the file leads here
    std::vector<limit> limits;   // in force, see haproxy_idle_limits(), haproxy_silence_limits()
    bool has_client_fin = false; // else a client that vanishes while closing lingers as long as a
                                 // quiet one
    bool sends_proxy_header = false;
    bool is_proxy_header_taken = false; // by the frontend that it leads to
    bool is_transparent = false;        // the peer that the gateway sees is the client
    bool speaks_http = false;           // of the frontend or of the backend
    std::optional<bool> is_secure; // whether HAProxy speaks TLS to the gateway; nothing in `mode
                                   // tcp` without `ssl`, where clients decide
    std::vector<haproxy_address_header> told; // what it says of the client
    std::vector<haproxy_obstacle> obstacles;  // what keeps WebSockets from passing here
    std::vector<haproxy_cap> caps;            // on the connections at a time
    std::optional<haproxy_http_check> check;  // HTTP health checks that go to the same place
};

/// A `server` of which the file alone does not tell whether it leads to the gateway.
struct haproxy_undecided {
    span where;
    std::string why; // lower case: `the name … is not in /etc/hosts`
};

/// A `server` that leads elsewhere.
struct haproxy_elsewhere {
    span where;
    socket_address to;
};

struct haproxy_reading {
    std::vector<haproxy_passage> passages;
    std::vector<proxy_entrance> entrances; // of the frontends that lead to the gateway
    std::vector<haproxy_obstacle> closed;  // why none, if there is none but could be
    std::vector<haproxy_undecided> undecided;
    std::vector<haproxy_elsewhere> elsewhere;
    std::optional<limit> hard_stop_after; // nothing: old processes wait for their last connection
    std::optional<proxy_user> user;       // nothing: that which starts HAProxy
    std::vector<haproxy_remark> remarks;
    std::vector<std::string> files; // that were read; empty if the file is unreadable

    /// hop_code::haproxy_syntax, haproxy_value, and proxy_unreadable for the file.
    std::vector<diagnostic> problems;
};

struct haproxy_request {
    std::string path; // of haproxy.cfg
    std::vector<socket_address> listeners;
    span declared;         // in gateway.yaml: what named the file
    hosts_file names = {}; // of the machine on which HAProxy runs
};

/// Reads the whole configuration. Branches of `.if` of which the file does not tell whether they
/// are taken count as present, and conditions of `use_backend` as met where only a request could
/// tell; a remark says so where that matters. Errors: in `problems`; the rest tells what could be
/// read all the same. Never throws.
[[nodiscard]] haproxy_reading read_haproxy(file_tree& files, const haproxy_request& what);

} // namespace pulsegate
