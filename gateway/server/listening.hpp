// All listening sockets of a gateway, as the control thread knows them; the workers own them. And
// the number of descriptors that the process may have.
#pragma once

#include "net/listen/listening_socket.hpp"
#include "net/worker.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace pulsegate {

/// Raises the soft limit of open files to the hard one, and logs a warning if that is too few for
/// so many connections: a session takes a descriptor for each leg.
void raise_open_files(std::uint64_t connections);

class listening {
public:
    /// Opens, or takes over, a socket for each listener and worker, and gives it to the worker.
    /// Throws std::runtime_error that names the address and says what to do; also if the process
    /// has inherited a socket that nothing in the configuration asks for.
    listening(const configuration& config, const listening_means& means,
              std::span<const std::unique_ptr<worker>> workers);

    /// In the order of the configuration, with the ports that the kernel chose.
    [[nodiscard]] const std::vector<socket_address>& addresses() const { return addresses_; }

    /// The files of Unix sockets get the mode and group of these settings, whose addresses are the
    /// same. Errors: logged.
    void on_settings(const configuration& now) const;

    /// Has new connections go to another gateway that has begun to listen. True if there is one.
    [[nodiscard]] bool hand_over() const;

    /// True if somebody else keeps all of these sockets open.
    [[nodiscard]] bool is_inherited() const { return is_inherited_; }

    /// Removes the files of Unix sockets: nobody can connect to them any more.
    void remove_files() { files_.clear(); }

private:
    std::vector<socket_address> addresses_;
    std::vector<std::vector<int>> descriptors_; // of each address; the workers own them
    std::vector<listening_socket::file> files_;
    bool is_inherited_ = true;
};

} // namespace pulsegate
