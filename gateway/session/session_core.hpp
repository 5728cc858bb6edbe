// A session without sockets: takes in what happened to its two legs and gives orders. It decides
// what is relayed, what the gateway says itself, who is still alive, and how the session ends; the
// driver (net/session.hpp) reads, writes and asks TCP. Pure but for its orders; owner: the
// session's worker.
//
// An event may lead to any order, also to the end of both legs; whether anything is left is what
// has_ended() tells.
#pragma once

#include "session/half.hpp"
#include "session/heartbeat.hpp"
#include "session/leg.hpp"
#include "session/lifecycle.hpp"
#include "session/progress.hpp"
#include "session/relay_counts.hpp"
#include "session/session_facts.hpp"
#include "session/session_orders.hpp"
#include "session/session_rules.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace pulsegate {

class write_batch;

class session_core {
public:
    /// What may wait for a leg before nothing is read for it any more: its peer may be slow for a
    /// moment while the other one's pings want their answers.
    static constexpr std::size_t read_ahead = 64 * 1024;

    /// What may wait for a leg when frames of the gateway's own are added: a read more, which is in
    /// hand when the limit above is reached.
    static constexpr std::size_t most_waiting = 2 * read_ahead;

    /// \param rules       outlive *this, or the next change_rules().
    /// \param counts      of the route on this worker; outlives *this.
    /// \param compressed  permessage-deflate was negotiated.
    /// \param phase       to the first heartbeat, random in (0, interval].
    session_core(session_orders& orders, const session_rules& rules, relay_counts& counts,
                 bool compressed, moment now, duration phase);
    session_core(const session_core&) = delete;
    session_core& operator=(const session_core&) = delete;
    ~session_core();

    // --- Events ---

    /// Bytes came.
    /// \param bytes  with room for `max_unscanned_bytes` in front of them, which are overwritten.
    void on_bytes(leg from, std::span<std::uint8_t> bytes, moment now);

    /// The same of bytes that came with the handshake: they are no sign of life of now.
    void on_early_bytes(leg from, std::span<const std::uint8_t> bytes, moment now);

    /// The kernel took some of what waited.
    /// \param waiting  what still waits.
    void on_taken(leg to, std::size_t waiting, moment now);

    /// More waits for a leg than was written to it: TLS answered its peer by itself.
    void on_more_waits(leg to, std::size_t waiting, moment now);

    /// Nothing more will come from `from`.
    void on_end(leg from, leg_end how, moment now);

    /// The end of `from` was seen before all that it had sent was read. Ends a session that reads
    /// no more of it for its rate; all else is read first.
    void on_end_ahead(leg from, moment now);

    /// Time has passed. To be called at due(), or any time later.
    void on_due(moment now);

    /// Goes on with what was read when a pause of the client's rate began, once that is over.
    void resume(moment now) {
        if (holds_input())
            take_held(now);
    }

    // --- What others decide ---

    /// The gateway ends the session, if it is not ending already.
    /// \param detail  for the log; a literal.
    void close(close_reason why, moment now, const char* detail = nullptr);

    /// It ends at `when` (real time) for this reason, if it has not by then.
    void plan_goodbye(time_point when, close_reason why) {
        goodbye_at_ = when;
        goodbye_reason_ = why;
    }
    [[nodiscard]] time_point goodbye_at() const { return goodbye_at_; }
    [[nodiscard]] close_reason goodbye_reason() const { return goodbye_reason_; }

    /// Goes on by other rules.
    /// \param phase  as above.
    void change_rules(const session_rules& next, moment now, duration phase);

    // --- What it wants ---

    /// Back-pressure: little more is read while the other leg does not take what was read before.
    [[nodiscard]] bool wants_bytes(leg from) const {
        return !life_.is_done(from) && !life_.is_over(from) &&
               !(from == leg::client && holds_input()) &&
               (half_from(from).waiting < read_ahead || !forwards(from));
    }

    /// True if it reads no more of this leg for the rate of its client: then it wants to know at
    /// once when the leg ends.
    [[nodiscard]] bool is_paused(leg from) const { return from == leg::client && holds_input(); }

    /// True if due() may be earlier than it was, by something that is no call of on_due().
    [[nodiscard]] bool is_due_new() const { return is_due_new_ || !life_.is_open(); }
    void on_armed() { is_due_new_ = false; }

    /// The real time at which on_due() wants to be called; nothing once it has ended.
    [[nodiscard]] std::optional<time_point> due(moment now) const;

    // --- What it knows ---

    [[nodiscard]] bool is_open() const { return life_.is_open(); }
    [[nodiscard]] bool has_ended() const { return life_.has_ended(); }
    [[nodiscard]] const lifecycle& life() const { return life_; }

    /// Fills in what the core knows.
    void describe(session_facts& facts, moment now) const;

    /// What is remembered of the moment at which the session began to end.
    struct last_look {
        duration client_idle;  // since the last byte from the client
        duration client_quiet; // since the last byte to the client
        duration app_idle;     // since the last byte from the application
        const char* detail = nullptr;
    };
    /// \pre !is_open()
    [[nodiscard]] const last_look& at_end() const { return ending_->seen; }

    [[nodiscard]] std::optional<duration> last_round_trip() const {
        return hearts_[index(leg::client)].last_round_trip();
    }
    [[nodiscard]] duration unanswered(moment now) const {
        return hearts_[index(leg::client)].unanswered(now);
    }

private:
    /// Allocated when the session begins to end.
    struct ending {
        last_look seen;
        std::array<time_point, leg_count> told{}; // observed: it was ordered to be told, then told
        std::array<bool, leg_count> shut{};       // its sending side was ended
        std::array<bool, leg_count> flushes{};    // it counts as told when nothing waits for it
    };

    [[nodiscard]] half& half_from(leg from) { return halves_[index(from)]; }
    [[nodiscard]] const half& half_from(leg from) const { return halves_[index(from)]; }
    [[nodiscard]] half& half_to(leg to) { return halves_[index(other(to))]; }
    [[nodiscard]] const half& half_to(leg to) const { return halves_[index(other(to))]; }
    [[nodiscard]] progress& progress_of(leg which) { return progress_[index(which)]; }
    [[nodiscard]] const progress& progress_of(leg which) const { return progress_[index(which)]; }
    [[nodiscard]] bool holds_input() const { return rate_ != nullptr && rate_->holds_input; }
    [[nodiscard]] bool forwards(leg from) const {
        // A frame that is half forwarded is finished even after its direction has ended: the Close
        // frame that waits for the gap behind it could not be sent otherwise.
        return life_.may_forward(from) || (!life_.is_deaf_to(from) && half_from(from).own.close);
    }

    // Relaying (session_core_relay.cpp).
    void take_in(leg from, std::span<const std::uint8_t> bytes, moment now);
    std::span<const std::uint8_t> relay(leg from, std::span<const std::uint8_t> bytes,
                                        write_batch& batch, moment now);
    void forward(leg from, std::span<const std::uint8_t> bytes, std::uint64_t messages,
                 write_batch& batch, moment now);
    void on_event(leg from, const scan_step& step, std::span<const std::uint8_t> frame,
                  write_batch& batch, moment now);
    [[nodiscard]] bool pass_ping(leg from);
    [[nodiscard]] bool is_for_app(leg from, std::span<const std::uint8_t> payload) const;
    void on_pong(leg from, std::span<const std::uint8_t> payload, moment now);
    void on_text(const scan_step& step, std::span<const std::uint8_t> frame, write_batch& batch,
                 moment now);
    [[nodiscard]] bool is_rated(leg from) const {
        return rate_ != nullptr && from == leg::client && life_.is_open();
    }
    [[nodiscard]] bool is_over_rate(write_batch& batch, moment now);
    void take_held(moment now);
    void count_for_rate(leg from, const scan_step& step, bool is_frame_new, moment now);

    // The gateway's own frames (session_core_relay.cpp).
    void fill_gap(leg to, moment now) {
        if (half_to(to).own.any())
            write_own(to, now);
    }
    void write_own(leg to, moment now);
    void ping(leg to, moment now);
    void queue_frame(leg to, opcode code, std::string_view payload, moment now);
    void write_queued(leg to, std::unique_ptr<std::string>& frames, moment now);
    void write_frame(leg to, std::span<const std::uint8_t> frame, moment now);
    /// To be called after every write to `to`.
    void after_write(leg to, moment now) {
        // Mostly all was taken, and nothing had waited before.
        const bool may_wait = (halves_[0].waiting | halves_[1].waiting | pending_counted_) != 0;
        if (may_wait || rate_ != nullptr || !life_.is_open())
            note_waiting(to, now);
    }
    void note_waiting(leg to, moment now);
    void count_pending();
    [[nodiscard]] std::optional<masking_key> key_for(leg to);

    // Who is alive, and the end (session_core.cpp).
    void beat(leg to, moment now);
    void watch_over(leg which, moment now);
    void judge_stall(leg which, moment now);
    void judge_silence(leg which, moment now);
    [[nodiscard]] bool is_excused(leg which, const tcp_look& seen, moment now);
    [[nodiscard]] time_point silent_at(leg which) const;
    tcp_look look(leg which, moment now);
    void watch_end_of(leg which, moment now);
    [[nodiscard]] time_point ends_at(leg which) const;
    [[nodiscard]] bool wants_look(leg which, moment now) const;
    void on_violation(close_reason why, bool is_bad_text, const char* detail, moment now);
    void close(close_reason why, moment now, const char* detail, const close_payload& to_app);
    void note_ending(moment now, const char* detail);
    void perform(const closing_orders& orders, moment now);
    void perform(leg which, const leg_orders& orders, moment now);

    session_orders& orders_;
    const session_rules* rules_;
    relay_counts& counts_;
    lifecycle life_;
    std::unique_ptr<ending> ending_;
    std::unique_ptr<rate_state> rate_;          // null: no limit
    time_point goodbye_at_ = time_point::max(); // real time
    std::uint64_t pending_counted_ = 0; // this session's part of relay_counts::pending_bytes
    close_reason goodbye_reason_ = close_reason::age;
    bool is_due_new_ = false;
    std::uint8_t passed_pings_ = 0; // of the application's, without a pong yet; 255 for more, too
    std::array<bool, leg_count> is_kernel_limited_{};
    std::array<half, leg_count> halves_;       // by the leg that they come from
    std::array<progress, leg_count> progress_; // of each leg's peer
    std::array<heartbeat, leg_count> hearts_;
};

} // namespace pulsegate
