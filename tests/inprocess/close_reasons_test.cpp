// Every row of the table of close reasons happens, is counted once, and tells both legs what it
// says.
#include "session/close_reason.hpp"
#include "support/raw_app.hpp"
#include "support/running_gateway.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <map>

namespace pulsegate::test {
namespace {

struct scene {
    running_gateway& gate;
    raw_socket& client;
    raw_socket& app;
};

/// Sends one frame again and again until the gateway takes no more, and keeps the rest.
void flood_until(raw_socket& sender, bool masked, const std::function<bool()>& enough) {
    const std::string frame = to_bytes(
        {.kind = frame_kind::binary, .masked = masked, .payload = std::string(100'000, 'f')});
    std::size_t sent = 0;
    wait_until("a flood to end a session", [&] {
        try {
            sent =
                (sent + sender.send_what_fits(std::string_view(frame).substr(sent))) % frame.size();
        } catch (const std::runtime_error&) {
            return true; // its connection was cut
        }
        return enough();
    });
}

// How each reason comes about; both peers are alive and silent before.
const std::map<std::string_view, std::function<void(scene&)>> causes{
    {"client_closed", [](scene& it) { it.client.send_close(4100, "carried"); }},
    {"app_closed", [](scene& it) { it.app.send_close(4100, "carried"); }},
    {"client_lost", [](scene& it) { it.client.shut(); }},
    {"app_lost", [](scene& it) { it.app.shut(); }},
    {"evicted",
     [](scene& it) {
         wait_until("the eviction", [&] {
             it.app.send_frame(frame_kind::pong, "");
             return it.client.is_readable(0ms) && it.client.read_frame().kind == frame_kind::close;
         });
     }},
    {"app_timeout",
     [](scene& it) {
         wait_until("the application's timeout", [&] {
             it.client.send_frame(frame_kind::pong, "");
             return it.app.is_readable(0ms) && it.app.read_frame().kind == frame_kind::close;
         });
     }},
    {"protocol_error", [](scene& it) { it.client.send("\x0F\x0F"); }},
    {"bad_utf8", [](scene& it) { it.client.send_frame(frame_kind::text, "\xFF"); }},
    {"too_big",
     [](scene& it) { it.client.send_frame(frame_kind::text, std::string(200'000, 'x')); }},
    {"app_protocol_error", [](scene& it) { it.app.send("\x0F\x0F"); }},
    {"slow_client",
     [](scene& it) {
         flood_until(it.app, false, [&] { return it.gate.closed("slow_client") == 1; });
     }},
    {"slow_app",
     [](scene& it) { flood_until(it.client, true, [&] { return it.client.is_readable(0ms); }); }},
    {"rate_exceeded",
     [](scene& it) {
         for (int i = 0; i < 5; ++i)
             it.client.send_frame(frame_kind::text, "once more");
     }},
    {"drained", [](scene& it) { it.gate.self().drain(); }},
    {"age", [](scene&) {}},
    {"admin",
     [](scene& it) {
         it.gate.wait_metric("pulsegate_connections", {}, 1); // a little after the 101
         CHECK(it.gate.ask("DELETE", "/connections?route=/") ==
               std::pair<int, std::string>(200, "{\"closed\":1}\n"));
     }},
    {"shutdown", [](scene& it) { it.gate.self().stop(); }},
};

/// Keys of a route that change every code that can be changed, for its clients.
std::string codes_of_its_own() {
    std::string keys =
        ", heartbeat: { close: { code: 4301 } }, drain: { close: { code: 4302 } }, close: {";
    for (const close_reason_row& row : close_reasons())
        if (row.to_client == farewell::fixed)
            keys += (keys.ends_with('{') ? " " : ", ") + std::string(row.label) +
                    ": { code: 4303, reason: own }";
    return keys + " }";
}

std::string settings_for(std::string_view reason, const raw_app& app, const std::string& keys) {
    const bool is_about_time = reason == "evicted" || reason == "app_timeout";
    const bool is_about_flow = reason == "slow_client" || reason == "slow_app";
    return "workers: 1\nlimits: { message: 128KiB, write_stall: " +
           std::string(is_about_flow ? "200ms" : "30s") +
           (reason == "age" ? ", session_age: 300ms" : "") +
           " }\ndrain: { window: 0s }\nheartbeat: { interval: " +
           (is_about_time ? "100ms, timeout: 400ms" : "1h, timeout: 2h") +
           " }\nroutes: [{ path: /, upstream: '" + app.url() + "'" +
           (reason == "rate_exceeded" ? ", rate: { messages: 1, action: close }" : "") + keys +
           " }]";
}

/// What a leg hears of an end, by the table and codes_of_its_own(); 1006 for no Close at all.
unsigned expected_code(leg which, const close_reason_row& row, bool has_own) {
    switch (which == leg::client ? row.to_client : row.to_app) {
    case farewell::none:
    case farewell::end:
        return 1006;
    case farewell::answer:
    case farewell::carried:
        return 4100;
    case farewell::configured:
        if (row.label == "drained" || row.label == "age")
            return has_own ? 4302 : 1012;
        return has_own ? 4301 : 4001;
    case farewell::fixed:
        if (has_own && which == leg::client)
            return 4303;
        [[fallthrough]];
    case farewell::violation:
        return row.fixed_to(which).code;
    }
    return 0;
}

/// The code that `peer` hears, which then answers and leaves.
unsigned code_heard_by(raw_socket& peer) {
    unsigned code = 1006;
    try {
        raw_frame frame = peer.read_message();
        while (frame.kind != frame_kind::close)
            frame = peer.read_message();
        code = frame.close_code();
        peer.send_close(code);
        peer.shut();
        peer.wait_end();
    } catch (const std::runtime_error&) {
        // Cut without a Close, or before it was read to the end.
    }
    return code;
}

/// Has every reason happen once, on a route with these keys.
void check_all_ends(bool has_own) {
    for (const close_reason_row& row : close_reasons()) {
        CAPTURE(row.label);
        REQUIRE(causes.contains(row.label));
        raw_app app;
        running_gateway gate(
            settings_for(row.label, app, has_own ? codes_of_its_own() : std::string()));
        raw_socket client = raw_socket::connect(gate.address(), 65'536);
        client.send(upgrade_request_text());
        raw_app::session served = app.accept_session();
        CHECK(client.read_head().status() == 101);
        scene both{gate, client, served.socket};
        causes.at(row.label)(both);
        const bool ends_gateway = row.label == "drained" || row.label == "shutdown";
        // Those two have read the Close of one leg while they waited for it.
        if (row.label != "app_timeout")
            CHECK(code_heard_by(served.socket) == expected_code(leg::app, row, has_own));
        if (row.label != "evicted")
            CHECK(code_heard_by(client) == expected_code(leg::client, row, has_own));
        if (!ends_gateway)
            gate.wait_closed(row.label);
        else
            (void)gate.wait_outcome();
    }
}

} // namespace

TEST_SUITE("close reasons") {

    TEST_CASE("every close reason happens and tells both legs what the table says") {
        check_all_ends(false);
    }

    TEST_CASE("a route's own codes take the place of every code that its clients are told") {
        check_all_ends(true);
    }

} // TEST_SUITE

} // namespace pulsegate::test
