#include "config/address_block.hpp"

#include "base/assert.hpp"
#include "base/quoted.hpp"

#include <array>
#include <charconv>

namespace pulsegate {
namespace {

ip_block to_block(const address_block& block) {
    const auto network = ip_address::parse(block.network);
    PULSEGATE_ASSERT(network.has_value()); // the loader has checked it
    return ip_block::of(*network, block.prefix_bits);
}

constexpr std::array<std::string_view, 1> providers{
    "cloudflare"}; // in the order of address_provider

// https://www.cloudflare.com/ips-v4 and https://www.cloudflare.com/ips-v6, as they were in
// September 2026.
constexpr std::array<std::string_view, 22> cloudflare{
    "173.245.48.0/20",  "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22",    "141.101.64.0/18",
    "108.162.192.0/18", "190.93.240.0/20", "188.114.96.0/20", "197.234.240.0/22", "198.41.128.0/17",
    "162.158.0.0/15",   "104.16.0.0/13",   "104.24.0.0/14",   "172.64.0.0/13",    "131.0.72.0/22",

    "2400:cb00::/32",   "2606:4700::/32",  "2803:f800::/32",  "2405:b500::/32",   "2405:8100::/32",
    "2a06:98c0::/29",   "2c0f:f248::/32"};

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

std::string_view name_of(address_provider provider) {
    return providers.at(static_cast<std::size_t>(provider));
}

std::optional<address_provider> find_provider(std::string_view name) {
    for (std::size_t i = 0; i < providers.size(); ++i)
        if (providers[i] == name)
            return static_cast<address_provider>(i);
    return std::nullopt;
}

std::span<const std::string_view> provider_names() {
    return providers;
}

std::span<const std::string_view> addresses_of(address_provider provider) {
    switch (provider) {
    case address_provider::cloudflare:
        return cloudflare;
    }
    PULSEGATE_ASSERT(false);
}

} // namespace pulsegate
