// The opening handshake on both legs, from an accepted connection to a session or a refusal. Owner:
// one worker. It destroys itself when its last pending operation has returned; one wheel node holds
// the deadline of the step in hand.
//
//     reading ──► dialling ──► asking ──► accepting ──► (session)
//        │            │           │
//        └────────────┴───────────┴─────► refusing ──► lingering ──► gone
//
//   reading    the client's request                       deadline: 408
//   dialling   resolving and connecting to the application   deadline: 504
//   asking     the upgrade request is at the application     deadline: 504
//   accepting  101 is on its way to the client               deadline: cut
//   refusing   any other answer is on its way                deadline: cut
//   lingering  the answer is out; what the client still sends is thrown away, so that the answer is
//   not
//              lost in a reset                               deadline: cut
#pragma once

#include "net/app_dial.hpp"
#include "net/operation.hpp"
#include "net/shared_admission.hpp"
#include "net/transport.hpp"
#include "net/upgrade.hpp"
#include "net/worker_context.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace pulsegate {

/// What is known of a connection before its request.
struct arrived_client {
    std::optional<ip_address> peer; // nothing on a Unix socket
    std::string bytes;              // read from the connection already
};

class handshake final : public worker_member {
public:
    /// Takes a connection whose next bytes are the request.
    static void begin(worker_context& worker, transport client, arrived_client known);

    /// Takes a connection only to refuse it.
    static void begin_refused(worker_context& worker, transport client, refusal why);

    // worker_member
    void on_due() override;
    void on_drain(time_point until) override;
    void on_reload() override;
    void on_shutdown() override;

private:
    friend class operation<handshake>;

    static constexpr std::size_t max_header_bytes_of_answer = 32 * 1024;
    static constexpr std::size_t max_refusal_bytes = 1024 * 1024; // of an application's own answer
    static constexpr milliseconds last_wait{2'000};               // for writing and lingering

    enum class step { reading, dialling, asking, accepting, refusing, lingering, gone };

    handshake(worker_context& worker, transport&& client, const std::optional<ip_address>& peer);
    ~handshake() = default;

    void enter(step next, duration allowed);
    void read_request();
    void read_part_of_request();
    void on_request(error_code error, std::size_t parsed);
    void route_request();
    void on_dialled(app_dial::outcome made);
    void ask_app();
    void read_answer();
    void read_part_of_answer();
    void on_part_of_answer(error_code error, std::size_t parsed);
    void on_answer(error_code error);
    void on_app_error(app_error kind, rejection why, http::status status, std::string text);
    void accept();
    void open_session();
    void relay_refusal();
    void refuse(refusal why);
    void send_answer();
    void linger();
    void discard();
    void give_up(rejection why);
    void cut();
    void finish();
    [[nodiscard]] const route& my_route() const { return settings_->config.routes[route_]; }

    worker_context& worker_;
    const settings_pointer settings_; // of the moment at which the client connected
    step step_ = step::reading;
    unsigned pending_operations_ = 0;
    transport client_;
    const std::optional<ip_address> peer_;
    boost::beast::flat_buffer client_buffer_;
    std::optional<http::request_parser<http::empty_body>> request_;
    std::size_t request_bytes_ = 0; // that request_ has parsed
    std::size_t route_ = 0;
    std::uint64_t id_ = 0;
    std::string client_address_;
    taken_places places_;
    app_dial dial_;
    time_point dial_began_{};
    transport app_;
    boost::beast::flat_buffer app_buffer_;
    upgrade_request app_request_;
    bool is_asked_ = false; // the request has left as a whole
    std::optional<http::response_parser<http::string_body>> answer_;
    std::size_t answer_header_bytes_ = 0; // that answer_ has parsed
    upgrade_response client_answer_;
};

} // namespace pulsegate
