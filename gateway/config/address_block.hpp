// Blocks of addresses as users write them. Pure.
#pragma once

#include "base/ip_address.hpp"
#include "base/result.hpp"
#include "config/configuration.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace pulsegate {

/// `10.0.0.0/8`, or a plain address as the block of just that one. Bits after the prefix are kept.
/// Errors: anything but a literal address, or a prefix longer than the address.
[[nodiscard]] parsed<address_block> parse_address_block(std::string_view text);

/// Proxies that the loader has checked, for comparing addresses; a provider becomes its blocks.
[[nodiscard]] std::vector<ip_block> to_blocks(std::span<const trusted_proxy> proxies);

} // namespace pulsegate
