// One leg's socket, plain or TLS, from the moment it is accepted or connected to the end of its
// session: with what it is watched for, and the bytes that it did not take yet. Reads and writes
// never block; what the kernel does not take is kept, to be flushed once the socket is writable.
// Owner: one worker.
#pragma once

#include "base/time.hpp"
#include "net/poller.hpp"
#include "net/tls/tls_stream.hpp"

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pulsegate {

class connection final : tls_sink {
public:
    /// None: it is cut.
    explicit connection(poller& poll) : poll_(&poll) {}
    /// \param descriptor  a non-blocking stream socket, whose owner this becomes.
    connection(poller& poll, int descriptor) : poll_(&poll), descriptor_(descriptor) {}
    /// Who was told of the socket until now still is: call watch() next.
    connection(connection&& other) noexcept { *this = std::move(other); }
    /// Exchanges the two.
    connection& operator=(connection&& other) noexcept;
    ~connection() { cut(); }

    [[nodiscard]] int descriptor() const { return descriptor_; }

    /// From now on everything is read and written by TLS.
    /// \param tls  on this socket, with its handshake done.
    void secure(tls_stream&& tls);
    [[nodiscard]] bool is_secure() const { return static_cast<bool>(tls_); }

    /// Has `target`, and nobody else, told when the socket is ready.
    /// \param interest  events of epoll_ctl(2); 0: not at all, not even for errors.
    /// \return false if the kernel lacks memory for it.
    [[nodiscard]] bool watch(poll_target& target, std::uint32_t interest) {
        const poll_watch wanted{&target, interest};
        return watch_ == wanted || poll_->change(descriptor_, watch_, wanted);
    }
    /// The same, edge-triggered: `target` is told of what is new, and has to call this at the end
    /// of every handler that has read or written, for what it has left. With many connections that
    /// is cheaper: level-triggered, the kernel looks at each socket once more, to see that nothing
    /// is left.
    [[nodiscard]] bool watch_changes(poll_target& target, std::uint32_t interest);

    /// What the target was told, before it reads.
    void note(std::uint32_t events) {
        ends_ = ends_ || (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    }
    /// True if the target was told of the end, which may still have to be read.
    [[nodiscard]] bool ends() const { return ends_; }
    [[nodiscard]] std::uint32_t interest() const { return watch_.interest; }

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
        bool may_be_more = false; // to be read now
    };
    /// Reads once, up to the size of `room`; afterwards the descriptor may be waited for.
    [[nodiscard]] received read(std::span<std::uint8_t> room);

    /// True if bytes wait in the socket to be read.
    [[nodiscard]] bool has_unread_bytes() const;

    /// Has the kernel give up on a peer that acknowledges nothing for so long: the second line
    /// behind heartbeats and `limits.write_stall`, for what those cannot see. Does nothing on Unix
    /// sockets, nor for a peer that owes nothing, without set_connection_options().
    void give_up_after(milliseconds unacknowledged);

    /// Ends the sending side; with TLS, after a goodbye.
    void shut();

    /// Closes the socket: unwritten bytes are gone, and nobody is told of it any more.
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
    [[nodiscard]] received read_plain(std::span<std::uint8_t> room);
    [[nodiscard]] received read_secure(std::span<std::uint8_t> room);
    void forget_pending();
    void note_end(int error);

    poller* poll_ = nullptr;
    poll_watch watch_;
    int descriptor_ = -1;
    tls_stream tls_;
    bool encrypts_ = false; // what is written; else it is plain, or the kernel encrypts it
    std::vector<std::uint8_t> pending_; // as it goes to the kernel; allocated only while needed
    std::size_t flushed_ = 0;           // of pending_
    bool is_broken_ = false;
    bool ends_ = false; // the end was told of, and may still have to be read
    // There may be more to read, or to write, without anything new to be told of.
    bool has_left_unread_ = false;
    bool has_left_unwritten_ = false;
    ending ending_ = ending::none; // the first one noticed, reading or writing
};

} // namespace pulsegate
