// Handshakes of TLS that wait for their turn.
#include "inprocess/system_calls.hpp"
#include "support/certificates.hpp"
#include "support/running_gateway.hpp"
#include "support/tls_peer.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace pulsegate::test {

TEST_SUITE("TLS handshakes") {

    TEST_CASE("sockets that wait for their turn at TLS are told of once") {
        authority ca;
        running_gateway gate("workers: 1\nlimits: { handshake: 1m }\n" +
                             tls_yaml(ca.issue("DNS:gate.example")));
        const std::string hello = client_hello();
        constexpr int crowd = 300;
        std::vector<raw_socket> clients;
        for (int i = 0; i < crowd; ++i)
            clients.push_back(raw_socket::connect(gate.address()));
        gate.wait_metric("pulsegate_handshakes_in_progress", {}, crowd);
        const events_of_workers told;
        for (raw_socket& each : clients)
            each.send(hello);
        for (raw_socket& each : clients)
            (void)each.read_exactly(5); // the answer begins
        // Each with its ClientHello; beside them the loop's own.
        CHECK(told.count() < 4 * crowd);
    }

} // TEST_SUITE

} // namespace pulsegate::test
