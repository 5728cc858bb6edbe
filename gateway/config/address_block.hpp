// Blocks of addresses as users write them. Pure.
#pragma once

#include "base/result.hpp"
#include "config/configuration.hpp"

#include <string_view>

namespace pulsegate {

/// `10.0.0.0/8`, or a plain address as the block of just that one. Bits after the prefix are kept.
/// Errors: anything but a literal address, or a prefix longer than the address.
[[nodiscard]] parsed<address_block> parse_address_block(std::string_view text);

} // namespace pulsegate
