// What the stages of a connection before its session have in common: `accepted`, `tls_handshake`
// and `handshake`. A stage has the client's connection until it hands it to the next one or ends
// it, and one deadline. Why it ended is counted once. Until it is admitted it is a newcomer, that
// may have to make room. It destroys itself when its last pending operation has returned. Owner:
// one worker.
#pragma once

#include "base/ip_address.hpp"
#include "client/newcomers.hpp"
#include "http/rejection.hpp"
#include "net/connection.hpp"
#include "net/operation.hpp"
#include "net/worker_context.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace pulsegate {

/// What is known of a connection before its request.
struct accepted_client {
    std::optional<ip_address> peer;  // as a PROXY header tells; nothing on a Unix socket
    newcomers::place place;          // until it is admitted
    std::string bytes = {};          // read from the connection already
    bool is_counted_in_rate = false; // in `limits.handshake_rate_per_client`
    bool is_relayed = false; // a trusted proxy has sent a PROXY header, and perhaps what follows it
};

/// As it is counted.
[[nodiscard]] rejection reason_of(newcomers::scarcity what);

/// What the log says of a connection that gets no session; what is not known is "".
struct refused_connection {
    std::string client; // its address
    std::string route = {};
    std::string path = {};
    std::string origin = {};
    std::string id = {};          // as the application knows it
    std::string app_address = {}; // of the application that was connected to
};

/// Writes the line of a refusal, or has it counted if there are many.
/// \param message  of the line.
/// \param status  of the answer; 0: there is none.
void log_refusal(rejection why, unsigned status, std::string_view detail,
                 const refused_connection& whose, std::string_view message = "handshake refused");

class opening : public worker_member, private newcomers::holder {
public:
    opening(const opening&) = delete;
    opening& operator=(const opening&) = delete;

    // worker_member
    void on_drain(time_point) override {} // what has begun may end; it is drained as a session
    void on_reload() override {}          // it ends as it began; its session takes the new settings
    void on_shutdown() override;

protected:
    friend class operation<opening>;

    opening(worker_context& worker, connection&& client, accepted_client&& known);
    virtual ~opening();

    /// Sets the deadline, in place of the one before.
    void arm(duration allowed);

    /// The client has sent something.
    virtual void on_bytes() = 0;

    /// Has `target` told when the client's socket is ready; gives up if the kernel lacks memory.
    void wait(poll_target& target, std::uint32_t events);

    /// Counts and tells why there will be no session; the first reason wins.
    /// \param status  of the answer; 0: there is none.
    void reject(rejection why, unsigned status = 0, std::string_view detail = {});

    /// The same, and cuts the client.
    void give_up(rejection why, std::string_view detail = {});

    /// The client gets an answer that is no refusal: nothing is counted any more.
    void answer() { is_answered_ = true; }

    /// For the log.
    [[nodiscard]] virtual refused_connection describe() const;

    /// Ends the stage and its connections without an answer.
    virtual void cut();

    /// Ends the stage: the connection is no longer this one's. To be called while an operation
    /// keeps *this alive.
    void leave();

    /// Gives up whatever else the stage waits for.
    virtual void on_leave() {}

    [[nodiscard]] newcomers::holder& as_newcomer() { return *this; }

    /// Once its route is known: what is counted of it is counted there.
    void count_at(route_counters& of_route) { counted_ = &of_route; }

    worker_context& worker_;
    connection client_;
    accepted_client known_;

private:
    // newcomers::holder
    void on_make_room(newcomers::scarcity of) final;
    void finish() { delete this; }

    unsigned pending_operations_ = 0;
    std::optional<operation<opening>> open_; // until its connection is gone
    bool is_answered_ = false;               // or rejected
    route_counters* counted_ = nullptr;      // null: its route is not known
};

} // namespace pulsegate
