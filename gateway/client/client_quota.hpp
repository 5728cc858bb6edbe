// What all workers know of each client address: its connections and how often it comes.
// Thread-safe; touched when an upgrade is asked for and when its connection ends, never while a
// session lives. The addresses are spread over many small tables, so that workers seldom wait for
// one another.
#pragma once

#include "base/random.hpp"
#include "client/client_table.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

namespace pulsegate {

class client_quota {
    struct alignas(64) shard {
        std::mutex guard;
        client_table table{random_u64()};
    };

public:
    /// A connection counted for its client; ends that when destroyed.
    class slot {
    public:
        slot() = default;
        slot(slot&& other) noexcept
            : in_(std::exchange(other.in_, nullptr)), client_(other.client_) {}
        slot& operator=(slot&& other) noexcept {
            std::swap(in_, other.in_);
            std::swap(client_, other.client_);
            return *this;
        }
        ~slot();

    private:
        friend class client_quota;
        slot(shard& in, const ip_address& client) : in_(&in), client_(client) {}
        shard* in_ = nullptr;
        ip_address client_;
    };

    using answer = std::variant<slot, client_table::too_many, client_table::too_fast>;

    /// Without limits this costs nothing, and the slot is empty.
    [[nodiscard]] answer admit(const ip_address& client, const client_limits& limits,
                               time_point now);

    /// Counts that the client begins a handshake, before that costs anything; admit() does not have
    /// to then. How long to wait, if it is too fast.
    /// \param per_second  > 0.
    [[nodiscard]] std::optional<duration> begin_handshake(const ip_address& client,
                                                          std::uint64_t per_second, time_point now);

private:
    [[nodiscard]] shard& shard_of(const ip_address& key);

    std::array<shard, 64> shards_;
};

} // namespace pulsegate
