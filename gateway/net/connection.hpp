// One leg's socket, plain or TLS, with the bytes that it did not take yet. Reads and writes never
// block; what the kernel does not take is kept, and the session stops reading from the other leg
// until it has left. Owner: the session's worker.
#pragma once

#include "net/transport.hpp"

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pulsegate {

class connection final : tls_sink {
public:
    /// Takes the socket over from Asio, which knows nothing of it from then on.
    explicit connection(transport&& from);
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection() { cut(); }

    [[nodiscard]] int descriptor() const { return descriptor_; }

    /// Writes the parts in order; keeps what the kernel does not take. A connection that is broken
    /// takes nothing: its end is seen by reading.
    void write(std::span<const iovec> parts);
    void write(std::span<const std::uint8_t> bytes);

    /// Goes on writing what was kept. Returns the number of bytes that left.
    std::size_t flush();

    /// How the peer's side of the connection ended.
    enum class ending : std::uint8_t {
        none,    // it has not, or the gateway did not notice
        orderly, // FIN
        reset,   // RST
        broken,  // the kernel gave up, as after TCP_USER_TIMEOUT, or TLS did
    };

    struct received {
        std::size_t bytes = 0;
        bool is_over = false; // nothing more will come: the peer ended the connection, or it broke
    };
    /// Reads once, up to the size of `room`; afterwards the descriptor may be waited for.
    [[nodiscard]] received read(std::span<std::uint8_t> room);

    /// True if bytes wait in the socket to be read.
    [[nodiscard]] bool has_unread_bytes() const;

    /// Has the kernel give up on a peer that acknowledges nothing for so long: the second line
    /// behind heartbeats and `limits.write_stall`, for what those cannot see. Does nothing on Unix
    /// sockets.
    void give_up_after(milliseconds unacknowledged);

    /// Ends the sending side; with TLS, after a goodbye.
    void shut();

    /// Closes the socket: unwritten bytes are gone.
    void cut();

    [[nodiscard]] std::size_t pending_bytes() const { return pending_.size() - flushed_; }
    /// True once a write has failed for good.
    [[nodiscard]] bool is_broken() const { return is_broken_; }
    [[nodiscard]] ending how_it_ended() const { return ending_; }
    [[nodiscard]] bool is_cut() const { return descriptor_ < 0; }

private:
    [[nodiscard]] std::size_t send(std::span<const iovec> parts);
    void keep(std::span<const iovec> parts, std::size_t sent);
    void write_secure(std::span<const iovec> parts);
    bool take(std::span<const std::uint8_t> encrypted) override;
    [[nodiscard]] received read_secure(std::span<std::uint8_t> room);
    void forget_pending();
    void note_end(int error);

    int descriptor_;
    tls_stream tls_;
    bool encrypts_ = false; // what is written; else it is plain, or the kernel encrypts it
    std::vector<std::uint8_t> pending_; // as it goes to the kernel; allocated only while needed
    std::size_t flushed_ = 0;           // of pending_
    bool is_broken_ = false;
    ending ending_ = ending::none; // the first one noticed, reading or writing
};

} // namespace pulsegate
