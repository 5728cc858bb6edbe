// Messages pass unchanged, whatever their size, kind and shape, in both directions at once.
#include "support/running_gateway.hpp"
#include "support/scripted_app.hpp"

#include <doctest/doctest.h>

namespace pulsegate::test {
namespace {

/// Bytes that differ from place to place; as text they are ASCII.
std::string pattern(std::size_t size, unsigned seed) {
    std::string data(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        data[i] = static_cast<char>(' ' + (i * 7 + i / 251 + seed) % 95);
    return data;
}

constexpr std::size_t sizes[] = {0,   1,      2,      124,    125,     126,       127,
                                 128, 200,    247,    248,    249,     255,       256,
                                 257, 65'535, 65'536, 65'537, 131'072, 1'000'000, 10'000'000};

// Larger than the small buffer of a session, smaller and larger than the worker's.
constexpr std::size_t fragment_sizes[] = {0, 1, 125, 126, 300, 65'536, 200'000};

void expect_echo_of(ws_peer& client, std::string data, bool is_text) {
    client.send(data, is_text);
    const ws_message back = client.receive();
    CHECK(back.is_text == is_text);
    CHECK(back.data.size() == data.size());
    CHECK((back.data == data)); // not printed: it may be large
}

} // namespace

TEST_SUITE("relay") {

    TEST_CASE("messages of every size come back from the built-in echo") {
        running_gateway gate;
        ws_peer client = ws_peer::connect(gate.address());
        for (const std::size_t size : sizes) {
            CAPTURE(size);
            expect_echo_of(client, pattern(size, 1), true);
            expect_echo_of(client, pattern(size, 2), false);
        }
        client.close(1000);
        CHECK(client.wait_closed().code == 1000);
        gate.wait_closed("client_closed");
    }

    TEST_CASE("messages of every size pass between a client and an application") {
        scripted_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        ws_peer client = ws_peer::connect(gate.address());
        ws_peer server = app.accept();
        unsigned seed = 0;
        for (const std::size_t size : sizes) {
            CAPTURE(size);
            for (const bool is_text : {true, false}) {
                const ws_message up{pattern(size, ++seed), is_text};
                const ws_message down{pattern(size, ++seed), is_text};
                client.send(up.data, is_text);
                server.send(down.data, is_text);
                CHECK((server.receive() == up));
                CHECK((client.receive() == down));
            }
        }
        constexpr auto count = static_cast<double>(2 * std::size(sizes));
        CHECK(gate.metric("pulsegate_messages_total", {{"direction", "client_to_app"}}) == count);
        CHECK(gate.metric("pulsegate_messages_total", {{"direction", "app_to_client"}}) == count);
        client.close(1000);
        CHECK(server.wait_closed().code == 1000);
        CHECK(client.wait_closed().code == 1000);
    }

    TEST_CASE("fragments of every size arrive as one message") {
        scripted_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        ws_peer client = ws_peer::connect(gate.address());
        ws_peer server = app.accept();
        for (ws_peer* const sender : {&client, &server}) {
            ws_peer& receiver = sender == &client ? server : client;
            std::string whole;
            for (const std::size_t size : fragment_sizes) {
                sender->send_piece(pattern(size, static_cast<unsigned>(size)), false);
                whole += pattern(size, static_cast<unsigned>(size));
            }
            sender->send_piece("the end", true);
            CHECK((receiver.receive().data == whole + "the end"));
        }
        CHECK(gate.metric("pulsegate_messages_total") == 2);
    }

    TEST_CASE("frames keep their borders and the client's own mask") {
        scripted_app app({.echoes = true});
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        raw_socket client = raw_socket::upgraded(gate.address());
        client.send_frame(frame_kind::text, "one ", false);
        client.send_frame(frame_kind::continuation, "", false);
        client.send_frame(frame_kind::continuation, "message", true);
        CHECK(client.read_message().payload == "one message");
    }

    TEST_CASE("a thousand messages sent without waiting come back in order") {
        running_gateway gate;
        ws_peer client = ws_peer::connect(gate.address());
        for (unsigned i = 0; i < 1'000; ++i)
            client.send(pattern(i % 400, i), i % 2 == 0);
        for (unsigned i = 0; i < 1'000; ++i) {
            CAPTURE(i);
            REQUIRE(client.receive() == ws_message{pattern(i % 400, i), i % 2 == 0});
        }
    }

    TEST_CASE("a thousand frames in one write pass in order") {
        running_gateway gate;
        raw_socket client = raw_socket::upgraded(gate.address());
        std::string all;
        for (int i = 0; i < 1'000; ++i)
            all +=
                to_bytes({.kind = frame_kind::text, .masked = true, .payload = std::to_string(i)});
        client.send(all);
        for (int i = 0; i < 1'000; ++i)
            REQUIRE(client.read_message().payload == std::to_string(i));
    }

    TEST_CASE("frames that arrive byte by byte pass") {
        running_gateway gate;
        raw_socket client = raw_socket::upgraded(gate.address());
        const std::string bytes =
            to_bytes({.kind = frame_kind::text, .masked = true, .payload = "dripping"}) +
            to_bytes({.kind = frame_kind::binary, .masked = true, .payload = pattern(130, 0)});
        for (const char byte : bytes)
            client.send(std::string_view(&byte, 1));
        CHECK(client.read_message().payload == "dripping");
        CHECK(client.read_message().payload == pattern(130, 0));
    }

    TEST_CASE("both directions run at full speed at once") {
        scripted_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        ws_peer client = ws_peer::connect(gate.address());
        ws_peer server = app.accept();
        constexpr unsigned count = 300;
        for (unsigned i = 0; i < count; ++i) {
            client.send(pattern(50'000, i));
            server.send(pattern(50'000, i + count));
        }
        for (unsigned i = 0; i < count; ++i) {
            REQUIRE((client.receive().data == pattern(50'000, i + count)));
            REQUIRE((server.receive().data == pattern(50'000, i)));
        }
    }

    TEST_CASE("many sessions at once do not mix their messages") {
        running_gateway gate;
        std::vector<ws_peer> clients;
        for (int i = 0; i < 50; ++i)
            clients.push_back(ws_peer::begin(gate.address()));
        for (std::size_t i = 0; i < clients.size(); ++i) {
            for (int n = 0; n < 20; ++n)
                clients[i].send(std::to_string(i) + ":" + std::to_string(n));
        }
        for (std::size_t i = 0; i < clients.size(); ++i) {
            for (int n = 0; n < 20; ++n)
                REQUIRE(clients[i].receive().data == std::to_string(i) + ":" + std::to_string(n));
        }
    }

} // TEST_SUITE

} // namespace pulsegate::test
