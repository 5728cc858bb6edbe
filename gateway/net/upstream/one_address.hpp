// Connecting to one address of an application: TCP, and TLS where it is asked for. Of a dial that
// tries several, each is one of these. Owner: one worker.
#pragma once

#include "net/connection.hpp"
#include "net/tls/tls_context.hpp"
#include "net/tls/tls_queue.hpp"
#include "net/worker_context.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pulsegate {

class one_address final : poll_target, tls_queue::entry {
public:
    using endpoint = asio::ip::tcp::endpoint;

    /// What did not work.
    enum class failures : std::uint8_t {
        connect,
        no_port,        // this machine has no more local ports towards that address
        no_descriptors, // this process has no more of them
        tls,
    };

    /// Who tries it.
    class owner {
    public:
        /// It has connected or failed. Not called from within start(), nor after cut(). May destroy
        /// it.
        virtual void on_over(one_address& which) = 0;

    protected:
        ~owner() = default;
    };

    /// \param tls  null: none. Outlives *this, as do the others.
    one_address(worker_context& worker, owner& of, const endpoint& to, const client_tls* tls)
        : worker_(worker), owner_(of), to_(to), context_(tls), app_(worker.poll) {}

    /// Begins. False if it has failed already.
    [[nodiscard]] bool start(time_point now);

    /// Gives up.
    void cut();

    [[nodiscard]] const endpoint& to() const { return to_; }
    [[nodiscard]] bool is_over() const { return is_over_; }
    [[nodiscard]] bool has_failed() const { return is_over_ && !why_.empty(); }
    [[nodiscard]] time_point began() const { return began_; }

    /// `connect` or `tls`: what was, or is, being tried.
    [[nodiscard]] std::string_view tried() const { return is_connected_ ? "tls" : "connect"; }

    /// Of one that failed.
    [[nodiscard]] failures failure() const { return failure_; }
    [[nodiscard]] const std::string& why() const { return why_; }

    /// Of one that has connected: the connection, whose owner the caller becomes.
    [[nodiscard]] connection take() { return std::move(app_); }

private:
    void on_ready(std::uint32_t events) override;
    void on_turn() override;
    void wait(std::uint32_t events);
    [[nodiscard]] bool connect();
    void fail(failures what, std::string why);
    void fail(int error);

    worker_context& worker_;
    owner& owner_;
    const endpoint to_;
    const client_tls* const context_;
    connection app_;
    tls_stream tls_;
    bool is_connected_ = false;
    bool is_over_ = false;
    failures failure_ = failures::connect;
    std::string why_; // for people; "": it has not failed
    time_point began_{};
};

} // namespace pulsegate
