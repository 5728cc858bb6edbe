// How a session ends: which leg is told what, when, and when its socket is cut. First reason wins;
// every order is given once. Pure; owner: the session's worker.
//
//     open ──► closing ──► ended (both legs cut)
//
//   open     frames pass in both directions
//   closing  Close frames go out; a leg is cut when its closing handshake is done, when its peer
//            is gone, or when its time is up
#pragma once

#include "base/time.hpp"
#include "session/close_reason.hpp"
#include "session/leg.hpp"
#include "websocket/close_payload.hpp"

#include <array>
#include <memory>
#include <optional>

namespace pulsegate {

/// What the driver has to do now, in this order. A cut loses what was not written yet.
struct closing_orders {
    bool close_app = false;
    bool close_client = false;
    bool shut_client = false; // end the sending side of TCP; what still comes is thrown away
    bool cut_app = false;
    bool cut_client = false;
};

class lifecycle {
public:
    /// How long a peer may take to answer a Close before its socket is cut.
    static constexpr milliseconds close_wait{2'000};
    /// The same for a client that was silent for the whole timeout: an answer is not expected, and
    /// the wait adds to the time that a proxy in front has to grant.
    static constexpr milliseconds silent_close_wait{250};
    /// What an ordered end may take at most: one leg waits for its peer, then the other, and a
    /// second for what the machine adds. A drain takes its window and this.
    static constexpr milliseconds longest_end = 2 * close_wait + milliseconds(1'000);

    /// The gateway ends the session. If it is ending already the first reason stays, but a leg that
    /// breaks the rules now is not listened to any more (is_deaf_to()).
    /// \param configured  what `farewell::configured` stands for.
    closing_orders close(close_reason why, const close_payload& configured, time_point now);

    /// The peer of `from` sent a Close frame.
    closing_orders on_close_frame(leg from, const close_payload& payload, time_point now);

    /// Nothing more will come from `from`: its peer ended the connection, or it broke.
    closing_orders on_end(leg from, time_point now);

    /// The Close frame that was ordered for `to` has been handed to the kernel as a whole.
    closing_orders on_close_sent(leg to, time_point now);

    /// To be called at deadline(), or any time later.
    closing_orders on_deadline(time_point now);

    [[nodiscard]] bool is_open() const { return ending_ == nullptr; }
    [[nodiscard]] bool has_ended() const;

    /// False from the moment that frames of `from` go nowhere: it sent a Close, or the other leg
    /// was sent one.
    [[nodiscard]] bool may_forward(leg from) const;

    /// True if nothing that `from` sends matters any more, not even a Close frame: it has sent one,
    /// or it broke the rules so that its frames cannot be told apart.
    [[nodiscard]] bool is_deaf_to(leg from) const;

    /// When on_deadline() wants to be called; nothing while open.
    [[nodiscard]] std::optional<time_point> deadline() const;

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
        bool is_ordered = false;   // the Close frame was ordered
        bool is_sent = false;      // and has been written
        bool has_received = false; // its peer sent a Close
        bool has_failed = false;   // its peer broke the framing rules
        bool is_over = false;      // nothing more will come
        bool is_shut = false;      // sending to it was ended
        bool is_cut = false;
    };
    // Exists from the first reason on; an open session does without its memory.
    struct ending {
        close_reason reason;
        time_point deadline;
        duration wait;
        bool app_first = false; // the client's Close waits until the application is done
        std::array<ending_leg, leg_count> legs;
        ending_leg& at(leg which) { return legs[static_cast<std::size_t>(which)]; }
    };

    void begin(close_reason why, const close_payload& configured, const close_payload& carried,
               time_point now);
    closing_orders settle(time_point now);

    std::unique_ptr<ending> ending_;
};

} // namespace pulsegate
