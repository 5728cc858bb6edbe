#include "admin/admin_listener.hpp"

#include "admin/admin_connection.hpp"
#include "base/assert.hpp"
#include "base/log.hpp"
#include "net/listen/handover.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <utility>

namespace pulsegate {
namespace {

using tcp = asio::ip::tcp;
using tcp_acceptor = asio::basic_socket_acceptor<tcp, io_executor>;

constexpr milliseconds pause_after_error{100};

tcp_acceptor listen_on(asio::io_context& io, const tcp_address& address,
                       const listening_means& means) {
    listening_socket opened(io, address, means);
    const auto ip = asio::ip::make_address(address.host);
    return tcp_acceptor(io.get_executor(), ip.is_v4() ? tcp::v4() : tcp::v6(),
                        opened.take().release());
}

} // namespace

/// Accepts connections; lives until its last pending operation has returned.
class admin_listener::acceptor : public std::enable_shared_from_this<acceptor> {
public:
    acceptor(asio::io_context& io, const tcp_address& address,
             std::vector<admin_endpoint> endpoints, std::string token, admin_limits limits,
             const listening_means& means)
        : acceptor_(listen_on(io, address, means)), pause_(io),
          service_(std::make_shared<admin_service>(
              admin_service{.endpoints = std::move(endpoints),
                            .limits = limits,
                            .guard = {.is_on_loopback = false, .token = std::move(token)}})) {
        const tcp::endpoint local = acceptor_.local_endpoint();
        service_->guard.is_on_loopback = local.address().is_loopback();
        local_ = {local.address().to_string(), local.port()};
    }

    void accept() {
        acceptor_.async_accept([self = shared_from_this()](error_code error, tcp_socket client) {
            self->on_accept(error, std::move(client));
        });
    }

    void stop() {
        error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
        for (admin_client* each : service_->clients)
            each->close();
    }

    void change_token(std::string token) { service_->guard.token = std::move(token); }

    [[nodiscard]] const tcp_address& local_address() const { return local_; }

    void hand_over() {
        const std::array own{acceptor_.native_handle()};
        (void)steer_to_others(own, count_other_listeners(own));
    }

private:
    void on_accept(error_code error, tcp_socket client) {
        if (!acceptor_.is_open())
            return;
        if (error)
            return pause(error);
        has_complained_ = false;
        let_in(std::move(client));
        accept();
    }

    void let_in(tcp_socket client) {
        std::vector<admin_client*> present(service_->clients.begin(), service_->clients.end());
        std::vector<admin_client_facts> facts;
        for (const admin_client* each : present)
            facts.push_back(each->facts());
        const auto what = admit(facts, {service_->limits.connections, service_->limits.extra});
        if (what.makes_room)
            present[*what.makes_room]->close();
        std::make_shared<admin_connection>(std::move(client), service_, what.is_extra)->start();
    }

    /// Most often descriptors have run out: those that wait are accepted once there are some again.
    void pause(error_code error) {
        if (!std::exchange(has_complained_, true)) {
            const std::string reason = error.message();
            log::write(log::level::error, "cannot accept admin connections", {{"error", reason}});
        }
        pause_.expires_after(pause_after_error);
        pause_.async_wait([self = shared_from_this()](error_code cancelled) {
            if (!cancelled && self->acceptor_.is_open())
                self->accept();
        });
    }

    tcp_acceptor acceptor_;
    asio::steady_timer pause_;
    const std::shared_ptr<admin_service> service_;
    tcp_address local_;
    bool has_complained_ = false; // about the errors since the last success
};

admin_listener::admin_listener(asio::io_context& io, const tcp_address& address,
                               std::vector<admin_endpoint> endpoints, std::string token,
                               admin_limits limits, const listening_means& means)
    : acceptor_(std::make_shared<acceptor>(io, address, std::move(endpoints), std::move(token),
                                           limits, means)) {
    acceptor_->accept();
}

admin_listener::~admin_listener() {
    stop();
}

tcp_address admin_listener::local_address() const {
    return acceptor_->local_address();
}

void admin_listener::change_token(std::string token) {
    acceptor_->change_token(std::move(token));
}

void admin_listener::hand_over() {
    acceptor_->hand_over();
}

void admin_listener::stop() {
    acceptor_->stop();
}

} // namespace pulsegate
