// What TLS of a listener, and of a route to an application, is made with: certificates, keys and
// rules, read once from the files that the configuration names. Immutable, so all workers share
// one; a reload builds another and swaps it.
#pragma once

#include "config/configuration.hpp"
#include "net/tls/sni_table.hpp"
#include "net/tls/ticket_keys.hpp"
#include "net/tls/tls_stream.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace pulsegate {

struct free_ssl_ctx {
    void operator()(SSL_CTX* context) const;
};
using ssl_ctx = std::unique_ptr<SSL_CTX, free_ssl_ctx>;

/// Until when a certificate that is in use is valid.
struct certificate_end {
    std::string file; // that it was read from
    std::chrono::system_clock::time_point when;
};

/// The gateway's side of the connections of one listener.
class server_tls {
public:
    /// Reads the files. Throws std::runtime_error that names the file and says what is wrong.
    /// \param before  of the same listener before a reload, so that clients may go on with what
    /// they
    ///                agreed with it (tickets); else null.
    explicit server_tls(const listener_tls_settings& settings, const server_tls* before = nullptr);
    server_tls(const server_tls&) = delete;
    server_tls& operator=(const server_tls&) = delete;
    ~server_tls() = default;

    /// For a connection that was accepted. *this has to live until its handshake is done.
    [[nodiscard]] tls_stream accept(int descriptor) const;

    [[nodiscard]] const std::vector<certificate_end>& certificates() const { return ends_; }

    /// Shared with those before and after it.
    [[nodiscard]] ticket_keys& tickets() const { return *tickets_; }

    /// To be called with connections whose handshake is done: says once, in the log, whether kernel
    /// TLS, if it is wanted, is in use.
    void tell_of_kernel(const tls_stream& stream) const;

private:
    void add(const certificate_files& files, const listener_tls_settings& settings);
    static int choose(SSL* ssl, int* alert, void* self);

    const std::shared_ptr<ticket_keys> tickets_;
    std::vector<ssl_ctx> contexts_; // one for each certificate; the first one is the default
    std::vector<certificate_end> ends_;
    sni_table names_;
    const bool wants_kernel_;
    mutable std::atomic<bool> has_told_ = false;
};

/// The gateway's side of the connections to one application.
class client_tls {
public:
    /// Reads the files. Throws std::runtime_error that names the file and says what is wrong.
    client_tls(const websocket_upstream& app, const app_tls_settings& settings);

    /// For a connection that was made. The peer has to show a certificate for the host's name or
    /// address.
    [[nodiscard]] tls_stream connect(int descriptor) const;

    /// The gateway's own, if it has one.
    [[nodiscard]] const std::vector<certificate_end>& certificates() const { return ends_; }

private:
    ssl_ctx context_;
    std::vector<certificate_end> ends_;
    std::string name_; // of the host
};

/// All that a configuration needs; in its order, with null where TLS is off.
struct tls_contexts {
    /// Throws std::runtime_error, as its parts do.
    /// \param before  what it replaces, if it does: listeners are known again by their addresses.
    explicit tls_contexts(const configuration& from, const tls_contexts* before = nullptr);

    std::vector<socket_address> addresses; // of the listeners
    std::vector<std::shared_ptr<const server_tls>> listeners;
    std::vector<std::shared_ptr<const client_tls>> routes;
    std::vector<certificate_end> certificates; // the gateway's own, each file once
};

} // namespace pulsegate
