// PG301 to PG309: limits of proxies against heartbeats.
#include "config/codes.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::array rows{
    code_row{code::idle_cut, "PG301", severity::error, "a proxy cuts healthy quiet connections",
             "The proxy ends a connection on which no byte passed for its idle limit. The gateway\n"
             "sends a ping each `interval`, at most a tenth of a second late, and allows five\n"
             "seconds for the answer; the limit has to be longer than that. Equal values are the\n"
             "worst: ping and cut race, and connections end at random.",
             "proxies:\n  - { name: office proxy, idle: 20s }\n",
             "proxies:\n  - { name: office proxy, idle: 60s }\n",
             "ngx_http_upstream.c, ngx_http_upstream_process_upgraded; mattermost/docs issue 8929"},
    code_row{code::idle_tight, "PG302", severity::warning, "little time under an idle limit",
             "Pings keep the connection alive, but one that comes ten seconds late, after a lost\n"
             "segment or a stall, does not.",
             "heartbeat:\n  timeout: 38s\nproxies:\n  - { name: office proxy, idle: 39s }\n",
             "proxies:\n  - { name: office proxy, idle: 60s }\n",
             "RFC 6298, retransmission timeouts"},
    code_row{
        code::late_eviction, "PG303", severity::warning, "a proxy may give a dead client up first",
        "A client that vanished should be evicted by the gateway: with its close code, counted\n"
        "and logged. If the proxy's limit is shorter than `timeout`, the proxy may end the\n"
        "connection first: where it counts only what the client sends, and anywhere once\n"
        "data waits for a client that takes none.",
        "heartbeat:\n  interval: 25s\n  timeout: 75s\nproxies:\n"
        "  - { name: office proxy, idle: 60s }\n",
        "heartbeat:\n  interval: 25s\n  timeout: 50s\nproxies:\n"
        "  - { name: office proxy, idle: 60s }\n",
        "ngx_http_core_module, send_timeout"},
    code_row{code::life_too_short, "PG304", severity::error,
             "a proxy ends every connection within a minute",
             "This limit counts from the beginning of the connection, whatever passes on it. No\n"
             "ping helps, and clients would do little else than connect again.",
             "proxies:\n  - { name: load balancer, lifetime: 30s, idle: none }\n",
             "limits:\n  session_age: 50m\nproxies:\n"
             "  - { name: load balancer, lifetime: 1h, idle: none }\n",
             "Google Cloud, external Application Load Balancer: backend service timeout"},
    code_row{code::life_cut, "PG305", severity::warning, "a proxy ends old connections",
             "At this age the proxy cuts every connection, in the middle of a message or not, and\n"
             "the client is told nothing. With `limits.session_age` the gateway ends sessions\n"
             "before that, between two messages and with a close code that asks to come back;\n"
             "`session_age` and `drain.window` together have to stay below the proxy's limit.",
             "proxies:\n  - { name: load balancer, lifetime: 4h, idle: 5m }\n",
             "limits:\n  session_age: 3h30m\nproxies:\n"
             "  - { name: load balancer, lifetime: 4h, idle: 5m }\n",
             "RFC 6455 section 7.4.1, IANA registry: 1012"},
    code_row{
        code::timeout_narrow, "PG306", severity::warning, "little time to answer a ping",
        "The gap between `interval` and `timeout` is what a client has to answer. Eight seconds\n"
        "cover a lost segment that is sent again, a busy phone, and the change from one radio\n"
        "network to another; less evicts clients that are well.",
        "heartbeat:\n  interval: 15s\n  timeout: 22500ms\n",
        "heartbeat:\n  interval: 15s\n  timeout: 30s\n", "RFC 6298, retransmission timeouts"},
    code_row{
        code::lingering, "PG307", severity::warning, "dead clients are kept for long",
        "A client that vanished counts as connected, holds memory and gets messages until\n"
        "`timeout`. More than two minutes, or more than four intervals, buys nothing: a client\n"
        "that missed so many pings does not come back.",
        "heartbeat:\n  interval: 25s\n  timeout: 10m\n",
        "heartbeat:\n  interval: 25s\n  timeout: 50s\n", "RFC 6455 section 5.5.2"},
    code_row{
        code::script_heartbeat, "PG308", severity::warning,
        "hidden tabs beat slower than the timeout",
        "Browsers run the timers of a tab that is hidden for five minutes once a minute. With\n"
        "`method: text` nothing but scripts shows that a client lives, and clients that send\n"
        "a heartbeat of their own, which `answer` replies to, do so from such a timer: they\n"
        "need 70 seconds. Native pings are answered by the browser itself.",
        "heartbeat:\n  method: text\n  answer: { beat: ok }\n",
        "heartbeat:\n  interval: 35s\n  timeout: 70s\n  method: text\n  answer: { beat: ok }\n",
        "Chrome 88, intensive timer throttling"},
    code_row{code::ping_rate, "PG309", severity::note, "what a short interval costs",
             "A short interval finds dead clients fast, which shared editing may want. Each\n"
             "heartbeat is a packet to a client and one back, for every client: load-test it with\n"
             "as many as you expect.",
             "heartbeat:\n  interval: 10s\n  timeout: 20s\n",
             "heartbeat:\n  interval: 25s\n  timeout: 45s\n", "tests/bench"},
};

} // namespace

std::span<const code_row> hop_codes() {
    return rows;
}

} // namespace pulsegate
