// PG140 to PG143: routes.
#include "config/codes.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::array rows{
    code_row{code::bad_path, "PG140", severity::error, "not a path of requests",
             "A route's path begins with `/` and is compared with the paths of requests, whole\n"
             "segment by whole segment, as clients send them: percent-encoded, without query.",
             "routes:\n  - path: chat\n    upstream: echo\n",
             "routes:\n  - path: /chat\n    upstream: echo\n", "RFC 3986 section 3.3"},
    code_row{code::repeated_path, "PG141", severity::error, "two routes with one path",
             "Only one of them could ever be used. `/chat` and `/chat/` are the same route.",
             "routes:\n  - path: /chat\n    upstream: echo\n"
             "  - path: /chat/\n    upstream: ws://127.0.0.1:8000\n",
             "routes:\n  - path: /chat\n    upstream: echo\n"
             "  - path: /news\n    upstream: ws://127.0.0.1:8000\n",
             "gateway.yaml, the documented default"},
    code_row{
        code::bad_upstream, "PG142", severity::error, "not an upstream",
        "An upstream is `echo`, the built-in application that returns every message, or the\n"
        "URL of an application: `ws://host:port/path`, or `wss://` for TLS, without user, query\n"
        "or fragment.",
        "routes:\n  - path: /\n    upstream: http://127.0.0.1:8000\n",
        "routes:\n  - path: /\n    upstream: ws://127.0.0.1:8000\n", "RFC 6455 section 3"},
    code_row{
        code::bad_origin, "PG143", severity::error, "not the origin of a page",
        "Browsers tell the origin of the page that connects as scheme, host and port, such as\n"
        "`https://app.example.com`, without a path. What has another form is never equal to\n"
        "it, so the page would be refused.",
        "routes:\n  - path: /\n    upstream: echo\n    origins: [app.example.com]\n",
        "routes:\n  - path: /\n    upstream: echo\n"
        "    origins: [\"https://app.example.com\"]\n",
        "RFC 6454 section 6.2, RFC 6455 section 10.2"},
};

} // namespace

std::span<const code_row> route_codes() {
    return rows;
}

} // namespace pulsegate
