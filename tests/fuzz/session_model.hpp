// A session without sockets: its policies, wired up as net/session.cpp does it, and everything that
// they promise, checked after every step. Whatever happens to it comes from the fuzzer.
#pragma once

#include "base/assert.hpp"
#include "session/heartbeat.hpp"
#include "session/lifecycle.hpp"
#include "session/observed_clock.hpp"
#include "session/timing_wheel.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace pulsegate::fuzz {

class session_model final : public wheel_node {
public:
    session_model(time_point start, const heartbeat_rhythm& rhythm, duration first_phase,
                  duration age)
        : clock_(start), now_(clock_.advance(start)), wheel_(start, wheel_tick), rhythm_(rhythm),
          goodbye_at_(start + age), legs_{side(now_, first_phase), side(now_, first_phase)} {
        arm();
    }

    ~session_model() { timing_wheel::disarm(*this); }

    /// The worker's loop comes round.
    void pass(duration time) {
        now_ = clock_.advance(now_.real + time);
        wheel_.advance(now_.real);
        check_punctuality();
    }

    void receive(leg from) {
        if (!is_heard(from))
            return;
        at(from).heart.on_received(now_);
        at(from).heard = now_.observed;
    }

    void pong(leg from, std::uint64_t nonce) {
        receive(from);
        side& one = at(from);
        const auto round_trip = one.heart.on_pong(nonce, now_);
        const bool is_answer = one.awaits_pong && nonce == one.pings;
        PULSEGATE_ASSERT(round_trip.has_value() == is_answer);
        if (!is_answer)
            return;
        PULSEGATE_ASSERT(*round_trip == now_.real - one.pinged);
        one.awaits_pong = false;
    }

    /// \return the number of the last ping, which is its nonce.
    [[nodiscard]] std::uint64_t last_ping(leg to) const { return legs_[index(to)].pings; }

    void close_frame(leg from, std::uint16_t code) {
        receive(from);
        if (is_heard(from))
            perform(life_.on_close_frame(from, {code, ""}, now_.real));
    }

    void end(leg from) {
        if (at(from).is_cut)
            return;
        perform(life_.on_end(from, now_.real));
        PULSEGATE_ASSERT(at(from).is_cut);
    }

    void close(close_reason why) { perform(life_.close(why, {4001, "timeout"}, now_.real)); }

    /// The kernel takes the Close that waits for this leg; also one that has been cut since.
    void take_close(leg to) {
        side& one = at(to);
        if (!one.is_close_ordered || one.is_close_sent)
            return;
        one.is_close_sent = true;
        perform(life_.on_close_sent(to, now_.real));
    }

    void shut_down() {
        close(close_reason::shutdown);
        for (const leg which : {leg::client, leg::app})
            end(which);
        PULSEGATE_ASSERT(life_.has_ended());
    }

    void take_rhythm(const heartbeat_rhythm& rhythm, duration first_phase) {
        if (!life_.is_open())
            return;
        const heartbeat_rhythm before = std::exchange(rhythm_, rhythm);
        for (side& one : legs_) {
            one.heart.on_new_rhythm(before, rhythm, now_, first_phase);
            one.not_before =
                std::min(one.silent_at(before.timeout), now_.observed + rhythm.timeout);
            one.beat_by = std::min(one.beat_by, now_.real + first_phase);
        }
        arm();
    }

    /// Nothing more happens but time: an ending session must come to its end.
    void run_out() {
        if (life_.is_open())
            return;
        for (duration left = 2 * lifecycle::close_wait + 3 * wheel_tick; left > duration::zero();
             left -= wheel_tick)
            pass(wheel_tick);
        PULSEGATE_ASSERT(life_.has_ended());
        // What was on its way finds nothing to do.
        for (const leg which : {leg::client, leg::app}) {
            take_close(which);
            perform(life_.on_end(which, now_.real));
        }
        close(close_reason::shutdown);
        perform(life_.on_deadline(now_.real + std::chrono::hours(1)));
    }

private:
    struct side {
        side(moment now, duration first_phase)
            : heart(now, first_phase), heard(now.observed), beat_by(now.real + first_phase) {}

        [[nodiscard]] time_point silent_at(duration timeout) const {
            return std::max(heard + timeout, not_before);
        }

        heartbeat heart;
        time_point heard;                          // observed
        time_point not_before = time_point::min(); // observed
        time_point beat_by;                        // real: when the next heartbeat has to leave
        time_point pinged;                         // real
        std::uint64_t pings = 0;
        bool awaits_pong = false;
        bool is_close_ordered = false;
        bool is_close_sent = false;
        bool is_cut = false;
        bool is_silenced = false; // frames of this leg were refused once
        bool was_deaf = false;
    };

    static std::size_t index(leg which) { return static_cast<std::size_t>(which); }
    side& at(leg which) { return legs_[index(which)]; }

    [[nodiscard]] bool is_heard(leg from) { return !at(from).is_cut && !life_.is_deaf_to(from); }

    [[nodiscard]] heartbeat_rhythm rhythm_of(leg which) const {
        return which == leg::client
                   ? rhythm_
                   : heartbeat_rhythm{rhythm_.interval, rhythm_.timeout, heartbeat_method::ping};
    }

    void on_due() override {
        PULSEGATE_ASSERT(!life_.has_ended());
        perform(life_.on_deadline(now_.real));
        if (now_.real >= goodbye_at_)
            close(close_reason::age);
        for (const leg which : {leg::client, leg::app})
            beat(which);
        arm();
    }

    void beat(leg to) {
        if (!life_.is_open())
            return;
        side& one = at(to);
        const heartbeat_rhythm rhythm = rhythm_of(to);
        const bool misses_pong = one.awaits_pong && now_.real - one.pinged >= rhythm.interval / 2;
        const heartbeat::beat due = one.heart.on_due(rhythm, now_);
        PULSEGATE_ASSERT(due.silent == (now_.observed >= one.silent_at(rhythm.timeout)));
        PULSEGATE_ASSERT(!due.ping || rhythm.method != heartbeat_method::text);
        PULSEGATE_ASSERT(!due.text || rhythm.method == heartbeat_method::text ||
                         (rhythm.method == heartbeat_method::ping_then_text && misses_pong));
        if (due.ping || due.text)
            one.beat_by = now_.real + rhythm.interval;
        if (due.silent) {
            close(to == leg::client ? close_reason::evicted : close_reason::app_timeout);
            return;
        }
        if (!due.ping)
            return;
        one.heart.on_ping_sent(++one.pings, now_);
        one.pinged = now_.real;
        one.awaits_pong = true;
    }

    void perform(const closing_orders& orders) {
        if (orders.close_app)
            order_close(leg::app);
        if (orders.close_client)
            order_close(leg::client);
        if (orders.shut_client) {
            PULSEGATE_ASSERT(!is_shut_ && at(leg::client).is_close_sent && !at(leg::client).is_cut);
            is_shut_ = true;
        }
        if (orders.cut_app)
            cut(leg::app);
        if (orders.cut_client)
            cut(leg::client);
        arm();
        check_order();
    }

    void order_close(leg to) {
        PULSEGATE_ASSERT(!at(to).is_close_ordered && !at(to).is_cut);
        at(to).is_close_ordered = true;
    }

    void cut(leg which) {
        PULSEGATE_ASSERT(!at(which).is_cut);
        at(which).is_cut = true;
    }

    void arm() {
        if (life_.has_ended()) {
            timing_wheel::disarm(*this);
            return;
        }
        time_point due = life_.deadline().value_or(time_point::max());
        if (life_.is_open())
            due =
                std::min({goodbye_at_, at(leg::client).heart.next_due(rhythm_of(leg::client), now_),
                          at(leg::app).heart.next_due(rhythm_of(leg::app), now_)});
        wheel_.arm(*this, due);
    }

    /// What must hold whatever has just happened.
    void check_order() {
        const bool is_open = life_.is_open();
        PULSEGATE_ASSERT(life_.has_ended() == (at(leg::client).is_cut && at(leg::app).is_cut));
        PULSEGATE_ASSERT(life_.deadline().has_value() == (!is_open && !life_.has_ended()));
        PULSEGATE_ASSERT(timing_wheel::is_armed(*this) == !life_.has_ended());
        if (is_open) {
            PULSEGATE_ASSERT(!reason_);
            return;
        }
        if (!reason_)
            reason_ = life_.reason();
        PULSEGATE_ASSERT(life_.reason() == *reason_); // the first one wins
        if (const auto deadline = life_.deadline())
            PULSEGATE_ASSERT(*deadline <= now_.real + lifecycle::close_wait);
        for (const leg from : {leg::client, leg::app}) {
            const side& to = at(other(from));
            const bool is_silenced = !life_.may_forward(from);
            PULSEGATE_ASSERT(is_silenced || !(to.is_close_ordered || to.is_cut));
            PULSEGATE_ASSERT(is_silenced || !at(from).is_silenced);
            PULSEGATE_ASSERT(life_.is_deaf_to(from) || !at(from).was_deaf);
            at(from).is_silenced = is_silenced;
            at(from).was_deaf = life_.is_deaf_to(from);
        }
    }

    /// What must hold when the wheel has turned up to now: everything that was due has happened,
    /// and no later than a tick after its time.
    void check_punctuality() {
        const time_point tick_ago = now_.real - wheel_tick;
        if (const auto deadline = life_.deadline())
            PULSEGATE_ASSERT(*deadline > tick_ago);
        if (!life_.is_open())
            return;
        PULSEGATE_ASSERT(goodbye_at_ > tick_ago);
        for (const leg which : {leg::client, leg::app}) {
            PULSEGATE_ASSERT(at(which).beat_by > tick_ago);
            PULSEGATE_ASSERT(now_.observed < at(which).silent_at(rhythm_.timeout) + wheel_tick);
        }
    }

    observed_clock clock_;
    moment now_;
    timing_wheel wheel_;
    heartbeat_rhythm rhythm_;
    const time_point goodbye_at_;
    lifecycle life_;
    std::array<side, leg_count> legs_;
    bool is_shut_ = false;
    std::optional<close_reason> reason_;
};

} // namespace pulsegate::fuzz
