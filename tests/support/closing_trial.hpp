// Plays everything around a lifecycle that is ending: a driver that performs its orders, a client
// and an application that answer or do not, and time. Writes down what happened, and notices when
// the lifecycle breaks one of its promises.
#pragma once

#include "session/lifecycle.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace pulsegate::test {

class closing_trial {
public:
    struct peer {
        bool takes = true;    // a Close frame can be written to it at once
        bool answers = true;  // sends a Close 10 ms after it was sent one
        bool hangs_up = true; // the application ends TCP 10 ms after the closing handshake
    };

    static constexpr milliseconds pause{10};

    peer client;
    peer app;
    lifecycle life;
    std::string trace;          // `0 close app 1000, 10 cut client, ...`
    std::string broken_promise; // empty: none
    int deadlines = 0;

    /// What may happen to the session; `code` is of a Close frame or a configured one.
    void close(close_reason why, std::uint16_t code = 4001) {
        began();
        perform(life.close(why, {code, ""}, now()));
    }
    void close_frame(leg from, std::uint16_t code) {
        // As a driver would: whom it is deaf to, or has cut, it does not hear.
        if (at(from).cuts > 0 || life.is_deaf_to(from))
            return;
        began();
        at(from).has_sent_close = true;
        perform(life.on_close_frame(from, {code, ""}, now()));
        hang_up_if_done(from);
    }
    void end(leg from) {
        if (at(from).cuts > 0)
            return;
        began();
        perform(life.on_end(from, now()));
    }
    void later(milliseconds wait, std::function<void()> what) {
        actions_.emplace(elapsed_ + wait, std::move(what));
    }

    /// Goes on until both legs are cut, or `most` has passed.
    void run(milliseconds most = milliseconds(60'000)) {
        while (!life.has_ended() && elapsed_ <= most && broken_promise.empty()) {
            const auto due = life.deadline();
            const bool has_action = !actions_.empty();
            if (due && (!has_action || *due < start_ + actions_.begin()->first)) {
                elapsed_ = std::chrono::duration_cast<milliseconds>(*due - start_);
                ++deadlines;
                perform(life.on_deadline(now()));
            } else if (has_action) {
                const auto first = actions_.begin();
                elapsed_ = first->first;
                const auto what = std::move(first->second);
                actions_.erase(first);
                what();
            } else {
                broken("waits for nothing");
            }
        }
        check_end();
    }

    [[nodiscard]] milliseconds elapsed() const { return elapsed_; }

private:
    struct side {
        int closes = 0;
        int cuts = 0;
        int shuts = 0;
        bool is_told = false; // its Close was written
        bool has_sent_close = false;
    };

    [[nodiscard]] time_point now() const { return start_ + elapsed_; }
    side& at(leg which) { return sides_[static_cast<std::size_t>(which)]; }
    peer& peer_of(leg which) { return which == leg::client ? client : app; }

    void broken(std::string what) {
        if (broken_promise.empty())
            broken_promise = std::move(what);
    }

    void began() {
        if (life.is_open())
            began_ = elapsed_;
        else if (!first_reason_)
            first_reason_ = life.reason();
    }

    void note(const std::string& what) {
        trace += (trace.empty() ? "" : ", ") + std::to_string(elapsed_.count()) + " " + what;
    }

    void perform(const closing_orders& orders) {
        if (orders.close_app)
            send_close(leg::app, "app");
        if (orders.close_client)
            send_close(leg::client, "client");
        if (orders.shut_client) {
            note("shut client");
            if (++at(leg::client).shuts > 1 || at(leg::client).cuts > 0 || !at(leg::client).is_told)
                broken("shut twice, or when cut, or before it was told");
            if (client.answers)
                later(pause, [this] { end(leg::client); });
        }
        if (orders.cut_app)
            cut(leg::app, "app");
        if (orders.cut_client)
            cut(leg::client, "client");
        if (!life.is_open() &&
            life.has_ended() != (at(leg::app).cuts > 0 && at(leg::client).cuts > 0))
            broken("has_ended() is wrong");
        if (life.deadline().has_value() == (life.is_open() || life.has_ended()))
            broken("deadline() is wrong");
        if (!life.is_open() && first_reason_ && life.reason() != *first_reason_)
            broken("the reason changed");
    }

    void send_close(leg to, const std::string& name) {
        note("close " + name + " " + std::to_string(life.farewell_to(to).code));
        if (++at(to).closes > 1 || at(to).cuts > 0)
            broken("close ordered twice, or of a leg that was cut");
        if (life.may_forward(other(to)))
            broken("frames may follow a Close");
        if (peer_of(to).takes)
            later(milliseconds(0), [this, to] { sent_close(to); });
    }

    void sent_close(leg to) {
        // May come after the cut: the completion was on its way.
        if (at(to).cuts == 0) {
            at(to).is_told = true;
            if (peer_of(to).answers && !at(to).has_sent_close)
                later(pause, [this, to] { close_frame(to, life.farewell_to(to).code); });
        }
        perform(life.on_close_sent(to, now()));
        hang_up_if_done(to);
    }

    void hang_up_if_done(leg which) {
        if (which == leg::app && app.hangs_up && at(which).is_told && at(which).has_sent_close)
            later(pause, [this] { end(leg::app); });
    }

    void cut(leg which, const std::string& name) {
        note("cut " + name);
        if (++at(which).cuts > 1)
            broken("cut twice");
    }

    void check_end() {
        if (life.is_open())
            return;
        if (!life.has_ended())
            broken("did not end");
        if (deadlines > 2 || elapsed_ - began_ > 2 * lifecycle::close_wait)
            broken("took too long");
        // Completions that were on their way, and a timer that fires once more.
        while (!actions_.empty()) {
            const auto what = std::move(actions_.begin()->second);
            actions_.erase(actions_.begin());
            what();
        }
        elapsed_ += 2 * lifecycle::close_wait;
        perform(life.on_deadline(now()));
    }

    const time_point start_{std::chrono::hours(1)};
    milliseconds elapsed_{0};
    milliseconds began_{0};
    std::multimap<milliseconds, std::function<void()>> actions_;
    std::array<side, leg_count> sides_;
    std::optional<close_reason> first_reason_;
};

} // namespace pulsegate::test
