#include "session/client_address.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace

bool is_trusted(const ip_address& address, std::span<const ip_block> trusted) {
    return std::any_of(trusted.begin(), trusted.end(),
                       [&](const ip_block& block) { return block.contains(address); });
}

ip_address client_address(const ip_address& peer, std::string_view header,
                          std::span<const ip_block> trusted) {
    ip_address client = peer;
    while (is_trusted(client, trusted) && !header.empty()) {
        const auto comma = header.rfind(',');
        const auto entry = comma == header.npos ? header : header.substr(comma + 1);
        header = comma == header.npos ? std::string_view() : header.substr(0, comma);
        const auto address = ip_address::parse(trim(entry));
        if (!address)
            break;
        client = *address;
    }
    return client;
}

} // namespace pulsegate
