// The rules about proxies: each looks at the chain and the heartbeats and reports what does not
// fit. One file for each rule; to add one, declare it here and put it into the list of
// alignment.cpp. Pure.
#pragma once

#include "alignment/chain.hpp"
#include "alignment/route_heartbeat.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pulsegate {

struct rule_input {
    const load_result& loaded; // without errors
    const chain& proxies;
    const std::vector<route_heartbeat>& heartbeats;
};

using findings = std::vector<diagnostic>;

// Limits of any proxy.
void check_idle_limits(const rule_input& in, findings& out);   // PG301, PG302, PG339
void check_evictions(const rule_input& in, findings& out);     // PG303
void check_lifetimes(const rule_input& in, findings& out);     // PG304, PG305
void check_reload_limits(const rule_input& in, findings& out); // PG313

// The same of plain HTTP and event streams; after those above, which they do not repeat.
void check_streams(const rule_input& in, findings& out);    // PG346, PG347
void check_answers(const rule_input& in, findings& out);    // PG352
void check_keep_alive(const rule_input& in, findings& out); // PG351, PG353
void check_buffering(const rule_input& in, findings& out);  // PG348 to PG350

// Heartbeats, whatever the proxies.
void check_heartbeat_keys(const rule_input& in, findings& out); // PG306 to PG309

// Proxies whose configuration was read.
void check_upgrade(const rule_input& in, findings& out);        // PG310 to PG312, PG323, PG324
void check_capacity(const rule_input& in, findings& out);       // PG314, PG326
void check_client_address(const rule_input& in, findings& out); // PG315, PG316, PG325
void check_passages(const rule_input& in, findings& out);       // PG317, PG318 of Nginx
void check_proxy_headers(const rule_input& in, findings& out);  // PG319
void check_proxy_tls(const rule_input& in, findings& out);      // PG342
void check_haproxy(const rule_input& in, findings& out);        // PG317, PG318 of HAProxy, PG332 to
                                                                // PG336
void check_haproxy_address(const rule_input& in, findings& out); // PG337, PG338

/// The proxy nearest to `of`, of those further in, of which no file says where it listens; null if
/// there is none. What leads elsewhere may lead there.
[[nodiscard]] const chain_hop* unseen_behind(const chain& proxies, const chain_hop& of);

/// What the gateway has to trust, and does not, of a proxy that connects to `target`: over loopback
/// its address, which is known; else `its own address`, if only loopback is trusted. Nothing if
/// there is no such fault to be seen.
[[nodiscard]] std::optional<std::string> untrusted_peer(const socket_address& target,
                                                        const configuration& values);

} // namespace pulsegate
