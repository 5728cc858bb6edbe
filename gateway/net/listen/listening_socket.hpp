// Listening sockets: opened here, or inherited from a service manager that keeps them over a
// restart. Used while the gateway starts; Asio owns them afterwards.
#pragma once

#include "net/sockets.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace pulsegate {

/// A listening socket that the process was started with (sd_listen_fds(3)).
struct inherited_socket {
    socket_address address;
    int descriptor = -1;
};

/// How a gateway comes by its listening sockets.
struct listening_means {
    // Another gateway listens on the same addresses and is going to end; both listen meanwhile.
    bool takes_over = false;
    std::vector<inherited_socket> inherited = {};

    /// The inherited socket of an address; -1 if there is none.
    [[nodiscard]] int find(const socket_address& address) const;
};

/// A socket that listens, and the sockets for other workers.
class listening_socket {
public:
    /// Takes the inherited socket of the address, or opens one: SO_REUSEPORT, so that each worker
    /// may have one of its own.
    /// \param address  TCP, port 0 lets the kernel choose; or a Unix socket, whose file takes the
    ///                 place of one that nobody listens on any more, or of the one that is taken
    ///                 over.
    /// \param who      may connect to a Unix socket, from the first moment on. An inherited one
    ///                 belongs to whom the service manager says.
    /// Errors: std::runtime_error that names the address and says what to do.
    listening_socket(asio::io_context& io, const socket_address& address,
                     const listening_means& means, const socket_file_settings& who = {});

    /// Where it listens, with the port that the kernel chose.
    [[nodiscard]] socket_address address() const;

    /// True if somebody else keeps it open when this process closes it.
    [[nodiscard]] bool is_inherited() const { return is_inherited_; }

    /// Another one on the same address, for another worker.
    /// Errors: std::runtime_error, as above.
    [[nodiscard]] stream_acceptor again(asio::io_context& io) const;

    /// The socket itself; *this is of no further use, except for remove_file().
    [[nodiscard]] stream_acceptor take() { return std::move(acceptor_); }

    /// What remains of a Unix socket: its file, which is removed unless another gateway has put its
    /// own there.
    class file {
    public:
        file() = default;
        file(file&& other) noexcept { *this = std::move(other); }
        file& operator=(file&& other) noexcept;
        ~file();

        /// True if another gateway has put its own file there.
        [[nodiscard]] bool is_replaced() const;

        /// Gives the file another mode or group, unless another gateway has put its own there.
        /// What `who` leaves open stays as it is. Does nothing if there is no file.
        /// Errors: what could not be done, and what to do about it; "" if all went well.
        [[nodiscard]] std::string permit(const socket_file_settings& who) const;

    private:
        friend class listening_socket;
        std::string path_; // empty: none
        std::uint64_t device_ = 0;
        std::uint64_t inode_ = 0;
    };
    [[nodiscard]] file take_file() { return std::move(file_); }

private:
    void open_tcp(asio::io_context& io, const socket_address& address, bool takes_over);
    void open_unix(asio::io_context& io, const unix_address& address, bool takes_over,
                   const socket_file_settings& who);

    stream_acceptor acceptor_;
    file file_;
    bool is_inherited_ = false;
};

} // namespace pulsegate
