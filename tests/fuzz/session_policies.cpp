// Anything that can happen to a session, in any order and at any time: every promise of its
// policies holds, and it comes to one end.
#include "input.hpp"
#include "session_model.hpp"

using namespace pulsegate;
using fuzz::session_model;

namespace {

leg leg_of(unsigned choice) {
    return choice % 2 == 0 ? leg::client : leg::app;
}

/// An interval of 100 ms to 51 s and a timeout above it.
heartbeat_rhythm read_rhythm(fuzz::input& in) {
    const milliseconds interval(100 + in.byte() * 200);
    const milliseconds timeout = interval + milliseconds(1 + in.number() % 60'000);
    return {interval, timeout, static_cast<heartbeat_method>(in.byte() % 3)};
}

/// In (0, interval], as random_phase() gives it.
duration read_phase(fuzz::input& in, duration interval) {
    return interval / 256 * (1 + in.byte());
}

void read_event(fuzz::input& in, session_model& model) {
    const unsigned choice = in.byte();
    const leg which = leg_of(choice / 16);
    switch (choice % 12) {
    case 0: // the usual: the loop comes round at every tick
        for (int left = in.byte(); left >= 0; --left)
            model.pass(wheel_tick);
        return;
    case 1: // at odd times
        model.pass(std::chrono::microseconds(in.number() * 37));
        return;
    case 2: // late: the gateway was stopped
        model.pass(milliseconds(in.number() * 10));
        return;
    case 3:
        model.receive(which);
        return;
    case 4:
        model.pong(which, model.last_ping(which));
        return;
    case 5:
        model.pong(which, in.byte());
        return;
    case 6:
        model.close_frame(which, static_cast<std::uint16_t>(1000 + in.byte()));
        return;
    case 7:
        model.end(which);
        return;
    case 8:
        model.close(static_cast<close_reason>(in.byte() % close_reason_count));
        return;
    case 9:
        model.take_close(which);
        return;
    case 10: {
        const heartbeat_rhythm rhythm = read_rhythm(in);
        model.take_rhythm(rhythm, read_phase(in, rhythm.interval));
        return;
    }
    default:
        if (in.byte() % 4 == 0)
            model.shut_down();
        return;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input in({data, std::min<std::size_t>(size, 512)});
    const time_point start{std::chrono::hours(1) + std::chrono::microseconds(in.number())};
    const heartbeat_rhythm rhythm = read_rhythm(in);
    const duration phase = read_phase(in, rhythm.interval);
    const auto age = std::chrono::seconds(1 + in.number() % 1'000);
    session_model model(start, rhythm, phase, age);
    while (!in.is_empty())
        read_event(in, model);
    model.run_out();
    return 0;
}
