// Peers that break RFC 6455: the offender gets the exact code, the other leg is told, nothing of
// the bad frame passes, and other sessions do not notice.
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace pulsegate::test {
namespace {

std::string frame(int opcode, std::string payload, bool masked, bool fin = true,
                  std::uint8_t reserved_bits = 0) {
    return to_bytes({.kind = static_cast<frame_kind>(opcode),
                     .fin = fin,
                     .masked = masked,
                     .reserved_bits = reserved_bits,
                     .payload = std::move(payload)});
}

struct offence {
    const char* name;
    std::string bytes;
    unsigned code; // that the client gets
    const char* reason;
};

std::vector<offence> offences_of_clients() {
    const std::string key = "\1\2\3\4";
    return {
        {"unmasked frame", frame(1, "x", false), 1002, "protocol_error"},
        {"unmasked ping", frame(9, "x", false), 1002, "protocol_error"},
        {"RSV1 without an extension", frame(1, "x", true, true, 4), 1002, "protocol_error"},
        {"RSV2", frame(2, "x", true, true, 2), 1002, "protocol_error"},
        {"RSV3 on a ping", frame(9, "x", true, true, 1), 1002, "protocol_error"},
        {"reserved data opcode", frame(3, "x", true), 1002, "protocol_error"},
        {"reserved control opcode", frame(11, "x", true), 1002, "protocol_error"},
        {"fragmented ping", frame(9, "x", true, false), 1002, "protocol_error"},
        {"long ping", frame(9, std::string(126, 'x'), true), 1002, "protocol_error"},
        {"long Close", frame(8, std::string(126, 'x'), true), 1002, "protocol_error"},
        {"stray continuation", frame(0, "x", true), 1002, "protocol_error"},
        {"message inside a message", frame(1, "x", true, false) + frame(1, "y", true), 1002,
         "protocol_error"},
        {"16-bit length that fits in 7", std::string("\x82\xFE\x00\x7D", 4) + key, 1002,
         "protocol_error"},
        {"64-bit length that fits in 16",
         std::string("\x82\xFF\x00\x00\x00\x00\x00\x00\xFF\xFF", 10) + key, 1002, "protocol_error"},
        {"64-bit length with the top bit",
         std::string("\x82\xFF\x80\x00\x00\x00\x00\x00\x00\x00", 10) + key, 1002, "protocol_error"},
        {"Close with one byte", frame(8, "x", true), 1002, "protocol_error"},
        {"Close with 1005", frame(8, close_body(1005, ""), true), 1002, "protocol_error"},
        {"Close with 1006", frame(8, close_body(1006, ""), true), 1002, "protocol_error"},
        {"Close with 999", frame(8, close_body(999, ""), true), 1002, "protocol_error"},
        {"Close with 1016", frame(8, close_body(1016, ""), true), 1002, "protocol_error"},
        {"Close with 5000", frame(8, close_body(5000, ""), true), 1002, "protocol_error"},
        {"Close with a bad reason", frame(8, close_body(1000, "\xFF"), true), 1007, "bad_utf8"},
        {"text that is not UTF-8", frame(1, "ab\xC0\xAF", true), 1007, "bad_utf8"},
        {"text that ends inside a character", frame(1, "ab\xE2\x82", true), 1007, "bad_utf8"},
        {"a surrogate across fragments",
         frame(1, "ab\xED", true, false) + frame(0, "\xA0\x80", true), 1007, "bad_utf8"},
        {"one frame above the limit", frame(2, std::string(2'000, 'x'), true), 1009, "too_big"},
        {"fragments above the limit",
         frame(2, std::string(600, 'x'), true, false) + frame(0, std::string(600, 'x'), true), 1009,
         "too_big"},
        {"a length of 2^62", std::string("\x82\xFF\x40\x00\x00\x00\x00\x00\x00\x00", 10) + key,
         1009, "too_big"},
    };
}

} // namespace

TEST_SUITE("protocol errors") {

    TEST_CASE("a client that breaks the rules gets the exact code, and the application is told") {
        raw_app app;
        running_gateway gate("limits: { message: 1KiB }\n"
                             "routes: [{ path: /, upstream: '" +
                             app.url() + "' }]");
        for (const offence& row : offences_of_clients()) {
            CAPTURE(row.name);
            raw_socket client = raw_socket::connect(gate.address());
            client.send(upgrade_request_text());
            raw_app::session served = app.accept_session();
            CHECK(client.read_head().status() == 101);
            const double before = gate.closed(row.reason);
            client.send(frame(1, "good", true) + row.bytes);
            CHECK(served.socket.read_message().payload == "good");
            CHECK(client.read_message().close_code() == row.code);
            raw_frame told = served.socket.read_message();
            while (told.kind != frame_kind::close) // valid fragments before the offence
                told = served.socket.read_message();
            CHECK(told.close_code() == row.code);
            served.socket.cut();
            // What a client still sends does not destroy the Close that it has not read yet.
            client.send(frame(1, "too late", true));
            client.cut();
            gate.wait_closed(row.reason, before + 1);
        }
    }

    TEST_CASE("nothing of a frame that is not UTF-8 passes if it came in one piece") {
        raw_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_app::session served = app.accept_session();
        client.send(frame(1, "bad \xFF text", true));
        CHECK(served.socket.read_message().close_code() == 1007);
        served.socket.cut();
        CHECK(client.read_head().status() == 101);
        CHECK(client.read_message().close_code() == 1007);
        client.send_close(1007);
        client.shut();
        CHECK(client.wait_end() == raw_socket::ending::closed);
    }

    TEST_CASE("text turns bad before its frame has ended") {
        raw_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_app::session served = app.accept_session();
        CHECK(client.read_head().status() == 101);
        const std::string bytes = frame(1, "good" + std::string(50, '\xFF'), true);
        client.send(bytes.substr(0, 10));
        CHECK(served.socket.read_exactly(10) == bytes.substr(0, 10));
        client.send(bytes.substr(10, 5));
        CHECK(client.read_message().close_code() == 1007);
        served.socket.wait_end(); // the frame cannot be finished, so no Close fits behind it
        client.cut();
        gate.wait_closed("bad_utf8");
    }

    TEST_CASE("an application that breaks the rules is 1014 to the client") {
        const struct {
            const char* name;
            std::string bytes;
        } rows[] = {
            {"masked frame", frame(1, "x", true)},
            {"reserved bits", frame(1, "x", false, true, 4)},
            {"reserved opcode", frame(7, "x", false)},
            {"text that is not UTF-8", frame(1, "\xFF", false)},
            {"stray continuation", frame(0, "x", false)},
            {"Close with one byte", frame(8, "x", false)},
            {"HTML", "<html>"},
        };
        raw_app app;
        running_gateway gate("routes: [{ path: /, upstream: '" + app.url() + "' }]");
        for (const auto& row : rows) {
            CAPTURE(row.name);
            raw_socket client = raw_socket::connect(gate.address());
            client.send(upgrade_request_text());
            raw_app::session served = app.accept_session();
            CHECK(client.read_head().status() == 101);
            served.socket.send(frame(1, "good", false) + row.bytes);
            CHECK(client.read_message().payload == "good");
            CHECK(client.read_message().close_code() == 1014);
            served.socket.wait_end();
            client.send_close(1014);
            CHECK(client.wait_end() == raw_socket::ending::closed);
        }
        gate.wait_closed("app_protocol_error", std::size(rows));
    }

    TEST_CASE("the limit of messages is exact, and does not bind the application") {
        raw_app app;
        running_gateway gate("limits: { message: 1KiB }\n"
                             "routes: [{ path: /, upstream: '" +
                             app.url() + "' }]");
        raw_socket client = raw_socket::connect(gate.address());
        client.send(upgrade_request_text());
        raw_app::session served = app.accept_session();
        CHECK(client.read_head().status() == 101);
        client.send_frame(frame_kind::binary, std::string(1'024, 'x'));
        CHECK(served.socket.read_message().payload.size() == 1'024);
        served.socket.send_frame(frame_kind::binary, std::string(100'000, 'x'));
        CHECK(client.read_message().payload.size() == 100'000);
        client.send_frame(frame_kind::binary, std::string(1'025, 'x'));
        CHECK(client.read_message().close_code() == 1009);
        CHECK(served.socket.read_message().close_code() == 1009);
    }

    TEST_CASE("a flood behind an offence does not destroy the Close") {
        running_gateway gate;
        raw_socket client = raw_socket::upgraded(gate.address());
        client.send(frame(1, "x", false));
        // More than the buffers on the way hold: the gateway reads it and throws it away.
        const std::string flood(65'536, 'f');
        for (int i = 0; i < 200; ++i)
            client.send(flood);
        CHECK(client.read_message().close_code() == 1002);
        client.shut();
        CHECK(client.wait_end() == raw_socket::ending::closed);
        gate.wait_closed("protocol_error");
    }

    TEST_CASE("a flooding client does not starve the others on its worker") {
        running_gateway gate("workers: 1");
        raw_socket flooding = raw_socket::upgraded(gate.address());
        raw_socket other = raw_socket::upgraded(gate.address());
        std::string pings;
        for (int i = 0; i < 2'000; ++i)
            pings += frame(9, "flood", true);
        std::size_t sent = 0;
        for (int i = 0; i < 50; ++i) {
            sent += flooding.send_what_fits(std::string_view(pings).substr(sent));
            sent %= pings.size();
            other.send_frame(frame_kind::text, std::to_string(i));
            REQUIRE(other.read_message().payload == std::to_string(i));
        }
    }

} // TEST_SUITE

} // namespace pulsegate::test
