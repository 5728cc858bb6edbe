#include "alignment/haproxy/limits.hpp"

namespace pulsegate {
namespace {

// `timeout tunnel` is the cure for the others too: they also rule ordinary requests.
limit idle_limit(const haproxy_time& time, std::string option, idle_reset resets) {
    return {.kind = limit_kind::idle,
            .value = *time.value,
            .resets = resets,
            .option = std::move(option),
            .setting = "timeout tunnel {}s",
            .origin = limit_origin::file,
            .sure = confidence::documented,
            .cited = "configuration.txt, timeout tunnel",
            .where = time.where};
}

} // namespace

std::vector<limit> haproxy_idle_limits(const haproxy_settings& frontend,
                                       const haproxy_settings& backend) {
    const auto& tunnel = backend.tunnel_rule ? backend.tunnel_rule : backend.tunnel;
    const auto& request_server = backend.server_rule ? backend.server_rule : backend.server;
    const bool is_tunnel_set = tunnel.has_value();
    const auto& client = is_tunnel_set ? tunnel : frontend.client;
    const auto& server = is_tunnel_set ? tunnel : request_server;
    const idle_reset client_resets =
        frontend.has_independent_streams ? idle_reset::to_gateway : idle_reset::any;
    const idle_reset server_resets =
        backend.has_independent_streams ? idle_reset::to_client : idle_reset::any;

    std::vector<limit> limits;
    if (client && client->value)
        limits.push_back(idle_limit(*client, is_tunnel_set ? "timeout tunnel" : "timeout client",
                                    client_resets));
    const bool is_same = is_tunnel_set && client_resets == server_resets;
    if (server && server->value && !is_same)
        limits.push_back(idle_limit(*server, is_tunnel_set ? "timeout tunnel" : "timeout server",
                                    server_resets));
    return limits;
}

limit haproxy_reload_limit(milliseconds value, const span& where) {
    return {.kind = limit_kind::reload,
            .value = value,
            .resets = idle_reset::any,
            .option = "hard-stop-after",
            .setting = "hard-stop-after {}s",
            .origin = limit_origin::file,
            .sure = confidence::documented,
            .cited = "configuration.txt, hard-stop-after",
            .where = where};
}

} // namespace pulsegate
