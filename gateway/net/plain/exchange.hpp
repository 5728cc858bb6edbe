// An exchange: one plain HTTP request with its answer (RFC 9110), from its admission until the
// client's connection is handed back for the next one. Bodies pass both ways as they come; what one
// side does not take yet is not read from the other. Owner: one worker.
//
//     dialling ──► waiting ──► answering ──► flushing ──► (idle_client, handshake)
//        │            │            │             └──────► (lingering)
//        └────────────┴─► refusing ┘
//
//   dialling   looking up and connecting to the application      limits.handshake: 504
//   waiting    the request is on its way, its answer awaited     http.answer: 504
//   answering  the head of the answer is out                     http.answer of silence: cut.
//              An event stream has no such limit: its client gets comments (exchange_stream.cpp)
//   flushing   all is written that will be; the client takes it  limits.write_stall: cut
//   refusing   the same, of an answer of the gateway's own
//
// A client that leaves is noticed at once in all of these (EPOLLRDHUP), and the application's
// connection cut, so that it stops working for nobody. One that ends only its sending side counts
// as gone, as with Nginx.
#pragma once

#include "http/event_lines.hpp"
#include "http/plain_answer.hpp"
#include "http/stream_end.hpp"
#include "net/connection.hpp"
#include "net/listed.hpp"
#include "net/listen/opening.hpp"
#include "net/operation.hpp"
#include "net/upstream/app_dial.hpp"
#include "net/upstream/app_pool.hpp"
#include "net/upstream/own_requests.hpp"
#include "session/leg.hpp"
#include "session/progress.hpp"
#include "session/request_words.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace pulsegate {

/// What the handshake knows of a plain request that was admitted.
struct exchange_origin {
    settings_pointer settings;
    std::uint64_t id = 0;  // as in the Pulsegate-Connection-Id header
    std::string client;    // the client's address
    std::size_t route = 0; // index into the routes of the settings
    accepted_client known; // of its connection
    request_words words;
    taken_places places;
    own_requests::entry on_its_way; // while the application has not answered
};

class exchange final : public listed {
public:
    /// Begins an exchange. It destroys itself when it has ended.
    /// \param request      whose head was parsed; its body comes from `client`.
    /// \param app_request  the head as the application gets it.
    /// \param early_bytes  what was read behind the head.
    static void begin(worker_context& worker, exchange_origin origin, connection client,
                      request_reader request, answer_terms terms,
                      const upgrade_request& app_request, std::string_view early_bytes);

    // worker_member
    void on_due() override;
    void on_drain(time_point until) override;
    void on_reload() override {} // it ends by the settings that it began with
    void on_shutdown() override;
    [[nodiscard]] listed* as_listed() override { return stream_ != nullptr ? this : nullptr; }

    // listed, once it is an event stream
    [[nodiscard]] std::uint64_t id() const override { return origin_.id; }
    [[nodiscard]] session_facts describe(moment now) const override;
    bool dismiss(duration wait, moment now) override;

private:
    friend class operation<exchange>;

    static constexpr std::size_t max_head_bytes_of_answer = 64 * 1024;
    static constexpr int most_reads = 4; // of one leg in a turn, before others get theirs

    enum class step : std::uint8_t { dialling, waiting, answering, flushing, refusing };

    struct side final : poll_target {
        side(exchange& of, leg one, connection&& socket, moment now)
            : owner(of), which(one), io(std::move(socket)), peer(now) {}
        void on_ready(std::uint32_t events) override { owner.on_ready(*this, events); }

        exchange& owner;
        const leg which;
        connection io;
        progress peer;
        unparsed_bytes unparsed; // of what was read; the beginning of something, mostly nothing
    };

    exchange(worker_context& worker, exchange_origin&& origin, connection&& client,
             request_reader&& request, answer_terms terms, const upgrade_request& app_request);
    ~exchange() = default;

    [[nodiscard]] const configuration& config() const { return origin_.settings->config; }
    [[nodiscard]] const route& my_route() const { return config().routes[origin_.route]; }
    [[nodiscard]] route_counters& my_counters() const;
    [[nodiscard]] bool is_request_read() const { return request_.is_done(); }

    // Reaching the application
    void reach_app();
    [[nodiscard]] app_pool::destination destination() const;
    void dial();
    void on_dialled(app_dial::outcome made);
    void send_head();
    [[nodiscard]] bool may_send_again() const;
    void on_app_over();

    // The request's body
    void read_request(moment now);
    void relay_request(std::span<const std::uint8_t> bytes, moment now);
    void on_bad_request(error_code error);

    // The answer
    void begin_answer();
    void read_answer(moment now);
    void relay_answer(std::span<const std::uint8_t> bytes, moment now);
    [[nodiscard]] std::optional<std::string> take_head(moment now);
    [[nodiscard]] std::optional<std::string> open_answer(moment now);
    std::size_t relay_body(std::string_view head, std::span<const std::uint8_t> bytes, moment now);
    void end_answer();
    void on_bad_answer(std::string text);

    // An event stream
    void open_stream(moment now);
    void plan_goodbye(time_point when, stream_end why);
    void follow_lines(body_pieces& pieces, moment now);
    [[nodiscard]] bool is_goodbye_due() const;
    void beat(moment now);
    void say_goodbye(moment now);
    void send_lines(std::string_view lines, moment now);
    void close_stream();

    // The end
    void on_app_error(app_error kind, rejection why, std::string text);
    void refuse(refusal why);
    void flush_on();
    void hand_back();
    void keep_app();
    void cut(stream_end why);
    void cut();
    void finish();

    // What is waited for
    void on_ready(side& one, std::uint32_t events);
    void write(side& to, std::string_view text, moment now);
    void write(side& to, std::span<const iovec> parts, moment now);
    void settle(moment now);
    [[nodiscard]] bool is_open() const { return open_.has_value(); }
    [[nodiscard]] bool wants_answer() const;
    [[nodiscard]] bool wants_request() const;
    [[nodiscard]] time_point due(moment now) const;
    void watch_over(moment now);
    [[nodiscard]] bool has_stalled(side& one, moment now);

    worker_context& worker_;
    exchange_origin origin_;
    const time_point began_; // real time
    unsigned pending_operations_ = 0;
    std::optional<operation<exchange>> open_; // until both connections are gone
    step step_ = step::dialling;
    side client_;
    side app_;

    request_reader request_;
    const body_framing request_framing_;
    const answer_terms terms_;
    const bool is_get_;
    const bool is_idempotent_;
    std::string app_head_; // of the request, as the application gets it
    bool has_sent_head_ = false;
    bool has_sent_body_ = false;    // some of it
    bool is_request_ended_ = false; // the end of the body is sent
    bool is_reused_ = false;        // the application's connection had requests before
    app_dial dial_;
    std::string app_address_;

    response_reader answer_;
    body_framing answer_framing_ = body_framing::none;
    unsigned status_ = 0;        // that the client got; 0: none
    std::size_t head_bytes_ = 0; // that answer_ has parsed
    bool is_last_ = false;       // the client's connection has to end
    bool keeps_client_ = false;
    // Of an answer that is one.
    struct stream {
        event_lines lines;
        stream_end why = stream_end::app_ended;
        bool is_ending = false;                    // its goodbye is due, at the border of an event
        time_point goodbye_at = time_point::max(); // real
        stream_end goodbye = stream_end::age;      // why it is to end then
        time_point beat_at{};                      // observed
        std::uint64_t bytes = 0;                   // of the application's
        time_point began{};                        // real
    };
    std::unique_ptr<stream> stream_; // null: the answer is none
    time_point app_moved_{};         // observed: it sent or took something
    time_point client_moved_{};      // likewise
};

} // namespace pulsegate
