// TLS on a socket's descriptor: OpenSSL reads and writes the descriptor itself, so nothing is
// copied between buffers. Never blocks. The default-constructed one is no TLS. Owner: one worker.
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace pulsegate {

/// Takes what TLS has to send, instead of the socket.
class tls_sink {
public:
    /// False if the connection is broken.
    virtual bool take(std::span<const std::uint8_t> encrypted) = 0;

protected:
    ~tls_sink() = default;
};

class tls_stream {
public:
    /// The most that a record carries (RFC 8446 §5.1).
    static constexpr std::size_t max_record_bytes = 16 * 1024;

    tls_stream() = default;
    enum class role : std::uint8_t { client, server };
    /// Takes `made` over. Throws std::bad_alloc.
    /// \param descriptor  non-blocking; it stays the caller's, and open for as long as this is
    /// used.
    tls_stream(SSL* made, int descriptor, role as);

    explicit operator bool() const { return ssl_ != nullptr; }

    enum class outcome : std::uint8_t {
        done,
        wants_read,  // try again once the socket is readable
        wants_write, // try again once the socket is writable
        ended,       // the peer said goodbye, or is gone
        failed,      // the peer breaks the protocol, or its certificate is refused: see failure()
    };
    struct step {
        outcome what = outcome::done;
        std::size_t bytes = 0;
    };

    /// The next step of the handshake; the only call that takes long: up to a few milliseconds.
    [[nodiscard]] outcome handshake();

    /// Reads all records that came with one reading of the socket. Afterwards nothing is left here
    /// that does not need more from the socket: it may be waited for. Ends when the peer keeps TLS
    /// itself busy: more than a few dozen messages in one call that carry no data.
    /// \param room  at least `least_room`.
    [[nodiscard]] step read_all(std::span<std::uint8_t> room);
    static constexpr std::size_t least_room = 52 * 1024;

    /// From now on what is encrypted goes to `to`, which takes all of it. Not with kernel TLS.
    /// Throws std::bad_alloc, but the first time only.
    /// \param to  lives as long as this.
    void write_to(tls_sink& to);

    /// Writes `bytes` as one record to the sink, or to the socket where there is none: that then
    /// has to take it at once. False if the connection is broken.
    /// \param bytes  at most max_record_bytes.
    [[nodiscard]] bool write(std::span<const std::uint8_t> bytes);

    /// Says goodbye (close_notify), if the socket or the sink takes it at once. What the peer still
    /// sends can be read.
    void end();

    /// What failed, in OpenSSL's words. To be asked right after the call that failed.
    [[nodiscard]] std::string failure() const;
    /// Likewise: the peer began with a plain HTTP request.
    [[nodiscard]] static bool was_plain_http();

    /// True if the kernel encrypts what is sent.
    [[nodiscard]] bool is_in_kernel() const;

    /// True if it did not end as TLS ends, or TCP.
    [[nodiscard]] bool is_broken() const { return is_broken_; }

private:
    struct free_ssl {
        void operator()(SSL* ssl) const;
    };

    [[nodiscard]] outcome why(int result);
    [[nodiscard]] step read(std::span<std::uint8_t> room);
    [[nodiscard]] step read_on(std::span<std::uint8_t> room);

    std::unique_ptr<SSL, free_ssl> ssl_;
    bool is_broken_ = false; // OpenSSL must not be asked again
    bool has_ended_ = false; // the goodbye is out
};

} // namespace pulsegate
