// Carries connections between plain peers of a test and TLS of the gateway, with Asio's own TLS as
// the other implementation: what a test can do with plain sockets it can do through it. Lives on
// the peer loop.
#pragma once

#include "config/configuration.hpp"

#include <memory>
#include <string>

namespace pulsegate::test {

class tls_tunnel {
public:
    /// Takes plain connections and makes TLS ones to `to`; any certificate is accepted.
    [[nodiscard]] static tls_tunnel to_tls(const socket_address& to);

    struct accepting {
        certificate_files own;
        std::string client_ca = ""; // "": clients need no certificate
    };
    /// Takes TLS connections and makes plain ones to `to`.
    [[nodiscard]] static tls_tunnel from_tls(const socket_address& to, const accepting& how);

    tls_tunnel(tls_tunnel&&) noexcept = default;
    tls_tunnel& operator=(tls_tunnel&&) = delete;
    ~tls_tunnel(); // ends its connections

    [[nodiscard]] tcp_address address() const;
    /// As it stands in `upstream`.
    [[nodiscard]] std::string url(const std::string& host = "127.0.0.1") const;

    /// Makes new keys for all connections, and asks the peers to do so; goes out with the next
    /// data.
    void update_keys();

private:
    class server;
    explicit tls_tunnel(std::shared_ptr<server> started) : server_(std::move(started)) {}

    std::shared_ptr<server> server_;
};

} // namespace pulsegate::test
