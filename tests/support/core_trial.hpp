// Plays everything around a session_core: performs its orders, and writes them down as text; two
// peers whose TCP takes as much as the test says; and time. A session without sockets, with literal
// times.
#pragma once

#include "base/bytes.hpp"
#include "session/observed_clock.hpp"
#include "session/session_core.hpp"
#include "session/timing_wheel.hpp"
#include "support/frame_builder.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate::test {

class core_trial final : private session_orders {
public:
    /// What the kernel and the peer of a leg do.
    struct peer {
        std::uint64_t kernel_room = 1'000'000; // the kernel takes so much more than is acknowledged
        std::uint64_t in_kernel = 0;           // not acknowledged
        std::uint64_t in_gateway = 0;          // not taken by the kernel
        std::uint64_t acked = 0;
        std::uint64_t unread = 0;
        std::uint64_t unsent_of_kernel = 0; // of in_kernel; the rest is on its way
        duration since_data{};
        bool has_ended = false; // as TCP knows, although it was not read
        std::string received;   // everything that was written to it
        bool is_gone = false;
        bool is_ended = false; // cut or left
    };

    struct options {
        milliseconds interval{25'000};
        milliseconds timeout{45'000};
        milliseconds write_stall{30'000};
        std::uint64_t slowest_rate = 64 * 1024;
        rate_settings rate = {};
        milliseconds phase{10'000};
        app_ping_rule app_pings = app_ping_rule::answer;
    };

    explicit core_trial(const options& how)
        : heartbeat_{make_heartbeat(how)}, rules_{.heartbeat = &heartbeat_,
                                                  .rate = how.rate,
                                                  .close = &close_,
                                                  .write_stall = how.write_stall,
                                                  .slowest_rate = how.slowest_rate,
                                                  .max_message_bytes = 16 * 1024 * 1024},
          core(*this, rules_, counts, false, now_, how.phase) {}
    core_trial() : core_trial(options{}) {}

    peer client;
    peer app;
    std::string trace; // what was ordered: `0 shut app, 250 left client`, in milliseconds
    std::function<void(leg to, opcode code, std::uint16_t close_code)> on_control = {};
    relay_counts counts;

private:
    static heartbeat_settings make_heartbeat(const options& how) {
        heartbeat_settings made;
        made.interval = how.interval;
        made.timeout = how.timeout;
        made.app_pings = how.app_pings;
        return made;
    }

    const time_point start_{std::chrono::hours(1)};
    moment now_{start_, start_};
    milliseconds elapsed_{0};
    std::optional<milliseconds> closed_at_;
    heartbeat_settings heartbeat_;
    close_settings close_;
    session_rules rules_;
    std::uint64_t random_ = 0;
    std::vector<std::uint8_t> storage_ = std::vector<std::uint8_t>(max_unscanned_bytes + 65'536);

public:
    session_core core;

    [[nodiscard]] peer& at(leg which) { return which == leg::client ? client : app; }
    [[nodiscard]] milliseconds elapsed() const { return elapsed_; }
    /// When it began to end, as pass() saw it.
    [[nodiscard]] milliseconds closed_at() const { return closed_at_.value_or(milliseconds(0)); }
    [[nodiscard]] moment now() const { return now_; }

    /// Bytes come from a leg, in pieces of a read.
    void bytes(leg from, std::string_view what) {
        while (!what.empty() && !core.has_ended() && core.wants_bytes(from)) {
            const std::size_t count = std::min<std::size_t>(what.size(), 65'536);
            std::copy_n(what.begin(), count, storage_.begin() + max_unscanned_bytes);
            core.on_bytes(from, std::span(storage_).subspan(max_unscanned_bytes, count), now_);
            what.remove_prefix(count);
        }
    }

    /// A whole frame as this leg's peer sends it.
    [[nodiscard]] static std::string frame_of(leg from, opcode code, std::string_view payload,
                                              bool fin = true) {
        frame_spec spec{.opcode = static_cast<int>(code), .payload = bytes_of(payload), .fin = fin};
        if (from == leg::client)
            spec.mask = mask_bytes{1, 2, 3, 4};
        const byte_string built = build(spec);
        return {built.begin(), built.end()};
    }

    void frame(leg from, opcode code, std::string_view payload) {
        bytes(from, frame_of(from, code, payload));
    }

    void close_frame(leg from, std::uint16_t code) {
        const std::string body{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
        frame(from, opcode::close, body);
    }

    /// The peer's TCP acknowledges so much, and the kernel takes more instead.
    void take(leg which, std::uint64_t count) {
        peer& one = at(which);
        count = std::min(count, one.in_kernel);
        one.in_kernel -= count;
        one.acked += count;
        const std::uint64_t more =
            std::min(one.in_gateway, one.kernel_room - std::min(one.kernel_room, one.in_kernel));
        if (more == 0 || one.is_ended)
            return;
        one.in_gateway -= more;
        one.in_kernel += more;
        core.on_taken(which, one.in_gateway, now_);
    }

    /// Its side of the connection ends.
    void end(leg which, leg_end how) { core.on_end(which, how, now_); }

    /// Without anything happening; the worker has looked all the time.
    void advance_to(milliseconds elapsed) {
        elapsed_ = elapsed;
        now_ = {start_ + elapsed_, start_ + elapsed_};
    }

    /// When the core wants on_due(), since the start; in the past for at once.
    [[nodiscard]] std::optional<milliseconds> due_at() const {
        const auto due = core.due(now_);
        if (!due)
            return std::nullopt;
        return std::chrono::ceil<milliseconds>(*due - start_);
    }

    /// Time passes, up to a tick late for everything, as on a worker.
    /// \param each_tick  happens before each tick.
    template <class Function>
    void pass(milliseconds span, Function&& each_tick) {
        for (const milliseconds end = elapsed_ + span; elapsed_ < end && !core.has_ended();) {
            advance_to(elapsed_ + wheel_tick);
            each_tick();
            const auto due = core.due(now_);
            if (due && *due <= now_.real)
                core.on_due(now_);
            if (!closed_at_ && !core.is_open())
                closed_at_ = elapsed_;
        }
    }
    /// The same with two peers that take everything at once, and say nothing.
    void pass(milliseconds span) {
        pass(span, [this] {
            take(leg::client, UINT64_MAX);
            take(leg::app, UINT64_MAX);
        });
    }

    void note(const std::string& what) {
        trace += (trace.empty() ? "" : ", ") + std::to_string(elapsed_.count()) + " " + what;
    }

    /// The control frames among what a leg was sent, as text: `ping`, `close 4001`.
    [[nodiscard]] std::string control_frames_to(leg which) {
        std::string found;
        std::string_view rest = at(which).received;
        while (const auto header = read_frame_header(as_bytes(rest))) {
            const std::size_t size = header->header_bytes + header->payload_bytes;
            if (size > rest.size())
                break;
            if (is_control(header->code)) {
                found += found.empty() ? "" : " ";
                found += header->code == opcode::ping   ? "ping"
                         : header->code == opcode::pong ? "pong"
                                                        : "close";
                if (header->code == opcode::close) {
                    std::array<std::uint8_t, 125> plain;
                    const auto body =
                        as_bytes(rest.substr(header->header_bytes, header->payload_bytes));
                    const auto parsed = parse_close(unmask(body, header->key, plain));
                    found += " " + std::to_string(parsed.payload.code);
                }
            }
            rest.remove_prefix(size);
        }
        return found;
    }

    /// Answers the pings that were written to a leg so far, and forgets what it was sent.
    void answer_pings(leg from) {
        std::string_view rest = at(from).received;
        std::string pongs;
        while (const auto header = read_frame_header(as_bytes(rest))) {
            const std::size_t size = header->header_bytes + header->payload_bytes;
            if (size > rest.size())
                break;
            if (header->code == opcode::ping) {
                std::array<std::uint8_t, 125> plain;
                const auto body =
                    unmask(as_bytes(rest.substr(header->header_bytes, header->payload_bytes)),
                           header->key, plain);
                pongs += frame_of(from, opcode::pong,
                                  {reinterpret_cast<const char*>(body.data()), body.size()});
            }
            rest.remove_prefix(size);
        }
        at(from).received = rest;
        bytes(from, pongs);
    }

private:
    static std::string name(leg which) { return which == leg::client ? "client" : "app"; }

    std::size_t write(leg to, std::span<const iovec> parts) override {
        peer& one = at(to);
        if (one.is_gone)
            return broken;
        for (const iovec& part : parts) {
            const std::string_view bytes(static_cast<const char*>(part.iov_base), part.iov_len);
            one.received.append(bytes);
            one.in_gateway += bytes.size();
            tell_of_control(to, bytes);
        }
        const std::uint64_t room = one.kernel_room - std::min(one.kernel_room, one.in_kernel);
        const std::uint64_t taken = std::min(one.in_gateway, room);
        one.in_kernel += taken;
        one.in_gateway -= taken;
        return one.in_gateway;
    }
    /// The gateway's own frames are each written by themselves.
    void tell_of_control(leg to, std::string_view written) {
        const auto header = read_frame_header(as_bytes(written));
        if (!on_control || !header || !is_control(header->code) ||
            header->header_bytes + header->payload_bytes != written.size())
            return;
        std::array<std::uint8_t, 125> plain;
        const auto body =
            unmask(as_bytes(written.substr(header->header_bytes)), header->key, plain);
        on_control(to, header->code,
                   header->code == opcode::close ? parse_close(body).payload.code : 0);
    }

    void shut(leg which) override { note("shut " + name(which)); }
    void leave(leg which, bool) override {
        note("left " + name(which));
        at(which).is_ended = true;
    }
    void cut(leg which) override {
        note("cut " + name(which));
        at(which).is_ended = true;
    }
    tcp_look look(leg which) override {
        const peer& one = at(which);
        return {.acked = one.acked,
                .waiting = one.in_kernel,
                .unsent = std::min(one.in_kernel, one.unsent_of_kernel),
                .unread = one.unread,
                .since_data = one.since_data,
                .has_ended = one.has_ended};
    }
    void limit_silence_of_kernel(leg, milliseconds) override {}
    std::uint64_t random() override { return ++random_; }
};

} // namespace pulsegate::test
