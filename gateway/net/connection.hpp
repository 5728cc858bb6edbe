// One leg's socket, with the bytes that it did not take yet. Writes go out at once; only what would
// block is kept, and the session stops reading from the other leg until it has left. Owner: the
// session's worker.
#pragma once

#include "net/sockets.hpp"

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pulsegate {

class connection {
public:
    explicit connection(stream_socket&& socket) : socket_(std::move(socket)) {}

    [[nodiscard]] stream_socket& socket() { return socket_; }

    /// Writes the parts in order; keeps what the kernel does not take. A connection that is broken
    /// takes nothing: its end is seen by reading.
    void write(std::span<const iovec> parts);
    void write(std::span<const std::uint8_t> bytes);

    /// Goes on writing what was kept. Returns the number of bytes that left.
    std::size_t flush();

    /// Reads at once what is there, up to the size of `room`; 0 if that is nothing (also at the
    /// end).
    [[nodiscard]] std::size_t read_now(std::span<std::uint8_t> room);

    /// True if bytes wait in the socket to be read.
    [[nodiscard]] bool has_unread_bytes();

    /// Ends the sending side.
    void shut();

    /// Closes the socket: pending operations return, unwritten bytes are gone.
    void cut();

    [[nodiscard]] std::size_t pending_bytes() const { return pending_.size() - flushed_; }
    /// True once a write has failed for good.
    [[nodiscard]] bool is_broken() const { return is_broken_; }
    [[nodiscard]] bool is_cut() const { return !socket_.is_open(); }

private:
    [[nodiscard]] std::size_t send(std::span<const iovec> parts);
    void forget_pending();

    stream_socket socket_;
    std::vector<std::uint8_t> pending_; // allocated only while something waits
    std::size_t flushed_ = 0;           // of pending_
    bool is_broken_ = false;
};

} // namespace pulsegate
