#include "config/provider_addresses.hpp"

#include "base/assert.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::array<std::string_view, 1> names{"cloudflare"}; // in the order of address_provider

// https://www.cloudflare.com/ips-v4 and https://www.cloudflare.com/ips-v6, as they were in
// September 2026.
constexpr std::array<std::string_view, 22> cloudflare{
    "173.245.48.0/20",  "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22",    "141.101.64.0/18",
    "108.162.192.0/18", "190.93.240.0/20", "188.114.96.0/20", "197.234.240.0/22", "198.41.128.0/17",
    "162.158.0.0/15",   "104.16.0.0/13",   "104.24.0.0/14",   "172.64.0.0/13",    "131.0.72.0/22",

    "2400:cb00::/32",   "2606:4700::/32",  "2803:f800::/32",  "2405:b500::/32",   "2405:8100::/32",
    "2a06:98c0::/29",   "2c0f:f248::/32"};

} // namespace

std::string_view name_of(address_provider provider) {
    return names.at(static_cast<std::size_t>(provider));
}

std::optional<address_provider> find_provider(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == name)
            return static_cast<address_provider>(i);
    return std::nullopt;
}

std::span<const std::string_view> provider_names() {
    return names;
}

std::span<const std::string_view> addresses_of(address_provider provider) {
    switch (provider) {
    case address_provider::cloudflare:
        return cloudflare;
    }
    PULSEGATE_ASSERT(false);
}

} // namespace pulsegate
