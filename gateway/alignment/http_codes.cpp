// The codes of plain HTTP and event streams: PG346 to PG353.
#include "alignment/code_examples.hpp"
#include "alignment/codes.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::array http_rows{
    code_row{
        hop_code::stream_cut, "PG346", severity::warning, "a proxy cuts quiet event streams",
        "A quiet event stream gets a comment each `heartbeat.interval`, at most a tenth of a\n"
        "second late. A proxy that waits for bytes of the answer for less than that, and five\n"
        "seconds for a lost segment, cuts streams that are well. Often this limit is another one\n"
        "than that of WebSockets: HAProxy has `timeout server` for answers, and `timeout tunnel`\n"
        "for WebSockets. A proxy that is described by its figures has `silence` for it.",
        PULSEGATE_APP "proxies:\n  - preset: aws-cloudfront\n",
        PULSEGATE_APP "heartbeat: { interval: 15s, timeout: 30s }\nproxies:\n"
                      "  - preset: aws-cloudfront\n",
        "HAProxy configuration manual, timeout server; ngx_http_proxy_module, proxy_read_timeout"},
    code_row{
        hop_code::answer_total, "PG347", severity::warning, "a total limit: no heartbeat helps",
        "This limit counts from the beginning of a request to the end of its answer, whatever\n"
        "passes, so that it cuts every event stream, in the middle of an event or not. Raise it,\n"
        "or set `limits.session_age`: the gateway then ends streams before that, between two\n"
        "events, and tells clients when to come back. `session_age` and `drain.window` together\n"
        "have to stay below the limit.",
        PULSEGATE_APP "proxies:\n  - { name: load balancer, idle: 5m, total: 4h }\n",
        PULSEGATE_APP "limits:\n  session_age: 3h30m\nproxies:\n"
                      "  - { name: load balancer, idle: 5m, total: 4h }\n",
        "Envoy, the FAQ on timeouts; WHATWG HTML, server-sent events: retry"},
    code_row{
        hop_code::stream_unasked, "PG348", severity::warning,
        "an inner Nginx that keeps a request of the gateway for itself",
        "The gateway adds `X-Accel-Buffering: no` to event streams, by which Nginx passes them on\n"
        "as they come. An Nginx does not hand that header on, so another one in front of it\n"
        "never sees it, and holds a stream back where it compresses it or speaks HTTP/1.0.",
        PULSEGATE_APP PULSEGATE_YAML_NEW, PULSEGATE_APP PULSEGATE_YAML_NEW,
        "ngx_http_proxy_module, proxy_pass_header", PULSEGATE_INNER_AND_OUTER(""),
        PULSEGATE_INNER_AND_OUTER("            proxy_pass_header X-Accel-Buffering;\n")},
    code_row{
        hop_code::stream_buffered, "PG349", severity::warning,
        "an Nginx that holds event streams back",
        "Nginx passes a chunked answer on as it comes. It holds one back that it compresses, or\n"
        "that comes by HTTP/1.0, unless the answer asks it not to by `X-Accel-Buffering: no`.\n"
        "The gateway does that for event streams; `proxy_ignore_headers` makes Nginx deaf to it.",
        PULSEGATE_APP PULSEGATE_YAML_NEW, PULSEGATE_APP PULSEGATE_YAML_NEW,
        "ngx_http_proxy_module, proxy_buffering",
        PULSEGATE_PLACE(PULSEGATE_COMPRESSED
                        "            proxy_ignore_headers X-Accel-Buffering;\n"),
        PULSEGATE_PLACE(PULSEGATE_COMPRESSED)},
    code_row{
        hop_code::stream_may_buffer, "PG350", severity::note,
        "an Nginx that may hold event streams back",
        "Behind this Nginx stands another one, which keeps the gateway's `X-Accel-Buffering: no`\n"
        "for itself. Whether the outer one holds streams back depends on its own file: it does\n"
        "if it compresses them or speaks HTTP/1.0.",
        PULSEGATE_APP
        "proxies:\n  - { name: edge, preset: nginx }\n  - nginx: { config: nginx.conf, version: "
        "1.30.0 }\n",
        PULSEGATE_APP
        "proxies:\n  - { name: edge, preset: nginx }\n  - nginx: { config: nginx.conf, version: "
        "1.30.0 }\n",
        "ngx_http_proxy_module, proxy_pass_header", PULSEGATE_PLACE(""),
        PULSEGATE_PLACE("            proxy_pass_header X-Accel-Buffering;\n")},
    code_row{
        hop_code::keep_alive_order, "PG351", severity::warning,
        "a proxy that keeps idle connections longer than the gateway",
        "A proxy keeps connections to the gateway for its next requests, and so does the gateway,\n"
        "for `http.client_idle`. The proxy has to give them up first: else it now and then sends\n"
        "a request just as the gateway closes, and answers 502.",
        PULSEGATE_APP "proxies:\n  - { name: load balancer, idle: 5m, keep_alive: 2m }\n",
        PULSEGATE_APP "proxies:\n  - { name: load balancer, idle: 5m, keep_alive: 60s }\n",
        "RFC 9112 section 9.6; AWS and Google Cloud, load balancer timeouts"},
    code_row{hop_code::first_byte, "PG352", severity::note,
             "a proxy that waits less for an answer than the gateway",
             "The application may take `answer` until its answer begins, but the client gets the\n"
             "proxy's 504 before that. Reported where `answer` is written and not the default.",
             PULSEGATE_APP "http: { answer: 5m }\nproxies:\n  - { name: office proxy, idle: 2m }\n",
             PULSEGATE_APP "http: { answer: 1m }\nproxies:\n  - { name: office proxy, idle: 2m }\n",
             "RFC 9110 section 15.6.5"},
    code_row{
        hop_code::app_keep_alive, "PG353", severity::note,
        "connections to applications that are kept for long",
        "uvicorn and Node close a connection that was idle for five seconds, unless they are told\n"
        "otherwise. A gateway that keeps it longer now and then sends a request just as the\n"
        "application closes. One without a body it sends again; another one gets 502.",
        PULSEGATE_APP "http: { app_idle: 10s }\n", PULSEGATE_APP "http: { app_idle: 4s }\n",
        "uvicorn, --timeout-keep-alive; Node, server.keepAliveTimeout"},
};

} // namespace

std::span<const code_row> http_codes() {
    return http_rows;
}

} // namespace pulsegate
