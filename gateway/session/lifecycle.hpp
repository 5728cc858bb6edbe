// How a session ends: which leg is told what, in which order, and when its connection is ended.
// First reason wins; every order is given once. Knows no time: when a leg has had its time, it is
// told so (on_expired). Pure; owner: the session's worker.
//
//     open ──► closing ──► ended (both legs done)
//
//   open     frames pass in both directions
//   closing  Close frames go out. Mostly one leg goes first, the other one is told when the first
//   has
//            answered, is gone, or has had its time: until then frames still flow to it.
//
// The way of one leg while the session is closing:
//
//     waits ──► ordered ──► told ──► done
//
//   waits    for the other one, which goes first
//   ordered  its Close is to be written, behind all that waits for it
//   told     the kernel has the Close as a whole; or, where the frame in hand can never be
//   finished, its
//            connection was shut instead. Its peer's answer is awaited.
//   done     left (what still comes is thrown away for a while, so that no reset takes away what it
//            has not read yet) or cut
#pragma once

#include "base/time.hpp"
#include "session/close_reason.hpp"
#include "session/leg.hpp"
#include "websocket/close_payload.hpp"

#include <array>
#include <memory>
#include <optional>

namespace pulsegate {

/// What the driver has to do now for one leg, in this order.
struct leg_orders {
    bool close = false; // write the Close frame behind all that waits, then call on_told()
    bool flush = false; // call on_told() when nothing waits for it
    bool shut = false;  // end its sending side; what comes from it is still heard
    bool leave = false; // leave it: what still comes is thrown away for a while, somewhere else
    bool cut = false;   // close it; what was not written yet is lost

    [[nodiscard]] bool any() const { return close || flush || shut || leave || cut; }
};

/// Of both; the application's are performed first.
struct closing_orders {
    leg_orders app;
    leg_orders client;

    [[nodiscard]] bool any() const { return app.any() || client.any(); }
};

/// How the peer of a leg ended its side.
enum class leg_end : std::uint8_t {
    orderly, // it sends no more, and may still read
    broken,  // nothing can be read or written any more
};

/// What the two peers are told, where a Close is to come; of a Close that is relayed, its own.
struct told_payloads {
    close_payload client;
    close_payload app;
};

class lifecycle {
public:
    /// How long a peer may take to answer a Close that it has, while nothing comes from it.
    static constexpr milliseconds close_wait{2'000};
    /// The same for a client that was silent for the whole timeout: an answer is not expected, and
    /// the wait adds to the time that a proxy in front has to grant.
    static constexpr milliseconds silent_close_wait{250};
    /// What an ordered end may take at most where nothing waits for slow peers: one leg waits for
    /// its peer, then the other, and a second for what the machine adds. A drain takes its window
    /// and this.
    static constexpr milliseconds longest_end = 2 * close_wait + milliseconds(1'000);

    /// The gateway ends the session. If it is ending already the first reason stays, but a leg that
    /// breaks the rules now is not listened to any more (is_deaf_to()).
    /// \param told  what the two are told (close_settings::told()).
    closing_orders close(close_reason why, const told_payloads& told);

    /// The peer of `from` sent a Close frame.
    closing_orders on_close_frame(leg from, const close_payload& payload);

    /// Nothing more will come from `from`.
    /// \param told  what the client is told if that ends the session, and it was the application.
    closing_orders on_end(leg from, leg_end how, const close_payload& told = {});

    /// The kernel has everything that was ordered for `to`.
    closing_orders on_told(leg to);

    /// The frame that is being forwarded to `to` will never be finished, so that no Close can
    /// follow.
    closing_orders on_stuck(leg to);

    /// This leg has had its time.
    closing_orders on_expired(leg which);

    [[nodiscard]] bool is_open() const { return ending_ == nullptr; }
    [[nodiscard]] bool has_ended() const;
    [[nodiscard]] bool is_ordered(leg which) const;
    [[nodiscard]] bool is_told(leg which) const;
    [[nodiscard]] bool is_done(leg which) const {
        return ending_ != nullptr && ending_->at(which).is_done;
    }

    /// True if the peer's side of this leg is over, so that no more comes from it.
    [[nodiscard]] bool is_over(leg which) const {
        return ending_ != nullptr && ending_->at(which).is_over;
    }

    /// False from the moment that frames of `from` go nowhere: it sent a Close, or the other leg
    /// was sent one.
    [[nodiscard]] bool may_forward(leg from) const {
        if (ending_ == nullptr)
            return true;
        const ending_leg& to = ending_->at(other(from));
        return !is_deaf_to(from) && !to.is_ordered && !to.is_done;
    }

    /// True if nothing that `from` sends matters any more, not even a Close frame: it has sent one,
    /// or it broke the rules so that its frames cannot be told apart.
    [[nodiscard]] bool is_deaf_to(leg from) const {
        return ending_ != nullptr &&
               (ending_->at(from).has_received || ending_->at(from).has_failed);
    }

    /// Why the session is ending. Not to be called while it is open.
    [[nodiscard]] close_reason reason() const;

    /// What the Close frame ordered for `to` says.
    [[nodiscard]] const close_payload& farewell_to(leg to) const;

    /// The code that this leg's peer knows the end by: the one it was sent, else the one it sent
    /// itself, else 1006.
    [[nodiscard]] std::uint16_t code_of(leg which) const;

private:
    struct ending_leg {
        close_payload to_send;
        close_payload received;
        farewell kind = farewell::none;
        bool is_ordered = false;
        bool is_told = false;
        bool is_shut = false;      // told by the end of its connection, not by a Close
        bool has_received = false; // its peer sent a Close
        bool has_failed = false;   // its peer broke the framing rules
        bool is_over = false;      // nothing more will come
        bool is_done = false;

        /// Its peer has said all that it will say.
        [[nodiscard]] bool is_silent() const {
            return is_done || has_received || has_failed || is_over;
        }
    };
    // Exists from the first reason on; an open session does without its memory.
    struct ending {
        close_reason reason;
        std::optional<leg> first; // the other leg waits for it
        std::array<ending_leg, leg_count> legs;
        ending_leg& at(leg which) { return legs[index(which)]; }
    };

    void begin(close_reason why, const told_payloads& told);
    closing_orders settle();
    [[nodiscard]] leg_orders settle(leg which);

    std::unique_ptr<ending> ending_;
};

} // namespace pulsegate
