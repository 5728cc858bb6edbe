// Upstreams that lead back to the gateway: noticed before they take its places.
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"

#include <doctest/doctest.h>

namespace pulsegate::test {
namespace {

/// A gateway whose upstreams are its own listener, under the names of their paths.
class looping_gateway {
public:
    /// \param more  routes whose upstream has `SELF` for the gateway.
    explicit looping_gateway(const std::string& routes)
        : gate_("limits: { connections: 100 }\nroutes: [{ path: /, upstream: echo }]") {
        std::string yaml = "limits: { connections: 100 }\nroutes: " + routes;
        const std::string self = to_string(gate_.address());
        for (std::size_t at; (at = yaml.find("SELF")) != yaml.npos;)
            yaml.replace(at, 4, self);
        // The port is the kernel's choice, so that no rule sees the loop.
        CHECK(gate_.reload(yaml));
    }

    [[nodiscard]] const running_gateway& gate() const { return gate_; }

    [[nodiscard]] int ask(std::string_view path, std::string_view more = "") const {
        raw_socket client = raw_socket::connect(gate_.address());
        client.send(upgrade_request_text(path, more));
        return client.read_head().status();
    }

private:
    running_gateway gate_;
};

} // namespace

TEST_SUITE("refusals") {

    TEST_CASE("a request that comes back to its own route is refused") {
        const looping_gateway loop("[{ path: /, upstream: 'ws://SELF' }]");
        CHECK(loop.ask("/") == 508);
        loop.gate().wait_metric("pulsegate_handshakes_rejected_total", {{"reason", "loop"}}, 1);
        CHECK(loop.gate().metric("pulsegate_handshakes_rejected_total",
                                 {{"reason", "app_refused"}}) == 1);
    }

    TEST_CASE("a request that comes back by way of another route is refused") {
        const looping_gateway loop("[{ path: /a, upstream: 'ws://SELF/b' },"
                                   " { path: /b, upstream: 'ws://SELF/a' }]");
        CHECK(loop.ask("/a") == 508);
        loop.gate().wait_metric("pulsegate_handshakes_rejected_total", {{"reason", "loop"}}, 1);
    }

    TEST_CASE("a route that leads to another one is no loop") {
        const looping_gateway chain("[{ path: /a, upstream: 'ws://SELF/b' },"
                                    " { path: /b, upstream: echo }]");
        for (int i = 0; i < 3; ++i)
            CHECK(chain.ask("/a") == 101);
    }

    TEST_CASE("an id that a client makes up, or has from an earlier connection, is no loop") {
        raw_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        std::string id = "0123456789abcdef";
        for (int i = 0; i < 3; ++i) {
            raw_socket client = raw_socket::connect(gate.address());
            client.send(upgrade_request_text("/", "Pulsegate-Connection-Id: " + id + "\r\n"));
            raw_app::session served = app.accept_session();
            CHECK(client.read_head().status() == 101);
            CHECK(served.request.header("pulsegate-connection-id") != id);
            id = served.request.header("pulsegate-connection-id");
        }
    }

} // TEST_SUITE

} // namespace pulsegate::test
