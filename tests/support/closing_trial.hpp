// Plays everything around a session that is ending: a client and an application that answer a Close
// or do not, and time. Writes down what happened, and notices when the core breaks one of its
// promises.
#pragma once

#include "support/core_trial.hpp"

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
        bool takes = true;    // what is written to it
        bool answers = true;  // sends a Close 10 ms after it was sent one
        bool hangs_up = true; // the application ends TCP 10 ms after the closing handshake
    };

    static constexpr milliseconds pause{10};
    static constexpr milliseconds write_stall{5'000};

    closing_trial() : trial_({.write_stall = write_stall, .phase = milliseconds(24'000)}) {
        trial_.on_control = [this](leg to, opcode code, std::uint16_t close_code) {
            if (code == opcode::close)
                on_close_written(to, close_code);
        };
    }

    peer client;
    peer app;
    std::string broken_promise; // empty: none

    [[nodiscard]] const std::string& trace() const { return trial_.trace; }
    [[nodiscard]] const lifecycle& life() const { return trial_.core.life(); }
    [[nodiscard]] milliseconds elapsed() const { return trial_.elapsed(); }

    /// What may happen to the session.
    void close(close_reason why) {
        began();
        trial_.core.close(why, trial_.now());
    }
    void close_frame(leg from, std::uint16_t code) {
        // As a driver would: whom it is deaf to, or has ended, it does not hear.
        if (trial_.core.life().is_done(from) || trial_.core.life().is_deaf_to(from))
            return;
        began();
        at(from).has_sent_close = true;
        trial_.close_frame(from, code);
        hang_up_if_done(from);
    }
    void violate(leg from) {
        began();
        trial_.core.close(from == leg::client ? close_reason::protocol_error
                                              : close_reason::app_protocol_error,
                          trial_.now());
    }
    void end(leg from, leg_end how = leg_end::broken) {
        if (trial_.core.life().is_done(from))
            return;
        began();
        trial_.end(from, how);
    }
    void later(milliseconds wait, std::function<void()> what) {
        actions_.emplace(elapsed() + wait, std::move(what));
    }

    /// Goes on until the session has ended, or a minute has passed since it began to.
    void run() {
        if (!client.takes)
            trial_.client.kernel_room = 0;
        if (!app.takes)
            trial_.app.kernel_room = 0;
        while (!trial_.core.has_ended() && elapsed() <= milliseconds(60'000) &&
               broken_promise.empty()) {
            take(client.takes, trial_.client);
            take(app.takes, trial_.app);
            const auto due = trial_.due_at();
            const bool has_action = !actions_.empty();
            if (due && (!has_action || *due < actions_.begin()->first)) {
                trial_.advance_to(std::max(*due, elapsed()));
                trial_.core.on_due(trial_.now());
            } else if (has_action) {
                const auto first = actions_.begin();
                trial_.advance_to(first->first);
                const auto what = std::move(first->second);
                actions_.erase(first);
                what();
            } else {
                broken("waits for nothing");
            }
            check();
        }
        if (!trial_.core.has_ended())
            broken("did not end");
        // One leg has its time, then the other.
        if (elapsed() - began_ > 2 * (write_stall + lifecycle::close_wait))
            broken("took too long");
        while (!actions_.empty()) { // what was on its way finds nothing to do
            const auto what = std::move(actions_.begin()->second);
            actions_.erase(actions_.begin());
            what();
        }
        check();
    }

private:
    struct side {
        int closes = 0;
        bool has_sent_close = false;
    };

    static void take(bool takes, core_trial::peer& one) {
        if (takes)
            one.acked += std::exchange(one.in_kernel, 0);
    }

    side& at(leg which) { return sides_[index(which)]; }
    peer& peer_of(leg which) { return which == leg::client ? client : app; }

    void broken(std::string what) {
        if (broken_promise.empty())
            broken_promise = std::move(what);
    }

    void began() {
        if (trial_.core.is_open())
            began_ = elapsed();
        else if (!first_reason_)
            first_reason_ = life().reason();
    }

    void on_close_written(leg to, std::uint16_t code) {
        trial_.note(std::string("close ") + (to == leg::client ? "client " : "app ") +
                    std::to_string(code));
        if (++at(to).closes > 1 || trial_.at(to).is_ended)
            broken("a second Close, or one behind the end");
        if (life().may_forward(other(to)))
            broken("frames may follow a Close");
        if (peer_of(to).takes && peer_of(to).answers && !at(to).has_sent_close)
            later(pause, [this, to, code] { close_frame(to, code == 0 ? 1005 : code); });
        hang_up_if_done(to);
    }

    void hang_up_if_done(leg which) {
        if (which == leg::app && app.hangs_up && at(which).closes > 0 && at(which).has_sent_close)
            later(pause, [this] { end(leg::app, leg_end::orderly); });
    }

    void check() {
        if (trial_.core.has_ended() != !trial_.core.due(trial_.now()).has_value())
            broken("due() is wrong");
        if (trial_.core.has_ended() && (!trial_.client.is_ended || !trial_.app.is_ended))
            broken("has_ended() is wrong");
        if (!trial_.core.is_open() && first_reason_ && life().reason() != *first_reason_)
            broken("the reason changed");
        for (const std::string name : {"client", "app"})
            if (count_of("left " + name) + count_of("cut " + name) > 1 ||
                count_of("shut " + name) > 1)
                broken("an order was given twice");
    }

    [[nodiscard]] int count_of(const std::string& what) const {
        int count = 0;
        for (auto found = trace().find(what); found != std::string::npos;
             found = trace().find(what, found + 1))
            ++count;
        return count;
    }

    core_trial trial_;
    milliseconds began_{0};
    std::multimap<milliseconds, std::function<void()>> actions_;
    std::array<side, leg_count> sides_;
    std::optional<close_reason> first_reason_;
};

} // namespace pulsegate::test
