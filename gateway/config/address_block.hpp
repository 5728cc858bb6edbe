// Blocks of addresses as users write them, and those from which large providers connect to the
// servers behind them. Pure.
#pragma once

#include "base/ip_address.hpp"
#include "base/result.hpp"
#include "config/configuration.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace pulsegate {

/// `10.0.0.0/8`, or a plain address as the block of just that one. Bits after the prefix are kept.
/// Errors: anything but a literal address, or a prefix longer than the address.
[[nodiscard]] parsed<address_block> parse_address_block(std::string_view text);

/// Proxies that the loader has checked, for comparing addresses; a provider becomes its blocks.
[[nodiscard]] std::vector<ip_block> to_blocks(std::span<const trusted_proxy> proxies);

/// As written in `trusted_proxies`.
[[nodiscard]] std::string_view name_of(address_provider provider);
[[nodiscard]] std::optional<address_provider> find_provider(std::string_view name);
[[nodiscard]] std::span<const std::string_view> provider_names();

/// Its blocks of addresses in CIDR notation.
[[nodiscard]] std::span<const std::string_view> addresses_of(address_provider provider);

} // namespace pulsegate
