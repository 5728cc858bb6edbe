// A session: one client leg with its app leg, from the accepted upgrade to the last pending
// operation. It relays frames, runs the heartbeat of both legs and ends in one place, finish().
// What to do is decided by the policies in session/ and websocket/; this class reads, writes and
// waits. Owner: one worker, whose thread alone may touch it.
#pragma once

#include "client/shared_admission.hpp"
#include "net/connection.hpp"
#include "net/operation.hpp"
#include "net/poller.hpp"
#include "net/worker_context.hpp"
#include "net/write_batch.hpp"
#include "session/heartbeat.hpp"
#include "session/leg.hpp"
#include "session/lifecycle.hpp"
#include "session/message_rate.hpp"
#include "session/request_words.hpp"
#include "session/session_facts.hpp"
#include "websocket/frame_scanner.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

/// What the handshake knows of a session that begins.
struct session_origin {
    settings_pointer settings;
    std::uint64_t id = 0;    // as in the Pulsegate-Connection-Id header
    std::string client;      // the client's address
    std::size_t route = 0;   // index into the routes of the settings
    bool compressed = false; // permessage-deflate was negotiated
    request_words words;
    taken_places places;
};

class session final : public worker_member {
public:
    /// Begins a session. It destroys itself when it has ended.
    /// \param client_bytes, app_bytes  what was read past the end of the handshakes.
    static void begin(worker_context& worker, session_origin origin, connection client,
                      std::string_view client_bytes, connection app, std::string_view app_bytes);

    // worker_member
    void on_due() override;
    void on_drain(time_point until) override;
    void on_reload() override;
    void on_shutdown() override;
    [[nodiscard]] session* as_session() override { return this; }

    [[nodiscard]] std::uint64_t id() const { return origin_.id; }

    /// How it stands. The texts are valid until the session is next given a turn.
    [[nodiscard]] session_facts describe(moment now) const;

    /// An administrator wants it to end after `wait`, which may be zero; if it was to end earlier
    /// anyway it does. May destroy *this.
    /// \return false if it is ending already.
    bool dismiss(duration wait, moment now);

private:
    friend class operation<session>;

    /// Frames of the gateway's own that wait for a gap between the forwarded ones.
    struct own_frames {
        std::unique_ptr<std::string> pongs; // whole frames
        std::unique_ptr<std::string> texts; // whole frames: heartbeats, and answers to them
        bool ping = false;
        bool close = false;

        [[nodiscard]] bool any() const { return ping || close || pongs || texts; }
    };

    /// The limit of what a client may send, on a route that has one.
    struct rate_state {
        message_rate rate;
        time_point paused_until{}; // real time
        bool holds_input = false;  // client_.kept is what was read when the pause began
    };

    struct side final : poll_target {
        side(session& of, leg one, connection&& socket, const frame_scanner::rules& rules,
             const heartbeat& beat)
            : owner(of), which(one), io(std::move(socket)), scanner(rules), heart(beat), open(of) {}

        void on_ready(std::uint32_t events) override { owner.on_ready(which, events); }

        session& owner;
        const leg which;
        bool close_written = false; // nothing may be written after it
        bool close_reported = false;
        bool is_kernel_limited = false; // see limit_silence_of_kernel()
        connection io;
        frame_scanner scanner; // of the frames that come from this leg
        heartbeat heart;
        own_frames own;                 // for this leg
        std::uint64_t bytes = 0;        // forwarded from this leg
        std::uint64_t messages = 0;     // forwarded from this leg
        time_point sent{};              // observed time of the last write to this leg
        time_point stalled_since{};     // observed time since which its peer takes nothing
        std::vector<std::uint8_t> kept; // the unscanned end of what was read, mostly nothing
        std::optional<operation<session>> open; // until the socket is cut
    };

    /// What is remembered of the moment at which the session began to end.
    struct last_look {
        duration client_idle;  // since the last byte from the client
        duration client_quiet; // since the last byte to the client
        duration app_idle;     // since the last byte from the application
        const char* detail = nullptr;
    };

    session(worker_context& worker, session_origin&& origin, connection&& client, connection&& app,
            moment now, duration phase);
    ~session() = default;

    [[nodiscard]] side& at(leg which) { return which == leg::client ? client_ : app_; }
    [[nodiscard]] const configuration& config() const { return origin_.settings->config; }
    [[nodiscard]] const route& my_route() const { return config().routes[origin_.route]; }
    [[nodiscard]] route_counters& my_counters() const;
    [[nodiscard]] bool holds_input() const { return rate_ != nullptr && rate_->holds_input; }

    // Settings (session_settings.cpp).
    [[nodiscard]] static frame_scanner::rules rules_for(leg from, const session_origin& origin);
    void plan_goodbye(moment now);
    void limit_rate();
    void limit_silence_of_kernel(leg to);

    // Reading and forwarding (session_relay.cpp).
    void on_ready(leg which, std::uint32_t events);
    bool receive(leg from, moment now);
    [[nodiscard]] bool may_read(leg from);
    void take(leg from, std::span<std::uint8_t> bytes, moment now);
    std::span<const std::uint8_t> relay(leg from, std::span<const std::uint8_t> bytes,
                                        write_batch& batch, moment now);
    void forward(leg from, std::span<const std::uint8_t> bytes, std::uint64_t messages,
                 write_batch& batch, moment now);
    void on_event(leg from, const scan_step& step, std::span<const std::uint8_t> frame,
                  write_batch& batch, moment now);
    void on_text(const scan_step& step, std::span<const std::uint8_t> frame, write_batch& batch,
                 moment now);
    void receive_early(leg from, std::string_view bytes, moment now);
    void take_in(leg from, std::span<const std::uint8_t> bytes, moment now);
    [[nodiscard]] bool is_rated(leg from) const;
    [[nodiscard]] bool is_over_rate(write_batch& batch, moment now);
    void resume(moment now);
    void keep(leg from, std::span<const std::uint8_t> rest);
    [[nodiscard]] bool forwards(leg from);

    // Writing (session_output.cpp).
    void fill_gap(leg to, moment now);
    void ping(leg to, moment now);
    void queue_frame(leg to, opcode code, std::string_view payload, moment now);
    void write_queued(leg to, std::unique_ptr<std::string>& frames, moment now);
    void after_write(leg to, moment now);
    void on_writable(leg to, moment now);
    void watch(moment now);
    void count_pending();
    [[nodiscard]] static std::optional<masking_key> key_for(leg to);

    // Time and end (session.cpp); for operators: session_admin.cpp.
    void beat(leg to, moment now);
    void check_stall(leg to, moment now);
    [[nodiscard]] heartbeat_rhythm rhythm_of(leg which) const;
    void look(moment now, const char* detail);
    void close(close_reason why, moment now, const char* detail = nullptr);
    void perform(const closing_orders& orders, moment now);
    void cut(leg which, moment now);
    void arm(moment now);
    void finish();
    void note_loss(moment now, duration age);
    void log_end(duration age) const;

    worker_context& worker_;
    session_origin origin_;   // a reload changes its settings and route
    const time_point opened_; // real time
    lifecycle lifecycle_;
    std::unique_ptr<last_look> last_look_;      // set when the session begins to end
    std::unique_ptr<rate_state> rate_;          // null: no limit
    time_point goodbye_at_ = time_point::max(); // real time; a drain, its age, or an order
    unsigned pending_operations_ = 0;
    bool is_dismissed_ = false;         // goodbye_at_ is an administrator's
    std::uint64_t pending_counted_ = 0; // this session's part of counters::pending_bytes
    side client_;
    side app_;
};

} // namespace pulsegate
