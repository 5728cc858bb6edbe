// Thousands of sessions come and go: descriptors and memory return to where they were.
#include "support/running_gateway.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace pulsegate::test {
namespace {

std::ptrdiff_t open_descriptors() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

std::size_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    statm >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// One connection that ends in one of several ways.
void churn(const running_gateway& gate, int number) {
    raw_socket client = raw_socket::connect(gate.address());
    switch (number % 8) {
    case 0:
        client.send("GARBAGE\r\n\r\n");
        CHECK(client.read_head().status() == 400);
        return;
    case 1:
        client.send("GET / HTTP/1.1\r\nHos");
        return client.reset();
    case 2:
        client.send(upgrade_request_text());
        return; // gone before or after the answer
    default:
        break;
    }
    client.send(upgrade_request_text());
    CHECK(client.read_head().status() == 101);
    client.send_frame(frame_kind::text, std::string(number % 3 == 0 ? 10'000 : 10, 'x'));
    if (number % 8 == 3)
        return client.reset();
    if (number % 8 == 4)
        return;
    (void)client.read_message();
    if (number % 8 == 5) {
        client.send_frame(frame_kind::text, "\xFF");
    } else {
        client.send_close(1000);
    }
    CHECK(client.read_message().kind == frame_kind::close);
}

} // namespace

TEST_SUITE("leaks") {

    TEST_CASE("two thousand churned connections leave nothing behind") {
        running_gateway gate;
        const auto run = [&](int count) {
            for (int i = 0; i < count; ++i)
                churn(gate, i);
            gate.expect_all_closed();
        };
        run(400); // allocators and pools warm up
        const auto descriptors = open_descriptors();
        const auto resident = resident_bytes();
        run(2'000);
        wait_until("the descriptors to return", [&] { return open_descriptors() <= descriptors; });
        if (!is_sanitized) // sanitizers keep freed memory for a while
            CHECK(resident_bytes() < resident + 1'000'000);
    }

} // TEST_SUITE

} // namespace pulsegate::test
