// A gateway that is stopped for longer than the timeout evicts nobody who is alive.
#include "support/child_gateway.hpp"
#include "support/patience.hpp"
#include "support/raw_socket.hpp"
#include "support/ws_peer.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <thread>
#include <vector>

namespace pulsegate::test {

TEST_SUITE("suspended") {

    TEST_CASE("after SIGSTOP for longer than the timeout and SIGCONT nobody live is evicted") {
        child_gateway gate(PULSEGATE_BINARY, "listeners: [{ address: 127.0.0.1:0 }]\n"
                                             "admin: { address: 127.0.0.1:0 }\n"
                                             "workers: 2\n"
                                             "heartbeat: { interval: 500ms, timeout: 3s }\n"
                                             "drain: { window: 0s }\n");
        std::vector<ws_peer> live;
        for (int i = 0; i < 30; ++i)
            live.push_back(ws_peer::begin(gate.address()));
        for (ws_peer& each : live) {
            each.send("before");
            CHECK(each.receive().data == "before");
        }
        raw_socket silent = raw_socket::upgraded(gate.address());
        gate.signal(SIGSTOP);
        std::this_thread::sleep_for(5s); // the stop itself
        gate.signal(SIGCONT);
        std::vector<std::size_t> pings;
        for (const ws_peer& each : live)
            pings.push_back(each.pings());
        // The silent one is evicted in the end: whoever would be evicted wrongly has been by then.
        CHECK(silent.read_message().close_code() == 4001);
        for (std::size_t i = 0; i < live.size(); ++i) {
            CHECK(!live[i].is_closed());
            CHECK(live[i].pings() > pings[i]);
            live[i].send("after");
            CHECK(live[i].receive().data == "after");
        }
        gate.signal(SIGTERM);
        for (const ws_peer& each : live)
            CHECK(each.wait_closed().code == 1012);
        CHECK(gate.wait_exit() == 0);
    }

} // TEST_SUITE

} // namespace pulsegate::test
