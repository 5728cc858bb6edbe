// A whole gateway in this process, on ports of the kernel's choice, configured by YAML text. Its
// end checks the books: everything that was opened is closed, nothing is pending.
#pragma once

#include "server/gateway.hpp"
#include "support/exposition_text.hpp"
#include "support/patience.hpp"
#include "support/raw_socket.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace pulsegate::test {

class running_gateway {
public:
    using labels = std::map<std::string, std::string>;

    /// \param yaml  whatever is not default; `listeners`, `admin` and a quiet
    ///              `heartbeat` are added.
    explicit running_gateway(std::string_view yaml = "");
    running_gateway(const running_gateway&) = delete;
    running_gateway& operator=(const running_gateway&) = delete;
    /// Waits until all sessions have ended if `expect_all_closed()` was not called, then stops.
    ~running_gateway();

    [[nodiscard]] socket_address address(std::size_t listener = 0) const;
    [[nodiscard]] gateway& self() { return gateway_; }

    /// Reloads with this YAML, which is completed as the constructor does it, and waits until that
    /// has succeeded or failed. True if it succeeded; live sessions may follow a little later.
    bool reload(std::string_view yaml);

    /// The sum of all samples of a metric that have these labels, among others; 0 if there is none.
    [[nodiscard]] double metric(std::string_view name, const labels& with = {}) const;
    void wait_metric(std::string_view name, const labels& with, double value) const;
    [[nodiscard]] double closed(std::string_view reason) const;
    /// Waits until exactly `count` sessions have ended with this reason.
    void wait_closed(std::string_view reason, double count = 1) const;
    [[nodiscard]] double live() const { return metric("pulsegate_connections"); }

    /// An answer of the admin listener: status and body.
    [[nodiscard]] std::pair<int, std::string> get(std::string_view path) const;

    /// The same to any method, with the token that this gateway has.
    [[nodiscard]] std::pair<int, std::string> ask(std::string_view method,
                                                  std::string_view target) const;

    /// Waits until no session and no handshake is left; then opened = closed, and nothing is
    /// pending.
    void expect_all_closed() const;

    /// Waits for run() to return by itself, after drain() or stop().
    gateway::outcome wait_outcome();

private:
    [[nodiscard]] exposed_text scrape() const;

    std::mutex next_mutex_;
    std::string next_yaml_; // what a reload reads
    gateway gateway_;
    gateway::outcome outcome_{};
    std::atomic<bool> has_returned_ = false;
    std::thread thread_;
};

} // namespace pulsegate::test
