#include "alignment/haproxy/limits.hpp"

namespace pulsegate {
namespace {

limit idle_limit(const haproxy_time& time, idle_reset resets, std::string option,
                 std::string setting) {
    return {.kind = limit_kind::idle,
            .value = *time.value,
            .resets = resets,
            .option = std::move(option),
            .setting = std::move(setting),
            .origin = limit_origin::file,
            .sure = confidence::documented,
            .cited = "configuration.txt, timeout tunnel",
            .where = time.where};
}

idle_reset client_resets(const haproxy_settings& frontend) {
    return frontend.has_independent_streams ? idle_reset::to_gateway : idle_reset::any;
}

idle_reset server_resets(const haproxy_settings& backend) {
    return backend.has_independent_streams ? idle_reset::to_client : idle_reset::any;
}

/// `timeout tunnel`, or the rule that replaces it, holds for both sides.
std::vector<limit> tunnel_limits(const haproxy_time& tunnel, bool is_rule,
                                 const haproxy_settings& frontend,
                                 const haproxy_settings& backend) {
    const std::string option = is_rule ? "http-request set-timeout tunnel" : "timeout tunnel";
    std::vector<limit> limits;
    if (!tunnel.value)
        return limits;
    limits.push_back(idle_limit(tunnel, client_resets(frontend), option, option + " {}s"));
    if (server_resets(backend) != client_resets(frontend))
        limits.push_back(idle_limit(tunnel, server_resets(backend), option, option + " {}s"));
    return limits;
}

/// `timeout tunnel` is their cure too, since they also rule ordinary requests. A frontend would
/// ignore it.
limit request_limit(const haproxy_time& time, idle_reset resets, std::string option,
                    std::string_view backend_head) {
    limit one = idle_limit(time, resets, std::move(option), "timeout tunnel {}s");
    one.goes_into = backend_head;
    return one;
}

std::vector<limit> request_limits(const haproxy_settings& frontend, const haproxy_settings& backend,
                                  std::string_view backend_head) {
    std::vector<limit> limits;
    if (frontend.client && frontend.client->value)
        limits.push_back(request_limit(*frontend.client, client_resets(frontend), "timeout client",
                                       backend_head));
    if (backend.server_rule)
        limits.push_back(request_limit(*backend.server_rule, server_resets(backend),
                                       "http-request set-timeout server", backend_head));
    else if (backend.server && backend.server->value)
        limits.push_back(
            request_limit(*backend.server, server_resets(backend), "timeout server", backend_head));
    return limits;
}

} // namespace

std::vector<limit> haproxy_idle_limits(const haproxy_settings& frontend,
                                       const haproxy_settings& backend,
                                       std::string_view backend_head) {
    if (backend.tunnel_rule)
        return tunnel_limits(*backend.tunnel_rule, true, frontend, backend);
    if (backend.tunnel)
        return tunnel_limits(*backend.tunnel, false, frontend, backend);
    return request_limits(frontend, backend, backend_head);
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
