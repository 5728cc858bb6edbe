// A TLS client of OpenSSL's own making on a blocking socket: for what is settled in the handshake.
// Calls block with deadlines; not thread-safe.
#pragma once

#include "config/configuration.hpp"

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

namespace pulsegate::test {

struct tls_wishes {
    std::string server_name = "";
    std::string ca_file = ""; // "": any certificate is taken
    certificate_files own = {};
    std::string protocols = ""; // ALPN, each behind its length
    int least_version = 0;      // such as TLS1_3_VERSION; 0: as OpenSSL likes
    int most_version = 0;
    bool is_insecure = false; // offers what OpenSSL does not offer by itself any more
    std::string groups = "";  // as SSL_CTX_set1_groups_list(3) has them; "": as OpenSSL likes
    std::string ciphers = ""; // of TLS 1.2; likewise
};

class tls_peer {
public:
    explicit tls_peer(const socket_address& to, const tls_wishes& wishes = {});
    tls_peer(const tls_peer&) = delete;
    tls_peer& operator=(const tls_peer&) = delete;
    ~tls_peer(); // cuts the connection

    /// Offers to go on with what another connection, whose end this waits not for, agreed on.
    void resume(const tls_peer& other);

    /// True if it worked. With TLS 1.3 the server may refuse later: read() tells.
    [[nodiscard]] bool handshake();
    /// OpenSSL's words for what failed last.
    [[nodiscard]] const std::string& failure() const { return failure_; }

    [[nodiscard]] std::string version() const;  // `TLSv1.3`
    [[nodiscard]] std::string cipher() const;   // `TLS_AES_256_GCM_SHA384`
    [[nodiscard]] std::string group() const;    // of the key exchange: `X25519`
    [[nodiscard]] std::string protocol() const; // by ALPN; "" if none
    /// The names of the server's certificate, as authority::issue() got them.
    [[nodiscard]] std::string certificate() const;
    [[nodiscard]] bool is_resumed() const;

    void send(std::string_view bytes);
    /// Asks for new keys in both directions, with the next send().
    void update_keys();
    /// Asks for new keys `count` times, in one write and without any data; waits for no answer.
    /// False if the connection is cut.
    [[nodiscard]] bool flood_with_key_updates(int count);
    /// Ends TLS (close_notify), but not TCP.
    void say_goodbye();
    /// Ends the sending side of TCP, but not TLS.
    void end_sending();
    /// What comes; "" at the end and after a failure.
    [[nodiscard]] std::string read();
    [[nodiscard]] std::string read_until(std::string_view what);
    /// True if the end that was read was announced (close_notify).
    [[nodiscard]] bool has_clean_end() const;

    /// Upgrades to a WebSocket; returns the head of the answer.
    std::string upgrade();

private:
    struct freed {
        void operator()(SSL_CTX* context) const;
        void operator()(SSL* ssl) const;
    };
    void note_failure();

    int descriptor_ = -1;
    std::unique_ptr<SSL_CTX, freed> context_;
    std::unique_ptr<SSL, freed> ssl_;
    std::string failure_;
};

/// The first message of a TLS client, as it stands on the wire.
/// \param groups  as in tls_wishes.
[[nodiscard]] std::string client_hello(const std::string& groups = "");

} // namespace pulsegate::test
