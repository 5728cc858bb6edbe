#include "client/client_address.hpp"

#include <algorithm>

namespace pulsegate {

bool is_trusted(const ip_address& address, std::span<const ip_block> trusted) {
    return std::any_of(trusted.begin(), trusted.end(),
                       [&](const ip_block& block) { return block.contains(address); });
}

std::optional<ip_address> client_address(const std::optional<ip_address>& peer,
                                         address_header_walk header,
                                         std::span<const ip_block> trusted) {
    std::optional<ip_address> client = peer;
    while (!client || is_trusted(*client, trusted)) {
        const auto before = header.next();
        if (!before)
            break;
        client = before;
    }
    return client;
}

} // namespace pulsegate
