// What is remembered of each client address for `limits.connections_per_client` and
// `limits.handshake_rate_per_client`. A client that has no connection, and could open as many as a
// new one, is forgotten; so the table is about as large as the number of clients that are connected
// or came in the last two seconds. Pure; its owner provides for threads.
#pragma once

#include "base/ip_address.hpp"
#include "base/token_bucket.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <variant>

namespace pulsegate {

/// What counts as one client: an IPv4 address, or the IPv6 /64 that one household or host has.
[[nodiscard]] ip_address client_key(const ip_address& address);

/// Keeps clients from choosing addresses that collide.
struct client_key_hash {
    std::uint64_t secret;
    std::size_t operator()(const ip_address& key) const;
};

/// 0: no limit.
struct client_limits {
    std::uint64_t connections = 0;
    std::uint64_t handshakes_per_second = 0;
};

class client_table {
public:
    explicit client_table(std::uint64_t secret) : clients_(0, client_key_hash{secret}) {}

    struct admitted {};
    struct too_many {}; // connections
    struct too_fast {   // handshakes
        duration wait;
    };
    using verdict = std::variant<admitted, too_many, too_fast>;

    /// Counts a connection of the client if it is admitted; then release() must follow.
    [[nodiscard]] verdict admit(const ip_address& key, const client_limits& limits, time_point now);

    void release(const ip_address& key, time_point now);

    /// Counts only that a handshake begins. How long to wait, if the client is too fast.
    [[nodiscard]] std::optional<duration> begin_handshake(const ip_address& key,
                                                          std::uint64_t per_second, time_point now);

    /// Clients that are remembered.
    [[nodiscard]] std::size_t size() const { return clients_.size(); }

private:
    struct client {
        std::uint64_t connections = 0;
        token_bucket handshakes;

        [[nodiscard]] bool is_forgettable(time_point now) const {
            return connections == 0 && handshakes.is_full(now);
        }
    };
    [[nodiscard]] client& known(const ip_address& key, time_point now);
    void forget_idle(time_point now);

    std::unordered_map<ip_address, client, client_key_hash> clients_;
    std::size_t forget_at_size_ = 0;
};

} // namespace pulsegate
