#include "config/address_block.hpp"

#include "base/assert.hpp"
#include "base/quoted.hpp"
#include "config/provider_addresses.hpp"

#include <charconv>

namespace pulsegate {
namespace {

ip_block to_block(const address_block& block) {
    const auto network = ip_address::parse(block.network);
    PULSEGATE_ASSERT(network.has_value()); // the loader has checked it
    return ip_block::of(*network, block.prefix_bits);
}

} // namespace

parsed<address_block> parse_address_block(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = ip_address::parse(text.substr(0, slash));
    if (!address)
        return parse_error{quoted(text) + " is not a block of addresses",
                           "write an address and the length of its prefix, such as `10.0.0.0/8` or "
                           "`2001:db8::/32`, or one address"};
    const unsigned bits = address->is_v4() ? 32 : 128;
    if (slash == std::string_view::npos)
        return address_block{address->to_string(), bits};
    const std::string_view digits = text.substr(slash + 1);
    unsigned prefix_bits = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), prefix_bits);
    const bool is_number = error == std::errc{} && end == digits.data() + digits.size();
    if (!is_number || prefix_bits > bits)
        return parse_error{quoted(digits) + " is not the length of a prefix",
                           "write a number from 0 to " + std::to_string(bits)};
    return address_block{address->to_string(), prefix_bits};
}

std::vector<ip_block> to_blocks(std::span<const trusted_proxy> proxies) {
    std::vector<ip_block> blocks;
    for (const trusted_proxy& proxy : proxies) {
        if (const auto* const own = std::get_if<address_block>(&proxy))
            blocks.push_back(to_block(*own));
        else
            for (const std::string_view text : addresses_of(std::get<address_provider>(proxy)))
                blocks.push_back(to_block(*parse_address_block(text)));
    }
    return blocks;
}

} // namespace pulsegate
