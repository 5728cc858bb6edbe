// Whether the peer of one leg is still there, judged by what it did: it was heard, that is, bytes
// came from it, or it took what was waiting for it, as its TCP tells. Pure; owner: the session's
// worker.
//
// Three questions are answered here, all in observed time (observed_clock.hpp):
//   silent   nothing was heard for the timeout. What a proxy may have swallowed is allowed for:
//            whoever takes `slowest_rate` has not yet seen a ping behind it.
//   stalled  something waits for the peer, and its TCP has acknowledged not one byte of it for
//            `write_stall`.
//   taking   something waits for the peer, and it is being taken: such a peer is alive, although
//            a ping behind all that was not answered yet.
//
// TCP is asked when a verdict is due, and every few seconds while something waits; never for a
// message.
#pragma once

#include "base/time.hpp"
#include "session/observed_clock.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>

namespace pulsegate {

/// What the kernel knows of a leg's connection.
struct tcp_look {
    std::uint64_t acked = 0;   // bytes of all times that the peer has acknowledged
    std::uint64_t waiting = 0; // bytes in the kernel that it has not
    std::uint64_t unsent = 0;  // of these, those that could not even be sent yet
    std::uint64_t unread = 0;  // bytes from the peer that nobody has read
    duration since_data{};     // since the last byte came from the peer
    bool has_ended = false;    // the peer has ended its side, behind what is unread
};

class progress {
public:
    /// What may be on the way, in proxies that buffer, is never taken for more than this.
    static constexpr std::uint64_t most_on_the_way = 16 * 1024 * 1024;

    explicit progress(moment now) : heard_(now.observed) {}

    // --- Heard ---

    /// Bytes came from the peer, whatever they were.
    void on_heard(moment now) { heard_ = now.observed; }

    /// Bytes that came `ago` were found unread.
    void on_found_unread(moment now, duration ago) {
        heard_ = std::max(heard_, now.observed - ago);
    }

    /// How long the peer has been silent.
    [[nodiscard]] duration idle(moment now) const { return now.observed - heard_; }

    [[nodiscard]] time_point heard() const { return heard_; }

    /// When it counts as silent, if nothing is heard until then and nothing is on its way to it.
    [[nodiscard]] time_point silent_at(duration timeout) const {
        return std::max(heard_ + timeout, not_before_);
    }

    // --- Asked ---

    /// A ping, or a text heartbeat, leaves.
    /// \param sent  how many bytes have been forwarded to the peer before it.
    void on_asked(std::uint64_t sent) { sent_when_asked_ = sent; }

    /// It was answered: all that went before it has been read.
    void on_answered() { sent_when_answered_ = sent_when_asked_; }

    /// How long it may take to read what is not known to be read, and may be in a proxy: its answer
    /// to a ping can come no earlier.
    /// \param sent          how many bytes have been forwarded to it in all.
    /// \param waiting       of these, the bytes that its TCP has not acknowledged.
    /// \param slowest_rate  bytes a second; > 0.
    [[nodiscard]] duration reading_time(std::uint64_t sent, std::uint64_t waiting,
                                        std::uint64_t slowest_rate) const {
        const std::uint64_t unread = sent - sent_when_answered_;
        const std::uint64_t acked = unread - std::min(unread, waiting);
        return milliseconds(std::min(acked, most_on_the_way) * 1'000 / slowest_rate);
    }

    /// It does not count as silent before `when`.
    void put_off(time_point when) { not_before_ = std::max(not_before_, when); }

    /// The timeout changes. The peer could not know of it: a silence that was fine until now is
    /// held against it only after a whole new timeout, or when the old one would have ended.
    /// \param silent_before  silent_at() by the old one.
    void on_new_timeout(time_point silent_before, duration timeout, moment now) {
        not_before_ = std::min(silent_before, now.observed + timeout);
    }

    // --- Took ---

    /// The kernel does not take all that is written to the peer.
    /// \return true if something begins to wait.
    bool on_waiting(moment now);

    /// The kernel took some of what waited: it has room, since the peer has acknowledged something.
    void on_taken(moment now);

    /// That it takes nothing is not its own doing: its time begins again.
    void on_excused(moment now) { backlog_->since = now.observed; }

    /// It has taken everything.
    void on_nothing_waits() {
        if (backlog_ != nullptr)
            backlog_->is_waiting = false;
    }

    void on_look(const tcp_look& seen, moment now);

    [[nodiscard]] bool is_waiting() const { return backlog_ != nullptr && backlog_->is_waiting; }

    /// True if at the last look something was in the kernel that the peer had not acknowledged.
    [[nodiscard]] bool waits_in_kernel() const {
        return backlog_ != nullptr && backlog_->is_in_kernel;
    }

    /// True if something waits and some of it was taken within `span`.
    [[nodiscard]] bool is_taking(moment now, duration span) const {
        return backlog_ != nullptr && (backlog_->is_waiting || backlog_->is_unsent) &&
               now.observed - backlog_->took < span;
    }

    /// The same, or something began to wait within `span`: TCP opens its window in steps, which
    /// take a slow peer seconds.
    [[nodiscard]] bool may_be_taking(moment now, duration span) const {
        return is_taking(now, span) ||
               (backlog_ != nullptr && (backlog_->is_waiting || backlog_->is_window_closed) &&
                now.observed - backlog_->since < span);
    }

    /// When it last took something under back-pressure; long ago if never.
    [[nodiscard]] time_point took() const {
        return backlog_ != nullptr ? backlog_->took : time_point{};
    }

    /// When it counts as stalled, if it takes nothing until then. \pre is_waiting()
    [[nodiscard]] time_point stalled_at(duration write_stall) const {
        return std::max(backlog_->since, backlog_->took) + write_stall;
    }

    /// When TCP wants to be asked again, while something waits.
    [[nodiscard]] time_point next_look(duration write_stall) const {
        return std::max(backlog_->since, backlog_->looked) + look_step(write_stall);
    }

    /// Twice on a peer that is looked at again and again, something has to have been taken between
    /// two looks that are this far apart.
    [[nodiscard]] static duration look_step(duration write_stall) {
        return std::clamp<duration>(write_stall / 8, milliseconds(100), milliseconds(5'000));
    }

private:
    // Exists once something had to wait; most sessions do without its memory.
    struct backlog {
        time_point since{};            // it began to wait
        time_point took{};             // something was taken under back-pressure
        time_point looked{};           // TCP was asked
        std::uint64_t acked = 0;       // as TCP said then
        bool has_looked = false;       // since it began to wait
        bool is_waiting = false;       // in the gateway
        bool is_in_kernel = false;     // at the last look: not acknowledged
        bool is_unsent = false;        // at the last look: not even sent
        bool is_window_closed = false; // at the last look: all that waited there was not even sent
    };

    [[nodiscard]] backlog& begin_backlog();

    time_point heard_;
    time_point not_before_ = time_point::min(); // no silence counts before
    std::uint64_t sent_when_asked_ = 0;
    std::uint64_t sent_when_answered_ = 0;
    std::unique_ptr<backlog> backlog_;
};

} // namespace pulsegate
