// The real program in a process of its own, for what one process cannot do to itself: being stopped
// by a signal.
#pragma once

#include "config/configuration.hpp"

#include <string>
#include <string_view>

#include <sys/types.h>

namespace pulsegate::test {

class child_gateway {
public:
    /// Starts `pulsegate run` and waits until it listens.
    /// \param program  its path.
    /// \param yaml  a configuration whose listener has port 0 on 127.0.0.1.
    child_gateway(const std::string& program, std::string_view yaml);
    child_gateway(const child_gateway&) = delete;
    child_gateway& operator=(const child_gateway&) = delete;
    ~child_gateway(); // kills it if it still runs

    [[nodiscard]] tcp_address address() const { return address_; }

    [[nodiscard]] pid_t pid() const { return pid_; }
    void signal(int number) const;
    /// Waits for the end; returns the exit status, or 128 + the signal that ended it.
    int wait_exit();

private:
    [[nodiscard]] std::string read_line();

    pid_t pid_ = -1;
    int log_ = -1; // the read end of its standard error
    std::string unread_;
    std::string config_path_;
    tcp_address address_;
};

} // namespace pulsegate::test
