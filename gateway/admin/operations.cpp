#include "admin/operations.hpp"

#include "admin/json_answer.hpp"
#include "alignment/report.hpp"
#include "config/json.hpp"

#include <boost/asio/post.hpp>

namespace pulsegate {

namespace json = boost::json;

void show_alignment(const gateway_view& of, const admin_reply& reply) {
    if (const auto proxies = of.proxies(); proxies.found != nullptr)
        return reply(json_answer(alignment_to_json(*proxies.found, *proxies.loaded)));
    reply(json_answer(alignment_to_json({}, {})));
}

void show_configuration(const gateway_view& of, const admin_reply& reply) {
    reply(json_answer(configuration_to_json(of.settings->config)));
}

void order_drain(const gateway_view& of, const admin_reply& reply) {
    if (of.drain_until) // a second order would be one to stop at once
        return reply(admin_error(409, "the gateway drains already",
                                 "GET /status says when it ends; SIGTERM stops it at once"));
    const duration window = of.settings->config.drain.window;
    reply(
        json_answer(json::object{{"draining", true},
                                 {"window_seconds", std::chrono::duration<double>(window).count()}},
                    202));
    // Later, since a gateway without connections is gone at once.
    asio::post(of.control, [&of] {
        if (!of.drain_until)
            of.drain();
    });
}

} // namespace pulsegate
