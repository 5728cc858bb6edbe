// The opening handshake on both legs, from an accepted connection to a session or a refusal. Owner:
// one worker.
//
//     reading ──► dialling ──► asking ──► accepting ──► (session)
//      │ │            │           │
//      │ └────────────┴───────────┴─────► refusing ──► lingering
//      └─► (exchange)
//
//   reading    the client's request: an upgrade, or a plain one for an exchange   deadline: 408
//   dialling   looking up and connecting to the application   deadline: 504
//   asking     the upgrade request is at the application     deadline: 504
//              A client that leaves in these two, or ends its sending side, which no WebSocket
//              client does, is noticed at once: the dial is given up, and its places are free.
//   accepting  101 is on its way to the client               deadline: cut
//   refusing   any other answer is on its way: the application's own refusal, the gateway's, or
//              that to a health check                     deadline: cut
//   lingering  the answer is out; what the client still sends is thrown away, so that the answer is
//              not lost in a reset                        deadline: cut
#pragma once

#include "client/shared_admission.hpp"
#include "http/message_reader.hpp"
#include "http/upgrade.hpp"
#include "net/listen/opening.hpp"
#include "net/upstream/app_dial.hpp"
#include "net/upstream/own_requests.hpp"
#include "session/leg.hpp"
#include "session/request_words.hpp"

#include <boost/beast/http/parser.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace pulsegate {

class handshake final : public opening {
public:
    /// Takes a connection whose next bytes are the request.
    static void begin(worker_context& worker, connection client, accepted_client known);

    /// Takes a connection only to refuse it.
    static void begin_refused(worker_context& worker, connection client, accepted_client known,
                              refusal why);

    // worker_member
    void on_due() override;

private:
    static constexpr std::size_t max_header_bytes_of_answer = 32 * 1024;
    static constexpr std::size_t max_refusal_bytes = 1024 * 1024; // of an application's own answer
    static constexpr milliseconds last_wait{2'000};               // for writing and lingering

    // Of the client until it has its answer. The end is watched for from the beginning, so that it
    // takes no other system call to notice it once the request is there.
    static constexpr std::uint32_t request_or_end = EPOLLIN | EPOLLRDHUP;
    static constexpr std::uint32_t end_only = EPOLLRDHUP;

    enum class step { reading, dialling, asking, accepting, refusing, lingering };

    /// Hears of one leg's socket.
    struct ear final : poll_target {
        ear(handshake& of, leg one) : owner(of), which(one) {}
        void on_ready(std::uint32_t events) override { owner.on_ready(which, events); }
        handshake& owner;
        const leg which;
    };

    handshake(worker_context& worker, connection&& client, accepted_client&& known);

    [[nodiscard]] connection& at(leg which) { return which == leg::client ? client_ : app_; }
    void enter(step next, duration allowed);
    void on_ready(leg which, std::uint32_t events);
    void on_client_ready(std::uint32_t events);
    void watch(leg which, std::uint32_t interest);
    void on_bytes() override;
    void read_request();
    [[nodiscard]] bool skip_empty_lines();
    void parse_request();
    [[nodiscard]] std::string words_about(std::string_view error) const;
    void meet_client();
    void route_request();
    [[nodiscard]] bool goes_in_circles();
    void prepare_app_request(upgrade_request&& request);
    void open_exchange();
    void dial();
    void on_dialled(app_dial::outcome made);
    void begin_answer();
    void read_answer();
    void parse_answer(bool is_over);
    [[nodiscard]] static std::string words_about_answer(error_code error);
    void on_answer(error_code error);
    void on_app_error(app_error kind, rejection why, std::string text);
    void accept();
    void on_answer_written();
    void open_session();
    void relay_refusal();
    void answer_health_check();
    void refuse(refusal why);
    void send_refusal();
    void send_answer();
    void linger();
    void discard();
    void cut() override;
    void on_leave() override { dial_.cancel(); }
    [[nodiscard]] refused_connection describe() const override;
    [[nodiscard]] const route& my_route() const { return settings_->config.routes[route_]; }
    [[nodiscard]] route_counters& my_counters() const {
        return worker_.count.routes[settings_->places_of_counters[route_]];
    }

    const settings_pointer settings_; // of the moment at which the client connected
    step step_ = step::reading;
    ear client_ear_{*this, leg::client};
    ear app_ear_{*this, leg::app};
    unparsed_bytes client_bytes_;
    std::optional<request_reader> request_;
    std::size_t request_bytes_ = 0; // that request_ has parsed
    bool has_odd_line_ = false;     // which a plain request must not have
    client_facts facts_;
    bool has_route_ = false;
    std::size_t route_ = 0; // if it has one
    std::uint64_t id_ = 0;  // 0: not admitted
    std::string client_address_;
    request_words words_;
    taken_places places_;
    own_requests::way way_;          // of this request, if it is one of the gateway's own
    own_requests::entry on_its_way_; // while the application has not answered
    app_dial dial_;
    time_point dial_began_{};
    std::string app_address_; // that it has connected to
    connection app_;
    unparsed_bytes app_bytes_;
    upgrade_request app_request_;
    std::optional<http::response_parser<http::string_body>> answer_;
    std::size_t answer_header_bytes_ = 0;                  // that answer_ has parsed
    std::optional<http::response_header<>> answer_header_; // as it was before any trailers
    upgrade_response client_answer_;
};

} // namespace pulsegate
