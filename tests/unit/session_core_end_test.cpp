// How sessions end, by literal times: what was sent arrives before the end does, and whoever breaks
// the rules, leaves or sleeps takes nothing away from the other one.
#include "support/core_trial.hpp"

#include <doctest/doctest.h>

#include <string>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using test::core_trial;

std::string payloads_to(core_trial& trial, leg which) {
    std::string found;
    std::string_view rest = trial.at(which).received;
    while (const auto header = read_frame_header(as_bytes(rest))) {
        const std::size_t size = header->header_bytes + header->payload_bytes;
        if (size > rest.size())
            break;
        if (!is_control(header->code)) {
            std::string plain(header->payload_bytes, ' ');
            (void)unmask(as_bytes(rest.substr(header->header_bytes, header->payload_bytes)),
                         header->key,
                         std::span(reinterpret_cast<std::uint8_t*>(plain.data()), plain.size()));
            found += plain + ";";
        }
        rest.remove_prefix(size);
    }
    return found;
}

TEST_CASE("a Close waits behind what a slow client has still to take, however long that takes") {
    core_trial trial;
    trial.client.kernel_room = 10'000;
    for (int i = 0; i < 6; ++i)
        trial.frame(leg::app, opcode::binary, std::string(10'000, 'x'));
    trial.close_frame(leg::app, 1000);
    trial.pass(31s, [&] { trial.take(leg::client, 200); }); // 2 kB/s: far longer than close_wait
    CHECK(trial.control_frames_to(leg::client) == "close 1000");
    CHECK(trial.trace == "");
    CHECK(trial.client.in_gateway == 0);
    trial.close_frame(leg::client, 1000);
    CHECK(trial.control_frames_to(leg::app) == "close 1000");
    CHECK(trial.trace == "31000 shut client, 31000 left client");
    trial.end(leg::app, leg_end::orderly);
    CHECK(trial.core.has_ended());
}

TEST_CASE("a client that takes nothing of what is before its Close is cut after write_stall") {
    core_trial trial;
    trial.client.kernel_room = 1'000;
    trial.frame(leg::app, opcode::binary, std::string(10'000, 'x'));
    trial.close_frame(leg::app, 1000);
    trial.pass(60s, [&] { trial.take(leg::app, UINT64_MAX); });
    CHECK(trial.core.has_ended());
    CHECK(trial.trace.find("30000 cut client") == 0);
}

TEST_CASE("a client's end is no reason to cut while its Close is unanswered") {
    core_trial trial;
    trial.bytes(leg::client, core_trial::frame_of(leg::client, opcode::text, "last") +
                                 core_trial::frame_of(leg::client, opcode::close, "\x03\xE8"));
    trial.end(leg::client, leg_end::orderly);
    CHECK(trial.trace == "");
    CHECK(trial.control_frames_to(leg::app) == "close 1000");
    trial.pass(300ms);
    trial.frame(leg::app, opcode::text, "echo");
    trial.close_frame(leg::app, 1000);
    CHECK(payloads_to(trial, leg::client) == "echo;");
    CHECK(trial.control_frames_to(leg::client) == "close 1000");
    CHECK(trial.trace == "300 cut client");
    trial.end(leg::app, leg_end::orderly);
    CHECK(trial.core.has_ended());
    CHECK(trial.core.life().reason() == close_reason::client_closed);
}

TEST_CASE("the echo of a valid message arrives before the client hears of its violation") {
    core_trial trial;
    trial.bytes(leg::client, core_trial::frame_of(leg::client, opcode::text, "Hello, world!") +
                                 std::string("\xC1\x80\x01\x02\x03\x04", 6)); // RSV1
    CHECK(trial.control_frames_to(leg::app) == "close 1002");
    CHECK(trial.control_frames_to(leg::client) == "");
    trial.frame(leg::app, opcode::text, "Hello, world!");
    trial.close_frame(leg::app, 1002);
    CHECK(payloads_to(trial, leg::client) == "Hello, world!;");
    CHECK(trial.control_frames_to(leg::client) == "close 1002");
    CHECK(trial.trace == "0 shut client, 0 left client");
}

TEST_CASE("a violation inside a frame ends the application's input, and its answers still arrive") {
    core_trial trial;
    trial.frame(leg::client, opcode::text, "valid");
    const std::string text = core_trial::frame_of(leg::client, opcode::text, std::string(99, 'a'));
    trial.bytes(leg::client, text.substr(0, 50)); // which has been forwarded when the rest comes
    trial.bytes(leg::client, std::string(20, '\xFF'));
    CHECK(trial.trace == "0 shut app");
    trial.frame(leg::app, opcode::text, "echo");
    trial.end(leg::app, leg_end::orderly);
    CHECK(payloads_to(trial, leg::client) == "echo;");
    CHECK(trial.control_frames_to(leg::client) == "close 1007");
    CHECK(trial.core.has_ended());
    CHECK(trial.core.life().code_of(leg::app) == 1006);
}

TEST_CASE("an application that answers no Close holds the client up for two seconds") {
    core_trial trial;
    trial.bytes(leg::client, std::string("\xC1\x80\x01\x02\x03\x04", 6));
    trial.pass(5s);
    CHECK(trial.control_frames_to(leg::client) == "close 1002");
    CHECK(trial.core.has_ended());
    CHECK(trial.trace.find("2000 shut app, 2000 left app") == 0);
}

TEST_CASE("an application that breaks the rules is told so") {
    core_trial trial;
    trial.bytes(leg::app, std::string("\x81\x7E\x00\x05hello", 9));
    CHECK(trial.control_frames_to(leg::app) == "close 1002");
    CHECK(trial.control_frames_to(leg::client) == "close 1014");
    CHECK(trial.trace == "0 shut app, 0 left app");
}

TEST_CASE("the application's answer to a Close reaches the client that sent it") {
    core_trial trial;
    trial.close_frame(leg::client, 1000);
    trial.close_frame(leg::app, 4005);
    CHECK(trial.control_frames_to(leg::app) == "close 1000");
    CHECK(trial.control_frames_to(leg::client) == "close 4005");
}

TEST_CASE("data flows on to an application that has closed until the client's Close comes") {
    core_trial trial;
    trial.close_frame(leg::app, 1000);
    CHECK(trial.control_frames_to(leg::client) == "close 1000");
    for (int i = 0; i < 17; ++i) {
        trial.pass(100ms);
        trial.frame(leg::client, opcode::text, std::to_string(i));
    }
    CHECK(trial.control_frames_to(leg::app) == "");
    trial.close_frame(leg::client, 1000);
    CHECK(payloads_to(trial, leg::app) == "0;1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;");
    CHECK(trial.control_frames_to(leg::app) == "close 1000");
}

TEST_CASE(
    "a client that goes on sending for ever after the application's Close is left in the end") {
    core_trial trial;
    trial.close_frame(leg::app, 1000);
    trial.take(leg::client, UINT64_MAX);
    trial.pass(60s, [&] {
        trial.frame(leg::client, opcode::text, "and another thing");
        trial.take(leg::app, UINT64_MAX);
    });
    CHECK(trial.core.has_ended());
    CHECK(trial.elapsed() <= 33s); // write_stall, and the application's own two seconds
}

TEST_CASE("a client's last message before its end reaches an application that is slow") {
    core_trial trial;
    trial.app.kernel_room = 1'000;
    trial.frame(leg::client, opcode::binary, std::string(30'000, 'x'));
    trial.end(leg::client, leg_end::orderly);
    CHECK(trial.trace == "");
    trial.pass(15s, [&] { trial.take(leg::app, 200); });
    CHECK(trial.app.in_gateway == 0);
    CHECK(trial.trace.ends_with("shut app"));
    trial.frame(leg::app, opcode::text, "thanks"); // the client has ended its own side only
    CHECK(payloads_to(trial, leg::client) == "thanks;");
    trial.end(leg::app, leg_end::orderly);
    CHECK(trial.core.has_ended());
    CHECK(trial.core.life().reason() == close_reason::client_lost);
    CHECK(trial.core.life().code_of(leg::app) == 1006);
}

TEST_CASE("an evicted client is left, not cut, so that it can read why when it wakes up") {
    core_trial trial;
    trial.pass(46s, [&] {
        if (trial.core.is_open())
            trial.frame(leg::app, opcode::pong, "");
    });
    CHECK(trial.control_frames_to(leg::client) == "ping ping close 4001");
    CHECK(trial.trace.find("left client") != std::string::npos);
}

TEST_CASE("a reset cuts at once, and the other one is told") {
    core_trial trial;
    trial.end(leg::app, leg_end::broken);
    CHECK(trial.trace == "0 cut app");
    CHECK(trial.control_frames_to(leg::client) == "close 1014");
    trial.end(leg::client, leg_end::broken);
    CHECK(trial.core.has_ended());
}

TEST_CASE("a shutdown cuts both at once") {
    core_trial trial;
    trial.core.close(close_reason::shutdown, trial.now());
    CHECK(trial.trace == "0 cut app, 0 cut client");
    CHECK_FALSE(trial.core.due(trial.now()));
}

} // namespace
} // namespace pulsegate
