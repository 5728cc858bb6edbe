// The kernel's own limit for peers that acknowledge nothing, behind all those of the gateway.
#include "support/running_gateway.hpp"

#include <doctest/doctest.h>

#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstdlib>
#include <memory>
#include <vector>

namespace pulsegate::test {
namespace {

/// The descriptors of this process, the gateway's among them.
std::vector<int> descriptors() {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir("/proc/self/fd"), ::closedir);
    REQUIRE(directory != nullptr);
    std::vector<int> found;
    while (const dirent* entry = ::readdir(directory.get()))
        if (entry->d_name[0] != '.')
            found.push_back(std::atoi(entry->d_name));
    return found;
}

int option(int descriptor, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    ::getsockopt(descriptor, level, name, &value, &size);
    return value;
}

/// How many sockets give up after so long, and look by themselves whether the peer is there.
std::size_t count_with_timeout(int milliseconds) {
    std::size_t count = 0;
    for (const int each : descriptors())
        if (option(each, IPPROTO_TCP, TCP_USER_TIMEOUT) == milliseconds &&
            option(each, SOL_SOCKET, SO_KEEPALIVE) == 1)
            ++count;
    return count;
}

} // namespace

TEST_CASE(
    "kernels give up on peers after all that the gateway decides itself, also after a reload") {
    const std::string heartbeat = "\nheartbeat: { interval: 200ms, timeout: 45s }";
    running_gateway gate("limits: { write_stall: 30s }" + heartbeat);
    const raw_socket client = raw_socket::upgraded(gate.address());
    // With the first ping. The leg to the echo is a Unix socket.
    wait_until("the limit", [] { return count_with_timeout(55'000) == 1; });
    REQUIRE(gate.reload("limits: { write_stall: 70s }" + heartbeat));
    wait_until("the new limit", [] { return count_with_timeout(80'000) == 1; });
}

} // namespace pulsegate::test
