// A child process has all of the gateway's sockets from its fork until it begins its own program,
// as when the gateway asks `nginx -v`. What ends meanwhile must be gone for good.
#include "support/running_gateway.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <stdexcept>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace pulsegate::test {
namespace {

/// A child that does nothing but to keep what it has been given, until it is destroyed.
class idle_child {
public:
    idle_child() : id_(::fork()) {
        if (id_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL); // also when the test itself is killed
            for (;;)
                ::pause();
        }
        if (id_ < 0)
            throw std::runtime_error("no child process");
    }
    idle_child(const idle_child&) = delete;
    idle_child& operator=(const idle_child&) = delete;
    ~idle_child() {
        ::kill(id_, SIGKILL);
        ::waitpid(id_, nullptr, 0);
    }

private:
    pid_t id_;
};

void talk(const running_gateway& gate) {
    raw_socket client = raw_socket::upgraded(gate.address());
    client.send_frame(frame_kind::text, "hello");
    CHECK(client.read_message().payload == "hello");
    client.send_close(1000);
    CHECK(client.read_message().close_code() == 1000);
}

} // namespace

TEST_SUITE("teardown") {
    TEST_CASE("a session that ended hears no more of a socket that a child process still has") {
        const running_gateway gate;
        raw_socket client = raw_socket::upgraded(gate.address());
        const idle_child child;
        client.send_close(1000);
        CHECK(client.read_message().close_code() == 1000);
        gate.wait_closed("client_closed");

        client.send("for nobody");
        for (int i = 0; i < 10; ++i)
            talk(gate);
        gate.wait_closed("client_closed", 11);
    }
}

} // namespace pulsegate::test
