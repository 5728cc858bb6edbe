#include "client/client_quota.hpp"

#include <numeric>

namespace pulsegate {

client_quota::slot::~slot() {
    if (in_ == nullptr)
        return;
    const std::lock_guard lock(in_->guard);
    in_->table.release(client_, clock::now());
}

client_quota::answer client_quota::admit(const ip_address& client, const client_limits& limits,
                                         time_point now) {
    if (limits.connections == 0 && limits.handshakes_per_second == 0)
        return slot();
    const ip_address key = client_key(client);
    shard& in = shard_of(key);
    const std::lock_guard lock(in.guard);
    const auto verdict = in.table.admit(key, limits, now);
    if (const auto* const fast = std::get_if<client_table::too_fast>(&verdict))
        return *fast;
    if (std::holds_alternative<client_table::too_many>(verdict))
        return client_table::too_many{};
    return slot(in, key);
}

std::optional<duration> client_quota::begin_handshake(const ip_address& client,
                                                      std::uint64_t per_second, time_point now) {
    const ip_address key = client_key(client);
    shard& in = shard_of(key);
    const std::lock_guard lock(in.guard);
    return in.table.begin_handshake(key, per_second, now);
}

client_quota::shard& client_quota::shard_of(const ip_address& key) {
    const auto& bytes = key.bytes();
    return shards_[std::accumulate(bytes.begin(), bytes.end(), 0u) % shards_.size()];
}

} // namespace pulsegate
