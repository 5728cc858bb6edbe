// A session: one client leg with its app leg, from the accepted upgrade to the last pending
// operation. Performs what session_core orders: reads, writes, watches the sockets, asks TCP, and
// ends in one place, finish(). Owner: one worker, whose thread alone may touch it.
#pragma once

#include "client/shared_admission.hpp"
#include "net/connection.hpp"
#include "net/listed.hpp"
#include "net/operation.hpp"
#include "net/poller.hpp"
#include "net/worker_context.hpp"
#include "session/request_words.hpp"
#include "session/session_core.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

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

class session final : public listed, private session_orders {
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
    [[nodiscard]] listed* as_listed() override { return this; }

    // listed
    [[nodiscard]] std::uint64_t id() const override { return origin_.id; }
    [[nodiscard]] session_facts describe(moment now) const override;
    bool dismiss(duration wait, moment now) override;

private:
    friend class operation<session>;

    struct side final : poll_target {
        side(session& of, leg one, connection&& socket)
            : owner(of), which(one), io(std::move(socket)), open(of) {}

        void on_ready(std::uint32_t events) override { owner.on_ready(*this, events); }

        session& owner;
        const leg which;
        connection io;
        std::optional<operation<session>> open; // until the connection is ended
    };

    session(worker_context& worker, session_origin&& origin, connection&& client, connection&& app,
            moment now, duration phase);
    ~session() = default;

    [[nodiscard]] side& at(leg which) { return which == leg::client ? client_ : app_; }
    [[nodiscard]] const configuration& config() const { return origin_.settings->config; }
    [[nodiscard]] const route& my_route() const { return config().routes[origin_.route]; }
    [[nodiscard]] route_counters& my_counters() const;

    void on_ready(side& one, std::uint32_t events);
    bool receive(side& one, moment now);
    void watch(moment now);
    [[nodiscard]] bool watch(side& one);
    void arm(moment now);
    void plan_goodbye(moment now);
    void bring_goodbye_forward(time_point when, close_reason why, moment now);
    void finish();
    void note_loss(moment now, duration age);
    void log_end(duration age) const;

    // session_orders
    std::size_t write(leg to, std::span<const iovec> parts) override;
    void shut(leg which) override;
    void leave(leg which, bool is_shut) override;
    void cut(leg which) override;
    [[nodiscard]] tcp_look look(leg which) override;
    void limit_silence_of_kernel(leg which, milliseconds unacknowledged) override;
    [[nodiscard]] std::uint64_t random() override;

    worker_context& worker_;
    session_origin origin_;   // a reload changes its settings and route
    const time_point opened_; // real time
    unsigned pending_operations_ = 0;
    connection::ending client_end_ = connection::ending::none; // as the client's connection was cut
    side client_;
    side app_;
    session_core core_;
};

} // namespace pulsegate
