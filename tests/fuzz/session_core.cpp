// Anything that can happen to a session, in any order and at any time, with the core that the
// gateway runs: what is written to each peer is a valid stream of frames with nothing behind a
// Close, every order is given once, nothing is lost from the count of what waits, and it comes to
// one end.
#include "base/assert.hpp"
#include "support/core_trial.hpp"
#include "websocket/frame_scanner.hpp"

#include "input.hpp"

using namespace pulsegate;
using test::core_trial;

namespace {

leg leg_of(unsigned choice) {
    return choice % 2 == 0 ? leg::client : leg::app;
}

core_trial::options read_options(fuzz::input& in) {
    core_trial::options how;
    how.interval = milliseconds(100 + in.byte() * 200);
    how.timeout = how.interval + milliseconds(1 + in.number() % 60'000);
    how.write_stall = milliseconds(100 + in.number() % 60'000);
    how.slowest_rate = 1'024 + in.number();
    if (in.byte() % 4 == 0)
        how.rate = {.messages = in.byte(),
                    .bytes = in.number(),
                    .action = in.byte() % 2 == 0 ? rate_action::pause : rate_action::close};
    how.phase = how.interval / 256 * (1 + in.byte());
    return how;
}

/// Frames that are valid mostly, from either side.
std::string read_frames(fuzz::input& in, leg from) {
    constexpr std::array codes{opcode::text, opcode::binary, opcode::continuation,
                               opcode::ping, opcode::pong,   opcode::close};
    std::string frames;
    for (int left = in.byte() % 8; left >= 0; --left) {
        const unsigned choice = in.byte();
        const opcode code = codes[choice % codes.size()];
        const std::size_t most = is_control(code) ? 126 : 3'000;
        std::string payload(in.number() % most, 'p');
        if (code == opcode::close && payload.size() >= 2) {
            payload[0] = '\x03';
            payload[1] = '\xE8';
        }
        frames += core_trial::frame_of(from, code, payload, choice % 16 != 0);
    }
    return frames;
}

void read_event(fuzz::input& in, core_trial& trial) {
    const unsigned choice = in.byte();
    const leg which = leg_of(choice / 16);
    core_trial::peer& peer = trial.at(which);
    switch (choice % 14) {
    case 0:
        trial.pass(wheel_tick * (1 + in.byte()));
        return;
    case 1:
        trial.pass(milliseconds(in.number()));
        return;
    case 2:
    case 3:
        trial.bytes(which, read_frames(in, which));
        return;
    case 4: { // a part of a frame, and what follows sometime
        const std::string frames = read_frames(in, which);
        trial.bytes(which, std::string_view(frames).substr(0, frames.size() / 2));
        return;
    }
    case 5: {
        const auto bytes = in.bytes(in.byte());
        trial.bytes(which, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        return;
    }
    case 6:
    case 7:
        trial.take(which, in.number() * 16u);
        return;
    case 8:
        peer.kernel_room = in.number() * 4u;
        return;
    case 9:
        if (in.byte() % 3 == 0)
            trial.end(which, in.byte() % 2 == 0 ? leg_end::orderly : leg_end::broken);
        else
            trial.core.on_end_ahead(which, trial.now());
        return;
    case 10:
        trial.core.close(static_cast<close_reason>(in.byte() % close_reason_count), trial.now());
        return;
    case 11:
        peer.unread = in.number();
        peer.since_data = milliseconds(in.number());
        peer.unsent_of_kernel = in.number();
        return;
    case 12:
        trial.core.plan_goodbye(trial.now().real + milliseconds(in.number()),
                                close_reason::drained);
        return;
    default: { // perhaps the answer to a ping
        std::string nonce(8, '\0');
        nonce[0] = static_cast<char>(in.byte());
        trial.frame(which, opcode::pong, nonce);
        return;
    }
    }
}

/// What a peer was sent, read by a scanner of the gateway's that plays the peer's part: it accepts
/// all of it, and finds nothing behind a Close.
class reader {
public:
    explicit reader(leg to) : scanner_({.masked = to == leg::app}) {}

    void read(std::string_view what) {
        rest_.insert(rest_.end(), what.begin(), what.end());
        while (!rest_.empty()) {
            PULSEGATE_ASSERT(!is_closed_);
            const scan_step step = scanner_.scan(rest_);
            PULSEGATE_ASSERT(step.what != scan_step::event::violation);
            is_closed_ = step.what == scan_step::event::close;
            const bool is_partial = step.what == scan_step::event::need_more;
            rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(step.consumed));
            if (is_partial)
                return;
        }
    }

private:
    frame_scanner scanner_;
    std::vector<std::uint8_t> rest_;
    bool is_closed_ = false;
};

std::size_t count_of(const std::string& text, std::string_view what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
        ++count;
    return count;
}

void check(const core_trial& trial) {
    PULSEGATE_ASSERT(trial.core.has_ended() == !trial.core.due(trial.now()).has_value());
    PULSEGATE_ASSERT(trial.counts.pending_bytes < 1'000'000);
    for (const char* const name : {"client", "app"}) {
        const std::size_t ends = count_of(trial.trace, std::string("left ") + name) +
                                 count_of(trial.trace, std::string("cut ") + name);
        PULSEGATE_ASSERT(ends <= 1);
        PULSEGATE_ASSERT(count_of(trial.trace, std::string("shut ") + name) <= 1);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input in({data, std::min<std::size_t>(size, 1'024)});
    const core_trial::options how = read_options(in);
    core_trial trial(how);
    std::array readers{reader(leg::client), reader(leg::app)};
    const auto read_all = [&] {
        for (const leg which : {leg::client, leg::app}) {
            readers[index(which)].read(trial.at(which).received);
            trial.at(which).received.clear();
        }
    };
    std::optional<close_reason> reason;
    while (!in.is_empty() && !trial.core.has_ended()) {
        read_event(in, trial);
        read_all();
        check(trial);
        if (!trial.core.is_open() && !reason)
            reason = trial.core.life().reason();
        PULSEGATE_ASSERT(!reason || trial.core.life().reason() == *reason); // the first one wins
    }
    // Nothing more happens but time: whoever is silent now is gone, and the session with it.
    trial.client.since_data = trial.app.since_data = std::chrono::hours(10);
    trial.client.unread = trial.app.unread = 0;
    trial.client.unsent_of_kernel = trial.app.unsent_of_kernel = 0;
    const auto allowance = milliseconds(progress::most_on_the_way * 1'000 / how.slowest_rate);
    trial.pass(2 * (how.timeout + how.write_stall) + allowance +
               milliseconds(120'000 + 20 * how.interval.count()));
    read_all();
    check(trial);
    PULSEGATE_ASSERT(trial.core.has_ended());
    PULSEGATE_ASSERT(trial.counts.pending_bytes == 0);
    trial.core.close(close_reason::shutdown, trial.now()); // finds nothing to do
    check(trial);
    return 0;
}
