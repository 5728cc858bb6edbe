#include "client/client_table.hpp"

#include "base/assert.hpp"

#include <cstring>

namespace pulsegate {
namespace {

constexpr std::size_t least_worth_forgetting = 64;

std::uint64_t mixed(std::uint64_t value) { // the finalizer of MurmurHash3
    value = (value ^ (value >> 33)) * 0xFF51'AFD7'ED55'8CCD;
    value = (value ^ (value >> 33)) * 0xC4CE'B9FE'1A85'EC53;
    return value ^ (value >> 33);
}

} // namespace

ip_address client_key(const ip_address& address) {
    return address.is_v4() ? address : address.prefix(64);
}

std::size_t client_key_hash::operator()(const ip_address& key) const {
    std::uint64_t halves[2];
    std::memcpy(halves, key.bytes().data(), sizeof halves);
    return mixed(mixed(secret ^ halves[0]) ^ halves[1] ^ secret);
}

client_table::verdict client_table::admit(const ip_address& key, const client_limits& limits,
                                          time_point now) {
    client& one = known(key, now);
    if (limits.handshakes_per_second != 0) {
        if (const auto wait = one.handshakes.take(limits.handshakes_per_second, now))
            return too_fast{*wait};
    }
    if (limits.connections != 0 && one.connections >= limits.connections)
        return too_many{};
    ++one.connections;
    return admitted{};
}

std::optional<duration> client_table::begin_handshake(const ip_address& key,
                                                      std::uint64_t per_second, time_point now) {
    return known(key, now).handshakes.take(per_second, now);
}

client_table::client& client_table::known(const ip_address& key, time_point now) {
    if (clients_.size() >= std::max(forget_at_size_, least_worth_forgetting))
        forget_idle(now);
    return clients_[key];
}

void client_table::release(const ip_address& key, time_point now) {
    const auto found = clients_.find(key);
    PULSEGATE_ASSERT(found != clients_.end() && found->second.connections > 0);
    --found->second.connections;
    if (found->second.is_forgettable(now))
        clients_.erase(found);
}

/// Looks at all of them, but only once as many have come as were left the last time: a few looks
/// for each newcomer.
void client_table::forget_idle(time_point now) {
    std::erase_if(clients_, [now](const auto& each) { return each.second.is_forgettable(now); });
    forget_at_size_ = 2 * clients_.size();
}

} // namespace pulsegate
