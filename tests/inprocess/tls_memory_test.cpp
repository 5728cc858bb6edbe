// What an idle session costs over TLS, of the real program's memory.
#include "support/certificates.hpp"
#include "support/child_gateway.hpp"
#include "support/tls_peer.hpp"

#include "support/patience.hpp"
#include "support/raw_socket.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <fstream>
#include <memory>
#include <sstream>
#include <vector>

namespace pulsegate::test {
namespace {

constexpr int session_count = 400;
constexpr double most_bytes_of_tls = 20'000;

double resident_bytes(pid_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string word; status >> word;) {
        double kibibytes = 0;
        if (word == "VmRSS:" && status >> kibibytes)
            return kibibytes * 1024;
    }
    return 0;
}

/// What a session adds, after some that have been there.
template <class Open>
double bytes_of_session(const child_gateway& gate, Open open) {
    using peer = decltype(open());
    {
        std::vector<peer> warm_up;
        for (int i = 0; i < 20; ++i)
            warm_up.push_back(open());
    }
    const double before = resident_bytes(gate.pid());
    std::vector<peer> sessions;
    for (int i = 0; i < session_count; ++i)
        sessions.push_back(open());
    return (resident_bytes(gate.pid()) - before) / session_count;
}

} // namespace

TEST_SUITE("TLS sessions") {

    TEST_CASE("an idle session over TLS takes at most 20 kB more than a plain one") {
        if (is_sanitized)
            return; // memory is another there
        authority ca;
        const std::string message = to_bytes(
            {.kind = frame_kind::text, .masked = true, .payload = std::string(4'000, 'x')});
        const std::string rest = "admin: { address: 127.0.0.1:0 }\nworkers: 1\n";

        const child_gateway plain(PULSEGATE_BINARY,
                                  "listeners: [{ address: 127.0.0.1:0 }]\n" + rest);
        const double bytes_of_plain = bytes_of_session(plain, [&] {
            raw_socket made = raw_socket::upgraded(plain.address());
            made.send(message);
            (void)made.read_message();
            return made;
        });
        for (const int version : {0x0303, 0x0304}) { // TLS 1.2 and 1.3
            CAPTURE(version);
            const child_gateway secure(PULSEGATE_BINARY,
                                       tls_yaml(ca.issue("DNS:a.example")) + rest);
            const double bytes = bytes_of_session(secure, [&] {
                auto made = std::make_unique<tls_peer>(
                    secure.address(),
                    tls_wishes{.least_version = version, .most_version = version});
                REQUIRE(made->handshake());
                (void)made->upgrade();
                made->send(message);
                for (std::size_t got = 0; got < 4'000;) { // the echo may come in fragments
                    const std::size_t more = made->read().size();
                    REQUIRE(more > 0);
                    got += more;
                }
                return made;
            });
            MESSAGE("a session: plain ", bytes_of_plain, " bytes, over TLS ", bytes);
            CHECK(bytes - bytes_of_plain <= most_bytes_of_tls);
        }
    }

} // TEST_SUITE

} // namespace pulsegate::test
